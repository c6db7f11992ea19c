//! Plans that were edited by hand and given a new digest: whatever they say of themselves, nothing is
//! sent that their changes do not need.

use std::path::Path;
use std::sync::OnceLock;

use ispo_scm::model::{Action, Plan, Request};
use ispo_scm::run::digest;
use serde_json::{Value, json};

use crate::acme_cycle::laid_out;
use crate::program::ispo_scm;

/// Every flag there is: what is refused all the same is refused by whatever user.
const ALL: [&str; 7] = [
    "--auto-approve",
    "--allow-delete",
    "--allow-weaken",
    "--allow-widen",
    "--allow-irreversible",
    "--max-share=100",
    "--max-deletes=999",
];

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = ispo_scm().current_dir(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.code().unwrap(), said)
}

/// The plan of the acme example.
fn acme() -> Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    let made = || {
        let folder = laid_out();
        run(
            folder.path(),
            &["plan", ".", "--max-risk", "protection", "--today", "2026-11-20", "--out", "plan.json"],
        );
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("plan.json")).unwrap()).unwrap()
    };
    PLAN.get_or_init(made).clone()
}

/// What an apply says of the plan of acme after an edit, and whether it left the example as it was.
#[track_caller]
fn applied(edit: impl FnOnce(&mut Plan), flags: &[&str]) -> (i32, String) {
    let mut plan = acme();
    edit(&mut plan);
    plan.digest = digest(&plan);
    let folder = laid_out();
    let before = std::fs::read(folder.path().join("acme.jsonl")).unwrap();
    std::fs::write(folder.path().join("plan.json"), serde_json::to_vec(&plan).unwrap()).unwrap();
    let (code, said) = run(folder.path(), &[&["apply", "plan.json"], flags].concat());
    if code == 1 {
        assert_eq!(std::fs::read(folder.path().join("acme.jsonl")).unwrap(), before, "{said}");
        assert!(!folder.path().join("plan.json.journal").exists(), "{said}");
    }
    (code, said)
}

/// No flag allows the plan of acme after that edit.
#[track_caller]
fn refused(edit: impl FnOnce(&mut Plan), why: &str) {
    let (code, said) = applied(edit, &ALL);
    assert_eq!(code, 1, "{said}");
    let line = said.lines().find(|line| line.contains(why)).unwrap_or_else(|| panic!("not {why}: {said}"));
    assert!(line.ends_with("; nothing allows that"), "{line}");
}

/// The plan of acme is refused after that edit, unless the flag is given.
#[track_caller]
fn needs(edit: impl Fn(&mut Plan), flag: &str) {
    let name = flag.split('=').next().unwrap();
    let others: Vec<&str> = ALL.into_iter().filter(|f| !f.starts_with(name)).collect();
    let (code, said) = applied(&edit, &others);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&format!("; {name}")) && !said.contains("nothing allows"), "{said}");
    let (code, said) = applied(&edit, &ALL);
    assert_ne!(code, 1, "{said}");
}

/// Of a request that changes a field of a repository: the request, and a change that it carries out.
fn field(plan: &mut Plan) -> (usize, usize) {
    let is = |r: &Request| r.method == "PATCH" && r.body.get("delete_branch_on_merge").is_some();
    let request = plan.requests.iter().position(is).unwrap();
    let change = plan
        .changes
        .iter()
        .position(|c| c.requests == [request] && c.setting == "repository.delete_branch_on_merge");
    (request, change.unwrap())
}

fn body(plan: &mut Plan, edit: impl FnOnce(&mut Value)) {
    let (request, _) = field(plan);
    edit(&mut plan.requests[request].body);
}

