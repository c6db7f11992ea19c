//! How branches of GitHub are given what they lack: a ruleset of ours beside the rules of others, or
//! classic protection. Each test begins with a world in which all is well.

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::run::{Desk, Run};
use crate::sim::world::{Repository, Ruleset, World};
use crate::sim::{Options, server::Recorded};

const POLICY: &str = r#"version = 1
[branch."~default"]
required_approvals = { at_least = 3 }
required_checks = { contains = ["licences"] }
"#;

const CLASSIC: &str = "[remedy]\nbranch = \"classic\"\n";

struct Bench {
    forge: Forge,
    desk: Desk,
}

impl Bench {
    fn of(policy: &str, change: impl FnOnce(&mut Repository)) -> Self {
        let mut world = World::conforming("acme", 1);
        change(world.repository_mut("service-0001"));
        let forge = Forge::with(world, Options { record: true, ..Options::default() });
        let desk = Desk::before(&forge.url(), policy);
        Self { forge, desk }
    }

    #[track_caller]
    fn plan(&self, code: i32) -> Value {
        let all = ["plan", "policy.toml", "--github", "acme", "--out", "plan.json", "--format", "json"];
        let before = self.forge.stats().mutating;
        let plan = self.desk.run(&all).ended(code).json().0;
        assert_eq!(self.forge.stats().mutating, before, "a plan writes nothing");
        plan
    }

    fn apply(&self) -> Run {
        self.desk.run(&["apply", "plan.json", "--auto-approve", "--allow-weaken"])
    }

    /// Plans, applies, and finds nothing left.
    #[track_caller]
    fn mends(&self) -> Value {
        let plan = self.plan(2);
        self.apply().ended(0);
        self.desk.run(&["audit", "policy.toml", "--github", "acme"]).ended(0);
        self.desk.run(&["plan", "policy.toml", "--github", "acme"]).ended(0).says("No changes.");
        plan
    }

    /// Takes everything back, to what the repository was.
    #[track_caller]
    fn takes_back(&self, before: &Repository) {
        self.desk.run(&["undo", "plan.json.journal", "--auto-approve", "--allow-weaken"]).ended(0);
        let now = self.repository();
        assert_eq!(now.protections, before.protections);
        assert_eq!(now.rulesets, before.rulesets);
    }

    fn repository(&self) -> Repository {
        self.forge.world().organizations["acme"].repositories["service-0001"].clone()
    }

    fn writes(&self) -> Vec<Recorded> {
        let all = self.forge.recorded().into_iter();
        all.filter(|r| r.method != "GET" && !r.path.ends_with("/graphql")).collect()
    }
}

/// Why a setting is left as it is.
#[track_caller]
fn deferred<'p>(plan: &'p Value, setting: &str) -> &'p str {
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    let mut all = plan["deferred"].as_array().unwrap().iter();
    let one = all.find(|d| d["setting"] == setting);
    one.unwrap_or_else(|| panic!("{setting} is not deferred: {plan:#}"))["reason"].as_str().unwrap()
}

fn ours(approvals: u64) -> Ruleset {
    Ruleset::named("ispo-scm ~default").refs(&["~DEFAULT_BRANCH"], &[]).pull_request(approvals)
}

#[test]
fn a_ruleset_of_ours_is_made_and_taken_back() {
    let bench = Bench::of(POLICY, |_| {});
    let before = bench.repository();
    bench.mends();
    let writes = bench.writes();
    assert_eq!(writes.len(), 1, "{writes:#?}");
    bench.takes_back(&before);
}

#[test]
fn a_ruleset_of_ours_that_is_there_is_changed_and_keeps_what_else_it_says() {
    let bench = Bench::of(POLICY, |repository| {
        let ours = ours(1).rule("required_signatures").bypass("Team", Some(1), "pull_request");
        repository.ruleset(ours);
    });
    let before = bench.repository();
    bench.mends();
    let writes = bench.writes();
    assert_eq!((writes.len(), &*writes[0].method), (1, "PUT"), "{writes:#?}");
    let now = bench.repository().rulesets.pop().unwrap();
    assert_eq!(now.bypass_actors, before.rulesets[1].bypass_actors);
    let sorts: Vec<&str> = now.rules.iter().filter_map(|r| r["type"].as_str()).collect();
    assert_eq!(sorts, ["pull_request", "required_signatures", "required_status_checks"]);
    assert_eq!(now.rules[0]["parameters"]["required_approving_review_count"], 3);
    assert_eq!(now.rules[0]["parameters"]["allowed_merge_methods"], json!(["merge", "squash", "rebase"]));
    bench.takes_back(&before);
}

