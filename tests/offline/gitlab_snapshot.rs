//! A snapshot of GitLab is judged and changed as GitLab itself would be.

use std::fs;

use serde_json::json;

use crate::program::ispo_scm;
use crate::small::World;

#[test]
fn drift_on_gitlab_is_planned_and_made() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "version = 1\n[[forge]]\nname = \"gl\"\nkind = \"snapshot\"\npath = \"gl.jsonl\"\n[repository]\ndelete_branch_on_merge = true\n";
    let snapshot = "{\"format\":\"ispo-scm-snapshot\",\"version\":1,\"forge\":\"gl\",\"kind\":\"gitlab\"}\n\
                    {\"organization\":\"acme\",\"settings\":{}}\n\
                    {\"repository\":\"acme/tools/widgets\",\"settings\":{\"delete_branch_on_merge\":false,\"archived\":false}}\n";
    fs::write(folder.path().join("policy.toml"), policy).unwrap();
    fs::write(folder.path().join("gl.jsonl"), snapshot).unwrap();
    let run = |arguments: &[&str]| {
        let done = ispo_scm().current_dir(folder.path()).args(arguments).output().unwrap();
        (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap())
    };
    assert_eq!(run(&["audit", "."]).0, 2);
    assert_eq!(run(&["plan", ".", "--out", "plan.json"]).0, 2);
    let (code, applied) = run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(code, 0, "{applied}");
    assert_eq!(run(&["audit", "."]).0, 0);
}

/// A group has labels, an organization of GitHub has none: one policy may speak of both.
#[test]
fn labels_of_a_group_do_not_apply_to_an_organization_of_github() {
    let mut world = World::conforming();
    world.policy.push_str("[organization.label.\"bug\"]\ncolor = \"d73a4a\"\n");
    let verdict = |world: &World| {
        let report = world.audit();
        let finding = report.finding("f:acme", "label.color", "bug");
        (report.code, finding["verdict"].as_str().unwrap().to_owned())
    };
    assert_eq!(verdict(&world), (0, "not_applicable".to_owned()));
    world.organization["kinds"]["label"] = json!({"bug": {"color": "000000"}});
    assert_eq!(verdict(&world).1, "drift", "what a snapshot states is judged");
}

/// What GitLab cannot have decides a profile as what is not there does.
#[test]
fn a_profile_by_custom_property_selects_nothing_on_gitlab() {
    let mut world = World::conforming();
    world.policy.push_str(
        "[profile.closed]\nselect = { property.sharing = \"closed\" }\n[profile.closed.repository]\nhas_wiki = false\n[team.pay]\n",
    );
    let settings = world.repository["settings"].as_object_mut().unwrap();
    settings.remove("custom_properties");
    settings.remove("teams");
    let report = world.audit();
    assert_eq!(
        report.json["undecided"],
        json!({"closed": 1}),
        "GitHub has properties, and did not tell them"
    );
    assert_eq!(report.json["owner_unknown"], json!(1));
    world.kind = "gitlab";
    let report = world.audit();
    assert_eq!(report.json["undecided"], json!({}));
    assert_eq!(report.json["owner_unknown"], json!(0));
}
