//! One ruleset of ours for each key of `branch`: made where there is none, else changed in place. Its
//! other rules, its conditions and whoever may pass it by stay as they are.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::branch::Wish;
use super::documents::{Asked, Document};
use super::draft::{Draft, Subject};
use super::rules;
use crate::model::{Item, Observation, Request, Value};

/// The name of our ruleset for a key.
pub(super) fn name(key: &str) -> String {
    format!("ispo-scm {key}")
}

/// What a request gives a ruleset, and what of it is therefore kept.
pub(super) const WRITTEN: [&str; 6] =
    ["name", "target", "enforcement", "bypass_actors", "conditions", "rules"];

/// A ruleset of ours as it is.
struct Ours {
    /// The path that changes it.
    path: String,
    /// What has to be read for the request.
    reads: BTreeMap<String, String>,
    /// All that a request writes.
    document: Json,
}

/// Plans the ruleset that a key's wishes need.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, key: &str, wishes: Vec<Wish<'_>>) {
    if wishes.is_empty() {
        return;
    }
    let defer = |draft: &mut Draft, why: &str| {
        for wish in &wishes {
            draft.defer(subject, wish.finding, why);
        }
    };
    let name = name(key);
    match ours(draft, subject, &name) {
        Err(why) => defer(draft, &why),
        Ok(None) if wishes.iter().all(|w| w.is_presence() || w.is_about_bypass()) => {
            defer(draft, "the policy asks for protection without saying which");
        }
        Ok(None) => {
            let include =
                if key == "~default" { "~DEFAULT_BRANCH".to_owned() } else { format!("refs/heads/{key}") };
            let document = json!({
                "name": name,
                "target": "branch",
                "enforcement": "active",
                "conditions": {"ref_name": {"include": [include], "exclude": []}},
                "rules": [],
            });
            make(draft, subject, document, wishes);
        }
        Ok(Some(ours)) => match usable(&ours, key, subject, &wishes) {
            Err(why) => defer(draft, &why),
            Ok(()) => change(draft, subject, ours, wishes),
        },
    }
}

fn make(draft: &mut Draft, subject: Subject<'_>, mut document: Json, wishes: Vec<Wish<'_>>) {
    let wishes = written(draft, subject, &mut document, wishes);
    if wishes.iter().all(|w| w.is_presence() || w.is_about_bypass()) {
        for wish in wishes {
            draft.defer(subject, wish.finding, "the policy asks for protection without saying which");
        }
        return;
    }
    let rulesets = subject.path("/repos/{owner}/{repo}/rulesets");
    let find = format!("GET {rulesets} :: items[name={}].id", document["name"].as_str().unwrap_or_default());
    let (method, path, reads) = ("POST".to_owned(), rulesets.clone(), BTreeMap::new());
    let request = draft.request(Request { method, path, body: document, reads });
    let back = draft.undo(Request {
        method: "DELETE".into(),
        path: format!("{rulesets}/{{id}}"),
        body: Json::Null,
        reads: BTreeMap::from([("id".to_owned(), find)]),
    });
    changes(draft, subject, wishes, request, back);
}

fn change(draft: &mut Draft, subject: Subject<'_>, ours: Ours, wishes: Vec<Wish<'_>>) {
    let Ours { path, reads, document: before } = ours;
    let mut document = before.clone();
    document["enforcement"] = json!("active");
    let wishes = written(draft, subject, &mut document, wishes);
    if document == before || wishes.is_empty() {
        for wish in wishes {
            draft.defer(subject, wish.finding, "our ruleset says so already, and the branch has it not");
        }
        return;
    }
    let mut undo_reads = reads.clone();
    undo_reads.remove("unmoved");
    let put = |body: Json, reads| Request { method: "PUT".into(), path: path.clone(), body, reads };
    let request = draft.request(put(document, reads));
    let back = draft.undo(put(before, undo_reads));
    changes(draft, subject, wishes, request, back);
}

/// Writes the wishes into a ruleset; what cannot be written is deferred.
fn written<'a>(
    draft: &mut Draft,
    subject: Subject<'_>,
    document: &mut Json,
    wishes: Vec<Wish<'a>>,
) -> Vec<Wish<'a>> {
    let mut done = Vec::new();
    for wish in wishes {
        match rules::write(subject, document, &wish) {
            Ok(()) => done.push(wish),
            Err(why) => draft.defer(subject, wish.finding, &why),
        }
    }
    done
}

fn changes(draft: &mut Draft, subject: Subject<'_>, wishes: Vec<Wish<'_>>, request: usize, back: usize) {
    for wish in wishes {
        let change = draft.change(subject, wish.setting, wish.finding, &wish.after, vec![request]);
        change.undo.push(back);
    }
}

