//! The rulesets that count in a repository: its own, and the organization's that cover it.

use crate::sim::rest::body::{self, Source};
use crate::sim::rest::page::page;
use crate::sim::rest::{Refusal, Reply, Request};
use crate::sim::world::{Organization, Repository, Ruleset, World};

/// Own rulesets and, unless `includes_parents=false`, the organization's.
fn all<'w>(
    request: &Request,
    organization: &'w Organization,
    repository: &'w Repository,
) -> Vec<(Source<'w>, &'w Ruleset)> {
    let own =
        repository.rulesets.iter().map(|ruleset| (Source::Repository(organization, repository), ruleset));
    let parents = request.asked("includes_parents") != Some("false");
    let inherited = organization.rulesets_over(repository).filter(|_| parents);
    own.chain(inherited.map(|ruleset| (Source::Organization(organization), ruleset))).collect()
}

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let rulesets = all(request, organization, repository);
    Ok(page(request, &rulesets, |(source, ruleset)| body::ruleset_summary(&request.site, *source, ruleset)))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (organization, repository) = request.repository(world)?;
    let wanted = super::wanted(request);
    let found = all(request, organization, repository).into_iter().find(|(_, ruleset)| wanted(ruleset));
    let (source, ruleset) = found.ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(body::ruleset(&request.site, source, ruleset, &repository.denials)))
}

/// One version, since nothing here keeps older ones.
pub fn history(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let (_, repository) = request.repository(world)?;
    let wanted = super::wanted(request);
    let found = repository.rulesets.iter().find(|ruleset| wanted(ruleset));
    Ok(page(request, &[found.ok_or_else(Refusal::not_found)?], |ruleset| super::version(ruleset)))
}

pub fn create(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let ruleset = super::created(request)?;
    request.repository_mut(world)?.ruleset(ruleset);
    let (organization, repository) = request.repository(world)?;
    let ruleset = repository.rulesets.last().ok_or_else(Refusal::not_found)?;
    let source = Source::Repository(organization, repository);
    Ok(Reply::created(body::ruleset(&request.site, source, ruleset, &repository.denials)))
}

/// Only own rulesets: those of the organization are not found here.
pub fn replace(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let wanted = super::wanted(request);
    let rulesets = &mut request.repository_mut(world)?.rulesets;
    let ruleset = rulesets.iter_mut().find(|ruleset| wanted(ruleset)).ok_or_else(Refusal::not_found)?;
    super::change(ruleset, request.object()?)?;
    read(world, request)
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let wanted = super::wanted(request);
    let rulesets = &mut request.repository_mut(world)?.rulesets;
    let at = rulesets.iter().position(wanted).ok_or_else(Refusal::not_found)?;
    rulesets.remove(at);
    Ok(Reply::nothing())
}