#[test]
fn what_of_ours_is_too_strict_is_loosened() {
    let policy = "version = 1\n[branch.\"~default\"]\nrequired_approvals = { at_most = 2 }\n";
    let bench = Bench::of(policy, |repository| {
        repository.ruleset(ours(5));
    });
    let before = bench.repository();
    bench.plan(2);
    let guarded = bench.desk.run(&["apply", "plan.json", "--auto-approve"]).ended(1);
    guarded.says("--allow-weaken");
    let plan = bench.mends();
    assert_eq!((&plan["changes"][0]["before"], &plan["changes"][0]["after"]), (&json!(5), &json!(2)));
    bench.takes_back(&before);
}

#[test]
fn what_of_others_is_too_strict_is_left_with_its_name() {
    let policy = "version = 1\n[branch.\"~default\"]\nrequired_approvals = { at_most = 2 }\n";
    let bench = Bench::of(policy, |repository| {
        repository.ruleset(Ruleset::named("theirs").refs(&["~DEFAULT_BRANCH"], &[]).pull_request(4));
        repository.ruleset(ours(5));
    });
    let plan = bench.plan(3);
    let why = deferred(&plan, "branch.required_approvals");
    assert!(why.starts_with("ruleset \"theirs\" stands against it with 4"), "{why}");
    assert!(why.contains("an administrator of the repository"), "{why}");
}

#[test]
fn what_an_organization_rules_is_left_to_it() {
    let policy = "version = 1\n[branch.\"~default\"]\nrequired_approvals = { at_most = 2 }\n";
    let bench = Bench::of(policy, |_| {});
    bench.forge.world_mut(|world| {
        let strict = Ruleset::named("company").refs(&["~DEFAULT_BRANCH"], &[]).pull_request(4);
        let everywhere = json!({"include": ["~ALL"], "exclude": []});
        world.organization_mut("acme").add_ruleset(strict.condition("repository_name", everywhere));
    });
    let plan = bench.plan(3);
    let why = deferred(&plan, "branch.required_approvals");
    assert!(why.contains("organization ruleset \"company\""), "{why}");
    assert!(why.contains("an owner of the organization"), "{why}");
}

#[test]
fn a_ruleset_of_ours_whose_bypass_is_hidden_is_not_written() {
    let bench = Bench::of(POLICY, |repository| {
        repository.ruleset(ours(1).bypass("Team", Some(1), "always"));
        repository.denials.may_see_bypass = false;
    });
    let plan = bench.plan(3);
    let why = deferred(&plan, "branch.required_approvals");
    assert!(why.contains("who may pass ruleset \"ispo-scm ~default\" by is hidden"), "{why}");
}

#[test]
fn who_may_pass_ours_by_is_taken_out() {
    let policy = "version = 1\n[branch.\"~default\"]\nadmins_bound = true\nbypass_actors = []\n";
    let bench = Bench::of(policy, |repository| {
        repository.ruleset(ours(2).bypass("RepositoryRole", Some(5), "always"));
    });
    let before = bench.repository();
    bench.mends();
    assert_eq!(bench.repository().rulesets[1].bypass_actors, Vec::<Value>::new());
    bench.takes_back(&before);
}

#[test]
fn who_may_pass_others_by_is_left_with_the_name() {
    let policy = "version = 1\n[branch.\"~default\"]\nadmins_bound = true\n";
    let bench = Bench::of(policy, |repository| {
        repository.rulesets[0].bypass_actors =
            vec![json!({"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"})];
    });
    let plan = bench.plan(3);
    let why = deferred(&plan, "branch.admins_bound");
    assert!(why.contains("ruleset \"base\""), "{why}");
}

#[test]
fn a_ruleset_of_ours_that_is_off_is_turned_on_only_with_what_is_asked_for() {
    for state in ["evaluate", "disabled"] {
        let bench = Bench::of(POLICY, |repository| {
            repository.ruleset(ours(3).enforcement(state));
        });
        let before = bench.repository();
        bench.mends();
        assert_eq!(bench.repository().rulesets[1].enforcement, "active");
        bench.takes_back(&before);
        let off = ours(3).enforcement(state).rule("creation");
        let bench = Bench::of(POLICY, |repository| {
            repository.ruleset(off);
        });
        let plan = bench.plan(3);
        let why = deferred(&plan, "branch.required_approvals");
        assert!(why.contains(&format!("is {state}, and holds creation")), "{why}");
    }
}

