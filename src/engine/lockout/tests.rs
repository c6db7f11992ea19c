//! One repository in which all is well, and what would come of changes to it.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::*;
use crate::model::{Action, Points, Readings, Subject};

/// A repository with two who may approve, one who may not, and a check that reports.
fn readings() -> Vec<(&'static str, Json)> {
    vec![
        ("repository.access", json!({"ann": "admin", "ben": "write", "cas": "read"})),
        ("repository.codeowners", json!(true)),
        ("repository.reported_checks", json!(["ci"])),
        ("repository.collaborators", json!({"ann": "admin"})),
        ("repository.teams", json!({})),
    ]
}

fn observed(kind: SubjectKind, name: &str, catalog: &Catalog, readings: &[(&str, Json)]) -> Observed {
    let readings: Readings = readings
        .iter()
        .map(|(key, json)| {
            let value = Value::from_json(json).unwrap();
            (catalog.id(key).unwrap(), Observation::Known(value))
        })
        .collect();
    Observed { readings, ..Observed::empty(Subject::new(kind, "f", name)) }
}

fn change(setting: &str, before: Json, after: Json) -> Change {
    let key = setting.starts_with("branch.").then(|| "~default".to_owned());
    Change {
        subject: "f:acme/widgets".into(),
        setting: setting.into(),
        key,
        action: Action::between(&before, &after),
        before,
        after,
        origin: String::new(),
        risk: String::new(),
        complete: false,
        proposed: false,
        requests: vec![0],
        undo: vec![0],
        points: Points::default(),
        irreversible: None,
    }
}

/// What would come of a change, after the readings were edited: nothing, or what, and whether it is certain.
fn of(edit: impl FnOnce(&mut Vec<(&str, Json)>), changes: &[Change]) -> Option<(bool, String)> {
    let catalog = Catalog::built_in().unwrap();
    let judge = Judge::new(&catalog, &[], chrono::NaiveDate::MIN, false);
    let mut known = readings();
    edit(&mut known);
    let seen = observed(SubjectKind::Repository, "acme/widgets", &catalog, &known);
    let owners = [("organization.owners", json!(["olga"]))];
    let organization = observed(SubjectKind::Organization, "acme", &catalog, &owners);
    let facts = Facts {
        catalog: &catalog,
        judge: &judge,
        observed: &seen,
        organization: Some(&organization),
        forge: ForgeKind::Github,
        acting: Some("ann"),
        owners: OWNERS,
    };
    let changes: Vec<&Change> = changes.iter().collect();
    dangers(facts, &changes).into_iter().next().map(|danger| (danger.proven, danger.what))
}

/// What would come of one change where all is known.
fn one(setting: &str, before: Json, after: Json) -> Option<(bool, String)> {
    of(|_| {}, &[change(setting, before, after)])
}

/// What would come of it where one reading is not there.
fn blind(without: &str, setting: &str, before: Json, after: Json) -> Option<(bool, String)> {
    of(|known| known.retain(|(key, _)| *key != without), &[change(setting, before, after)])
}

#[track_caller]
fn proven(found: Option<(bool, String)>, what: &str) {
    let (certain, said) = found.expect("nothing was found");
    assert!(certain && said.contains(what), "{certain} {said}");
}

#[track_caller]
fn unproven(found: Option<(bool, String)>) {
    let (certain, said) = found.expect("nothing was found");
    assert!(!certain && said.contains("not known"), "{certain} {said}");
}

#[test]
fn as_many_may_be_asked_for_as_there_are_besides_the_author() {
    let key = "branch.required_approvals";
    assert_eq!(one(key, json!(0), json!(1)), None);
    proven(one(key, json!(0), json!(2)), "besides the author only 1 could give one");
    assert_eq!(one(key, json!(3), json!(2)), None, "it was worse before");
    unproven(blind("repository.access", key, json!(0), json!(1)));
}

#[test]
fn a_rule_of_the_same_sense_is_looked_at_too() {
    proven(
        one("ruleset.pull_request.required_approving_review_count", json!(0), json!(2)),
        "besides the author only 1",
    );
    proven(one("branch_protection.required_status_checks", json!(["ci"]), json!(["lint"])), "`lint`");
}

#[test]
fn who_loses_a_grant_in_the_same_plan_may_not_be_there_to_approve() {
    let asked = change("branch.required_approvals", json!(0), json!(1));
    let lost = change("repository.collaborators", json!({"ben": "write"}), json!({}));
    unproven(of(|_| {}, &[asked.clone(), lost]));
    let lost = change("repository.teams", json!({"core": "write"}), json!({}));
    unproven(of(|_| {}, &[asked, lost]));
}

#[test]
fn code_owners_are_asked_where_there_are_some() {
    let key = "branch.require_code_owner_review";
    assert_eq!(one(key, json!(false), json!(true)), None);
    let none = |known: &mut Vec<(&str, Json)>| known[1].1 = json!(false);
    proven(of(none, &[change(key, json!(false), json!(true))]), "no CODEOWNERS file");
    unproven(blind("repository.codeowners", key, json!(false), json!(true)));
}

#[test]
fn what_is_newly_required_is_reported_by_something() {
    let key = "branch.required_checks";
    assert_eq!(one(key, json!([]), json!(["ci"])), None);
    assert_eq!(one(key, json!(["old"]), json!(["ci", "old"])), None, "what was required before is not new");
    proven(one(key, json!([]), json!(["ci", "lint"])), "nothing reports `lint`");
    unproven(blind("repository.reported_checks", key, json!([]), json!(["ci"])));
}

#[test]
fn whoever_does_it_administers_the_repository_afterwards() {
    let key = "repository.collaborators";
    let mine = json!({"ann": "admin", "ben": "write"});
    assert_eq!(one(key, mine.clone(), json!({"ann": "admin"})), None);
    assert_eq!(one(key, json!({"ben": "write"}), json!({})), None, "nothing of theirs is touched");
    proven(one(key, mine.clone(), json!({"ben": "write"})), "ann, who would do this");
    unproven(blind("repository.teams", key, mine, json!({"ben": "write"})));
    unproven(one("repository.teams", json!({"core": "admin"}), json!({})));
}

#[test]
fn an_organization_keeps_its_owners() {
    let key = "organization.owners";
    assert_eq!(one(key, json!(["ann", "ben", "cas"]), json!(["ann", "ben"])), None);
    proven(one(key, json!(["ann", "ben"]), json!(["ann"])), "1 owner would be left, fewer than 2");
    proven(one(key, json!(["ann", "ben"]), json!(["ben", "cas"])), "would own it no longer");
}

#[test]
fn somebody_can_merge_and_push() {
    let key = "protected_branch.merge_access_levels";
    proven(one(key, json!(["developer"]), json!(["nobody"])), "nobody could merge");
    assert_eq!(one(key, json!(["developer"]), json!(["maintainer"])), None);
    unproven(one("branch.restrict_pushes", json!(false), json!(true)));
}

#[test]
fn what_bears_on_nobody_is_not_looked_at() {
    assert_eq!(one("repository.has_wiki", json!(true), json!(false)), None);
    let catalog: Arc<Catalog> = Arc::new(Catalog::built_in().unwrap());
    assert!(needed(&catalog, catalog.find("repository.has_wiki").unwrap()).is_empty());
}
