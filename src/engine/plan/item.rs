//! Items of collections: those that the policy names and that are not there are made, those that differ are
//! changed. All of it follows from the rows of their kinds.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::draft::{Draft, Subject, merge};
use super::item_body::{Kept, beside, field_of_create, field_of_update, keep_webhook, spelled, whole};
use super::item_named::{access, speaks};
use super::item_place::Place;
use super::item_taken::taken;
use super::own::{former, nested};
use super::target::target;
use super::{item_removal, item_value, ruleset_item, ruleset_new};
use crate::catalog::{Setting, Type};
use crate::model::{Action, Finding, Observation, Request, Value};

/// A setting of an item, and what it is to be.
pub(super) type Wish<'a> = (&'a Finding, &'a Setting, Value);

/// Plans the items of a subject's collections.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, findings: &[&Finding]) {
    let mut items: IndexMap<(&str, &str), Vec<&Finding>> = IndexMap::new();
    for finding in findings {
        let group = &*subject.catalog.get(finding.expectation.setting).group;
        items.entry((group, finding.key().unwrap_or_default())).or_default().push(finding);
    }
    for findings in items.into_values() {
        let Some(first) = findings.first() else { continue };
        let setting = subject.catalog.get(first.expectation.setting);
        let mut wishes: Vec<Wish<'_>> = Vec::new();
        match Place::of(subject, setting, first) {
            Err(why) => findings.iter().for_each(|finding| draft.defer(subject, finding, &why)),
            Ok(place) => {
                for finding in findings {
                    let setting = subject.catalog.get(finding.expectation.setting);
                    let after =
                        place.tells(setting).and_then(|()| target(&finding.expectation, &finding.observed));
                    let after = after.and_then(|after| place.keeps_its_name(setting, after));
                    let after = after.and_then(|after| speaks(&place, setting, after));
                    match after.and_then(|after| taken(&place, setting, after)) {
                        Ok(after) => wishes.push((finding, setting, after)),
                        Err(why) => draft.defer(subject, finding, &why),
                    }
                }
                let gone = |(_, setting, after): &Wish<'_>| setting.presence && *after == Value::Bool(false);
                match place.item {
                    Some(_) if wishes.iter().any(gone) => {
                        for (finding, setting, after) in wishes {
                            let why = match gone(&(finding, setting, after)) {
                                true => item_removal::plan(draft, &place, (finding, setting)).err(),
                                false => Some("the policy wants it to be gone as well".to_owned()),
                            };
                            why.into_iter().for_each(|why| draft.defer(subject, finding, &why));
                        }
                    }
                    Some(_) if place.is_ruleset() => ruleset_item::change(draft, &place, wishes),
                    Some(_) => change(draft, &place, wishes),
                    None if place.is_ruleset() => ruleset_new::make(draft, &place, wishes),
                    None => make(draft, &place, wishes),
                }
            }
        }
    }
}

/// Plans the making of an item that is not there: one request with all that it carries, then those of settings
/// that have one of their own.
fn make(draft: &mut Draft, place: &Place<'_>, wishes: Vec<Wish<'_>>) {
    let subject = place.subject;
    let prepared = prepare(place, &wishes);
    let (create, later) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => {
            return wishes.iter().for_each(|(finding, ..)| draft.defer(subject, finding, &why));
        }
    };
    let request = draft.request(create);
    let mut done = Vec::new();
    for (wish, later) in wishes.into_iter().zip(later) {
        match later {
            Later::Carried => done.push((wish, vec![request])),
            Later::Own(own) => done.push((wish, vec![request, draft.request(*own)])),
            Later::Never(why) => draft.defer(subject, wish.0, &why),
        }
    }
    made(draft, place, request, done);
}