/// Our ruleset as it is; none where there is none.
///
/// # Errors
/// Why that cannot be told, or why there can be none.
fn ours(draft: &mut Draft, subject: Subject<'_>, name: &str) -> Result<Option<Ours>, String> {
    let item = subject.observed.kind("ruleset").and_then(|c| c.items().iter().find(|i| i.key == name));
    // Of a private repository the plan decides whether there can be rulesets.
    if item.is_none() && subject.text("repository.visibility") != Some("private") {
        return Ok(None);
    }
    let rulesets = subject.path("/repos/{owner}/{repo}/rulesets");
    let list = match draft.document(subject, &format!("{rulesets}?includes_parents=false&per_page=100")) {
        Asked::Nobody => return Ok(item.map(|item| as_read(subject, item, name))),
        Asked::Later => return Err(String::new()),
        Asked::Answered(Document::Known(list)) => list,
        Asked::Answered(Document::Absent) => return Err("its rulesets were not shown: 404".into()),
        Asked::Answered(Document::Unknown { why }) if why.contains("pgrade") => {
            return Err(format!("rulesets of a private repository take GitHub Team or more ({why})"));
        }
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("its rulesets were not shown: {why}"));
        }
    };
    let named = list.as_array().into_iter().flatten().filter(|ruleset| ruleset["name"] == name);
    let numbers: Vec<u64> = named.filter_map(|ruleset| ruleset["id"].as_u64()).collect();
    let path = match numbers[..] {
        [] if item.is_none() => return Ok(None),
        [] => return Err(format!("ruleset \"{name}\" went while it was read: plan again")),
        [id] => format!("{rulesets}/{id}"),
        _ => return Err(format!("there are {} rulesets \"{name}\": remove all but one", numbers.len())),
    };
    let whole = match draft.document(subject, &path) {
        Asked::Answered(Document::Known(whole)) => whole,
        Asked::Answered(Document::Unknown { why }) => {
            return Err(format!("ruleset \"{name}\" was not shown: {why}"));
        }
        Asked::Answered(Document::Absent) => {
            return Err(format!("ruleset \"{name}\" went while it was read: plan again"));
        }
        Asked::Later | Asked::Nobody => return Err(String::new()),
    };
    // The forge leaves the list out for whoever may not write it. Nothing is not nobody.
    if !whole["bypass_actors"].is_array() {
        return Err(format!(
            "who may pass ruleset \"{name}\" by is hidden, and a change would take them out: plan with an \
             identity that administers the repository"
        ));
    }
    let kept = WRITTEN.iter().filter_map(|field| Some(((*field).to_owned(), whole.get(*field)?.clone())));
    let document = Json::Object(kept.collect());
    let unmoved = format!("GET {path} :: {{{}}} == {document}", WRITTEN.join(", "));
    Ok(Some(Ours { path, reads: BTreeMap::from([("unmoved".to_owned(), unmoved)]), document }))
}

/// What a snapshot holds of a ruleset.
fn as_read(subject: Subject<'_>, item: &Item, name: &str) -> Ours {
    let said = |setting: &str| {
        let id = subject.catalog.id(&format!("ruleset.{setting}"))?;
        item.readings.as_ref()?.get(id)?.value().map(Value::to_json)
    };
    let patterns = |part: &str| said(&format!("ref_name.{part}")).unwrap_or_else(|| json!([]));
    let rulesets = subject.path("/repos/{owner}/{repo}/rulesets");
    let find = format!("GET {rulesets} :: items[name={name}].id");
    let mut document = json!({
        "name": name,
        "target": said("target").unwrap_or_else(|| "branch".into()),
        "enforcement": said("enforcement").unwrap_or_else(|| "active".into()),
        "bypass_actors": said("bypass_actors").unwrap_or_else(|| json!([])),
        "conditions": {"ref_name": {"include": patterns("include"), "exclude": patterns("exclude")}},
        "rules": [],
    });
    for setting in subject.catalog.settings().filter(|s| &*s.group == "ruleset") {
        let seen = item.readings.as_ref().and_then(|r| r.get(setting.id));
        if let Some(Observation::Known(value)) = seen {
            rules::copy(&mut document, setting, value);
        }
    }
    let path = format!("{rulesets}/{{id}}");
    let unmoved = format!("GET {path} :: {{{}}} == {document}", WRITTEN.join(", "));
    let reads = BTreeMap::from([("id".to_owned(), find), ("unmoved".to_owned(), unmoved)]);
    Ours { path, reads, document }
}

/// Whether a change of our ruleset reaches the branch, and brings nothing that nobody asked for.
///
/// # Errors
/// What somebody changed in it, and what to do about that.
fn usable(ours: &Ours, key: &str, subject: Subject<'_>, wishes: &[Wish<'_>]) -> Result<(), String> {
    let Ours { document, .. } = ours;
    let name = document["name"].as_str().unwrap_or_default();
    let wanted = if key == "~default" { "~DEFAULT_BRANCH".to_owned() } else { format!("refs/heads/{key}") };
    let names = &document["conditions"]["ref_name"];
    let has = |part: &str| names[part].as_array().is_some_and(|all| all.iter().any(|one| *one == wanted));
    let excludes = names["exclude"].as_array().is_some_and(|all| !all.is_empty());
    let everything = names["include"].as_array().is_some_and(|all| all.iter().any(|one| one == "~ALL"));
    if document["target"] != "branch" || excludes || !(has("include") || everything) {
        return Err(format!(
            "somebody changed which branches ruleset \"{name}\" covers: let it cover {wanted} again, or remove it"
        ));
    }
    let enforcement = document["enforcement"].as_str().unwrap_or_default();
    if enforcement != "active" {
        let asked =
            |sort: &str| wishes.iter().any(|wish| rules::sort_of(subject, wish).as_deref() == Some(sort));
        let all = document["rules"].as_array().into_iter().flatten().filter_map(|rule| rule["type"].as_str());
        let unasked: Vec<&str> = all.filter(|sort| !asked(sort)).collect();
        if !unasked.is_empty() {
            return Err(format!(
                "ruleset \"{name}\" is {enforcement}, and holds {} that the policy does not ask for: \
                 turn it on or remove it",
                unasked.join(", ")
            ));
        }
    }
    Ok(())
}

/// The fields of an object in a rule's own table.
pub(super) fn rule_of(sort: &str, parameters: Json) -> Json {
    let mut rule = Map::from_iter([("type".to_owned(), Json::from(sort))]);
    if !parameters.is_null() {
        rule.insert("parameters".to_owned(), parameters);
    }
    Json::Object(rule)
}
