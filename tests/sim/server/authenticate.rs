//! Whose token it is, and whether it still is one.

use super::state::State;
use crate::sim::rest::Refusal;
use crate::sim::world::Identity;

/// The identity behind a token; none may do everything.
pub fn authenticate(state: &State, token: Option<&str>) -> Result<Option<Identity>, Refusal> {
    let token = token.ok_or_else(Refusal::unauthorized)?;
    let identity = state.world().caller(token).map_err(|_| Refusal::bad_credentials())?;
    match state.options.token_lifetime {
        Some(lifetime) if token.starts_with("ghs_") => {
            let mut ledger = state.ledger();
            let uses = ledger.uses.entry(token.to_owned()).or_default();
            *uses += 1;
            if *uses > lifetime { Err(Refusal::bad_credentials()) } else { Ok(identity) }
        }
        _ => Ok(identity),
    }
}
