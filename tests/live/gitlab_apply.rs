//! Plan, apply, and an audit that finds nothing left, on GitLab; and the writes that bite. Each test
//! begins with a world in which all is well.

use serde_json::{Value, json};

use crate::gitlab::Server;
use crate::run::{Desk, Run};
use crate::sim::gitlab::{Holder, Identity, Options, Tier, World};

const ONE: &str = "acme/team-1/service-0001";

/// Settings of different shapes, of the project and of its group.
const POLICY: &str = r#"version = 1
[organization]
description = "Builds services"
[repository]
delete_branch_on_merge = true
description = { length = { at_least = 5 }, fix = "A service" }
topics = { contains = ["innersource"] }
push_rule.member_check = true
approvals.reset_approvals_on_push = true
"#;

/// What it takes to take back: what was made goes, and what was made strict is lax again.
const UNDO: [&str; 6] =
    ["undo", "plan.json.journal", "--auto-approve", "--allow-delete", "--allow-weaken", "--max-share=100"];

/// A conforming world, changed, with a desk before it.
struct Bench {
    server: Server,
    desk: Desk,
}

impl Bench {
    fn of(policy: &str, change: impl FnOnce(&mut World)) -> Self {
        let mut world = World::conforming("acme", 2);
        change(&mut world);
        let server = Server::with(world, Options { record: true, ..Options::default() });
        let desk = server.desk(policy);
        Self { server, desk }
    }

    #[track_caller]
    fn plan(&self) -> Value {
        let arguments = ["plan", "policy.toml", "--gitlab", "acme", "--out", "plan.json", "--format", "json"];
        let run = self.desk.run(&arguments).ended(2);
        assert_eq!(self.writes().len(), 0, "a plan writes nothing");
        run.json().0
    }

    fn apply(&self) -> Run {
        self.desk.run(&["apply", "plan.json", "--auto-approve", "--max-share=100"])
    }

    fn audit(&self) -> Value {
        let run = self.desk.run(&["audit", "policy.toml", "--gitlab", "acme", "--format", "json"]);
        run.json().0["findings"].clone()
    }

    #[track_caller]
    fn is_clean(&self) {
        self.desk.run(&["audit", "policy.toml", "--gitlab", "acme"]).ended(0);
    }

    /// Method, path and body of each write.
    fn writes(&self) -> Vec<(String, String, Value)> {
        let writes = self.server.recorded().into_iter();
        let writes = writes.filter(|r| r.method != "GET" && r.path != "/api/graphql");
        writes.map(|r| (r.method, r.path, r.body.unwrap_or_default())).collect()
    }

    /// Plans, applies, and finds nothing left.
    #[track_caller]
    fn mends(&self) -> Value {
        let plan = self.plan();
        self.apply().ended(0);
        self.is_clean();
        plan
    }
}

/// What follows the project in a path.
fn beneath(path: &str) -> &str {
    path.strip_prefix("/projects/acme%2Fteam-1%2Fservice-0001").unwrap()
}

fn project(world: &mut World) -> &mut Holder {
    world.project_mut(ONE)
}

#[test]
fn one_setting_is_planned_written_and_seen_to_be_written() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("remove_source_branch_after_merge", false);
    });
    let plan = bench.mends();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1, "{plan:#}");
    let path = "/projects/acme%2Fteam-1%2Fservice-0001".to_owned();
    let body = json!({"remove_source_branch_after_merge": true});
    assert_eq!(bench.writes(), [("PUT".to_owned(), path, body)]);
    bench.desk.run(&["plan", "policy.toml", "--gitlab", "acme"]).ended(0).says("No changes.");
}

#[test]
fn fields_of_one_document_travel_in_one_request() {
    let bench = Bench::of(POLICY, |world| {
        project(world)
            .set("remove_source_branch_after_merge", false)
            .set("description", "x")
            .set("topics", json!(["rust"]));
        world.group_mut("acme").set("description", "x");
    });
    bench.mends();
    let writes = bench.writes();
    assert_eq!(writes.len(), 2, "{writes:#?}");
    let of_project = writes.iter().find(|(_, path, _)| path.starts_with("/projects/")).unwrap();
    assert_eq!(of_project.2["topics"], json!(["innersource", "rust"]));
    assert_eq!(of_project.2.as_object().unwrap().len(), 3);
}