/// Notes the changes that a request makes which makes an item, each with all the requests that it takes.
pub(super) fn made(draft: &mut Draft, place: &Place<'_>, request: usize, done: Vec<(Wish<'_>, Vec<usize>)>) {
    let subject = place.subject;
    let back: Vec<usize> =
        item_removal::requests(place).into_iter().flatten().map(|r| draft.undo(r)).collect();
    // What the forge answers of an item that is not there may be a value: that it is made is said by itself.
    let presence = subject.catalog.presence_of(&place.kind.name);
    let silent =
        done.iter().any(|((finding, setting, _), _)| !setting.presence && finding.observed.value().is_some());
    let told = done.iter().any(|((_, setting, _), _)| setting.presence);
    for ((finding, setting, after), requests) in &done {
        let change = draft.change(subject, setting, finding, after, requests.clone());
        change.action = Action::Create;
        change.undo.extend(&back);
        if back.is_empty() {
            change.irreversible = Some("the forge has no request that removes it".into());
        }
    }
    if let (Some(presence), true, false, Some(whose)) =
        (presence, silent, told, draft.changes.last().cloned())
    {
        draft.beside(&whose, presence, (false.into(), true.into()), (vec![request], back));
    }
}

/// How a setting of a new item is written.
enum Later {
    /// The request that makes the item carries it.
    Carried,
    /// By a request of its own, afterwards.
    Own(Box<Request>),
    /// It is not.
    Never(String),
}

/// The request that makes an item, and how each wish is met by it.
fn prepare(place: &Place<'_>, wishes: &[Wish<'_>]) -> Result<(Request, Vec<Later>), String> {
    if let Some(why) = &place.binding.unmade {
        return Err(format!("none is made by us: {why}"));
    }
    let create = place.binding.create.as_ref().ok_or_else(|| place.lacks("that makes one"))?;
    if place.binding.update.is_none() && place.binding.delete.is_none() {
        return Err(place.lacks("that takes one away again"));
    }
    if place.key.contains('…') {
        return Err("its address may hold a credential, which no policy should: make it by hand".into());
    }
    for name in &place.binding.required {
        let setting = place.settings().find(|setting| setting.name() == name);
        if let Some(setting) = setting.filter(|setting| field_of_create(place, setting).is_none()) {
            return Err(format!(
                "the forge makes no {} without its {name}, and {}",
                place.kind.name,
                unwritable(setting, place)
            ));
        }
    }
    let lacking: Vec<String> = place
        .binding
        .required
        .iter()
        .filter(|name| !wishes.iter().any(|(_, setting, _)| setting.name() == name.as_str()))
        .map(|name| format!("`{name}`"))
        .collect();
    if !lacking.is_empty() {
        return Err(format!(
            "the forge makes no {} without {}: add it to what the policy says of \"{}\"",
            place.kind.name,
            lacking.join(" and "),
            place.key
        ));
    }
    let later: Vec<Later> = wishes
        .iter()
        .map(|(_, setting, after)| {
            let told = setting.presence || item_value::has_secret(place) && setting.name() == "secret";
            if told || field_of_create(place, setting).is_some() {
                return Later::Carried;
            }
            match own_request(place, setting, after) {
                Ok(request) => Later::Own(Box::new(request)),
                Err(why) => Later::Never(why),
            }
        })
        .collect();
    if later.iter().all(|later| matches!(later, Later::Never(_))) {
        return Err(match later.into_iter().next() {
            Some(Later::Never(why)) => why,
            _ => place.lacks("that makes one"),
        });
    }
    let values: Vec<(&Setting, Value)> =
        wishes.iter().map(|(_, setting, after)| (*setting, after.clone())).collect();
    let method = create.method.as_str();
    let mut request = place.request(create, method, whole(place, &values))?;
    item_value::put(place, &mut request)?;
    let signed =
        |(_, setting, after): &Wish<'_>| &*setting.key == "webhook.secret" && *after == Value::Bool(true);
    if item_value::has_secret(place) && wishes.iter().any(signed) {
        item_value::put_secret(place, &mut request)?;
    }
    Ok((request, later))
}

