//! A switch of a bundle of security features in place of one in each repository that the bundle holds for.

use serde_json::{Value, json};

use crate::lift::{Bench, lifted, run};

const ALERTS: &str = "version = 1\n[repository]\nvulnerability_alerts = true\n";

/// So many repositories without warnings, which all follow the bundle `ours`, where warnings are off.
fn following(count: usize) -> Bench {
    let mut bench = Bench::of(count);
    bench.policy(ALERTS);
    for repository in &mut bench.repositories {
        repository["settings"]["vulnerability_alerts"] = json!(false);
    }
    let names: Vec<Value> = bench.repositories.iter().map(|r| r["repository"].clone()).collect();
    bench.organizations[0]["kinds"]["code_security_configuration"] = json!({"ours": {
        "target_type": "organization",
        "dependabot_alerts": "disabled",
        "dependabot_security_updates": "disabled",
        "repositories": names,
        "repositories_in_doubt": [],
    }});
    bench
}

fn ours(bench: &mut Bench) -> &mut Value {
    &mut bench.organizations[0]["kinds"]["code_security_configuration"]["ours"]
}

/// What is changed of whom.
fn changes(plan: &Value) -> Vec<String> {
    let all = plan["changes"].as_array().unwrap().iter();
    all.map(|change| format!("{} {}", change["subject"], change["setting"]).replace('"', "")).collect()
}

/// Nothing is set above anybody: each is changed by itself.
#[track_caller]
fn each_by_itself(bench: &Bench, count: usize) {
    let (plan, said) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan:#}");
    let changes = changes(&plan);
    assert!(changes.iter().all(|change| change.ends_with("repository.vulnerability_alerts")), "{said}");
    assert_eq!(changes.len(), count);
}

#[test]
fn what_all_lack_is_switched_on_once_and_off_again() {
    let bench = following(6);
    let (plan, _) = bench.plan(&["--lift"]);
    let [lift] = &lifted(&plan)[..] else { panic!("{plan:#}") };
    assert_eq!(
        lift["item"],
        json!({"setting": "code_security_configuration.dependabot_alerts", "key": "ours"})
    );
    assert_eq!((&lift["changes"], lift["instead_of"].as_array().unwrap().len()), (&json!(6), 6));
    assert_eq!(changes(&plan), ["f:acme code_security_configuration.dependabot_alerts"]);
    assert_eq!(
        (&plan["changes"][0]["key"], &plan["changes"][0]["after"]),
        (&json!("ours"), &json!("enabled"))
    );
    assert_eq!(plan["changes"][0]["origin"], "policy.toml:3");
    bench.conforms_and_goes_back();
}

#[test]
fn the_plan_says_it_in_a_line() {
    let bench = following(3);
    bench.kept();
    let plan = ["plan", "policy.toml", "--snapshot", "state.jsonl", "--lift", "--today", "2026-11-20"];
    let (code, out, said) = run(bench.folder.path(), &plan);
    assert_eq!(code, 2, "{said}");
    insta::assert_snapshot!("plan_of_an_item_above", out);
}

#[test]
fn whom_it_does_not_hold_for_keeps_its_own_change() {
    let mut bench = following(5);
    let names: Vec<Value> = bench.repositories[..3].iter().map(|r| r["repository"].clone()).collect();
    ours(&mut bench)["repositories"] = json!(names);
    let (plan, _) = bench.plan(&["--lift"]);
    assert_eq!(lifted(&plan)[0]["changes"], 3);
    assert_eq!(changes(&plan).len(), 1 + 2);
    bench.conforms_and_goes_back();
}

#[test]
fn where_it_is_not_known_what_would_come_of_it_each_is_changed_by_itself() {
    let changes: [(&str, Value); 5] = [
        // What is not set leaves a repository as it is: nothing would take it back.
        ("dependabot_alerts", json!("not_set")),
        ("target_type", json!("enterprise")),
        ("repositories_in_doubt", json!(["acme/r01"])),
        ("repositories_in_doubt", Value::Null),
        // Of one that was not seen nobody knows what it wants.
        ("repositories", json!(["acme/r00", "acme/r01", "acme/secret"])),
    ];
    for (field, value) in changes {
        let mut bench = following(4);
        match value {
            Value::Null => drop(ours(&mut bench).as_object_mut().unwrap().remove(field)),
            value => ours(&mut bench)[field] = value,
        }
        each_by_itself(&bench, 4);
    }
}

#[test]
fn whoever_wants_it_otherwise_leaves_it_to_each() {
    let bench = following(4);
    bench.policy(&format!("{ALERTS}[override.\"f:acme/r03\".repository]\nvulnerability_alerts = false\n"));
    each_by_itself(&bench, 3);
}

#[test]
fn what_is_declined_is_left_to_each() {
    let bench = following(4);
    let declined = "[[declined]]\norganization = \"f:acme\"\nsettings = [\"repository.vulnerability_alerts\"]\n\
                    owner = \"@acme/x\"\nreason = \"each team has its own\"\n";
    bench.policy(&format!("{ALERTS}{declined}"));
    each_by_itself(&bench, 4);
}

#[test]
fn what_the_bundle_is_to_say_for_itself_prevails() {
    let bench = following(4);
    let own = "[organization.code_security_configuration.ours]\ndependabot_alerts = \"disabled\"\n";
    bench.policy(&format!("{ALERTS}{own}"));
    each_by_itself(&bench, 4);
}
