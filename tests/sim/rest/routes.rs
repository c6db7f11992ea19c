//! Every route the simulator serves, by the path GitHub's description gives it.

use serde::Deserialize;

use super::documents::{self, Collection, Row};
use super::exchange::{Refusal, Reply, Request};
use super::{
    account, audit_log, branch_rules, branches, collaborators, community, contents, environments, history,
    installations, interaction, issues, keys, labels, milestones, organizations, properties, protections,
    pulls, references, repositories, rulesets, security, teams, topics,
};
use crate::sim::world::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// A handler of reads cannot change the world: its type says so.
#[derive(Clone, Copy)]
pub enum Handler {
    Read(fn(&World, &Request) -> Result<Reply, Refusal>),
    Write(fn(&mut World, &Request) -> Result<Reply, Refusal>),
}

pub struct Route {
    pub method: Method,
    /// `{name}` is one segment, except where it ends the path of contents or references.
    pub path: &'static str,
    pub handler: Handler,
    /// The GraphQL field whose denial closes this route too.
    pub field: &'static str,
}

/// What serves a request: code, or a row of the table.
#[derive(Clone, Copy)]
pub enum Endpoint {
    Route(&'static Route),
    Document(&'static Row),
    Change(&'static Row),
    /// Writing an item of a list.
    Item(&'static Collection, Method),
}

impl Endpoint {
    pub fn method(self) -> Method {
        match self {
            Self::Route(route) => route.method,
            Self::Document(_) => Method::Get,
            Self::Change(row) => row.write.map_or(Method::Put, |write| write.method),
            Self::Item(_, method) => method,
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Self::Route(route) => route.path,
            Self::Document(row) | Self::Change(row) => &row.path,
            Self::Item(collection, method) => collection.path_of(method),
        }
    }

    pub fn field(self) -> &'static str {
        match self {
            Self::Route(route) => route.field,
            Self::Document(_) | Self::Change(_) | Self::Item(..) => "",
        }
    }

    pub fn changes(self) -> bool {
        match self {
            Self::Route(route) => matches!(route.handler, Handler::Write(_)) && route.path != MINT,
            Self::Document(_) => false,
            Self::Change(_) | Self::Item(..) => true,
        }
    }
}

impl Method {
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete]
            .into_iter()
            .find(|method| method.name() == word)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

const fn get(
    path: &'static str,
    field: &'static str,
    handler: fn(&World, &Request) -> Result<Reply, Refusal>,
) -> Route {
    Route { method: Method::Get, path, handler: Handler::Read(handler), field }
}

const fn write(
    method: Method,
    path: &'static str,
    field: &'static str,
    handler: fn(&mut World, &Request) -> Result<Reply, Refusal>,
) -> Route {
    Route { method, path, handler: Handler::Write(handler), field }
}

use Method::{Delete, Patch, Post, Put};

pub const MINT: &str = "/app/installations/{installation_id}/access_tokens";

#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    get("/meta", "", account::meta),
    get("/rate_limit", "", account::rate_limit),
    get("/user", "", account::user),
    get("/app", "", installations::app),
    get("/app/installations", "", installations::all),
    write(Post, MINT, "", installations::mint),
    get("/orgs/{org}", "", organizations::read),
    write(Patch, "/orgs/{org}", "", organizations::change),
    write(Put, "/orgs/{org}/dependabot/repository-access/default-level", "", security::look_into),
    get("/orgs/{org}/audit-log", "", audit_log::events),
    get("/orgs/{org}/installation", "", installations::of_organization),
    get("/orgs/{org}/installations", "", installations::in_organization),
    get("/orgs/{org}/interaction-limits", "", interaction::in_organization),
    get("/orgs/{org}/members", "membersWithRole", organizations::members),
    get("/orgs/{org}/outside_collaborators", "", organizations::outside_collaborators),
    get("/orgs/{org}/properties/schema", "repositoryCustomProperties", properties::schema),
    get("/orgs/{org}/properties/schema/{custom_property_name}", "repositoryCustomProperties", properties::read),
    write(Put, "/orgs/{org}/properties/schema/{custom_property_name}", "repositoryCustomProperties", properties::put),
    write(Delete, "/orgs/{org}/properties/schema/{custom_property_name}", "repositoryCustomProperties", properties::delete),
    get("/orgs/{org}/properties/values", "repositoryCustomProperties", properties::values_in_organization),
    get("/orgs/{org}/repos", "repositories", repositories::list),
    get("/orgs/{org}/rulesets", "rulesets", rulesets::in_organization::list),
    write(Post, "/orgs/{org}/rulesets", "rulesets", rulesets::in_organization::create),
    get("/orgs/{org}/rulesets/{ruleset_id}", "rulesets", rulesets::in_organization::read),
    write(Put, "/orgs/{org}/rulesets/{ruleset_id}", "rulesets", rulesets::in_organization::replace),
    write(Delete, "/orgs/{org}/rulesets/{ruleset_id}", "rulesets", rulesets::in_organization::delete),
    get("/orgs/{org}/rulesets/{ruleset_id}/history", "rulesets", rulesets::in_organization::history),
    get("/orgs/{org}/teams", "teams", teams::list),
    write(Post, "/orgs/{org}/teams", "teams", teams::create),
    get("/orgs/{org}/teams/{team_slug}", "teams", teams::read),
    write(Patch, "/orgs/{org}/teams/{team_slug}", "teams", teams::change),
    write(Delete, "/orgs/{org}/teams/{team_slug}", "teams", teams::delete),
    get("/orgs/{org}/teams/{team_slug}/members", "teams", teams::members),
    get("/orgs/{org}/teams/{team_slug}/repos", "teams", teams::repositories),
    write(Put, "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", "teams", teams::grant),
    write(Delete, "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}", "teams", teams::revoke),
    get("/repos/{owner}/{repo}", "", repositories::read),
    write(Patch, "/repos/{owner}/{repo}", "", repositories::change),
    get("/repos/{owner}/{repo}/automated-security-fixes", "", security::fixes),
    write(Put, "/repos/{owner}/{repo}/automated-security-fixes", "", security::enable_fixes),
    write(Delete, "/repos/{owner}/{repo}/automated-security-fixes", "", security::disable_fixes),
    get("/repos/{owner}/{repo}/branches", "refs", branches::list),
    get("/repos/{owner}/{repo}/branches/{branch}", "refs", branches::read),
    get("/repos/{owner}/{repo}/branches/{branch}/protection", "branchProtectionRules", protections::read),
    write(Put, "/repos/{owner}/{repo}/branches/{branch}/protection", "branchProtectionRules", protections::replace),
    write(Delete, "/repos/{owner}/{repo}/branches/{branch}/protection", "branchProtectionRules", protections::delete),
    get("/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures", "branchProtectionRules", protections::signatures),
    write(Post, "/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures", "branchProtectionRules", protections::require_signatures),
    write(Delete, "/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures", "branchProtectionRules", protections::waive_signatures),
    get("/repos/{owner}/{repo}/codeowners/errors", "codeowners", community::codeowners_errors),
    get("/repos/{owner}/{repo}/collaborators", "collaborators", collaborators::list),
    write(Put, "/repos/{owner}/{repo}/collaborators/{username}", "collaborators", collaborators::add),
    write(Delete, "/repos/{owner}/{repo}/collaborators/{username}", "collaborators", collaborators::remove),
    get("/repos/{owner}/{repo}/commits", "refs", history::commits),
    get("/repos/{owner}/{repo}/community/profile", "", community::profile),
    get("/repos/{owner}/{repo}/compare/{basehead}", "refs", history::compare),
    get("/repos/{owner}/{repo}/contents/{path}", "object", contents::read),
    write(Put, "/repos/{owner}/{repo}/contents/{path}", "object", contents::put),
    write(Delete, "/repos/{owner}/{repo}/contents/{path}", "object", contents::delete),
    get("/repos/{owner}/{repo}/environments", "environments", environments::list),
    get("/repos/{owner}/{repo}/environments/{environment_name}", "environments", environments::read),
    write(Put, "/repos/{owner}/{repo}/environments/{environment_name}", "environments", environments::put),
    write(Delete, "/repos/{owner}/{repo}/environments/{environment_name}", "environments", environments::delete),
    get("/repos/{owner}/{repo}/git/ref/{ref}", "refs", references::read),
    write(Post, "/repos/{owner}/{repo}/git/refs", "refs", references::create),
    write(Delete, "/repos/{owner}/{repo}/git/refs/{ref}", "refs", references::delete),
    get("/repos/{owner}/{repo}/installation", "", installations::of_repository),
    get("/repos/{owner}/{repo}/interaction-limits", "interactionAbility", interaction::in_repository),
    write(Put, "/repos/{owner}/{repo}/interaction-limits", "interactionAbility", interaction::limit),
    write(Delete, "/repos/{owner}/{repo}/interaction-limits", "interactionAbility", interaction::open),
    get("/repos/{owner}/{repo}/issues", "", issues::list),
    write(Post, "/repos/{owner}/{repo}/issues", "", issues::open),
    get("/repos/{owner}/{repo}/issues/{issue_number}", "", issues::read),
    write(Patch, "/repos/{owner}/{repo}/issues/{issue_number}", "", issues::change),
    get("/repos/{owner}/{repo}/issues/{issue_number}/comments", "", issues::comments),
    write(Post, "/repos/{owner}/{repo}/issues/{issue_number}/comments", "", issues::say),
    get("/repos/{owner}/{repo}/issues/comments/{comment_id}", "", issues::comment),
    write(Patch, "/repos/{owner}/{repo}/issues/comments/{comment_id}", "", issues::reword),
    get("/repos/{owner}/{repo}/keys", "deployKeys", keys::list),
    get("/repos/{owner}/{repo}/keys/{key_id}", "deployKeys", keys::read),
    write(Post, "/repos/{owner}/{repo}/keys", "deployKeys", keys::create),
    write(Delete, "/repos/{owner}/{repo}/keys/{key_id}", "deployKeys", keys::delete),
    get("/repos/{owner}/{repo}/labels", "labels", labels::list),
    write(Post, "/repos/{owner}/{repo}/labels", "labels", labels::create),
    get("/repos/{owner}/{repo}/labels/{name}", "labels", labels::read),
    write(Patch, "/repos/{owner}/{repo}/labels/{name}", "labels", labels::change),
    write(Delete, "/repos/{owner}/{repo}/labels/{name}", "labels", labels::delete),
    get("/repos/{owner}/{repo}/languages", "languages", community::languages),
    get("/repos/{owner}/{repo}/license", "", community::license),
    get("/repos/{owner}/{repo}/milestones", "milestones", milestones::list),
    get("/repos/{owner}/{repo}/milestones/{milestone_number}", "milestones", milestones::read),
    write(Post, "/repos/{owner}/{repo}/milestones", "milestones", milestones::create),
    write(Patch, "/repos/{owner}/{repo}/milestones/{milestone_number}", "milestones", milestones::change),
    write(Delete, "/repos/{owner}/{repo}/milestones/{milestone_number}", "milestones", milestones::delete),
    get("/repos/{owner}/{repo}/properties/values", "repositoryCustomPropertyValues", properties::values),
    write(Patch, "/repos/{owner}/{repo}/properties/values", "repositoryCustomPropertyValues", properties::change),
    get("/repos/{owner}/{repo}/pulls", "", pulls::list),
    write(Post, "/repos/{owner}/{repo}/pulls", "", pulls::open),
    get("/repos/{owner}/{repo}/pulls/{pull_number}", "", pulls::read),
    write(Patch, "/repos/{owner}/{repo}/pulls/{pull_number}", "", pulls::change),
    write(Put, "/repos/{owner}/{repo}/pulls/{pull_number}/merge", "", pulls::merge),
    get("/repos/{owner}/{repo}/rules/branches/{branch}", "rulesets", branch_rules::list),
    get("/repos/{owner}/{repo}/rulesets", "rulesets", rulesets::in_repository::list),
    write(Post, "/repos/{owner}/{repo}/rulesets", "rulesets", rulesets::in_repository::create),
    get("/repos/{owner}/{repo}/rulesets/{ruleset_id}", "rulesets", rulesets::in_repository::read),
    write(Put, "/repos/{owner}/{repo}/rulesets/{ruleset_id}", "rulesets", rulesets::in_repository::replace),
    write(Delete, "/repos/{owner}/{repo}/rulesets/{ruleset_id}", "rulesets", rulesets::in_repository::delete),
    get("/repos/{owner}/{repo}/rulesets/{ruleset_id}/history", "rulesets", rulesets::in_repository::history),
    get("/repos/{owner}/{repo}/teams", "teams", teams::on_repository),
    get("/repos/{owner}/{repo}/topics", "repositoryTopics", topics::read),
    write(Put, "/repos/{owner}/{repo}/topics", "repositoryTopics", topics::replace),
    get("/repos/{owner}/{repo}/vulnerability-alerts", "hasVulnerabilityAlertsEnabled", security::alerts),
    write(Put, "/repos/{owner}/{repo}/vulnerability-alerts", "hasVulnerabilityAlertsEnabled", security::enable_alerts),
    write(Delete, "/repos/{owner}/{repo}/vulnerability-alerts", "hasVulnerabilityAlertsEnabled", security::disable_alerts),
];

pub type Captures = Vec<(&'static str, String)>;

/// What serves a path without its query, and what its placeholders stand for.
pub fn find(method: Method, path: &str) -> Option<(Endpoint, Captures)> {
    let routes = ROUTES.iter().filter(|route| route.method == method).map(Endpoint::Route);
    let rows = documents::table().iter().filter_map(|row| match row.write {
        _ if method == Method::Get => Some(Endpoint::Document(row)),
        Some(write) if write.method == method => Some(Endpoint::Change(row)),
        _ => None,
    });
    // What is spelled out goes before what a placeholder takes in.
    let written = documents::collections().iter().filter(|collection| collection.methods().contains(&method));
    let written = written.map(|collection| Endpoint::Item(collection, method));
    let found = routes
        .chain(rows)
        .chain(written)
        .filter_map(|endpoint| Some((endpoint, captures(endpoint.path(), path)?)));
    found.min_by_key(|(_, captures)| captures.len())
}

fn captures(template: &'static str, path: &str) -> Option<Captures> {
    let mut captures = Captures::new();
    let mut rest = path.trim_start_matches('/').split('/');
    for expected in template.trim_start_matches('/').split('/') {
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name @ ("path" | "ref")) => {
                let tail: Vec<String> = rest.by_ref().map(decoded).collect();
                captures.push((name, tail.join("/")));
            }
            Some(name) => captures.push((name, decoded(rest.next().filter(|segment| !segment.is_empty())?))),
            None if rest.next() == Some(expected) => {}
            None => return None,
        }
    }
    rest.next().is_none().then_some(captures)
}

/// Undoes percent encoding, which is how a branch name with a slash fits one segment.
fn decoded(segment: &str) -> String {
    // A plus sign stands for itself in a path, unlike in a query.
    let literal = segment.replace('+', "%2B");
    url::form_urlencoded::parse(format!("s={literal}").as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}