/// The request of a setting that has one of its own.
fn own_request(place: &Place<'_>, setting: &Setting, value: &Value) -> Result<Request, String> {
    let binding = setting.on(place.subject.forge).binding().ok_or("this forge has no such setting")?;
    let write = binding.write.as_ref().ok_or_else(|| unwritable(setting, place))?;
    if matches!(setting.ty, Type::Map) {
        return Err("its entries are written one by one, which this release does not do".into());
    }
    if place.binding.value.is_some() && write.method == "PUT" {
        return Err("it is written together with the value, which nobody reads again".into());
    }
    let here = place.endpoint(write)?;
    if write.field.contains('[') {
        return Err("it is part of a list that is replaced whole, which this release does not do".into());
    }
    match write.method.as_str() {
        "PUT|DELETE" if *value == Value::Bool(true) => place.request(here, "PUT", Json::Null),
        "PUT|DELETE" => place.request(here, "DELETE", Json::Null),
        method => place.request(here, method, nested(&write.field, spelled(place, setting, value))),
    }
}

fn unwritable(setting: &Setting, place: &Place<'_>) -> String {
    let binding = setting.on(place.subject.forge).binding();
    let why = binding.and_then(|b| b.unwritable.as_deref()).unwrap_or("the forge has no request for it");
    format!("it cannot be written: {why}")
}

/// Plans the change of an item that is there.
fn change(draft: &mut Draft, place: &Place<'_>, wishes: Vec<Wish<'_>>) {
    let subject = place.subject;
    let (together, rest): (Vec<_>, Vec<_>) =
        wishes.into_iter().partition(|(_, setting, _)| field_of_update(place, setting).is_some());
    let renewed = |setting: &Setting| {
        let binding = setting.on(subject.forge).binding();
        binding.is_some_and(|b| b.write.is_none() && b.create.is_some()) && place.binding.update.is_none()
    };
    let (anew, own): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, setting, _)| renewed(setting));
    for (wishes, plan) in
        [(together, update as fn(&mut Draft, &Place<'_>, &[Wish<'_>]) -> Result<(), String>), (anew, renew)]
    {
        if !wishes.is_empty()
            && let Err(why) = plan(draft, place, &wishes)
        {
            wishes.iter().for_each(|(finding, ..)| draft.defer(subject, finding, &why));
        }
    }
    for (finding, setting, after) in own {
        if let Err(why) = one(draft, place, (finding, setting, &after)) {
            draft.defer(subject, finding, &why);
        }
    }
}

/// All that one request of the item carries.
fn update(draft: &mut Draft, place: &Place<'_>, wishes: &[Wish<'_>]) -> Result<(), String> {
    let endpoint = place.binding.update.as_ref().ok_or_else(|| place.lacks("to change one"))?;
    let mut fields: Vec<&str> = wishes.iter().filter_map(|(_, s, _)| field_of_update(place, s)).collect();
    if item_value::is_signed(place) {
        fields.push("config.secret");
    }
    let (mut body, kept) = beside(place, &fields)?;
    let mut back = body.clone();
    let (mut reads, mut reads_back) = (BTreeMap::new(), BTreeMap::new());
    for (finding, setting, after) in wishes {
        let Some(field) = field_of_update(place, setting) else { continue };
        let former = former(setting, &finding.observed).unwrap_or(Value::List(Vec::new()));
        if let Some([there, and_back]) = access(place, setting, (&former, after)) {
            merge(&mut body, there.0);
            merge(&mut back, and_back.0);
            reads.extend(there.1);
            reads_back.extend(and_back.1);
            continue;
        }
        merge(&mut body, nested(field, spelled(place, setting, after)));
        if let Some(value) = before(place, setting, finding) {
            merge(&mut back, nested(field, spelled(place, setting, &value)));
        }
    }
    let mut request = place.request(endpoint, &endpoint.method, body)?;
    let mut back = place.request(endpoint, &endpoint.method, back)?;
    request.reads.extend(reads);
    back.reads.extend(reads_back);
    keep_webhook(place, &mut request)?;
    keep_webhook(place, &mut back)?;
    let (request, back) = (draft.fields(request), draft.fields_back(back));
    for (finding, setting, after) in wishes {
        let known = before(place, setting, finding).is_some() || place.is_replaced_whole();
        let change = draft.change(place.subject, setting, finding, after, vec![request]);
        if known {
            change.undo.push(back);
        } else {
            change.irreversible = Some("it was not set before, and the forge cannot unset it".into());
        }
    }
    keep(draft, &kept, (vec![request], vec![back]));
    Ok(())
}

