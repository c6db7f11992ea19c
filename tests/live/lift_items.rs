//! A switch of a bundle of security features in place of one in each repository that it holds for, on a forge that lets
//! these follow.

use serde_json::{Value as Json, json};

use crate::own_settings::{ALL, Bench};
use crate::sim::World;

/// Three repositories without warnings, of which two follow a bundle where these are off.
fn following() -> Bench {
    let mut world = World::conforming("acme", 3);
    world.installed_version.clear();
    let organization = &mut world.organizations[0];
    let names: Vec<String> = organization.repositories.keys().cloned().collect();
    for repository in organization.repositories.values_mut() {
        repository.vulnerability_alerts = false;
    }
    let held = |at: usize, status: &str| json!({"status": status, "repository": names[at]});
    let bundle = json!({
        "id": 18, "name": "ours", "target_type": "organization",
        "dependabot_alerts": "disabled", "dependabot_security_updates": "disabled",
    });
    organization.document("/code-security/configurations", json!([bundle]));
    let all = json!([held(0, "enforced"), held(1, "attached"), held(2, "failed")]);
    organization.document("/code-security/configurations/18/repositories", all);
    Bench::new(world, "[repository]\nvulnerability_alerts = true\n")
}

fn plan(bench: &Bench) -> Json {
    let plan = ["plan", ".", "--github", "acme", "--lift", "--out", "plan.json", "--format", "json"];
    bench.run(&plan).ended(2).json().0
}

#[test]
fn a_bundle_is_switched_once_for_all_that_it_holds_for_and_back() {
    let bench = following();
    let seen = || {
        let audit = ["audit", ".", "--github", "acme", "--format", "json", "--all"];
        bench.run(&audit).json().0["findings"].clone()
    };
    let before = seen();
    let plan = plan(&bench);
    let [lift] = &plan["lifted"].as_array().unwrap()[..] else { panic!("{plan:#}") };
    assert_eq!(
        lift["item"],
        json!({"setting": "code_security_configuration.dependabot_alerts", "key": "ours"})
    );
    assert_eq!((&lift["changes"], plan["changes"].as_array().unwrap().len()), (&json!(2), 2));
    bench.forge.forget();
    bench.run(&[&["apply", "plan.json"], ALL].concat()).ended(0);
    assert_eq!(bench.forge.stats().mutating, 2, "the bundle, and the one that it could not be put on");
    assert_eq!(bench.drift(), [""; 0]);
    bench.run(&["plan", ".", "--github", "acme", "--lift"]).says("No changes.");
    bench.run(&[&["undo", "plan.json.journal"], ALL].concat()).ended(0);
    assert_eq!(seen(), before);
}

#[test]
fn where_somebody_departed_from_it_each_is_changed_by_itself() {
    let bench = following();
    bench.forge.world_mut(|world| {
        let organization = &mut world.organizations[0];
        let path = "/code-security/configurations/18/repositories";
        let mut all = organization.documents.stated(path).unwrap().clone();
        all[1]["status"] = json!("removed");
        organization.document(path, all);
    });
    let plan = plan(&bench);
    assert!(plan["lifted"].is_null(), "{plan:#}");
    assert_eq!(plan["changes"].as_array().unwrap().len(), 3);
}
