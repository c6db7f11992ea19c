//! Organizations that cannot be read, beside ones that can.

use serde_json::json;

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::{OF_ORGANIZATION, OF_REPOSITORY, STRICT};
use crate::run::Desk;
use crate::sim::World;

fn two() -> World {
    let mut world = World::conforming("acme", 3);
    let other = World::conforming("regulated", 2).organizations.swap_remove("regulated").unwrap();
    world.organizations.insert("regulated".to_owned(), other);
    world
}

#[test]
fn one_that_does_not_exist_does_not_stop_the_others() {
    let forge = Forge::of(two());
    let desk = Desk::before(&forge.url(), STRICT);
    let from = ["--github", "acme", "--github", "ghost", "--github", "regulated"];
    let run = forge.at(&desk, &[&["audit", "policy.toml", "--format", "json", "--all"][..], &from].concat());
    let report = run.ended(3).json();
    assert!(report.unread("github:ghost").contains("Could not resolve to an Organization"), "{:#}", report.0);
    assert_eq!(report.count("conforms"), 2 * OF_ORGANIZATION + 5 * OF_REPOSITORY);
    assert_eq!(report.verdict("regulated/service-0002", "repository.has_wiki"), "conforms");
    let run = forge.at(&desk, &[&["audit", "policy.toml"][..], &from].concat()).ended(3);
    run.says("github:ghost was not read");
    // Whoever says that the unknown does not count is believed.
    forge.at(&desk, &[&["audit", "policy.toml", "--fail-on", "drift"][..], &from].concat()).ended(0);
}

#[test]
fn one_that_is_refused_does_not_stop_the_others() {
    let forge = Forge::of(two());
    let front = Front::before(&forge, |arrived| {
        let theirs = arrived.body.contains("\"regulated\"") || arrived.path.contains("regulated");
        theirs.then(|| {
            (403, vec![], json!({"message": "Resource protected by organization SAML enforcement."}))
        })
    });
    let from = ["--github", "regulated", "--github", "acme", "--format", "json"];
    let run =
        Desk::before(front.url(), STRICT).run(&[&["audit", "policy.toml"][..], &from].concat()).ended(3);
    let report = run.json();
    assert!(report.unread("github:regulated").contains("SAML enforcement"), "{:#}", report.0);
    assert_eq!(report.count("conforms"), OF_ORGANIZATION + 3 * OF_REPOSITORY);
}

#[test]
fn only_organizations_that_cannot_be_read_are_an_error() {
    let forge = Forge::of(World::conforming("acme", 1));
    let desk = Desk::before(&forge.url(), STRICT);
    let run = forge.at(&desk, &["audit", "policy.toml", "--github", "ghost"]).ended(1);
    run.says("github:ghost was not read").says("Nothing was judged");
    let snapshot = ["snapshot", "policy.toml", "--github", "ghost", "--out", "s.jsonl"];
    forge.at(&desk, &snapshot).ended(1).says("github:ghost was not read");
    forge
        .at(&desk, &["explain", "ghost/x", "repository.has_wiki", "policy.toml", "--github", "ghost"])
        .ended(1);
}

#[test]
fn a_token_that_is_not_valid_is_said_to_be_so() {
    let forge = Forge::of(World::conforming("acme", 1));
    let front = Front::before(&forge, |_| Some((401, vec![], json!({"message": "Bad credentials"}))));
    let run = Desk::before(front.url(), STRICT).run(&["audit", "policy.toml", "--github", "acme"]).ended(1);
    run.says("401: Bad credentials").says("the token is not valid, or has expired");
    assert_eq!(forge.stats().total, 0);
    assert!(front.arrived().len() < 8, "it is not tried again and again: {:#?}", front.arrived().len());
}

#[test]
fn an_organization_without_repositories_conforms() {
    let forge = Forge::of(World::conforming("acme", 0));
    let report = forge.audit(STRICT, &["--format", "json", "--all"]).ended(0).json();
    assert_eq!((report.count("subjects"), report.count("conforms")), (1, OF_ORGANIZATION));
}

#[test]
fn one_whose_repositories_may_not_be_listed_is_unread() {
    let mut world = two();
    world.organization_mut("regulated").denials.forbidden.insert("repositories".to_owned());
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), STRICT);
    let from = ["--github", "regulated", "--github", "acme", "--format", "json"];
    let report = forge.at(&desk, &[&["audit", "policy.toml"][..], &from].concat()).ended(3).json();
    assert!(report.unread("github:regulated").contains("not accessible"), "{:#}", report.0);
    assert_eq!(report.count("conforms"), OF_ORGANIZATION + 3 * OF_REPOSITORY);
}

#[test]
fn a_server_may_be_named_by_the_address_of_its_api() {
    let forge = Forge::of(World::conforming("acme", 1));
    let desk = Desk::before(&format!("{}/api/v3", forge.url()), STRICT);
    forge.at(&desk, &["audit", "policy.toml", "--github", "acme"]).ended(0);
    assert_eq!(forge.stats().of("unknown"), 0);
}
