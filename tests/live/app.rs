//! The identity of a GitHub App: its key signs, the token that it buys is used, once for all.

use std::process::Command;

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::STRICT;
use crate::run::{Desk, Run};
use crate::sim::World;

const ARGUMENTS: [&str; 4] = ["audit", "policy.toml", "--github", "acme"];

/// A key that is made now and thrown away; none where there is no openssl.
fn throwaway_key() -> Option<String> {
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output();
    match made {
        Ok(made) if made.status.success() => Some(String::from_utf8(made.stdout).unwrap()),
        _ => {
            eprintln!("SKIPPED: there is no openssl to make a key with");
            None
        }
    }
}

fn app(url: &str, key: &str) -> Desk {
    Desk::new(STRICT)
        .set("ISPO_SCM_GITHUB_URL", url)
        .set("ISPO_SCM_APP_ID", "4711")
        .set("ISPO_SCM_APP_INSTALLATION_ID", "9001")
        .set("ISPO_SCM_APP_PRIVATE_KEY", key)
}

fn without_the_key(run: Run, key: &str) -> Run {
    for line in key.lines().filter(|line| !line.contains("PRIVATE KEY")) {
        assert!(!run.out.contains(line) && !run.err.contains(line), "the key is shown");
    }
    run
}

#[test]
fn one_token_serves_many_requests() {
    let Some(key) = throwaway_key() else { return };
    let forge = Forge::of(World::conforming("acme", 250));
    let front = Front::before(&forge, |_| None);
    without_the_key(app(front.url(), &key).run(&ARGUMENTS).ended(0), &key);
    let arrived = front.arrived();
    let (minted, asked): (Vec<_>, Vec<_>) =
        arrived.iter().partition(|a| a.path.ends_with("/app/installations/9001/access_tokens"));
    assert_eq!(minted.len(), 1, "{arrived:#?}");
    // A JSON web token has three parts; it goes to this one place only.
    assert_eq!(minted[0].authorization.split('.').count(), 3);
    let (of_app, asked): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|a| a.path.starts_with("/api/v3/app/"));
    assert_eq!(of_app.len(), 1, "where it is installed is asked once");
    assert!(asked.len() > 8 && asked.iter().all(|a| a.authorization.ends_with("ghs_sim_1")), "{asked:#?}");
    assert_eq!(forge.stats().mutating, 0);
}

#[test]
fn a_token_that_ends_in_mid_run_is_renewed() {
    let Some(key) = throwaway_key() else { return };
    let options = crate::sim::Options { token_lifetime: Some(7), ..crate::sim::Options::default() };
    let forge = Forge::with(World::conforming("acme", 250), options);
    let report = forge.at(&app(&forge.url(), &key), &[&ARGUMENTS[..], &["--format", "json"]].concat());
    let report = without_the_key(report.ended(0), &key).json();
    assert_eq!((report.count("unknown"), report.count("subjects")), (0, 251));
    let minted = forge.stats().by_route["POST /app/installations/{installation_id}/access_tokens"];
    assert!((2..5).contains(&minted), "{minted} tokens");
}

#[test]
fn a_key_may_be_a_file_or_a_line() {
    let Some(key) = throwaway_key() else { return };
    let forge = Forge::of(World::conforming("acme", 1));
    let desk = app(&forge.url(), "app.pem");
    desk.write("app.pem", &key);
    forge.at(&desk, &ARGUMENTS).ended(0);
    let line = key.replace('\n', "\\n");
    without_the_key(forge.at(&app(&forge.url(), &line), &ARGUMENTS).ended(0), &key);
}

#[test]
fn what_is_wrong_with_an_app_is_said_without_showing_it() {
    let Some(key) = throwaway_key() else { return };
    let forge = Forge::of(World::conforming("acme", 1));
    let with = |name: &str, value: &str| {
        let run = forge.at(&app(&forge.url(), &key).set(name, value), &ARGUMENTS).ended(1);
        without_the_key(run, &key)
    };
    with("ISPO_SCM_APP_ID", "ours").says("ISPO_SCM_APP_ID is not a number");
    with("ISPO_SCM_APP_INSTALLATION_ID", "ours").says("ISPO_SCM_APP_INSTALLATION_ID is not a number");
    with("ISPO_SCM_APP_PRIVATE_KEY", "nowhere.pem").says("is neither a key nor a file that can be read");
    with("ISPO_SCM_APP_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----").says("is not an RSA key in PEM format");
    assert_eq!(forge.stats().total, 0);
}

#[test]
fn each_organization_has_an_installation_of_its_own() {
    let Some(key) = throwaway_key() else { return };
    let mut world = World::conforming("acme", 2);
    let mut other = World::conforming("regulated", 2).organizations.swap_remove("regulated").unwrap();
    other.id += 1;
    world.organizations.insert("regulated".to_owned(), other);
    let forge = Forge::of(world);
    let front = Front::before(&forge, |_| None);
    let desk = app(front.url(), &key).set("ISPO_SCM_APP_INSTALLATION_ID", "");
    let both = [&ARGUMENTS[..], &["--github", "regulated"]].concat();
    without_the_key(desk.run(&both).ended(0), &key);
    let minted = front.arrived().into_iter().filter(|a| a.path.ends_with("/access_tokens")).map(|a| a.path);
    let mut minted: Vec<String> = minted.collect();
    minted.dedup();
    assert_eq!(minted.len(), 2, "{minted:?}");
    let elsewhere = [&ARGUMENTS[..], &["--github", "elsewhere"]].concat();
    without_the_key(desk.run(&elsewhere), &key)
        .says("it is not installed in elsewhere; it is installed in: acme, regulated");
}

#[test]
fn an_app_signs_for_no_other_server() {
    let Some(key) = throwaway_key() else { return };
    let forge = Forge::of(World::conforming("acme", 1));
    let policy = format!(
        "version = 1\n[[forge]]\nname = \"x\"\nkind = \"github\"\nurl = \"{}\"\norganizations = [\"acme\"]\n[repository]\nhas_wiki = false\n",
        forge.url()
    );
    let desk = Desk::new(&policy)
        .set("ISPO_SCM_APP_ID", "4711")
        .set("ISPO_SCM_APP_INSTALLATION_ID", "9001")
        .set("ISPO_SCM_APP_PRIVATE_KEY", &key);
    without_the_key(forge.at(&desk, &["audit", "policy.toml"]).ended(1), &key)
        .says("there is no token for 127.0.0.1");
    assert_eq!(forge.stats().total, 0);
}
