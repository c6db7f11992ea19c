//! Closes the routes whose GraphQL counterpart the caller may not see.

use super::exchange::{Refusal, Request};
use super::routes::Route;
use crate::sim::world::{Denial, World};

pub fn check(route: &Route, world: &World, request: &Request) -> Result<(), Refusal> {
    if route.field.is_empty() {
        return Ok(());
    }
    let organization = world.organization(request.capture("org"));
    let repository = world.repository(request.capture("owner"), request.capture("repo"));
    let denials = organization
        .map(|organization| &organization.denials)
        .into_iter()
        .chain(repository.map(|(_, repository)| &repository.denials));
    match denials.filter_map(|denials| denials.of(route.field)).next() {
        Some(Denial::Hidden) => Err(Refusal::not_found()),
        Some(Denial::Forbidden) => Err(Refusal::forbidden()),
        None => Ok(()),
    }
}
