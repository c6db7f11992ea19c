//! A setting of an organization or group in place of one in each of its repositories.

use serde_json::{Value, json};

use crate::lift::{Bench, lifted, run};

const SIGNOFF: &str = "version = 1\n[repository]\nweb_commit_signoff_required = true\n";
const ABOVE: &str = "organization.web_commit_signoff_required";

/// So many repositories that do not sign off what is committed in the browser.
fn unsigned(count: usize) -> Bench {
    let mut bench = Bench::of(count);
    bench.organizations[0]["settings"]["web_commit_signoff_required"] = json!(false);
    for repository in &mut bench.repositories {
        repository["settings"]["web_commit_signoff_required"] = json!(false);
    }
    bench.policy(SIGNOFF);
    bench
}

/// A group with a group in it and two projects in each, of a plan with approvals.
fn group() -> Bench {
    let mut bench = Bench::of(0);
    bench.kind = "gitlab";
    let of_group = || {
        json!({
            "only_allow_merge_if_all_discussions_are_resolved": false,
            "merge_request_approval_setting.allow_author_approval": true,
        })
    };
    bench.organizations =
        ["acme", "acme/pay"].map(|group| json!({"organization": group, "settings": of_group()})).to_vec();
    let projects = ["acme/a", "acme/b", "acme/pay/c", "acme/pay/d"];
    bench.repositories = projects
        .map(|project| {
            json!({"repository": project, "settings": {
                "archived": false, "default_branch": "main", "visibility": "internal",
                "merge_request_approval_setting.allow_author_approval": true,
                "approvals.merge_requests_author_approval": true,
            }})
        })
        .to_vec();
    bench.policy("version = 1\n[repository.merge_request_approval_setting]\nallow_author_approval = false\n");
    bench
}