#[test]
fn what_was_made_is_taken_back() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("remove_source_branch_after_merge", false).set("topics", json!(["rust"]));
    });
    bench.mends();
    bench.desk.run(&UNDO).ended(0);
    let world = bench.server.world();
    assert_eq!(world.projects[ONE].told("topics"), json!(["rust"]));
    assert_eq!(world.projects[ONE].told("remove_source_branch_after_merge"), false);
}

#[test]
fn what_moved_since_the_plan_is_left_alone() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("topics", json!(["rust"]));
    });
    bench.plan();
    bench.server.world_mut().project_mut(ONE).set("topics", json!(["go"]));
    bench.apply().ended(2).says("it has moved since the plan");
    assert_eq!(bench.writes(), []);
}

#[test]
fn a_push_rule_that_was_never_set_is_made_and_not_changed() {
    let bench = Bench::of(POLICY, |world| {
        project(world).document("/push_rule", Value::Null);
    });
    bench.mends();
    assert_eq!(bench.writes()[0].0, "POST");
}

#[test]
fn a_push_rule_that_is_there_is_changed() {
    let bench = Bench::of(POLICY, |world| {
        project(world).document("/push_rule", json!({"member_check": false, "prevent_secrets": true}));
    });
    bench.mends();
    assert_eq!(bench.writes()[0].0, "PUT");
    let world = bench.server.world();
    assert_eq!(world.projects[ONE].documents.stated("/push_rule").unwrap()["prevent_secrets"], true);
}

#[test]
fn what_a_group_decides_is_left_to_it() {
    // Below a group that is stricter the project's own word would be taken in silence.
    let left = |policy: &str, decide: &dyn Fn(&mut Holder)| {
        let bench = Bench::of(&format!("version = 1\n[repository]\n{policy}\n"), |world| {
            decide(world.group_mut("acme"));
        });
        let arguments = ["plan", "policy.toml", "--gitlab", "acme", "--format", "json"];
        let plan = bench.desk.run(&arguments).ended(3).json().0;
        assert_eq!(plan["changes"], json!([]), "{plan:#}");
        plan["deferred"][0]["reason"].as_str().unwrap().to_owned()
    };
    let approvals = |group: &mut Holder| {
        let strict = json!({"allow_author_approval": false, "retain_approvals_on_push": false});
        group.document("/merge_request_approval_setting", strict);
    };
    for policy in [
        "approvals.merge_requests_author_approval = true",
        "approvals.reset_approvals_on_push = false",
        "merge_request_approval_setting.allow_author_approval = true",
    ] {
        assert!(left(policy, &approvals).starts_with("a group above decides it"), "{policy}");
    }
    let forks = |group: &mut Holder| {
        group.set("prevent_forking_outside_group", true);
    };
    assert!(
        left("allow_forking = true", &forks).contains("group acme lets its projects be forked into itself")
    );
}

#[test]
fn what_the_plan_of_the_server_lacks_is_taken_in_silence_and_that_is_said() {
    let bench = Bench::of("version = 1\n[repository]\nmerge_trains_enabled = true\n", |world| {
        world.deaf_to = vec!["merge_trains_enabled".to_owned()];
    });
    bench.plan();
    bench.apply().ended(2).says("NOT applied by the forge, which said yes: it is still false");
}

#[test]
fn whoever_may_not_write_is_refused_and_nothing_is_claimed() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("remove_source_branch_after_merge", false);
        world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 50));
    });
    bench.plan();
    let run = bench.apply().ended(2);
    run.says("0 of 1 changes made").says("403");
}

#[test]
fn under_the_free_plan_nothing_is_planned_that_it_lacks() {
    let bench = Bench::of(POLICY, |world| {
        world.tier = Tier::Free;
        project(world).document("/push_rule", Value::Null).set("topics", json!(["rust"]));
    });
    let plan = bench.mends();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1, "{plan:#}");
}

/// What a policy asks of the default branch.
const BRANCH: &str = r#"version = 1
[repository.branch."~default"]
allow_force_pushes = false
dismiss_stale_reviews = true
protected = true
require_code_owner_review = true
require_conversation_resolution = true
require_last_push_approval = true
require_pull_request = true
require_signatures = true
require_up_to_date = true
required_approvals = { at_least = 2 }
required_checks = { contains = ["pipeline"] }
"#;