#[test]
fn a_plan_as_it_was_made_is_carried_out() {
    let (code, said) = applied(|_| {}, &["--auto-approve"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn another_repository_is_not_reached() {
    refused(
        |plan| {
            let (request, _) = field(plan);
            plan.requests[request].path = "/repos/acme/checkout-web".into();
        },
        "it goes elsewhere than to ghec:acme/",
    );
    refused(
        |plan| {
            let (request, _) = field(plan);
            plan.requests[request].path += "-2";
        },
        "it goes elsewhere than to ghec:acme/",
    );
    refused(
        |plan| {
            let (request, _) = field(plan);
            plan.requests[request].path += "/../checkout-web";
        },
        "its path is not a plain one",
    );
}

#[test]
fn no_repository_is_deleted_or_given_away() {
    refused(
        |plan| {
            let (request, _) = field(plan);
            plan.requests[request].method = "DELETE".into();
            plan.requests[request].body = Value::Null;
        },
        "it deletes a whole repository or organization",
    );
    refused(
        |plan| {
            let (request, _) = field(plan);
            plan.requests[request].method = "POST".into();
            plan.requests[request].path += "/transfer";
        },
        "it gives a whole repository or organization away",
    );
}

#[test]
fn a_request_that_makes_no_such_change_is_refused() {
    refused(
        |plan| {
            let (request, _) = field(plan);
            plan.requests[request].method = "DELETE".into();
            plan.requests[request].path += "/collaborators/mona";
            plan.requests[request].body = Value::Null;
        },
        "it is no request that makes such a change",
    );
}

#[test]
fn a_body_says_nothing_that_no_change_asks_for() {
    for (name, value) in [
        ("archived", json!(true)),
        ("visibility", json!("public")),
        ("private", json!(false)),
        ("name", json!("renamed")),
        ("default_branch", json!("next")),
        ("nobody_knows_this", json!({"deep": [1]})),
    ] {
        refused(|plan| body(plan, |body| body[name] = value), &format!("its body says `{name}"));
    }
}

#[test]
fn a_body_says_what_its_change_says() {
    refused(
        |plan| body(plan, |body| body["delete_branch_on_merge"] = json!(false)),
        "its body says `delete_branch_on_merge`, which no change of it asks for",
    );
    refused(
        |plan| body(plan, |body| *body = json!({})),
        "it leaves out what repository.delete_branch_on_merge is to be",
    );
}

#[test]
fn a_switch_is_not_turned_the_other_way() {
    refused(
        |plan| {
            let alerts = plan.requests.iter_mut().find(|r| r.path.ends_with("/vulnerability-alerts"));
            alerts.unwrap().method = "DELETE".into();
        },
        "it does the reverse of its change",
    );
}

#[test]
fn a_ruleset_says_what_its_changes_say() {
    let ruleset = |plan: &mut Plan, edit: fn(&mut Value)| {
        let is = |r: &&mut Request| {
            r.path.ends_with("/rulesets") && r.body["rules"].to_string().contains("approving_review_count")
        };
        edit(&mut plan.requests.iter_mut().find(is).unwrap().body);
    };
    for (edit, field) in [
        ((|body| body["enforcement"] = json!("disabled")) as fn(&mut Value), "enforcement"),
        (|body| body["bypass_actors"] = json!([{"actor_id": 5, "actor_type": "RepositoryRole"}]), "bypass"),
        (|body| body["conditions"]["ref_name"]["include"] = json!(["refs/heads/other"]), "conditions"),
        (|body| body["rules"].as_array_mut().unwrap().push(json!({"type": "update"})), "rules[type=update]"),
        (
            |body| {
                let rules = body["rules"].as_array_mut().unwrap();
                let review = rules.iter_mut().find(|r| r["type"] == "pull_request").unwrap();
                review["parameters"]["required_approving_review_count"] = json!(9);
            },
            "rules[type=pull_request].parameters.required_approving_review_count",
        ),
    ] {
        refused(|plan| ruleset(plan, edit), &format!("its body says `{field}"));
    }
}

#[test]
fn a_rule_of_gitlab_says_what_its_changes_say() {
    refused(
        |plan| {
            let is = |r: &&mut Request| r.path.contains("/protected_branches/") && r.method == "PATCH";
            let rule = plan.requests.iter_mut().find(is).unwrap();
            rule.body["allowed_to_push"][0]["access_level"] = json!(30);
        },
        "its body says `allowed_to_push[].access_level`",
    );
    refused(
        |plan| {
            let is = |r: &&mut Request| r.path.ends_with("/protected_branches") && r.method == "POST";
            let rule = plan.requests.iter_mut().find(is).unwrap();
            rule.body["allow_force_push"] = json!(true);
        },
        "its body says `allow_force_push`",
    );
}

#[test]
fn another_item_is_not_reached() {
    refused(
        |plan| {
            let is = |r: &&mut Request| r.path.contains("/labels/") && r.method == "PATCH";
            let label = plan.requests.iter_mut().find(is).unwrap();
            label.path = label.path.replace("good%20first%20issue", "bug");
        },
        "it goes to another item than its change names",
    );
}

#[test]
fn a_plan_holds_no_secret() {
    let like = ["ghp_", "0123456789abcdefghijABCDEFGHIJ012345"].concat();
    refused(
        |plan| {
            let (_, change) = field(plan);
            plan.changes[change].after = json!(like);
        },
        "the plan holds what looks like a secret",
    );
    refused(
        |plan| body(plan, |body| body["token"] = json!("hunter2")),
        "a request holds what looks like a secret",
    );
}

#[test]
fn a_change_does_what_its_action_says() {
    refused(
        |plan| {
            let (_, change) = field(plan);
            plan.changes[change].action = Action::Create;
        },
        "does something else than its action says",
    );
}

#[test]
fn a_request_without_a_change_and_a_change_without_a_request_are_refused() {
    refused(
        |plan| {
            let request = Request {
                method: "PUT".into(),
                path: "/repos/acme/checkout-web/vulnerability-alerts".into(),
                body: Value::Null,
                reads: std::collections::BTreeMap::new(),
            };
            plan.requests.push(request);
        },
        "a request belongs to no change",
    );
    refused(
        |plan| {
            let (_, change) = field(plan);
            plan.changes[change].requests = vec![9999];
        },
        "names a request that the plan does not have",
    );
}

#[test]
fn what_takes_back_is_held_to_the_same() {
    refused(
        |plan| {
            let back = plan.undo.iter_mut().find(|r| r.body.get("delete_branch_on_merge").is_some());
            back.unwrap().body["archived"] = json!(true);
        },
        "its body says `archived`",
    );
}

/// Makes the change of a field, and what carries it out, another one.
fn instead(plan: &mut Plan, setting: &str, name: &str, before: Value, after: Value) {
    let (request, change) = field(plan);
    let change = &mut plan.changes[change];
    change.setting = setting.into();
    change.action = Action::between(&before, &after);
    plan.requests[request].body = json!({name: after.clone()});
    if let [back] = change.undo[..] {
        plan.undo[back].body = json!({name: before.clone()});
    }
    (change.before, change.after) = (before, after);
    let (number, setting) = (request, change.setting.clone());
    plan.changes.retain(|c| !c.requests.contains(&number) || c.setting == setting);
}

#[test]
fn what_guards_less_needs_its_flag() {
    let weaker = |plan: &mut Plan| {
        let (scanning, other) = ("security_and_analysis", json!(null));
        instead(plan, "repository.secret_scanning", scanning, json!(true), json!(false));
        let switched = |word: &str| json!({"secret_scanning": {"status": word}});
        for (requests, word) in [(&mut plan.requests, "disabled"), (&mut plan.undo, "enabled")] {
            let is = |r: &&mut Request| r.body.get(scanning).unwrap_or(&other).is_boolean();
            requests.iter_mut().find(is).unwrap().body[scanning] = switched(word);
        }
    };
    needs(weaker, "--allow-weaken");
}

#[test]
fn what_more_people_see_needs_its_flag() {
    let wider = |plan: &mut Plan| {
        instead(plan, "repository.visibility", "visibility", json!("private"), json!("public"));
    };
    needs(wider, "--allow-widen");
}

#[test]
fn what_ceases_to_be_needs_its_flag() {
    let gone = |plan: &mut Plan| {
        instead(plan, "repository.homepage", "homepage", json!("https://acme.example"), Value::Null);
        let given = plan.requests.iter_mut().find(|r| r.body.get("homepage").is_some());
        given.unwrap().body["homepage"] = json!("");
    };
    needs(gone, "--allow-delete");
}

#[test]
fn what_cannot_be_taken_back_needs_its_flag() {
    let lost = |plan: &mut Plan| {
        let (_, change) = field(plan);
        plan.changes[change].irreversible = Some("nobody remembers".into());
    };
    needs(lost, "--allow-irreversible");
}

#[test]
fn an_item_goes_only_where_the_policy_claims_its_whole_collection() {
    let gone = |plan: &mut Plan, complete: bool| {
        let is = |r: &Request| r.path.ends_with("/labels/good%20first%20issue") && r.method == "PATCH";
        let request = plan.requests.iter().position(is).unwrap();
        plan.requests[request].method = "DELETE".into();
        plan.requests[request].body = Value::Null;
        let change = plan.changes.iter_mut().find(|c| c.requests == [request]).unwrap();
        (change.before, change.after) = (json!("ededed"), Value::Null);
        (change.action, change.complete) = (Action::Delete, complete);
    };
    let nothing = "the policy claims not all of its collection";
    refused(|plan| gone(plan, false), nothing);
    // The policy is asked itself, whatever the plan says of it.
    let claimed = |word: &str, flags: &[&str]| {
        let folder = laid_out();
        let policy = folder.path().join("policy.toml");
        let text = std::fs::read_to_string(&policy).unwrap();
        std::fs::write(&policy, text.replace("\"complete\"", word).replace("\"additive\"", word)).unwrap();
        run(
            folder.path(),
            &["plan", ".", "--max-risk", "protection", "--today", "2026-11-20", "--out", "plan.json"],
        );
        let written = std::fs::read_to_string(folder.path().join("plan.json")).unwrap();
        let mut plan: Plan = serde_json::from_str(&written).unwrap();
        gone(&mut plan, true);
        plan.digest = digest(&plan);
        std::fs::write(folder.path().join("plan.json"), serde_json::to_vec(&plan).unwrap()).unwrap();
        run(folder.path(), &[&["apply", "plan.json"], flags].concat())
    };
    let (code, said) = claimed("\"additive\"", &ALL);
    assert!(code == 1 && said.contains(nothing), "{said}");
    let (code, said) = claimed("\"complete\"", &["--auto-approve"]);
    assert!(code == 1 && said.contains("would cease to be") && !said.contains(nothing), "{said}");
    assert_ne!(claimed("\"complete\"", &ALL).0, 1);
}

#[test]
fn a_great_share_of_what_exists_needs_a_number() {
    let few = |plan: &mut Plan| {
        plan.existing.insert("repository.delete_branch_on_merge".into(), 12);
    };
    needs(few, "--max-share=100");
    let (_, said) = applied(few, &["--auto-approve"]);
    assert!(said.contains("too much of what exists would be changed: "), "{said}");
    assert!(said.contains(" % is over 30.00 % ("), "{said}");
}

#[test]
fn undo_goes_by_the_same_guards() {
    let folder = laid_out();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    run(&["plan", ".", "--max-risk", "protection", "--today", "2026-11-20", "--out", "plan.json"]);
    assert_eq!(run(&["apply", "plan.json", "--auto-approve"]).0, 0);
    let (code, said) = run(&["undo", "plan.json.journal", "--auto-approve"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("would guard less") && said.contains("--allow-weaken allows it"), "{said}");
    let (code, said) = run(&["undo", "plan.json.journal", "--dry-run"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("`ispo-scm undo` refuses this as it stands:"), "{said}");
}

/// A folder with the acme example and its plan, made on that day.
fn planned() -> tempfile::TempDir {
    let folder = laid_out();
    std::fs::write(folder.path().join("plan.json"), serde_json::to_vec(&acme()).unwrap()).unwrap();
    folder
}

fn add_a_line(policy: &Path) {
    let text = std::fs::read_to_string(policy).unwrap();
    std::fs::write(policy, text + "\n# one line more\n").unwrap();
}

#[test]
fn a_policy_that_was_changed_needs_its_flag() {
    for changed in ["policy.toml", "security-floor.toml", "teams/payments.toml"] {
        let folder = planned();
        add_a_line(&folder.path().join(changed));
        let (code, said) = run(folder.path(), &["apply", "plan.json", "--auto-approve"]);
        assert_eq!(code, 1, "{said}");
        let why = "the policy was changed after the plan was made; --allow-changed-policy allows it";
        assert!(said.contains(why), "{said}");
        let flags = ["apply", "plan.json", "--auto-approve", "--allow-changed-policy"];
        assert_eq!(run(folder.path(), &flags).0, 0);
    }
}

#[test]
fn a_policy_that_is_gone_needs_its_flag() {
    let folder = planned();
    std::fs::remove_file(folder.path().join("policy.toml")).unwrap();
    let (code, said) = run(folder.path(), &["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("whether the policy still asks for this cannot be told"), "{said}");
    let flags = ["apply", "plan.json", "--auto-approve", "--allow-changed-policy"];
    assert_eq!(run(folder.path(), &flags).0, 0);
}

#[test]
fn a_policy_is_the_same_wherever_it_lies() {
    let (folder, elsewhere) = (planned(), laid_out());
    std::fs::remove_file(folder.path().join("policy.toml")).unwrap();
    let there = elsewhere.path().display().to_string();
    let (code, said) = run(folder.path(), &["apply", "plan.json", "--auto-approve", "--policy", &there]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_policy_beside_the_plan_is_found_from_everywhere() {
    let (folder, elsewhere) = (planned(), tempfile::tempdir().unwrap());
    let plan = folder.path().join("plan.json").display().to_string();
    let (_, said) = run(elsewhere.path(), &["apply", &plan, "--auto-approve"]);
    assert!(!said.contains("the policy"), "{said}");
}

#[test]
fn an_old_plan_is_said_to_be_old_and_refused_where_that_is_wanted() {
    let on = |day: &str, more: &[&str]| {
        let folder = planned();
        run(folder.path(), &[&["apply", "plan.json", "--auto-approve", "--today", day], more].concat())
    };
    let (code, said) = on("2026-11-27", &[]);
    assert!(code == 0 && !said.contains("days old"), "{said}");
    let (code, said) = on("2026-11-28", &[]);
    assert!(code == 0 && said.contains("the plan is 8 days old"), "{said}");
    assert_eq!(on("2026-11-22", &["--max-age", "2"]).0, 0);
    let (code, said) = on("2026-11-23", &["--max-age", "2"]);
    assert!(code == 1 && said.contains("the plan is 3 days old, more than 2"), "{said}");
}

#[test]
fn a_plan_says_where_its_policy_was_and_when_it_was_made() {
    let plan = acme();
    assert_eq!((&*plan.policy_path, &*plan.created), (".", "2026-11-20"));
}
