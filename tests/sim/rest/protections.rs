//! Classic protection of one branch. Wildcard rules are read through the branches they protect, but
//! REST can neither name nor write them.

use serde_json::{Map, Value};

use super::body;
use super::exchange::{Refusal, Reply, Request};
use crate::sim::world::{Actors, Protection, Repository, Reviews, StatusCheck, StatusChecks, World};

const NOT_PROTECTED: &str = "Branch not protected";

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let rule = protecting(repository, request.capture("branch"))?;
    Ok(Reply::ok(body::protection(&request.site, organization, &url(world, request)?, rule)))
}

/// Replaces the whole rule, except what only GraphQL can write and required signatures, which are a
/// resource of their own.
pub fn replace(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let mut rule = wanted(request.capture("branch"), request.object()?)?;
    let repository = request.repository_mut(world)?;
    check_exists(repository, &rule.pattern)?;
    if let Some(old) = repository.protections.iter().find(|old| old.pattern == rule.pattern) {
        rule.required_signatures = old.required_signatures;
        rule.force_push_allowances = old.force_push_allowances.clone();
        rule.required_deployments.clone_from(&old.required_deployments);
    }
    repository.protect(rule);
    read(world, request)
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let repository = request.repository_mut(world)?;
    let branch = request.capture("branch");
    check_exists(repository, branch)?;
    let before = repository.protections.len();
    repository.protections.retain(|rule| rule.pattern != branch);
    if repository.protections.len() == before {
        Err(Refusal::missing(NOT_PROTECTED))
    } else {
        Ok(Reply::nothing())
    }
}

pub fn signatures(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (_, repository) = request.repository(world)?;
    let rule = protecting(repository, request.capture("branch"))?;
    Ok(Reply::ok(body::signatures(&url(world, request)?, rule)))
}

pub fn require_signatures(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    set_signatures(world, request, true)?;
    signatures(world, request)
}

pub fn waive_signatures(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    set_signatures(world, request, false)?;
    Ok(Reply::nothing())
}

fn set_signatures(world: &mut World, request: &Request, required: bool) -> Result<(), Refusal> {
    let repository = request.repository_mut(world)?;
    let id = protecting(repository, request.capture("branch"))?.id;
    repository
        .protections
        .iter_mut()
        .filter(|rule| rule.id == id)
        .for_each(|rule| rule.required_signatures = required);
    Ok(())
}

fn url(world: &World, request: &Request) -> Result<String, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let base = request.site.repository(organization, repository);
    Ok(format!("{base}/branches/{}/protection", request.capture("branch")))
}

fn check_exists(repository: &Repository, branch: &str) -> Result<(), Refusal> {
    if repository.branches.contains_key(branch) { Ok(()) } else { Err(Refusal::missing("Branch not found")) }
}

fn protecting<'r>(repository: &'r Repository, branch: &str) -> Result<&'r Protection, Refusal> {
    check_exists(repository, branch)?;
    repository.protection_of(branch).ok_or_else(|| Refusal::missing(NOT_PROTECTED))
}

/// These four must be named, were it only to be null.
const REQUIRED: [&str; 4] =
    ["required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"];

fn wanted(branch: &str, body: &Map<String, Value>) -> Result<Protection, Refusal> {
    if let Some(missing) = REQUIRED.into_iter().find(|key| !body.contains_key(*key)) {
        return Err(Refusal::unprocessable(format!("Invalid request.\n\n\"{missing}\" wasn't supplied.")));
    }
    let mut rule = Protection::on(branch);
    rule.enforce_admins = flag(body, "enforce_admins")?;
    rule.required_linear_history = flag(body, "required_linear_history")?;
    rule.allow_force_pushes = flag(body, "allow_force_pushes")?;
    rule.allow_deletions = flag(body, "allow_deletions")?;
    rule.block_creations = flag(body, "block_creations")?;
    rule.required_conversation_resolution = flag(body, "required_conversation_resolution")?;
    rule.lock_branch = flag(body, "lock_branch")?;
    rule.allow_fork_syncing = flag(body, "allow_fork_syncing")?;
    rule.required_status_checks = object(body, "required_status_checks")?.map(status_checks).transpose()?;
    rule.required_pull_request_reviews =
        object(body, "required_pull_request_reviews")?.map(reviews).transpose()?;
    rule.restrictions = object(body, "restrictions")?.map(actors).transpose()?;
    Ok(rule)
}

fn status_checks(body: &Map<String, Value>) -> Result<StatusChecks, Refusal> {
    let mut checks = Vec::new();
    match body.get("checks") {
        Some(Value::Array(asked)) => {
            for check in asked {
                let context =
                    check["context"].as_str().ok_or_else(|| Refusal::wrong_type("checks", check))?.to_owned();
                // GitHub writes -1 for "any source", and reads it back as null.
                checks.push(StatusCheck { context, app_id: check["app_id"].as_u64() });
            }
        }
        Some(other) => return Err(Refusal::wrong_type("checks", other)),
        None => checks.extend(
            texts(body, "contexts")?.into_iter().map(|context| StatusCheck { context, app_id: None }),
        ),
    }
    Ok(StatusChecks { strict: flag(body, "strict")?, checks })
}

fn reviews(body: &Map<String, Value>) -> Result<Reviews, Refusal> {
    let count = match body.get("required_approving_review_count") {
        None => 1,
        Some(value) => value
            .as_u64()
            .filter(|count| *count <= 6)
            .ok_or_else(|| Refusal::wrong_type("required_approving_review_count", value))?,
    };
    let restrictions = object(body, "dismissal_restrictions")?.filter(|asked| !asked.is_empty());
    Ok(Reviews {
        required_approving_review_count: count,
        dismiss_stale_reviews: flag(body, "dismiss_stale_reviews")?,
        require_code_owner_reviews: flag(body, "require_code_owner_reviews")?,
        require_last_push_approval: flag(body, "require_last_push_approval")?,
        dismissal_restrictions: restrictions.map(actors).transpose()?,
        bypass_pull_request_allowances: object(body, "bypass_pull_request_allowances")?
            .map(actors)
            .transpose()?
            .unwrap_or_default(),
    })
}

fn actors(body: &Map<String, Value>) -> Result<Actors, Refusal> {
    Ok(Actors { users: texts(body, "users")?, teams: texts(body, "teams")?, apps: texts(body, "apps")? })
}

fn flag(body: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| Refusal::wrong_type(key, value)),
    }
}

fn object<'b>(body: &'b Map<String, Value>, key: &str) -> Result<Option<&'b Map<String, Value>>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_object().map(Some).ok_or_else(|| Refusal::wrong_type(key, value)),
    }
}

fn texts(body: &Map<String, Value>, key: &str) -> Result<Vec<String>, Refusal> {
    let Some(value) = body.get(key) else { return Ok(Vec::new()) };
    let wrong = || Refusal::wrong_type(key, value);
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}