#[test]
fn a_branch_without_any_rule_is_given_what_the_policy_asks() {
    let bench = Bench::of(BRANCH, |world| {
        project(world)
            .document("/protected_branches", json!([]))
            .document("/approval_rules", json!([]))
            .document("/push_rule", Value::Null)
            .document("/merge_request_approval_setting", json!({"retain_approvals_on_push": true}))
            .set("merge_method", "merge")
            .set("only_allow_merge_if_pipeline_succeeds", false)
            .set("only_allow_merge_if_all_discussions_are_resolved", false);
    });
    let plan = bench.mends();
    assert_eq!(plan["deferred"], json!([]), "{plan:#}");
    let mut writes: Vec<String> =
        bench.writes().iter().map(|(m, p, _)| format!("{m} {}", beneath(p))).collect();
    writes.sort();
    let expected =
        ["POST /approval_rules", "POST /approvals", "POST /protected_branches", "POST /push_rule", "PUT "];
    assert_eq!(writes, expected);
    let body = bench.writes().into_iter().find(|(_, p, _)| p.ends_with("/protected_branches")).unwrap().2;
    assert_eq!((&body["push_access_level"], &body["merge_access_level"]), (&json!(0), &json!(30)));
    bench.desk.run(&UNDO).ended(0);
    let world = bench.server.world();
    assert_eq!(world.projects[ONE].stated_list("/protected_branches"), [Value::Null; 0]);
    assert_eq!(world.projects[ONE].stated_list("/approval_rules"), [Value::Null; 0]);
    assert_eq!(world.projects[ONE].told("merge_method"), "merge");
}

#[test]
fn the_rule_of_that_name_is_mended_where_there_is_one() {
    let bench = Bench::of(BRANCH, |world| {
        project(world)
            .document(
                "/protected_branches",
                json!([{
                    "name": "main", "allow_force_push": true, "code_owner_approval_required": false,
                    "push_access_levels": [{"access_level": 30}, {"access_level": 40}],
                    "merge_access_levels": [{"access_level": 30}],
                }]),
            )
            .document(
                "/approval_rules",
                json!([{"name": "All Members", "rule_type": "any_approver", "approvals_required": 1}]),
            );
    });
    bench.mends();
    let writes = bench.writes();
    let kinds: Vec<(&str, &str)> = writes.iter().map(|(m, p, _)| (&m[..], beneath(p))).collect();
    assert_eq!(kinds[0], ("PATCH", "/protected_branches/main"), "{writes:#?}");
    assert_eq!(kinds.len(), 2, "{writes:#?}");
    assert!(kinds[1].0 == "PUT" && kinds[1].1.starts_with("/approval_rules/"), "{writes:#?}");
    bench.desk.run(&UNDO).ended(0);
    let world = bench.server.world();
    let rule = &world.projects[ONE].stated_list("/protected_branches")[0];
    assert_eq!(
        (&rule["allow_force_push"], &rule["code_owner_approval_required"]),
        (&json!(true), &json!(false))
    );
    let levels =
        rule["push_access_levels"].as_array().unwrap().iter().map(|l| l["access_level"].as_u64().unwrap());
    let mut levels: Vec<u64> = levels.collect();
    levels.sort_unstable();
    assert_eq!(levels, [30, 40]);
    assert_eq!(world.projects[ONE].stated_list("/approval_rules")[0]["approvals_required"], 1);
}

/// The reason for which a setting of the branch is left as it is.
#[track_caller]
fn left(change: impl FnOnce(&mut World), setting: &str) -> String {
    let bench = Bench::of(BRANCH, change);
    let run = bench.desk.run(&["plan", "policy.toml", "--gitlab", "acme", "--format", "json"]);
    let plan = run.json().0;
    let deferred = plan["deferred"].as_array().unwrap();
    let one = deferred.iter().find(|d| d["setting"] == setting).unwrap_or_else(|| panic!("{plan:#}"));
    one["reason"].as_str().unwrap().to_owned()
}

#[test]
fn a_rule_of_a_group_or_for_several_branches_is_left_to_its_people() {
    let loose = json!({"name": "m*", "allow_force_push": true, "code_owner_approval_required": true,
        "push_access_levels": [{"access_level": 0}], "merge_access_levels": [{"access_level": 30}]});
    let of_project = left(
        |world| {
            project(world).add("/protected_branches", loose.clone());
        },
        "branch.allow_force_pushes",
    );
    assert!(of_project.contains("reaches other branches"), "{of_project}");
    let of_group = left(
        |world| {
            world.group_mut("acme").add("/protected_branches", loose.clone());
        },
        "branch.allow_force_pushes",
    );
    assert!(of_group.contains("cannot be edited in the project: an owner of the group can"), "{of_group}");
}

