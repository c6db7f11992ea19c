//! Tokens go where the environment sends them, and are never shown.

use serde_json::json;

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::STRICT;
use crate::run::{Desk, TOKEN};
use crate::sim::World;

/// A policy that brings a server of its own.
fn policy_of(url: &str) -> String {
    format!(
        "version = 1\n[[forge]]\nname = \"elsewhere\"\nkind = \"github\"\nurl = \"{url}\"\norganizations = [\"acme\"]\n\
         [repository]\nhas_wiki = false\n"
    )
}

#[test]
fn a_server_that_a_policy_names_gets_nothing() {
    let forge = Forge::of(World::conforming("acme", 2));
    let policy = policy_of(&forge.url());
    let desk = Desk::new(&policy).set("GITHUB_TOKEN", TOKEN).set("GH_TOKEN", TOKEN);
    for arguments in [
        &["audit", "policy.toml"][..],
        &["audit", "policy.toml", "--explain-reads"],
        &["snapshot", "policy.toml", "--out", "s.jsonl"],
        &["explain", "acme/service-0001", "repository.has_wiki", "policy.toml"],
    ] {
        let run = forge.at(&desk, arguments);
        run.says("there is no token for 127.0.0.1");
        assert!(run.code == 1 || arguments.contains(&"--explain-reads"), "{run:?}");
    }
    forge.at(&desk, &["audit", "policy.toml"]).says("set ISPO_SCM_TOKEN_127_0_0_1");
    assert_eq!(forge.stats().total, 0, "it was not even asked");
}

#[test]
fn a_server_that_the_environment_names_gets_its_own_token() {
    let forge = Forge::of(World::conforming("acme", 2));
    let front = Front::before(&forge, |_| None);
    let desk = Desk::new(&policy_of(front.url()))
        .set("GITHUB_TOKEN", "ghp_of_github_com")
        .set("ISPO_SCM_TOKEN_127_0_0_1", TOKEN);
    desk.run(&["audit", "policy.toml"]).ended(0);
    assert!(
        front.arrived().iter().all(|a| a.authorization == format!("Bearer {TOKEN}")),
        "{:?}",
        front.arrived()
    );
}

#[test]
fn a_token_of_one_port_is_not_sent_to_another() {
    let (ours, theirs) = (Forge::of(World::conforming("acme", 1)), Forge::of(World::conforming("acme", 1)));
    let desk =
        Desk::new(&policy_of(&theirs.url())).set("GITHUB_TOKEN", TOKEN).set("GITHUB_SERVER_URL", &ours.url());
    desk.run(&["audit", "policy.toml"]).ended(1).says("there is no token for 127.0.0.1");
    assert_eq!((ours.stats().total, theirs.stats().total), (0, 0));
}

#[test]
fn the_server_of_the_environment_stands_in_for_the_policys() {
    let (ours, theirs) = (Forge::of(World::conforming("acme", 1)), Forge::of(World::conforming("acme", 1)));
    let desk = Desk::before(&ours.url(), &policy_of(&theirs.url()));
    desk.run(&["audit", "policy.toml"]).ended(0);
    assert!(ours.stats().total > 0);
    assert_eq!(theirs.stats().total, 0);
}

#[test]
fn an_organization_on_the_command_line_is_on_the_policys_server() {
    // Without a token at all, so that nothing is asked; with one, github.com must not be either.
    let run = Desk::new(&policy_of("https://ghes.acme.example")).run(&[
        "audit",
        "policy.toml",
        "--github",
        "other",
    ]);
    run.ended(1).says("forge elsewhere was not read").says("there is no token for ghes.acme.example");
}

#[test]
fn no_token_travels_unencrypted() {
    let desk =
        Desk::new(&policy_of("http://ghes.acme.example")).set("ISPO_SCM_TOKEN_GHES_ACME_EXAMPLE", TOKEN);
    desk.run(&["audit", "policy.toml"]).ended(1).says("it would travel unencrypted").says("use https");
    let desk = Desk::before("http://ghes.acme.example", STRICT);
    desk.run(&["audit", "policy.toml", "--github", "acme"]).ended(1).says("it would travel unencrypted");
}

#[test]
fn without_a_token_the_variables_that_would_serve_are_named() {
    let desk = Desk::new(STRICT);
    let run = desk.run(&["audit", "policy.toml", "--github", "acme"]).ended(1);
    run.says("there is no token for github.com")
        .says("set GITHUB_TOKEN, GH_TOKEN or ISPO_SCM_TOKEN_GITHUB_COM");
}

/// A server that sends back whatever it was told, in every place where it is shown.
#[test]
fn a_server_that_gives_the_token_back_does_not_get_it_printed() {
    let forge = Forge::of(World::conforming("acme", 2));
    for status in [400, 401, 403, 404, 422, 500] {
        let front = Front::before(&forge, move |arrived| {
            let message = format!("you sent {}", arrived.authorization.replace(TOKEN, "a token"));
            Some((
                status,
                vec![("location", "https://elsewhere.example/".to_owned())],
                json!({"message": message}),
            ))
        });
        let desk = Desk::before(front.url(), STRICT);
        // `Run` looks for the token in all that is printed.
        desk.run(&["audit", "policy.toml", "--github", "acme"]).ended(1).says("github:acme was not read");
        desk.run(&["audit", "policy.toml", "--github", "acme", "--format", "json"]).ended(1).json();
        desk.run(&["explain", "acme/x", "repository.has_wiki", "policy.toml", "--github", "acme"]).ended(1);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Forge::of(World::conforming("acme", 2));
    let forge = Forge::of(World::conforming("acme", 2));
    let to = elsewhere.url();
    let front = Front::before(&forge, move |arrived| {
        let there = format!("{to}{}", arrived.path);
        Some((307, vec![("location", there)], json!({"message": "Moved"})))
    });
    Desk::before(front.url(), STRICT).run(&["audit", "policy.toml", "--github", "acme"]).ended(1).says("307");
    assert_eq!(elsewhere.stats().total, 0);
}

#[test]
fn a_next_page_on_another_server_is_not_fetched() {
    let elsewhere = Forge::of(World::conforming("acme", 2));
    let forge = Forge::of(World::conforming("acme", 2));
    let to = elsewhere.url();
    let front = Front::before(&forge, move |arrived| {
        let first = arrived.path.contains("/orgs/acme/repos") && arrived.path.contains("&page=1");
        let link = format!("<{to}/api/v3/orgs/acme/repos?per_page=100&page=2>; rel=\"last\"");
        first.then(|| (200, vec![("link", link)], json!([])))
    });
    Desk::before(front.url(), STRICT).run(&["audit", "policy.toml", "--github", "acme"]);
    assert_eq!(elsewhere.stats().total, 0);
    assert!(
        front.arrived().iter().any(|a| a.path.contains("&page=2")),
        "the second page is asked of the same server"
    );
}
