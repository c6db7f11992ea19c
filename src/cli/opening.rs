//! Opens what every verb begins with.

use std::path::Path;

use miette::{Result, miette};

use super::terminal;
use crate::catalog::Catalog;
use crate::model::Weights;
use crate::policy::{self, Policy, Selector};

/// The policy at a path, after saying everything that is wrong with it; nothing when it is unusable.
pub(super) fn policy(path: &Path, catalog: &mut Catalog) -> Option<Policy> {
    match policy::load(path, catalog) {
        Ok((policy, warnings)) => {
            terminal::problems(warnings);
            Some(policy)
        }
        Err(problems) => {
            terminal::problems(problems);
            None
        }
    }
}

/// The weights of friction, with what the policy says of them.
///
/// # Errors
/// When they come to nothing that could be weighed.
pub(super) fn weights(policy: &Policy) -> Result<Weights> {
    let weights = Weights::built_in().and_then(|own| own.with(&policy.weights));
    weights.map_err(|why| miette!(code = "friction::weights", "{why}"))
}

/// What `--only` means; nothing where it means nothing, and then its mistakes were told.
pub(super) fn only(text: Option<&str>, catalog: &Catalog) -> Option<Option<Selector>> {
    match text.map(|text| policy::selector_of(text, catalog)).transpose() {
        Ok(only) => Some(only),
        Err(problems) => {
            terminal::problems(problems);
            None
        }
    }
}