#[test]
fn a_ruleset_of_ours_that_covers_something_else_is_left() {
    let bench = Bench::of(POLICY, |repository| {
        repository.ruleset(Ruleset::named("ispo-scm ~default").refs(&["refs/heads/x"], &[]).pull_request(1));
    });
    let plan = bench.plan(3);
    let why = deferred(&plan, "branch.required_approvals");
    assert!(why.contains("somebody changed which branches"), "{why}");
}

#[test]
fn a_ruleset_that_moves_between_plan_and_apply_is_not_overwritten() {
    let bench = Bench::of(POLICY, |repository| {
        repository.ruleset(ours(1));
    });
    bench.plan(2);
    bench.forge.world_mut(|world| {
        let rulesets = &mut world.repository_mut("service-0001").rulesets;
        rulesets[1].rules.push(json!({"type": "creation"}));
    });
    let before = bench.repository();
    bench.apply().ended(2).says("is no longer as the plan saw it");
    assert_eq!(bench.repository().rulesets, before.rulesets);
}

#[test]
fn classic_protection_is_made_and_taken_back() {
    let bench = Bench::of(&(POLICY.to_owned() + CLASSIC), |repository| repository.protections.clear());
    let before = bench.repository();
    bench.mends();
    assert_eq!(bench.repository().protections.len(), 1);
    bench.takes_back(&before);
}

#[test]
fn classic_protection_keeps_all_that_it_says_already() {
    let policy = POLICY.to_owned() + CLASSIC;
    let bench = Bench::of(&policy, |repository| {
        let rule = &mut repository.protections[0];
        rule.allow_fork_syncing = true;
        rule.restrictions =
            Some(crate::sim::world::Actors { teams: vec!["platform".into()], ..Default::default() });
        if let Some(reviews) = &mut rule.required_pull_request_reviews {
            reviews.bypass_pull_request_allowances.users.push("ann".into());
        }
    });
    let before = bench.repository();
    bench.mends();
    let mut now = bench.repository().protections.remove(0);
    let reviews = now.required_pull_request_reviews.as_mut().unwrap();
    assert_eq!(reviews.required_approving_review_count, 3);
    reviews.required_approving_review_count = 2;
    assert_eq!(now.required_status_checks.as_mut().unwrap().checks.pop().unwrap().context, "licences");
    assert_eq!(now, before.protections[0]);
    bench.takes_back(&before);
}

#[test]
fn signatures_are_a_resource_of_their_own() {
    let policy = format!("version = 1\n{CLASSIC}[branch.\"~default\"]\nrequire_signatures = true\n");
    let bench = Bench::of(&policy, |repository| {
        repository.protections[0].required_signatures = false;
        repository.rulesets.clear();
    });
    let before = bench.repository();
    bench.mends();
    let writes = bench.writes();
    assert!(writes.len() == 1 && writes[0].path.ends_with("/protection/required_signatures"), "{writes:#?}");
    bench.takes_back(&before);
}

#[test]
fn a_wild_rule_is_not_replaced_for_one_branch() {
    let bench = Bench::of(&(POLICY.to_owned() + CLASSIC), |repository| {
        repository.protections[0].pattern = "ma*".into();
    });
    let plan = bench.plan(3);
    let why = deferred(&plan, "branch.required_approvals");
    assert!(why.contains("\"ma*\" reaches other branches, too"), "{why}");
}

#[test]
fn a_project_type_has_a_remedy_of_its_own() {
    let policy = POLICY.to_owned()
        + "[profile.service]\nselect = { topics = \"service\" }\n[profile.service.remedy]\nbranch = \"classic\"\n";
    let bench = Bench::of(&policy, |_| {});
    bench.mends();
    assert_eq!(bench.repository().rulesets.len(), 1);
    let wrong = Desk::before(&bench.forge.url(), &(POLICY.to_owned() + "[remedy]\nbranch = \"rulset\"\n"));
    wrong.run(&["check", "policy.toml"]).ended(1).says("did you mean `ruleset`?");
}