/// What the requests of the last change carry besides, lest it be reset.
fn keep(draft: &mut Draft, kept: &Kept<'_>, (requests, back): (Vec<usize>, Vec<usize>)) {
    let Some(whose) = draft.changes.last().cloned() else { return };
    for (setting, value) in kept {
        let same = (value.to_json(), value.to_json());
        draft.beside(&whose, setting, same, (requests.clone(), back.clone()));
    }
}

/// What the forge never changes: it is removed and made anew, at once, with all that it had besides.
fn renew(draft: &mut Draft, place: &Place<'_>, wishes: &[Wish<'_>]) -> Result<(), String> {
    let create = place.binding.create.as_ref().ok_or_else(|| place.lacks("that makes one"))?;
    let delete = place.binding.delete.as_ref().ok_or_else(|| place.lacks("that removes one"))?;
    let former = observed(place)?;
    let after: Vec<(&Setting, Value)> = former
        .iter()
        .filter(|(setting, _)| !wishes.iter().any(|(_, wished, _)| wished.id == setting.id))
        .cloned()
        .chain(wishes.iter().map(|(_, setting, after)| (*setting, after.clone())))
        .collect();
    let remove = place.request(delete, "DELETE", Json::Null)?;
    let anew = |values: &[(&Setting, Value)]| place.request(create, &create.method, whole(place, values));
    let requests = vec![draft.request(remove.clone()), draft.request(anew(&after)?)];
    let back = vec![draft.undo(remove), draft.undo(anew(&former)?)];
    for (finding, setting, after) in wishes {
        let change = draft.change(place.subject, setting, finding, after, requests.clone());
        change.undo.extend(&back);
    }
    let kept =
        |(setting, _): &&(&Setting, Value)| !wishes.iter().any(|(_, wished, _)| wished.id == setting.id);
    let kept: Kept<'_> = former.iter().filter(kept).cloned().collect();
    keep(draft, &kept, (requests, back));
    Ok(())
}

/// All that the request which makes an item would have to carry to make this one.
///
/// # Errors
/// Which part of it is not known.
fn observed<'a>(place: &Place<'a>) -> Result<Vec<(&'a Setting, Value)>, String> {
    let mut values = Vec::new();
    for setting in place.settings().filter(|setting| field_of_create(place, setting).is_some()) {
        match place.seen(setting) {
            Some(Observation::Known(value)) => values.push((setting, value.clone())),
            Some(Observation::Absent | Observation::Unsupported { .. }) => {}
            _ => {
                return Err(format!(
                    "it would have to be made anew, and its {} is not known",
                    setting.name()
                ));
            }
        }
    }
    Ok(values)
}

/// A setting that has a request of its own.
fn one(
    draft: &mut Draft,
    place: &Place<'_>,
    (finding, setting, after): (&Finding, &Setting, &Value),
) -> Result<(), String> {
    let request = own_request(place, setting, after)?;
    let back =
        former(setting, &finding.observed).map(|value| own_request(place, setting, &value)).transpose()?;
    let request = draft.request(request);
    let back = back.map(|back| draft.undo(back));
    let change = draft.change(place.subject, setting, finding, after, vec![request]);
    match back {
        Some(back) => change.undo.push(back),
        None => change.irreversible = Some("it was not set before, and the forge cannot unset it".into()),
    }
    Ok(())
}

/// The value that a request has to carry to bring back what there was. What takes the place of all leaves out
/// what was not there.
fn before(place: &Place<'_>, setting: &Setting, finding: &Finding) -> Option<Value> {
    match place.is_replaced_whole() {
        true => finding.observed.value().cloned(),
        false => former(setting, &finding.observed),
    }
}
