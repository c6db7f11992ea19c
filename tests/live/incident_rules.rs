//! Rules bought with other people's incidents, one test each, through the real program.

use serde_json::{Value as Json, json};

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::{Desk, Run};
use crate::sim::server::Recorded;
use crate::sim::world::Repository;
use crate::sim::{self, Options, World};

const APPLY: [&str; 3] = ["apply", "plan.json", "--auto-approve"];

/// An organization of a few repositories, the first of them changed, and a policy for it.
struct Bench {
    forge: Forge,
    desk: Desk,
}

impl Bench {
    fn new(policy: &str, faults: &[&str], change: impl FnOnce(&mut Repository)) -> Self {
        let mut world = World::conforming("acme", 3);
        change(world.repository_mut("service-0001"));
        let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        let forge = Forge::with(world, Options { faults, record: true, ..Options::default() });
        let desk = Desk::before(&forge.url(), &format!("version = 1\n{policy}"));
        Self { forge, desk }
    }

    fn plan(&self) -> (Run, Json) {
        let run = self.desk.run(&["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]);
        assert_eq!(self.forge.stats().mutating, 0, "a plan writes nothing");
        let plan = std::fs::read_to_string(self.desk.path("plan.json")).unwrap_or_else(|_| "null".into());
        (run, serde_json::from_str(&plan).unwrap())
    }

    fn apply(&self, more: &[&str]) -> Run {
        self.desk.run(&[&APPLY[..], more].concat())
    }

    fn writes(&self) -> Vec<Recorded> {
        self.forge.recorded().into_iter().filter(writes).collect()
    }
}

fn writes(request: &Recorded) -> bool {
    !matches!(request.method.as_str(), "GET" | "HEAD") && !request.path.ends_with("/graphql")
}

const HOMEPAGE: &str = "[repository]\nhomepage = \"https://handbook.acme.example\"\n";

fn hook(url: &str) -> Json {
    json!({"config": {"url": url, "content_type": "json", "insecure_ssl": "0"}})
}

#[test]
fn rule_01_what_the_policy_does_not_name_is_not_removed() {
    let policy = "[repository.label.bug]\ncolor = \"d73a4a\"\n";
    let bench = Bench::new(policy, &[], |repository| {
        repository.label("somebody's own", "000000", "");
    });
    let (run, plan) = bench.plan();
    run.ended(2);
    let changes = plan["changes"].as_array().unwrap();
    assert!(changes.iter().all(|c| c["action"] != "delete" && c["key"] == "bug"), "{plan:#}");
    bench.apply(&[]).ended(0);
    let world = bench.forge.world();
    let labels = &world.repository("acme", "service-0001").unwrap().1.labels;
    assert!(labels.iter().any(|l| l.name == "somebody's own"));
    assert!(bench.writes().iter().all(|w| w.method != "DELETE"));
}

#[test]
fn rule_02_audits_and_plans_send_no_request_that_writes() {
    let bench = Bench::new(&format!("{HOMEPAGE}[repository.label.bug]\ncolor = \"d73a4a\"\n"), &[], |_| {});
    bench.desk.run(&["audit", "policy.toml", "--github", "acme"]).ended(2);
    bench.plan().0.ended(2);
    assert!(bench.forge.recorded().len() > 2 && bench.writes().is_empty());

    let options = sim::gitlab::Options { record: true, ..sim::gitlab::Options::default() };
    let server = Server::with(sim::gitlab::World::conforming("acme", 3), options);
    let desk = server.desk("version = 1\n[repository]\ntopics = { contains = [\"new\"] }\n");
    desk.run(&["audit", "policy.toml", "--gitlab", "acme"]).ended(2);
    desk.run(&["plan", "policy.toml", "--gitlab", "acme", "--out", "plan.json"]).ended(2);
    assert!(server.recorded().len() > 2 && !server.recorded().iter().any(writes));
}

#[test]
fn rule_03_an_error_is_not_absence_and_has_an_exit_code_of_its_own() {
    let policy = "[repository.webhook.\"https://ci.acme.example/hook\"]\nactive = true\n";
    for status in [403, 404, 500] {
        let bench = Bench::new(policy, &[], |_| {});
        for number in 1..=3 {
            bench.forge.world_mut(|world| {
                let repository = world.repository_mut(&format!("service-{number:04}"));
                repository.refuse("/hooks", status, "It cannot be shown");
            });
        }
        bench.desk.run(&["audit", "policy.toml", "--github", "acme"]).ended(3);
        let (_, plan) = bench.plan();
        assert_eq!(plan["changes"], json!([]), "{status}: what is unknown is not made");
    }
}

#[test]
fn rule_04_a_list_that_comes_in_pages_plans_no_false_addition() {
    let hooks: Vec<Json> = (0..230).map(|n| hook(&format!("https://ci.acme.example/{n}"))).collect();
    let asked: String = [0, 9, 10, 29, 30, 99, 100, 199, 200, 229]
        .iter()
        .map(|n| format!("[repository.webhook.\"https://ci.acme.example/{n}\"]\ninsecure_ssl = false\n"))
        .collect();
    for faults in [&[][..], &["short-pages=/repos/{owner}/{repo}/hooks"]] {
        let bench = Bench::new("", faults, |_| {});
        bench.desk.write("policy.toml", &format!("version = 1\n{asked}"));
        bench.forge.world_mut(|world| {
            for number in 1..=3 {
                world
                    .repository_mut(&format!("service-{number:04}"))
                    .document("/hooks", json!(hooks.clone()));
            }
        });
        let (run, plan) = bench.plan();
        assert_eq!((run.code, &plan["changes"]), (0, &json!([])), "{faults:?} {}", run.out);
    }
    // Labels come through GraphQL, whose pages are smaller than what there is.
    let policy: String =
        (0..150).map(|n| format!("[repository.label.\"area-{n}\"]\ncolor = \"d73a4a\"\n")).collect();
    let bench = Bench::new(&policy, &[], |_| {});
    bench.forge.world_mut(|world| {
        for number in 1..=3 {
            let repository = world.repository_mut(&format!("service-{number:04}"));
            for n in 0..150 {
                repository.label(&format!("area-{n}"), "d73a4a", "");
            }
        }
    });
    let (run, plan) = bench.plan();
    assert_eq!((run.code, &plan["changes"]), (0, &json!([])), "{}", run.out);
}

#[test]
fn rule_05_nothing_is_renamed_however_many_are_written_at_once() {
    let world = World::conforming("acme", 30);
    let options = Options { record: true, rate_limits: false, ..Options::default() };
    let forge = Forge::with(world, options);
    let policy = format!("version = 1\n{HOMEPAGE}[repository.label.bug]\ncolor = \"d73a4a\"\n");
    let bench = Bench { desk: Desk::before(&forge.url(), &policy), forge };
    let (_, plan) = bench.plan();
    for change in plan["changes"].as_array().unwrap() {
        let name = change["subject"].as_str().unwrap().trim_start_matches("github:");
        for request in change["requests"].as_array().unwrap() {
            let request = &plan["requests"][usize::try_from(request.as_u64().unwrap()).unwrap()];
            let path = request["path"].as_str().unwrap();
            assert!(path.starts_with(&format!("/repos/{name}")), "{request:#} is not of {name}");
            let renames = path == format!("/repos/{name}") && request["body"].get("name").is_some();
            assert!(!renames, "{request:#}");
        }
    }
    bench.apply(&[]).ended(0);
    assert_eq!(bench.writes().len(), 60);
    let world = bench.forge.world();
    for number in 1..=30 {
        let (_, repository) = world.repository("acme", &format!("service-{number:04}")).unwrap();
        assert_eq!(repository.labels.iter().filter(|l| l.name == "bug").count(), 1, "{number}");
    }
}

#[test]
fn rule_06_a_failure_stays_alone_and_the_run_is_gone_on_with() {
    let bench = Bench::new(HOMEPAGE, &["writes=1=422"], |_| {});
    bench.plan().0.ended(2);
    bench.apply(&[]).ended(2).says("2 of 3 changes made").says("the same command goes on from here");
    bench.apply(&[]).ended(0).says("3 of 3 changes made");
    assert_eq!(bench.writes().len(), 4, "what was made was not made again");
}

#[test]
fn rule_07_what_is_added_comes_before_what_is_removed_which_stays_where_that_fails() {
    let policy = "[repository.webhook]\nownership = \"complete\"\n\
                  [repository.webhook.\"https://new.acme.example/hook\"]\nactive = true\n";
    for refused in [false, true] {
        let faults: &[&str] = if refused { &["writes=1-3=422"] } else { &[] };
        let bench = Bench::new(policy, faults, |repository| {
            repository.document("/hooks", json!([hook("https://old.acme.example/hook")]));
        });
        bench.plan().0.ended(2);
        let run = bench.apply(&["--allow-delete"]);
        let of_one: Vec<String> = bench
            .writes()
            .into_iter()
            .filter(|w| w.path.starts_with("/repos/acme/service-0001/"))
            .map(|w| w.method)
            .collect();
        if refused {
            assert_eq!(of_one, ["POST"], "{}\n{}", run.out, run.err);
            run.ended(2).says("nothing is to guard less on the way");
        } else {
            assert_eq!(of_one, ["POST", "DELETE"], "{}\n{}", run.out, run.err);
            run.ended(0);
        }
    }
}

#[test]
fn rule_08_a_yes_is_no_proof() {
    let bench = Bench::new(HOMEPAGE, &["writes=1=ignored"], |_| {});
    bench.plan().0.ended(2);
    bench.apply(&[]).ended(2).says("2 of 3 changes made").says("NOT applied by the forge, which said yes");
}

#[test]
fn rule_09_the_order_of_a_set_is_no_difference_and_a_plan_after_an_apply_is_empty() {
    let bench = Bench::new("[repository]\ntopics = { exactly = [\"zebra\", \"api\", \"go\"] }\n", &[], |r| {
        r.topics(&["go", "zebra", "api"]);
    });
    let (run, plan) = bench.plan();
    run.ended(2);
    let changes = plan["changes"].as_array().unwrap();
    assert!(changes.iter().all(|c| c["subject"] != "github:acme/service-0001"), "{plan:#}");
    bench.apply(&[]).ended(0);
    bench.desk.run(&["plan", "policy.toml", "--github", "acme"]).ended(0).says("No changes.");
}

#[test]
fn rule_10_a_secret_is_neither_overwritten_nor_shown() {
    let url = "https://ci.acme.example/hook";
    let bench = Bench::new(&format!("[repository.webhook.\"{url}\"]\nactive = true\n"), &[], |repository| {
        let config = json!({"url": url, "content_type": "json", "insecure_ssl": "0", "secret": "********"});
        repository.document("/hooks", json!([{"active": false, "config": config}]));
    });
    let (_, plan) = bench.plan();
    let changes = plan["changes"].as_array().unwrap();
    assert!(changes.iter().all(|c| c["subject"] != "github:acme/service-0001"), "{plan:#}");
    assert!(plan["deferred"][0]["reason"].as_str().unwrap().contains("secret"), "{plan:#}");
    bench.apply(&[]);
    assert!(bench.writes().iter().all(|w| !w.path.starts_with("/repos/acme/service-0001/")));
    let journal = std::fs::read_to_string(bench.desk.path("plan.json.journal")).unwrap();
    assert!(!journal.contains(crate::run::TOKEN));
}

#[test]
fn rule_11_no_plan_deletes_a_repository_whoever_wrote_it() {
    let bench = Bench::new(HOMEPAGE, &[], |_| {});
    let (_, mut plan) = bench.plan();
    for path in ["/repos/acme/service-0001", "/orgs/acme"] {
        plan["requests"][0] = json!({"method": "DELETE", "path": path});
        let mut edited: ispo_scm::model::Plan = serde_json::from_value(plan.clone()).unwrap();
        edited.digest = ispo_scm::run::digest(&edited);
        bench.desk.write("plan.json", &serde_json::to_string(&edited).unwrap());
        let run = bench.apply(&["--allow-delete", "--allow-irreversible", "--allow-weaken"]).ended(1);
        run.says("this is refused, and nothing was changed");
        assert_eq!(bench.writes().len(), 0);
    }
}

#[test]
fn rule_12_a_policy_is_data() {
    let text = "$(touch pwned) `touch pwned` {{ constructor }}";
    let policy = format!("[repository]\ndescription = {{ equals = {text:?} }}\n");
    let bench = Bench::new(&policy, &[], |_| {});
    let (run, plan) = bench.plan();
    run.ended(2);
    assert_eq!(plan["requests"][0]["body"]["description"], text);
    bench.apply(&[]).ended(0);
    assert!(!bench.desk.path("pwned").exists());
}

#[test]
fn rule_13_a_plan_is_bound_to_its_policy_and_to_what_it_saw() {
    let bench = Bench::new(HOMEPAGE, &[], |_| {});
    bench.plan().0.ended(2);
    bench.desk.write("policy.toml", &format!("version = 1\n{HOMEPAGE}has_wiki = false\n"));
    bench.apply(&[]).ended(1).says("the policy was changed after the plan was made");
    assert_eq!(bench.writes().len(), 0);
    bench.desk.write("policy.toml", &format!("version = 1\n{HOMEPAGE}"));
    bench.forge.world_mut(|world| {
        world.repository_mut("service-0002").set("homepage", "https://elsewhere.example");
    });
    bench.apply(&[]).ended(2).says("2 of 3 changes made").says("it has moved since the plan");
    assert!(bench.writes().iter().all(|w| w.path != "/repos/acme/service-0002"));
}

#[test]
fn rule_15_what_is_waited_for_is_said_and_never_past_the_deadline() {
    let bench = Bench::new(HOMEPAGE, &["writes=2-99=spent:1800"], |_| {});
    bench.plan().0.ended(2);
    let run = bench.apply(&["--deadline", "5m"]).ended(2);
    run.says("the budget of requests is back at").says("past the deadline of 5m");
    run.says("the same command goes on from here");
}

#[test]
fn rule_16_nothing_is_written_that_is_as_it_should_be() {
    let home = "https://handbook.acme.example";
    let bench = Bench::new(HOMEPAGE, &[], |_| {});
    let (_, plan) = bench.plan();
    assert_eq!(plan["requests"].as_array().unwrap().len(), 3);
    // Somebody makes two of them so before the plan is carried out.
    bench.forge.world_mut(|world| {
        world.repository_mut("service-0001").set("homepage", home);
        world.repository_mut("service-0002").set("homepage", home);
    });
    bench.apply(&[]).ended(0).says("3 of 3 changes made");
    let paths: Vec<String> = bench.writes().into_iter().map(|w| w.path).collect();
    assert_eq!(paths, ["/repos/acme/service-0003"]);
    bench.plan_again().ended(0).says("No changes.");
}

impl Bench {
    fn plan_again(&self) -> Run {
        self.desk.run(&["plan", "policy.toml", "--github", "acme"])
    }
}

#[test]
fn rule_17_an_unknown_key_is_an_error_with_a_suggestion() {
    let bench = Bench::new("[repository]\nhas_wikki = false\n", &[], |_| {});
    for verb in ["audit", "plan", "check"] {
        let forge: &[&str] = if verb == "check" { &[] } else { &["--github", "acme"] };
        let run = bench.desk.run(&[&[verb, "policy.toml"][..], forge].concat()).ended(1);
        run.says("did you mean `has_wiki`?");
    }
    assert_eq!(bench.forge.recorded().len(), 0);
}

#[test]
fn rule_12_the_policys_own_repository_is_guarded_or_it_is_said() {
    let policy = "[branch.\"~default\"]\nrequired_approvals = { at_least = 0 }\n";
    let Bench { forge, desk } = Bench::new(policy, &[], |_| {});
    let desk = desk.set("GITHUB_REPOSITORY", "ACME/service-0002");
    let said = |run: Run| (run.out + &run.err).split_whitespace().collect::<Vec<_>>().join(" ");
    let audit = || said(desk.run(&["audit", "policy.toml", "--github", "acme"]));
    assert!(!audit().contains("holds this policy"), "somebody else approves");
    forge.world_mut(|world| {
        world.organization_mut("acme").rulesets.clear();
        let repository = world.repository_mut("service-0002");
        repository.protections.clear();
        repository.rulesets.clear();
    });
    let open = "github:acme/service-0002 holds this policy, and nobody has to approve a change there";
    assert!(audit().contains(open), "{}", audit());
    let planned = said(desk.run(&["plan", "policy.toml", "--github", "acme"]));
    assert!(planned.contains(open), "{planned}");
}

#[test]
fn rule_14_nobody_is_locked_out() {
    let policy = "[branch.\"~default\"]\nrequired_approvals = { at_least = 9 }\n\
                  required_checks = { contains = [\"nothing reports this\"] }\n\
                  [repository]\ncollaborators = { exactly = [] }\nteams = { exactly = [] }\n";
    let bench = Bench::new(policy, &[], |_| {});
    let (_, plan) = bench.plan();
    let of = |part: &str| -> Vec<(String, String)> {
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        plan[part].as_array().unwrap().iter().map(|c| (text(&c["setting"]), text(&c["reason"]))).collect()
    };
    let left = of("deferred");
    for (setting, why) in [
        ("branch.required_approvals", "9 approvals are asked for, and besides the author only"),
        ("branch.required_checks", "nothing reports `nothing reports this`"),
    ] {
        assert!(left.iter().any(|(s, reason)| s == setting && reason.contains(why)), "{setting}: {left:?}");
        assert!(!of("changes").iter().any(|(s, _)| s == setting), "{setting}");
    }
    bench.apply(&["--allow-irreversible", "--max-share=100", "--allow-unproven"]);
    assert!(bench.writes().iter().all(|w| !w.path.contains("rulesets") && !w.path.contains("protection")));
}
