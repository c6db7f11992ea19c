//! Writing: who may, and what the world then holds. As GitLab does, it takes in silence what it does not
//! know or was not paid for.

mod approvals;
mod items;
mod named;

use serde_json::{Map, Value, json};

use super::answer::holder;
use super::{Refusal, Reply, Request, Target, proposals, subjects};
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{self, Told, named};
use crate::sim::gitlab::fields;
use crate::sim::gitlab::world::{ADMINISTRATOR, Holder, HolderKind, OWNER, World};

const DEVELOPER: u64 = 30;
const MAINTAINER: u64 = 40;

/// A write in the making: the world, the request, and whom it is about.
pub struct Write<'w> {
    world: &'w mut World,
    pub request: &'w Request,
    kind: HolderKind,
    path: String,
}

pub fn write(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    if !request.caller.has(&["api"]) {
        return Err(Refusal::scope("api"));
    }
    let (found, level) = holder(world, request)?;
    let list = documents::written(request.route.path.trim_end_matches("/stop"));
    let fields = documents::fields(request.route.path).filter(|fields| fields.method == request.method);
    let role = list.map(|list| list.role).or(fields.map(|fields| fields.role.0));
    let needed = role.or_else(|| needed(request, found.kind));
    let needed = needed.ok_or_else(|| Refusal::told(405, "405 Method Not Allowed"))?;
    if level < needed {
        return Err(Refusal::forbidden());
    }
    let (kind, path) = (found.kind, found.path.clone());
    let write = Write { world, request, kind, path };
    match (request.route.target, request.route.suffix.as_str()) {
        (Target::Archive { on }, _) => Ok(write.archive(on, level)),
        _ if write.holder().settings.get("archived") == Some(&Value::Bool(true)) => Err(Refusal::forbidden()),
        (Target::Project | Target::Group | Target::Settings, _) => write.own(level),
        (
            Target::Branches
            | Target::Branch
            | Target::Commits
            | Target::MergeRequests
            | Target::MergeRequest
            | Target::Merge,
            _,
        ) => proposals::write(write),
        (_, "/push_rule") => write.push_rule(),
        (_, "/merge_request_approval_setting") => approvals::setting(write),
        (_, "/approvals") => approvals::older(write),
        (target, _) => match (list, fields) {
            (Some(list), _) if matches!(target, Target::Stop) => items::stop(write, list),
            (Some(list), _) => items::write(write, list),
            (None, Some(fields)) => write.document(fields),
            (None, None) => Err(Refusal::told(405, "405 Method Not Allowed")),
        },
    }
}

/// The role that a write takes which no table tells; none where there is no such request.
fn needed(request: &Request, kind: HolderKind) -> Option<u64> {
    let list = request.route.suffix.split('/').nth(1).unwrap_or_default();
    Some(match (request.route.target, request.method.as_str(), list) {
        (Target::Settings, "PUT", _) => ADMINISTRATOR,
        (Target::Project, "PUT", _) => MAINTAINER,
        (Target::Group, "PUT", _) | (Target::Archive { .. }, "POST", _) => OWNER,
        (Target::Branches | Target::Commits | Target::MergeRequests, "POST", _) => DEVELOPER,
        (Target::Merge | Target::MergeRequest, "PUT", _) | (Target::Branch, "DELETE", _) => DEVELOPER,
        (Target::Document(_), "PUT" | "POST", "push_rule")
        | (Target::Document(_), "PUT", "merge_request_approval_setting") => {
            if kind == HolderKind::Group {
                OWNER
            } else {
                MAINTAINER
            }
        }
        (Target::Document(_), "POST", "approvals") => MAINTAINER,
        _ => return None,
    })
}

impl<'w> Write<'w> {
    pub fn holder(&self) -> &Holder {
        match self.kind {
            HolderKind::Instance => &self.world.instance,
            HolderKind::Group => &self.world.groups[&self.path],
            HolderKind::Project => &self.world.projects[&self.path],
        }
    }

    pub fn holder_mut(&mut self) -> &mut Holder {
        match self.kind {
            HolderKind::Instance => &mut self.world.instance,
            HolderKind::Group => &mut self.world.groups[&self.path],
            HolderKind::Project => &mut self.world.projects[&self.path],
        }
    }

    fn fields(&self) -> Map<String, Value> {
        self.request.body.as_object().cloned().unwrap_or_default()
    }

