//! The friction index of the acme example, worked out once more from the findings of its audit.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::program::ispo_scm;

/// Steps and their weights; severities and theirs. Written down anew, so that a slip shows.
const STAGES: [(&str, f64); 9] = [
    ("discover", 3.0),
    ("read", 4.0),
    ("understand", 3.0),
    ("build", 2.0),
    ("propose", 4.0),
    ("reviewed", 4.0),
    ("merged", 2.0),
    ("reuse", 1.5),
    ("trust", 1.5),
];

fn severity(word: &str) -> f64 {
    match word {
        "critical" => 10.0,
        "high" => 7.5,
        "medium" => 5.0,
        "low" => 2.5,
        other => panic!("{other}"),
    }
}

fn toil(rung: &Value) -> Option<f64> {
    Some(match rung.as_str()? {
        "network" | "signed_in" => 0.0,
        "member" => 0.1,
        "self_join" => 0.3,
        "self_join_for_a_time" => 0.45,
        "approval" => 0.7,
        "somebody" => 1.0,
        other => panic!("{other}"),
    })
}

fn json(arguments: &[&str]) -> Value {
    let done =
        ispo_scm().args(arguments).args(["--today", "2026-11-20", "--format", "json"]).output().unwrap();
    serde_json::from_slice(&done.stdout).unwrap()
}

fn journeys() -> BTreeMap<String, Value> {
    let all = json(&["friction", "fixtures/acme"]);
    let journeys = all["journeys"].as_array().unwrap().iter();
    journeys.map(|j| (j["subject"].as_str().unwrap().to_owned(), j.clone())).collect()
}

#[track_caller]
fn near(value: &Value, wanted: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - wanted).abs() < 0.001, "{value}, not {wanted}");
}

#[test]
fn three_repositories_worked_out_by_hand() {
    let journeys = journeys();

    // acme/.github: who reads it has to sign in, which is no toil. Of understanding, 25 are asked (7.5 + 7.5 +
    // 5 + 5) and one medium fails: 1 - 5/25 = 0.8. All else is well. Something is asked of six steps, which
    // weigh 3 + 4 + 3 + 4 + 4 + 2 = 20. 100 (1 - 0.8^(3/20)) = 100 (1 - e^(0.15 · -0.223144)) = 3.2918.
    near(&journeys["ghec:acme/.github"]["friction"], 3.2918);
    near(&journeys["ghec:acme/.github"]["findings"][0]["points"], 3.2918);

    // acme/checkout-web: of having it looked at, 17.5 are asked (7.5 + 5 + 5) and 5 fail: 0.714286. The same six
    // steps. 100 (1 - 0.714286^(4/20)) = 100 (1 - e^(0.2 · -0.336472)) = 6.5080.
    near(&journeys["ghec:acme/checkout-web"]["friction"], 6.5080);

    // acme/address-validation should be internal and is private: a closed door before discovering, 0.05. Its
    // readers have to be members: 1 - 0.1 = 0.9. 100 (1 - 0.05^(3/20) · 0.9^(4/20)) = 100 (1 - e^(-0.449360
    // - 0.021072)) = 37.5268. With the door open 0.9^(4/20) is left, 2.0852: the door is worth 35.4416.
    let private = &journeys["ghec:acme/address-validation"];
    near(&private["friction"], 37.5268);
    near(&private["findings"][0]["points"], 35.4416);
    assert_eq!(private["stages"][0]["gate"], true);

    // acme/badge-access can be neither forked nor written by those from outside, as its policy wants: the door is
    // closed all the same, 0.05. Its profile leaves discovering and reading out; nothing is asked of reviews; all
    // else is well: 3 + 4 + 2 = 9. 100 (1 - 0.05^(4/9)) = 100 (1 - e^(0.444444 · -2.995732)) = 73.5902.
    let closed = &journeys["ghec:acme/badge-access"];
    near(&closed["friction"], 73.5902);
    assert_eq!(closed["obstacles"][0]["stage"], "propose");
}

