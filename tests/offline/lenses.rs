//! Two lenses and never one number: what cannot be had together is an error until the policy decides, and the
//! decision is told with whoever answers for it.

use serde_json::{Value, json};

use crate::program::ispo_scm;

const BOTH: &str = "version = 1\nextends = [\"pack:innersource\", \"pack:openssf-scm\"]\n";

const DECIDED: &str = r#"
[organization]
default_repository_permission = { equals = "read", owner = "@acme/ispo", why = "unseen code is written twice" }
prevent_forking_outside_group = { equals = false, owner = "@acme/ispo", why = "a fork is how strangers propose" }
[branch."~default"]
require_up_to_date = { equals = true, healthy = true, owner = "@acme/release", why = "the train breaks otherwise" }
"#;

fn run(policy: &str, arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let acme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme/acme.jsonl");
    std::fs::copy(acme, folder.path().join("acme.jsonl")).unwrap();
    let mut command = ispo_scm();
    command.current_dir(folder.path());
    let done = command.args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code().unwrap(), text(&done.stdout), text(&done.stderr))
}

fn report(policy: &str) -> Value {
    let audit = ["audit", ".", "--snapshot", "acme.jsonl", "--format", "json", "--today", "2026-11-20"];
    let (_, out, said) = run(policy, &audit);
    serde_json::from_str(&out).expect(&said)
}

#[test]
fn what_two_packs_want_differently_is_explained_until_somebody_decides() {
    let (code, _, said) = run(BOTH, &["check", "."]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("contradiction", said);
}

#[test]
fn the_lines_of_the_help_settle_it() {
    let line = "[organization.default_repository_permission]\nequals = \"read\"   # or \"none\"\nowner = \"@a\"\nwhy = \"b\"\n";
    let (_, _, before) = run(BOTH, &["check", "."]);
    let (_, _, after) = run(&format!("{BOTH}{line}"), &["check", "."]);
    let told = |said: &str| said.matches("policy::conflict").count();
    assert_eq!((told(&before), told(&after)), (3, 2));
}

#[test]
fn a_decision_is_told_with_its_owner_and_what_it_gives_up() {
    let report = report(&format!("{BOTH}{DECIDED}"));
    let decisions = report["decisions"].as_array().unwrap();
    let told: Vec<(&Value, &Value, &Value)> =
        decisions.iter().map(|d| (&d["label"], &d["setting"], &d["owner"])).collect();
    assert_eq!(
        told,
        [
            (&json!("trade-off"), &json!("organization.default_repository_permission"), &json!("@acme/ispo")),
            (&json!("trade-off"), &json!("organization.prevent_forking_outside_group"), &json!("@acme/ispo")),
            (
                &json!("healthy friction"),
                &json!("branch[~default].require_up_to_date"),
                &json!("@acme/release")
            ),
        ]
    );
    let given_up = &decisions[0]["given_up"][0];
    assert_eq!(given_up["constraint"], json!({"equals": "none"}));
    assert_eq!(given_up["origin"]["file"], "pack:openssf-scm");
    assert_eq!(decisions[2]["given_up"][0]["origin"]["file"], "pack:innersource");
    assert_eq!((&decisions[0]["subjects"], &decisions[2]["subjects"]), (&json!(1), &json!(98)));
}

#[test]
fn findings_say_for_whom_they_are() {
    let report = report(&format!("{BOTH}{DECIDED}"));
    let label = |setting: &str| {
        let findings = report["findings"].as_array().unwrap();
        let of = |f: &&Value| f["setting"] == setting;
        findings.iter().find(of).unwrap_or_else(|| panic!("{setting}"))["label"].clone()
    };
    assert_eq!(label("branch.require_up_to_date"), "healthy friction");
    // Reviews by those who own the code help newcomers, and keep out what nobody looked at.
    assert_eq!(label("branch.required_approvals"), "win-win");
    assert_eq!(label("branch.allow_deletions"), Value::Null);
}

#[test]
fn what_can_be_had_together_is_no_decision() {
    let reviews = "[repository.branch.\"~default\"]\nrequired_approvals = { at_least = 1 }\n";
    let more = "[profile.all]\nselect = { name = \"*\" }\n[profile.all.branch.\"~default\"]\nrequired_approvals = { at_least = 2 }\n";
    assert_eq!(report(&format!("version = 1\n{reviews}{more}"))["decisions"], json!([]));
}

#[test]
fn friction_is_healthy_only_with_a_reason() {
    let policy =
        "version = 1\n[branch.\"~default\"]\nrequire_up_to_date = { equals = true, healthy = true }\n";
    let (code, _, said) = run(policy, &["check", "."]);
    assert_eq!(code, 1);
    assert!(said.contains("policy::healthy") && said.contains("add why ="), "{said}");
}