#[test]
fn people_who_may_push_by_name_are_left_to_whoever_knows_them() {
    let levels = json!([{"access_level": 40, "group_id": 9, "name": "Core"}]);
    let why = left(
        |world| {
            project(world).document(
                "/protected_branches",
                json!([{"name": "main", "push_access_levels": levels,
                "merge_access_levels": [{"access_level": 30}], "code_owner_approval_required": true}]),
            );
        },
        "branch.require_pull_request",
    );
    assert!(why.contains("group: Core"), "{why}");
}

#[test]
fn who_may_push_is_read_by_one_key_and_written_by_another() {
    let bench =
        Bench::of("version = 1\n[repository.branch.\"~default\"]\nrequire_pull_request = true\n", |world| {
            project(world).document("/protected_branches", json!([{"name": "main"}]));
        });
    bench.mends();
    let writes = bench.writes();
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].2["allowed_to_push"][0]["access_level"], 0);
}

const FILE: &str = r##"version = 1
[repository.file."docs/ADOPTING.md"]
present = true
text = { length = { at_least = 1 }, fix = "# Adopting\n\nAsk in the channel.\n" }
"##;

#[test]
fn a_file_is_proposed_as_a_merge_request_and_never_pushed_to_the_default_branch() {
    let bench = Bench::of(FILE, |_| {});
    bench.plan();
    bench.apply().ended(0).says("proposed; it takes effect when it is merged");
    let open = bench.server.world().projects[ONE].stated_list("/merge_requests")[0].clone();
    assert_eq!((&open["source_branch"], &open["target_branch"]), (&json!("ispo-scm/files"), &json!("main")));
    assert!(!bench.server.world().projects[ONE].files.contains_key("docs/ADOPTING.md"));
    bench.desk.run(&["audit", "policy.toml", "--gitlab", "acme"]).ended(2);
    for project in bench.server.world_mut().projects.values_mut() {
        let files = project.branches["ispo-scm/files"].clone();
        project.files = files;
    }
    bench.is_clean();
}

#[test]
fn labels_are_made_and_changed() {
    let policy = "version = 1\n[repository.label.\"bug\"]\ncolor = \"d73a4a\"\ndescription = \"Broken\"\n";
    let bench = Bench::of(policy, |world| {
        project(world).label("bug", "#000000", "Broken");
    });
    bench.mends();
    let mut writes: Vec<(String, String, Value)> = bench.writes();
    writes.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(writes[0].2, json!({"name": "bug", "color": "#d73a4a", "description": "Broken"}));
    assert_eq!((writes[1].0.as_str(), &writes[1].2), ("PUT", &json!({"color": "#d73a4a"})));
    bench.desk.run(&UNDO).ended(0);
    let world = bench.server.world();
    assert_eq!(world.projects[ONE].stated_list("/labels")[0]["color"], "#000000");
    assert_eq!(world.projects["acme/team-1/service-0002"].stated_list("/labels"), [Value::Null; 0]);
}

#[test]
fn whatever_a_group_looks_like_a_second_plan_has_nothing_left_to_change() {
    let policy = format!("{BRANCH}{}", POLICY.strip_prefix("version = 1\n").unwrap());
    for seed in 1..=3 {
        let bench = Bench::of(&policy, |world| *world = World::synthetic("acme", 30, seed));
        let before = bench.audit();
        let plan = bench.plan();
        assert!(plan["changes"].as_array().unwrap().len() > 60);
        bench.apply().ended(0);
        let again = ["plan", "policy.toml", "--gitlab", "acme", "--format", "json"];
        let again = bench.desk.run(&again).json().0;
        assert_eq!(again["changes"], json!([]), "seed {seed}");
        assert_eq!(again["deferred"], plan["deferred"], "seed {seed}");
        bench.desk.run(&UNDO).ended(0);
        assert_eq!(bench.audit(), before, "seed {seed}: what undo leaves is what there was");
    }
}

