//! Closes the routes whose GraphQL counterpart the caller may not see.

use super::documents::{Owner, suffix};
use super::exchange::{Refusal, Request};
use super::rights::Rights;
use super::routes::{Endpoint, Method};
use crate::sim::world::{Denial, World};

pub fn check(endpoint: Endpoint, world: &World, request: &Request) -> Result<(), Refusal> {
    Rights::of(endpoint).check(endpoint, world, request)?;
    stated(endpoint, world, request)?;
    if endpoint.field().is_empty() {
        return Ok(());
    }
    let organization = world.organization(request.capture("org"));
    let repository = world.repository(request.capture("owner"), request.capture("repo"));
    let denials = organization
        .map(|organization| &organization.denials)
        .into_iter()
        .chain(repository.map(|(_, repository)| &repository.denials));
    match denials.filter_map(|denials| denials.of(endpoint.field())).next() {
        Some(Denial::Hidden) => Err(Refusal::not_found()),
        Some(Denial::Forbidden) => Err(Refusal::forbidden()),
        None => Ok(()),
    }
}

/// A refusal that a test asked for at exactly this path.
fn stated(endpoint: Endpoint, world: &World, request: &Request) -> Result<(), Refusal> {
    let Some(suffix) = suffix(endpoint.path(), &request.captures) else { return Ok(()) };
    let Ok(owner) = Owner::of(world, endpoint.path(), request) else { return Ok(()) };
    match owner.documents().refusal(&suffix).filter(|_| endpoint.method() == Method::Get) {
        Some(refused) => Err(Refusal::told(refused.status, &refused.message)),
        None => Ok(()),
    }
}