/// The changes of a plan, as `subject setting`.
fn changes(plan: &Value) -> Vec<String> {
    let of = |change: &Value| {
        format!("{} {}", change["subject"].as_str().unwrap(), change["setting"].as_str().unwrap())
    };
    plan["changes"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn what_all_lack_is_decided_once_and_taken_back() {
    let bench = unsigned(6);
    let (plan, _) = bench.plan(&["--lift"]);
    let [lift] = &lifted(&plan)[..] else { panic!("{plan}") };
    assert_eq!(lift["setting"], ABOVE);
    assert_eq!((&lift["changes"], lift["instead_of"].as_array().unwrap().len()), (&json!(6), 6));
    let brings = json!({"setting": "repository.web_commit_signoff_required", "value": true});
    assert_eq!(lift["brings"], json!([brings]));
    assert_eq!(lift["origins"], json!(["policy.toml:3"]));
    assert_eq!(changes(&plan), [format!("f:acme {ABOVE}")]);
    assert_eq!(plan["changes"][0]["origin"], "policy.toml:3");
    bench.conforms_and_goes_back();
}

#[test]
fn the_plan_says_it_in_a_line_and_names_whom_it_touches() {
    let mut bench = unsigned(3);
    // Of the third the policy asks nothing.
    bench.repositories[2]["settings"]["visibility"] = json!("public");
    bench.policy(
        "version = 1\n[profile.inner]\nselect = { visibility = \"internal\" }\n\
         [profile.inner.repository]\nweb_commit_signoff_required = true\n",
    );
    bench.kept();
    let plan = ["plan", "policy.toml", "--snapshot", "state.jsonl", "--lift"];
    let (code, out, said) = run(bench.folder.path(), &plan);
    assert_eq!(code, 2, "{said}");
    insta::assert_snapshot!("plan_of_a_setting_above", out);
}

#[test]
fn whoever_wants_it_otherwise_leaves_it_to_each() {
    let bench = unsigned(4);
    let own = "[override.\"f:acme/r03\".repository]\nweb_commit_signoff_required = false\n";
    bench.policy(&format!("{SIGNOFF}{own}"));
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
    assert_eq!(changes(&plan).len(), 3);
}

#[test]
fn whoever_is_waived_leaves_it_to_each() {
    let bench = unsigned(4);
    let waiver = "[[waiver]]\nsubject = \"f:acme/r03\"\nsettings = [\"repository.*\"]\nowner = \"@acme/x\"\n\
                  reason = \"until the move\"\nexpires = 2999-01-01\n";
    bench.policy(&format!("{SIGNOFF}{waiver}"));
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
}

#[test]
fn one_of_which_it_is_not_known_and_that_wants_it_otherwise_leaves_it_to_each() {
    let mut bench = unsigned(4);
    bench.repositories[3]["settings"].as_object_mut().unwrap().remove("web_commit_signoff_required");
    let own = "[override.\"f:acme/r03\".repository]\nweb_commit_signoff_required = false\n";
    bench.policy(&format!("{SIGNOFF}{own}"));
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
}

#[test]
fn an_organization_that_wants_it_otherwise_leaves_it_to_each() {
    let bench = unsigned(4);
    bench.policy(&format!("{SIGNOFF}[organization]\nweb_commit_signoff_required = false\n"));
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
    assert_eq!(changes(&plan).len(), 4);
}

#[test]
fn what_the_policy_asks_above_anyway_is_not_asked_of_each_besides() {
    let bench = unsigned(4);
    bench.policy(&format!("{SIGNOFF}[organization]\nweb_commit_signoff_required = true\n"));
    assert_eq!(changes(&bench.plan(&[]).0).len(), 5);
    let (plan, _) = bench.plan(&["--lift"]);
    assert_eq!(changes(&plan), [format!("f:acme {ABOVE}")]);
    assert_eq!(plan["changes"][0]["origin"], "policy.toml:5", "the organization's own line");
}

#[test]
fn what_was_declined_is_left_to_each() {
    for declined in [ABOVE, "repository.web_commit_signoff_required"] {
        let bench = unsigned(4);
        let declined = format!(
            "[[declined]]\norganization = \"f:acme\"\nsettings = [\"{declined}\"]\n\
             owner = \"@acme/platform\"\nreason = \"each team decides\"\n"
        );
        bench.policy(&format!("{SIGNOFF}{declined}"));
        let (plan, _) = bench.plan(&["--lift"]);
        assert!(lifted(&plan).is_empty(), "{plan}");
    }
}

#[test]
fn an_organization_that_nobody_sees_decides_nothing() {
    let mut bench = unsigned(4);
    bench.organizations[0]["settings"].as_object_mut().unwrap().remove("web_commit_signoff_required");
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
    assert_eq!(changes(&plan).len(), 4);
}

#[test]
fn repositories_that_are_not_shown_are_not_decided_for() {
    let mut bench = unsigned(4);
    bench.organizations[0]["settings"]["public_repositories"] = json!(1);
    bench.organizations[0]["settings"]["private_repositories"] = json!(3);
    assert_eq!(lifted(&bench.plan(&["--lift"]).0).len(), 1, "all of them are seen");
    bench.organizations[0]["settings"]["private_repositories"] = json!(5);
    let (plan, said) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("4 of its 6 repositories are shown to this identity"), "{said}");
}

#[test]
fn what_is_archived_is_not_asked_and_one_alone_is_no_ground() {
    let mut bench = unsigned(3);
    for repository in &mut bench.repositories[..2] {
        repository["settings"]["archived"] = json!(true);
    }
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
}

#[test]
fn an_outermost_group_decides_for_all_in_it() {
    let bench = group();
    let (plan, said) = bench.plan(&["--lift"]);
    let [lift] = &lifted(&plan)[..] else { panic!("{plan} {said}") };
    assert_eq!(lift["organization"], "f:acme");
    assert_eq!(lift["setting"], "organization.merge_request_approval_setting.allow_author_approval");
    assert_eq!(lift["instead_of"].as_array().unwrap().len(), 4);
    assert!(bench.conforming_after(&[]).values().all(|conforms| *conforms));
}

#[test]
fn a_group_in_another_does_not_decide_on_approvals() {
    let bench = group();
    let own =
        "[override.\"f:acme/a\".repository.merge_request_approval_setting]\nallow_author_approval = true\n";
    bench.policy(&format!(
        "version = 1\n[repository.merge_request_approval_setting]\nallow_author_approval = false\n{own}"
    ));
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
    assert_eq!(changes(&plan).len(), 3);
}
