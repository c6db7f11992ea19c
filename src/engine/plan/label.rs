//! Labels: those that are missing are made, those that are there changed. None is taken away.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::draft::{Draft, Subject, merge};
use super::own::nested;
use super::target::target;
use crate::catalog::{Endpoint, ForgeKind, Kind, Setting, segment};
use crate::model::{Collection, Finding, Request, SubjectKind, Value};

/// The colour of a label of which the policy asks for none; GitLab makes none without.
const GREY: &str = "#ededed";

/// Plans the labels of a repository.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, findings: &[&Finding]) {
    let mut labels: IndexMap<&str, Vec<&Finding>> = IndexMap::new();
    for finding in findings {
        labels.entry(finding.key().unwrap_or_default()).or_default().push(finding);
    }
    for (key, findings) in labels {
        for finding in findings {
            if let Err(why) = one(draft, subject, key, finding) {
                draft.defer(subject, finding, &why);
            }
        }
    }
}

fn one(draft: &mut Draft, subject: Subject<'_>, key: &str, finding: &Finding) -> Result<(), String> {
    let setting = subject.catalog.get(finding.expectation.setting);
    let of = subject.observed.subject.kind;
    let kind = subject.catalog.kind_of(setting, of).filter(|_| of == SubjectKind::Repository);
    let kind = kind.ok_or("labels of this scope are not written by this release")?;
    if key.contains('*') || setting.name() == "name" {
        return Err("which labels there should be is for a person to say, by their names".into());
    }
    let lacking = || "the forge has no request for it".to_owned();
    let binding = kind.on(subject.forge).ok_or_else(lacking)?;
    let (Some(create), Some(update), Some(delete)) = (&binding.create, &binding.update, &binding.delete)
    else {
        return Err(lacking());
    };
    let after = target(&finding.expectation, &finding.observed)?;
    let there = is_there(subject, kind, key).ok_or("whether there is such a label is not known")?;
    let one = |endpoint: &Endpoint, body| Request {
        method: endpoint.method.clone(),
        path: subject
            .path(&endpoint.path)
            .replace("{name}", &segment(key))
            // GitLab takes a name for a number.
            .replace("{label_id}", &segment(key)),
        body,
        reads: BTreeMap::new(),
    };
    let (request, back) = if there {
        let former = finding.observed.value().cloned().unwrap_or_else(|| Value::text(""));
        let request = one(update, body(subject, setting, &after).ok_or_else(lacking)?);
        let back = one(update, body(subject, setting, &former).ok_or_else(lacking)?);
        (draft.fields(request), draft.fields_back(back))
    } else {
        let path = subject.path(&create.path);
        let made = draft.requests.iter().position(|r| r.path == path && r.body["name"] == key);
        let request = made.unwrap_or_else(|| {
            let mut body = json!({"name": key});
            if subject.forge == ForgeKind::Gitlab {
                body["color"] = GREY.into();
            }
            draft.request(one(create, body))
        });
        merge(&mut draft.requests[request].body, body(subject, setting, &after).ok_or_else(lacking)?);
        (request, draft.fields_back(one(delete, Json::Null)))
    };
    draft.change(subject, setting, finding, &after, vec![request]).undo.push(back);
    Ok(())
}

/// Whether the label is there; none where that is not known.
fn is_there(subject: Subject<'_>, kind: &Kind, key: &str) -> Option<bool> {
    let collection = subject.observed.kind(&kind.name)?;
    let wanted = kind.folded(key, subject.forge);
    let found = collection.items().iter().find(|item| kind.folded(&item.key, subject.forge) == wanted);
    match (found, collection) {
        (Some(item), _) => Some(item.readings.is_some()),
        (None, Collection::Complete(_)) => Some(false),
        (None, _) => None,
    }
}

/// The part of a body that gives a setting that value.
fn body(subject: Subject<'_>, setting: &Setting, value: &Value) -> Option<Json> {
    let binding = setting.on(subject.forge).binding()?;
    let json = binding.codec.map_or_else(|| value.to_json(), |codec| (codec.write)(value));
    Some(nested(&binding.write.as_ref()?.field, json))
}
