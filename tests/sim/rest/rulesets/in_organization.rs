//! The rulesets an organization owns.

use crate::sim::rest::body::{self, Source};
use crate::sim::rest::page::page;
use crate::sim::rest::{Refusal, Reply, Request};
use crate::sim::world::{Organization, Ruleset, World};

pub fn list(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let source = Source::Organization(organization);
    Ok(page(request, &organization.rulesets, |ruleset| body::ruleset_summary(&request.site, source, ruleset)))
}

pub fn read(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let wanted = super::wanted(request);
    let ruleset =
        organization.rulesets.iter().find(|ruleset| wanted(ruleset)).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(told(request, organization, ruleset)))
}

/// One version, since nothing here keeps older ones.
pub fn history(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let organization = request.organization(world)?;
    let wanted = super::wanted(request);
    let found = organization.rulesets.iter().find(|ruleset| wanted(ruleset));
    Ok(page(request, &[found.ok_or_else(Refusal::not_found)?], |ruleset| super::version(ruleset)))
}

pub fn create(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let ruleset = super::created(request)?;
    let id = request.organization_mut(world)?.add_ruleset(ruleset).id;
    let organization = request.organization(world)?;
    let ruleset =
        organization.rulesets.iter().find(|ruleset| ruleset.id == id).ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(told(request, organization, ruleset)))
}

pub fn replace(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let wanted = super::wanted(request);
    let rulesets = &mut request.organization_mut(world)?.rulesets;
    let ruleset = rulesets.iter_mut().find(|ruleset| wanted(ruleset)).ok_or_else(Refusal::not_found)?;
    super::change(ruleset, request.object()?)?;
    read(world, request)
}

pub fn delete(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let wanted = super::wanted(request);
    let rulesets = &mut request.organization_mut(world)?.rulesets;
    let at = rulesets.iter().position(wanted).ok_or_else(Refusal::not_found)?;
    rulesets.remove(at);
    Ok(Reply::nothing())
}

fn told(request: &Request, organization: &Organization, ruleset: &Ruleset) -> serde_json::Value {
    body::ruleset(&request.site, Source::Organization(organization), ruleset, &organization.denials)
}