    /// The part of the body under that name, where it is a text.
    pub fn text(&self, key: &str) -> Result<&'w str, Refusal> {
        let missing = || Refusal { status: 400, body: json!({ "error": format!("{key} is missing") }) };
        self.request.body[key].as_str().ok_or_else(missing)
    }

    /// What the address answers now.
    fn told(&self) -> Reply {
        let filling = Filling { world: self.world, site: &self.request.site, holder: self.holder() };
        let Target::Document(row) = self.request.route.target else { return Reply::of(Value::Null) };
        match documents::answer(row, &filling, &self.request.route.suffix, &self.request.query) {
            Told::Document(document) => Reply::of(document),
            Told::List(items) => Reply::of(json!(items)),
            Told::Missing => Reply::of(Value::Null),
        }
    }

    fn own(mut self, level: u64) -> Result<Reply, Refusal> {
        for (key, value) in self.fields() {
            if let Some(words) = words(&key)
                && !value.as_str().is_some_and(|word| words.contains(&word))
            {
                let error = format!("{key} does not have a valid value");
                return Err(Refusal { status: 400, body: json!({ "error": error }) });
            }
            // Parts of a whole are given one by one, under a name of their own.
            let whole = key.strip_suffix("_attributes");
            let whole = whole.filter(|whole| fields::is_kept(self.world, self.kind, whole));
            if let (Some(whole), Value::Object(parts)) = (whole, &value) {
                let mut all = self.holder().told(whole).as_object().cloned().unwrap_or_default();
                all.extend(parts.clone());
                self.holder_mut().settings.insert(whole.to_owned(), Value::Object(all));
                continue;
            }
            if !fields::is_kept(self.world, self.kind, &key) {
                continue;
            }
            let holder = self.holder_mut();
            for twin in fields::twins(&key) {
                holder.settings.shift_remove(twin);
            }
            holder.settings.insert(key, value);
        }
        let filling = Filling { world: self.world, site: &self.request.site, holder: self.holder() };
        Ok(Reply::of(match self.kind {
            HolderKind::Instance => subjects::told(self.world, &filling, level),
            _ => subjects::one(self.world, self.request, &filling, level),
        }))
    }

    /// An archived project takes no other write.
    fn archive(mut self, on: bool, level: u64) -> Reply {
        self.holder_mut().settings.insert("archived".to_owned(), json!(on));
        let filling = Filling { world: self.world, site: &self.request.site, holder: self.holder() };
        Reply { status: 201, ..Reply::of(subjects::one(self.world, self.request, &filling, level)) }
    }

    /// A project that never had a push rule is given one by POST alone.
    fn push_rule(mut self) -> Result<Reply, Refusal> {
        let there = self.holder().documents.stated("/push_rule").is_some_and(|rule| !rule.is_null());
        match (self.request.method.as_str(), there) {
            ("PUT", false) => Err(Refusal::missing("Push Rule")),
            ("POST", true) => Err(Refusal::told(422, "Project push rule exists")),
            (method, _) => {
                self.lay(self.fields())?;
                Ok(Reply { status: if method == "POST" { 201 } else { 200 }, ..self.told() })
            }
        }
    }

    fn document(mut self, fields: &documents::Fields) -> Result<Reply, Refusal> {
        let read = |key: String| fields.reads.get(&key).cloned().unwrap_or(key);
        let given = self.fields().into_iter().map(|(key, value)| (read(key), value)).collect();
        self.lay(given)?;
        Ok(match fields.status {
            204 => Reply::gone(),
            _ => self.told(),
        })
    }

    /// Lays those fields that the document knows over what is stated of it.
    fn lay(&mut self, fields: Map<String, Value>) -> Result<(), Refusal> {
        let suffix = self.request.route.suffix.as_str();
        let Some(row) = named(self.request.route.path) else { return Err(Refusal::missing("")) };
        if self.world.tier < row.tier {
            return Err(Refusal::missing(""));
        }
        let known = row.fill.as_ref().or(row.default.as_ref()).and_then(Value::as_object);
        let deaf = &self.world.deaf_to;
        let kept = |key: &String| known.is_some_and(|known| known.contains_key(key)) && !deaf.contains(key);
        let stated = self.holder().documents.stated(suffix).and_then(Value::as_object);
        let mut whole = stated.cloned().unwrap_or_default();
        whole.extend(fields.into_iter().filter(|(key, _)| kept(key)));
        self.holder_mut().documents.state(suffix, Value::Object(whole));
        Ok(())
    }
}

/// The words of a field that takes no others.
fn words(key: &str) -> Option<&'static [&'static str]> {
    Some(match key {
        "merge_method" => &["merge", "rebase_merge", "ff"],
        "squash_option" => &["never", "always", "default_on", "default_off"],
        "visibility" => &["private", "internal", "public"],
        _ => return None,
    })
}
