//! How long a waiver may last, by the policy, and what becomes of one that lasts longer.

use serde_json::{Value, json};

use crate::program::ispo_scm;
use crate::small::World;

/// A world with one departure and a waiver for it that ends on that day.
fn report(limit: &str, expires: &str) -> (Value, String) {
    let mut world = World::conforming();
    world.policy.push_str(&format!(
        "[repository]\nhas_wiki = false\n{limit}\n[[waiver]]\nsubject = \"f:acme/widgets\"\n\
         settings = [\"repository.has_wiki\"]\nowner = \"@acme/docs\"\nreason = \"moves out\"\nexpires = {expires}\n"
    ));
    world.repository["settings"]["has_wiki"] = json!(true);
    let folder = world.laid_out();
    let said = |format: &str| {
        let mut command = ispo_scm();
        command.current_dir(folder.path());
        let audit = ["audit", ".", "--today", "2026-11-20", "--format", format];
        String::from_utf8(command.args(audit).output().unwrap().stdout).unwrap()
    };
    let human = said("human").split_whitespace().collect::<Vec<_>>().join(" ");
    (serde_json::from_str(&said("json")).unwrap(), human)
}

fn waived_and_drifting(report: &Value) -> (u64, u64) {
    let of = |verdict: &str| report["summary"][verdict].as_u64().unwrap();
    (of("waived"), of("drift"))
}

#[test]
fn without_a_limit_a_waiver_lasts_as_long_as_it_says() {
    assert_eq!(waived_and_drifting(&report("", "2036-01-01").0), (1, 0));
}

#[test]
fn one_that_ends_soon_enough_holds() {
    assert_eq!(waived_and_drifting(&report("[waiving]\ndays = 180", "2027-05-19").0), (1, 0));
}

#[test]
fn one_that_lasts_longer_waives_nothing_and_says_so() {
    let (report, human) = report("[waiving]\ndays = 180", "2027-05-20");
    assert_eq!(waived_and_drifting(&report), (0, 1));
    assert!(human.contains("waived by @acme/docs TOO LONG, until 2027-05-20"), "{human}");
    assert!(human.contains("and the policy allows 180 days: what it waives counts as drift"), "{human}");
}
