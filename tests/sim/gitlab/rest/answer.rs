//! Answering a REST request from the world that its caller sees.

use serde_json::json;

use super::page::page;
use super::{Refusal, Reply, Request, Target, files, lists, proposals, subjects};
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{self, Row, Told};
use crate::sim::gitlab::world::{ADMINISTRATOR, Holder, HolderKind, World};

pub fn answer(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let repository = matches!(request.route.target, Target::Tree | Target::File { .. });
    let reads = request.caller.may_read() || repository && request.caller.has(&["read_repository"]);
    // Of itself a token may always ask.
    if !reads && !matches!(request.route.target, Target::Token) {
        return Err(Refusal::scope("api read_api"));
    }
    let (holder, level) = holder(world, request)?;
    if let Some(refused) = holder.documents.refusal(&request.route.suffix) {
        return Err(Refusal::told(refused.status, &refused.message));
    }
    let filling = Filling { world, site: &request.site, holder };
    match request.route.target {
        Target::Version => Ok(Reply::of(subjects::version(world, request))),
        Target::Viewer => Ok(Reply::of(subjects::viewer(request))),
        Target::Token => Ok(Reply::of(subjects::token(request))),
        Target::Settings => {
            if level < ADMINISTRATOR {
                return Err(Refusal::forbidden());
            }
            Ok(Reply::of(subjects::told(world, &filling, level)))
        }
        Target::Group | Target::Project => Ok(Reply::of(subjects::one(world, request, &filling, level))),
        Target::Groups => Ok(lists::groups(world, request)),
        Target::Subgroups { deep } => Ok(lists::below(world, request, holder, deep)),
        Target::GroupProjects => Ok(lists::of_group(world, request, holder)),
        Target::Projects => Ok(lists::projects(world, request)),
        Target::AllMembers { .. } => Ok(lists::members(request, &filling)),
        Target::AnyMember => lists::member(request, &filling, level).ok_or_else(|| Refusal::missing("")),
        Target::Tree => files::tree(request, holder),
        Target::File { raw } => files::file(request, holder, raw),
        Target::Branches => Ok(proposals::branches(request, holder)),
        Target::MergeRequests => Ok(proposals::merge_requests(request, holder)),
        Target::Branch => proposals::one_branch(request, holder),
        Target::Compare => proposals::compare(request, holder),
        Target::Commits => proposals::commits(request, holder),
        Target::MergeRequest | Target::Merge | Target::Archive { .. } => Err(Refusal::unknown()),
        Target::Document(row) => document(row, &filling, request, level),
    }
}

/// Whom the path names, and what the caller may do there.
pub fn holder<'w>(world: &'w World, request: &Request) -> Result<(&'w Holder, u64), Refusal> {
    let (found, what) = match request.route.path.split('/').nth(1) {
        Some("groups") if !request.route.id.is_empty() => (world.group(&request.route.id), "Group"),
        Some("projects") if !request.route.id.is_empty() => (world.project(&request.route.id), "Project"),
        _ => (Some(&world.instance), ""),
    };
    let seen = found.and_then(|holder| Some((holder, world.level(&request.caller, holder)?)));
    seen.ok_or_else(|| Refusal::missing(what))
}

fn document(row: &Row, filling: &Filling<'_>, request: &Request, level: u64) -> Result<Reply, Refusal> {
    let world = filling.world;
    let missing = || Refusal::missing("");
    if !world.has(row.since.as_deref()) || row.gitlab_com.is_some_and(|only| only != world.gitlab_com) {
        return Err(missing());
    }
    if !row.scopes.iter().any(|scope| request.caller.has(&[scope])) {
        return Err(Refusal::scope(&row.scopes.join(" ")));
    }
    if level < row.role.0 {
        return Err(if row.denied == 404 { missing() } else { Refusal::told(row.denied, "403 Forbidden") });
    }
    if row.tier > world.tier
        || row.top && filling.holder.kind == HolderKind::Group && filling.holder.parent().is_some()
    {
        return Err(missing());
    }
    match documents::answer(row, filling, &request.route.suffix, &request.query) {
        Told::Document(document) => Ok(Reply::of(document)),
        Told::List(items) if row.paged => Ok(page(request, &items, Clone::clone)),
        Told::List(items) => Ok(Reply::of(json!(items))),
        Told::Missing => Err(missing()),
    }
}