#[test]
fn every_index_follows_from_what_the_audit_says() {
    let audit = json(&["audit", "fixtures/acme", "--all"]);
    let mut findings: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for finding in audit["findings"].as_array().unwrap() {
        let open = finding["lenses"].as_array().unwrap().iter().any(|l| l == "openness");
        if open && finding["verdict"] != "not_applicable" && finding["verdict"] != "unknown" {
            findings.entry(finding["subject"].as_str().unwrap()).or_default().push(finding);
        }
    }
    let journeys = journeys();
    assert!(journeys.len() > 100);
    for (subject, journey) in &journeys {
        let (mut total, mut logarithm) = (0.0, 0.0);
        for (place, (stage, weight)) in STAGES.iter().enumerate() {
            let shown = &journey["stages"][place];
            let of: Vec<&&Value> =
                findings.get(&**subject).into_iter().flatten().filter(|f| f["stage"] == *stage).collect();
            let weigh = |f: &&&Value| severity(f["severity"].as_str().unwrap());
            let asked: f64 = of.iter().map(weigh).sum();
            let failed: f64 =
                of.iter().filter(|f| f["verdict"] == "drift" || f["verdict"] == "waived").map(weigh).sum();
            let toil = if *stage == "read" { toil(&journey["rung"]) } else { None };
            if shown["ease"].is_null() {
                continue;
            }
            let open = if asked > 0.0 { 1.0 - failed / asked } else { 1.0 };
            let ease =
                if shown["gate"] == true { 0.05 } else { (open * (1.0 - toil.unwrap_or(0.0))).max(0.05) };
            // A closed door that follows from several settings is asked of everybody.
            if journey["obstacles"].as_array().unwrap().is_empty()
                && *stage != "propose"
                && *stage != "merged"
            {
                near(&shown["ease"], ease);
            }
            total += weight;
            logarithm += weight * shown["ease"].as_f64().unwrap().ln();
        }
        let index = 100.0 * (1.0 - (logarithm / total).exp());
        assert!((journey["friction"].as_f64().unwrap() - index).abs() < 0.02, "{subject}: {index}");
    }
}

#[test]
fn a_policy_weighs_as_it_likes() {
    let folder = tempfile::tempdir().unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme/acme.jsonl");
    let policy = |friction: &str| {
        let text = format!(
            "version = 1\n[[forge]]\nname = \"ghec\"\nkind = \"snapshot\"\npath = \"{}\"\n[repository]\ncontributing = true\nhas_issues = true\n{friction}",
            root.display()
        );
        let file = folder.path().join("policy.toml");
        std::fs::write(&file, text).unwrap();
        json(&["friction", file.to_str().unwrap(), "--of", "acme/order-management"])["journeys"][0]["friction"].clone()
    };
    // Of understanding all fails; nothing fails of reading, proposing and merging: 3 of 3 + 4 + 4 + 2.
    near(&policy(""), 100.0 * (1.0 - 0.05_f64.powf(3.0 / 13.0)));
    near(&policy("[friction.stage]\nunderstand = 10"), 100.0 * (1.0 - 0.05_f64.powf(10.0 / 20.0)));
}

#[test]
fn a_repository_that_is_not_there_is_told() {
    let done = ispo_scm().args(["friction", "fixtures/acme", "--of", "acme/checkout-wep"]).assert().code(1);
    let told = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(told.contains("did you mean `acme/checkout-web`?"), "{told}");
}

#[test]
fn a_repository_goes_by_its_own_name_where_one_alone_has_it() {
    let done = ispo_scm().args(["friction", "fixtures/acme", "--of", "checkout-web"]).assert().code(0);
    let told = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(told.starts_with("A newcomer's journey through acme/checkout-web\n"), "{told}");
}

#[test]
fn where_there_is_nothing_to_travel_through_it_is_said_why() {
    for (arguments, why) in [
        (["--only", "nothing-*"], "`--only nothing-*` holds for no repository"),
        (["--of", "widgets-of-others"], "name one as `acme/"),
    ] {
        let done =
            ispo_scm().env("COLUMNS", "120").args(["friction", "fixtures/acme"]).args(arguments).assert();
        let done = done.code(1);
        let told = String::from_utf8(done.get_output().stderr.clone()).unwrap();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn the_journey_as_people_read_it() {
    for (name, arguments) in [
        ("friction_of_all", vec![]),
        ("friction_of_one", vec!["--of", "acme/address-validation"]),
        ("friction_as_contributor", vec!["--of", "acme/badge-access", "--as", "contributor"]),
        ("friction_of_all_as_trusted_committer", vec!["--as", "trusted-committer"]),
    ] {
        let mut command = ispo_scm();
        command.args(["friction", "fixtures/acme"]);
        let done = command.args(["--today", "2026-11-20"]).args(arguments).assert().code(0);
        insta::assert_snapshot!(name, String::from_utf8(done.get_output().stdout.clone()).unwrap());
    }
}
