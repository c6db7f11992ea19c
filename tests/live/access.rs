//! Who can do what, and through what; and the machines that are told of it.

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::sim::World;
use crate::sim::world::Role;

const POLICY: &str = r#"version = 1

[repository]
access = { contains = { cas = "maintain" }, count = { at_most = 5 } }
access_sources = { contains = [{ login = "cas", role = "maintain", source = { Team = "acme/platform" } }], count = { at_most = 5 } }
admins = ["ann", "ben"]
outside_collaborators = { count = { at_most = 0 } }
"#;

const SETTINGS: [&str; 4] = [
    "repository.access",
    "repository.access_sources",
    "repository.admins",
    "repository.outside_collaborators",
];

/// The verdicts on one repository.
fn verdicts(policy: &str, settings: &[&str], world: World) -> Vec<String> {
    let report = Forge::of(world).report(policy);
    settings.iter().map(|setting| report.verdict("acme/service-0002", setting).to_owned()).collect()
}

#[test]
fn owners_and_teams_are_seen_and_a_grant_past_them_drifts() {
    assert_eq!(verdicts(POLICY, &SETTINGS, World::conforming("acme", 2)), ["conforms"; 4]);

    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").collaborator("zoe", Role::Admin);
    assert_eq!(verdicts(POLICY, &SETTINGS, world), ["drift"; 4]);

    // Of a member: it changes what she may do, and of how many people that is known.
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").collaborator("dee", Role::Admin);
    assert_eq!(verdicts(POLICY, &SETTINGS, world), ["conforms", "drift", "drift", "conforms"]);
}

#[test]
fn an_admin_through_a_team_is_an_admin() {
    let mut world = World::conforming("acme", 2);
    world.organization_mut("acme").teams["platform"].grant("service-0002", Role::Admin);
    assert_eq!(verdicts(POLICY, &SETTINGS, world), ["drift", "drift", "drift", "conforms"]);
}

const HOOKS: &str = r#"version = 1

[repository.webhook."https://ci.example.com/hook"]
active = true
content_type = "json"
events = ["push"]
insecure_ssl = false
secret = true
"#;

const OF_HOOK: [&str; 5] =
    ["webhook.active", "webhook.content_type", "webhook.events", "webhook.insecure_ssl", "webhook.secret"];

/// A world with one hook: what is not said here is said by the simulator.
fn hooked(config: Value) -> World {
    let mut world = World::conforming("acme", 2);
    for name in ["service-0001", "service-0002"] {
        let mut hook = json!({"id": 7, "config": {
            "url": "https://ci.example.com/hook", "content_type": "json", "insecure_ssl": "0", "secret": "********",
        }});
        if name == "service-0002" {
            hook["config"] = config.clone();
        }
        world.repository_mut(name).document("/hooks", json!([hook]));
    }
    world
}

#[test]
fn a_webhook_that_is_not_signed_or_not_checked_drifts() {
    let config = |ssl: Value, secret: Value| {
        let mut config = json!({
            "url": "https://ci.example.com/hook", "content_type": "json", "insecure_ssl": ssl, "secret": secret,
        });
        config.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        config
    };
    let of = |config| verdicts(HOOKS, &OF_HOOK, hooked(config));
    let (signed, unsigned) = (json!("********"), Value::Null);
    assert_eq!(of(config(json!("0"), signed.clone())), ["conforms"; 5]);
    assert_eq!(of(config(json!(0), signed.clone())), ["conforms"; 5]);
    let ok = "conforms";
    assert_eq!(of(config(json!("1"), signed.clone())), [ok, ok, ok, "drift", ok]);
    assert_eq!(of(config(json!("0"), unsigned)), [ok, ok, ok, ok, "drift"]);
    // A word that nobody has seen is no answer to whether certificates are looked at.
    assert_eq!(of(config(json!("never"), signed)), [ok, ok, ok, "unknown", ok]);
}
