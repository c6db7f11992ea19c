//! `diff --who`: where the forges are whose logs can tell, and what these say.

use std::path::Path;

use chrono::Utc;
use miette::{IntoDiagnostic, Result, miette};

use super::reading::Reading;
use super::{audit, opening, terminal};
use crate::catalog::{Catalog, ForgeKind};
use crate::policy::{ForgeSort, Policy};
use crate::run::{Difference, LogServer, Who, WhoAsked};

/// Who made each change.
///
/// # Errors
/// When the policy cannot be used, or nothing can be asked at all.
pub(super) fn who(difference: &Difference, policy: Option<&Path>) -> Result<Vec<Who>> {
    let mut catalog = Catalog::built_in().into_diagnostic()?;
    let policy = match policy {
        None => None,
        Some(path) => match opening::policy(path, &mut catalog) {
            Some(policy) => Some(policy),
            None => {
                let help = "what is wrong with it stands above; --policy may be left out";
                return Err(miette!(code = "diff::policy", help = help, "the policy cannot be used"));
            }
        },
    };
    let reading = Reading::plain()?;
    let asked = WhoAsked {
        server: &|name| server(name, policy.as_ref(), difference),
        terms: reading.terms(),
        environment: &terminal::environment,
        now: Utc::now(),
    };
    Ok(reading.wait(asked.of(difference)))
}

/// The server of a forge's name: the policy's, else what a snapshot says, else the one that goes by that name.
fn server(name: &str, policy: Option<&Policy>, difference: &Difference) -> Option<LogServer> {
    let from_environment = |kind| match kind {
        ForgeKind::Github => audit::environments_github(),
        ForgeKind::Gitlab => audit::environments_gitlab(),
    };
    if let Some(policy) = policy
        && let Some(forge) = policy.forges.iter().find(|forge| *forge.name == *name)
        && let Some(kind) = match forge.sort {
            ForgeSort::Github => Some(ForgeKind::Github),
            ForgeSort::Gitlab => Some(ForgeKind::Gitlab),
            ForgeSort::Snapshot => None,
        }
    {
        return Some(LogServer { kind, url: policy.url_of(forge, from_environment(kind).as_ref()) });
    }
    let kind = difference.forges.get(name).copied().or(match name {
        "github" => Some(ForgeKind::Github),
        "gitlab" => Some(ForgeKind::Gitlab),
        _ => None,
    })?;
    Some(LogServer { kind, url: from_environment(kind) })
}
