//! Writing: who may, and what the world then holds. As GitLab does, it takes in silence what it does not
//! know or was not paid for.

mod approvals;
mod items;

use serde_json::{Map, Value, json};

use super::answer::holder;
use super::{Refusal, Reply, Request, Target, proposals, subjects};
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{self, Told, named};
use crate::sim::gitlab::fields;
use crate::sim::gitlab::world::{ADMINISTRATOR, Holder, HolderKind, OWNER, Tier, World};

const REPORTER: u64 = 20;
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
    let needed = needed(request, found.kind).ok_or_else(|| Refusal::told(405, "405 Method Not Allowed"))?;
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
        (_, "/security_settings") => write.merged("/security_settings", Tier::Ultimate),
        _ => items::write(write),
    }
}

/// The role that a write takes; none where there is no such request.
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
        (Target::Document(_), "POST", "approvals")
        | (Target::Document(_), "PUT", "security_settings")
        | (Target::Document(_), "POST" | "PUT" | "DELETE", "approval_rules")
        | (Target::Document(_), "POST" | "PATCH" | "DELETE", "protected_branches") => MAINTAINER,
        (Target::Document(_), "POST" | "PUT" | "DELETE", "labels") => REPORTER,
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
    fn push_rule(self) -> Result<Reply, Refusal> {
        let there = self.holder().documents.stated("/push_rule").is_some_and(|rule| !rule.is_null());
        match (self.request.method.as_str(), there) {
            ("PUT", false) => Err(Refusal::missing("Push Rule")),
            ("POST", true) => Err(Refusal::told(422, "Project push rule exists")),
            (method, _) => {
                let made = method == "POST";
                let reply = self.merged("/push_rule", Tier::Premium)?;
                Ok(if made { Reply { status: 201, ..reply } } else { reply })
            }
        }
    }

    /// Lays those fields that the document knows over what is stated of it.
    fn merged(mut self, suffix: &str, tier: Tier) -> Result<Reply, Refusal> {
        if self.world.tier < tier {
            return Err(Refusal::missing(""));
        }
        let Some(row) = named(self.request.route.path) else { return Err(Refusal::missing("")) };
        let known = row.fill.as_ref().or(row.default.as_ref()).and_then(Value::as_object);
        let stated = self.holder().documents.stated(suffix).and_then(Value::as_object);
        let mut whole = stated.cloned().unwrap_or_default();
        let fields = self.fields();
        whole
            .extend(fields.into_iter().filter(|(key, _)| known.is_some_and(|known| known.contains_key(key))));
        self.holder_mut().documents.state(suffix, Value::Object(whole));
        Ok(self.told())
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