#[test]
fn a_snapshot_of_gitlab_goes_the_same_road() {
    let policy = format!("{BRANCH}{}", POLICY.strip_prefix("version = 1\n").unwrap());
    let bench = Bench::of(&policy, |world| *world = World::synthetic("acme", 30, 1));
    bench.desk.run(&["snapshot", "policy.toml", "--gitlab", "acme", "--out", "kept.jsonl"]).ended(0);
    let plan = |out: &str| {
        let arguments = ["plan", "policy.toml", "--snapshot", "kept.jsonl", "--format", "json", "--out", out];
        bench.desk.run(&arguments).json().0
    };
    let first = plan("plan.json");
    assert_eq!(first["changes"], bench.plan()["changes"], "what is kept is planned as what is there");
    bench.desk.run(&["plan", "policy.toml", "--snapshot", "kept.jsonl", "--out", "plan.json"]).ended(2);
    bench.apply().ended(0);
    let again = plan("again.json");
    assert_eq!((&again["changes"], &again["deferred"]), (&json!([]), &first["deferred"]));
    assert_eq!(bench.writes(), []);
}

#[test]
fn the_server_itself_is_written_by_whoever_administers_it() {
    let policy =
        "version = 1\n[instance]\nhelp_page_support_url = { equals = \"https://help.acme.example\" }\n";
    let bench = Bench::of(policy, |_| {});
    bench.mends();
    let writes = bench.writes();
    assert_eq!(
        (writes.len(), writes[0].0.as_str(), writes[0].1.as_str()),
        (1, "PUT", "/application/settings")
    );
}

#[test]
fn one_setting_of_two_projects_costs_one_write_of_each_and_few_reads() {
    let bench = Bench::of(POLICY, |world| {
        for project in world.projects.values_mut() {
            project.set("remove_source_branch_after_merge", false);
        }
    });
    bench.plan();
    let before = bench.server.stats().total;
    bench.apply().ended(0);
    assert_eq!(bench.writes().len(), 2);
    let asked = bench.server.stats().total - before;
    assert!(asked <= 2 + 2 * 4, "two writes, and the group looked at before and after: {asked}");
}

#[test]
fn two_lines_that_ask_for_two_values_of_one_field_are_not_both_written() {
    let policy = "version = 1\n[repository]\nmerge_method = \"merge\"\n[repository.branch.\"~default\"]\nrequire_linear_history = true\n";
    let bench = Bench::of(policy, |_| {});
    let plan = bench.plan();
    let left = plan["deferred"].as_array().unwrap();
    assert!(
        left.iter().any(|d| d["reason"].as_str().unwrap().contains("another line of the policy")),
        "{plan:#}"
    );
}

#[test]
fn a_pattern_gets_one_rule_unless_that_would_loosen_another() {
    let policy = "version = 1\n[repository.branch.\"ma*\"]\nprotected = true\n";
    for (there, made) in [(json!([]), "ma*"), (json!([{"name": "maintenance"}]), "main")] {
        let bench = Bench::of(policy, |world| {
            for project in world.projects.values_mut() {
                project.document("/protected_branches", there.clone());
            }
        });
        bench.mends();
        let names: Vec<Value> = bench.writes().iter().map(|(_, _, body)| body["name"].clone()).collect();
        assert_eq!(names, [made, made]);
    }
}

#[test]
fn where_one_person_alone_could_approve_no_approval_is_asked_for() {
    let bench = Bench::of(BRANCH, |world| {
        world.group_mut("acme").document("/members", json!([]));
        world.group_mut("acme/team-1").document("/members", json!([]));
        project(world).document("/members", json!([])).member("ann", 40);
        project(world).set("only_allow_merge_if_all_discussions_are_resolved", false);
        project(world).document("/approval_rules", json!([]));
    });
    let plan = bench.plan();
    let left =
        plan["deferred"].as_array().unwrap().iter().find(|d| d["setting"] == "branch.required_approvals");
    let why = left.unwrap_or_else(|| panic!("{plan:#}"))["reason"].as_str().unwrap();
    assert!(why.contains("besides the author only 0 could give one"), "{why}");
}

#[test]
fn where_nothing_describes_a_pipeline_nobody_can_tell_that_one_reports() {
    let bench = Bench::of(BRANCH, |world| {
        project(world).set("only_allow_merge_if_all_discussions_are_resolved", false);
        project(world).set("only_allow_merge_if_pipeline_succeeds", false).files.remove(".gitlab-ci.yml");
    });
    let plan = bench.plan();
    assert_eq!(plan["deferred"], json!([]), "{plan:#}");
    bench.apply().ended(1).says("whether anything reports `pipeline` is not known");
    assert_eq!(bench.writes().len(), 0);
    let apply = ["apply", "plan.json", "--auto-approve", "--allow-unproven"];
    bench.desk.run(&apply).ended(0);
}
