//! Every setting of a subject itself that a row tells how to write is planned for when it drifts, on each
//! forge; what is not is named here with the reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use ispo_scm::catalog::{Catalog, ForgeKind, Setting, Type};
use ispo_scm::engine::{Draft, Limits, Planned};
use ispo_scm::model::{
    Constraint, Expectation, Finding, Observation, Observed, Remedy, Subject, SubjectKind, Value, Verdict,
};

/// Rows with a write for which no change is planned.
const EXCEPTIONS: [(&str, &str); 3] = [
    ("github repository.name", "another name breaks every address"),
    ("gitlab organization.path", "another name breaks every address"),
    ("gitlab repository.name", "another name breaks every address"),
];

/// A value, and another one, of such a setting.
fn values(setting: &Setting) -> (Value, Value) {
    let word = |n: usize| Value::text(setting.values.get(n).map_or(["one", "two"][n], String::as_str));
    let map = |value: &str| Value::Map(BTreeMap::from([("ann".to_owned(), Value::text(value))]));
    match setting.ty {
        Type::Boolean => (Value::Bool(false), Value::Bool(true)),
        Type::Integer => (Value::Int(1), Value::Int(2)),
        Type::Text | Type::Time | Type::Choice => (word(0), word(1)),
        Type::Set | Type::List => (Value::List(vec![word(0)]), Value::List(vec![word(1)])),
        Type::Map => (map("read"), map("write")),
    }
}

/// The plan for a subject of which that one setting drifts.
fn planned(catalog: &Catalog, setting: &Setting, forge: ForgeKind) -> Draft {
    let kind = SubjectKind::from_word(&setting.group).unwrap();
    let name = if kind == SubjectKind::Repository { "acme/widgets" } else { "acme" };
    let (is, wanted) = values(setting);
    let subject = Subject::new(kind, "f", name);
    let mut observed = Observed::empty(subject.clone());
    observed.readings.set(setting.id, Observation::Known(is.clone()));
    let finding = Finding {
        subject: Arc::new(subject),
        expectation: Arc::new(Expectation {
            severity: setting.severity,
            lenses: setting.lenses,
            stage: setting.stage,
            ..Expectation::of_no_line(setting.id, Constraint::equals(wanted))
        }),
        item: None,
        verdict: Verdict::Drift,
        observed: Observation::Known(is),
        sources: Vec::new(),
        reason: None,
        waiver: None,
        points: 0.0,
        root: None,
        systemic: None,
    };
    let mut draft = Draft::default();
    let (findings, limits) = (&[finding][..], Limits::default());
    draft.subject(Planned {
        catalog,
        observed: &observed,
        organization: None,
        findings,
        forge,
        limits,
        documents: None,
        remedy: Remedy::Ruleset,
        owners: &[],
        no_forking: false,
        kept: &[],
        given: &std::collections::BTreeSet::new(),
    });
    draft
}

fn told(setting: &Setting, forge: ForgeKind) -> String {
    let forge = if forge == ForgeKind::Github { "github" } else { "gitlab" };
    format!("{forge} {}", setting.key)
}

#[test]
fn every_row_with_a_write_gets_a_change_when_it_drifts() {
    let catalog = Catalog::built_in().unwrap();
    let mut deferred = Vec::new();
    let mut changed = 0;
    for forge in [ForgeKind::Github, ForgeKind::Gitlab] {
        let own = catalog.settings().filter(|s| SubjectKind::from_word(&s.group).is_some());
        for setting in own.filter(|s| s.on(forge).binding().is_some_and(|b| b.write.is_some())) {
            let draft = planned(&catalog, setting, forge);
            assert_eq!(draft.changes.len() + draft.deferred.len(), 1, "{}", setting.key);
            match draft.deferred.first() {
                Some(left) => deferred.push(format!("{}: {}", told(setting, forge), left.reason)),
                None => changed += 1,
            }
            let paths = draft.requests.iter().chain(&draft.undo).map(|request| &request.path);
            assert!(paths.into_iter().all(|path| !path.contains('{')), "{:?}", draft.requests);
        }
    }
    let named = |left: &String| EXCEPTIONS.iter().any(|(row, _)| left.starts_with(&format!("{row}: ")));
    let others: Vec<&String> = deferred.iter().filter(|left| !named(left)).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(deferred.len(), EXCEPTIONS.len(), "an exception is none any more: {deferred:#?}");
    assert!(changed > 400, "{changed}");
}

#[test]
fn a_limit_on_interaction_is_lifted_by_a_request_of_its_own() {
    let catalog = Catalog::built_in().unwrap();
    let setting = catalog.find("repository.interaction_limit").unwrap();
    let draft = planned(&catalog, setting, ForgeKind::Github);
    let sent = |request: &ispo_scm::model::Request| format!("{} {}", request.method, request.body);
    assert_eq!(sent(&draft.requests[0]), r#"PUT {"limit":"contributors_only"}"#);
    assert_eq!(sent(&draft.undo[0]), r#"PUT {"limit":"existing_users"}"#);
}
