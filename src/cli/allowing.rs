//! What a plan may do on the user's word, and how it is said what it may not.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::engine::{Allowed, Refusal, refusals};
use crate::engine::{Danger, OWNERS};
use crate::model::Plan;

use super::terminal;

/// Flags that let a plan do what is refused by itself.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Allowing {
    /// Let things cease to be; of a collection only where the policy claims all of it
    #[arg(long)]
    allow_delete: bool,
    /// Let something guard less than before
    #[arg(long)]
    allow_weaken: bool,
    /// Let more people see something than before
    #[arg(long)]
    allow_widen: bool,
    /// Let be done what cannot be taken back
    #[arg(long)]
    allow_irreversible: bool,
    /// How much of what exists may be changed or removed, where there are ten or more of it
    #[arg(long, value_name = "PERCENT", default_value_t = Allowed::default().share, value_parser = percent)]
    max_share: f64,
    /// How many things of a kind may be removed
    #[arg(long, value_name = "NUMBER", default_value_t = Allowed::default().deletes)]
    max_deletes: u64,
    /// Let be done what may lock somebody out, because something is not known
    #[arg(long)]
    pub allow_unproven: bool,
    #[command(flatten)]
    pub owning: Owning,
}

/// How many subjects a reason names before it only counts.
const NAMED: usize = 5;

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').parse::<f64>().ok();
    number.filter(|n| (0.0..=100.0).contains(n)).ok_or_else(|| "write a number from 0 to 100".to_owned())
}

impl Allowing {
    /// What these flags allow; `takes_back` says that it is what an apply did.
    pub(super) fn allowed(&self, takes_back: bool) -> Allowed {
        Allowed {
            delete: self.allow_delete,
            weaken: self.allow_weaken,
            widen: self.allow_widen,
            irreversible: self.allow_irreversible,
            takes_back,
            share: self.max_share,
            deletes: self.max_deletes,
        }
    }
}

/// Flags about who could be locked out.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Owning {
    /// How many owners an organization or group keeps
    #[arg(long, value_name = "NUMBER", default_value_t = OWNERS)]
    pub min_owners: usize,
}

/// What would lock people out, as reasons to refuse; the same reason once, with whom it is about.
pub(super) fn lockouts(dangers: &[Danger], allow_unproven: bool) -> Vec<Refusal> {
    let mut reasons: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for danger in dangers.iter().filter(|danger| danger.proven || !allow_unproven) {
        let key = danger.key.as_deref().map(|k| format!("[{k}]")).unwrap_or_default();
        let what = format!("{}{key}: {}", danger.setting, danger.what);
        reasons.entry((what, danger.proven)).or_default().push(danger.subject.clone());
    }
    let refusal = |((what, proven), subjects): ((String, bool), Vec<String>)| {
        let more = subjects.len().saturating_sub(NAMED);
        let mut named = subjects.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 {
            named += &format!(" and {more} more");
        }
        let flag = (!proven).then_some("--allow-unproven");
        Refusal { what: format!("{what}: {named}"), flag }
    };
    reasons.into_iter().map(refusal).collect()
}

/// Says why a plan is refused, if it is.
pub(super) fn refused(refusals: &[Refusal]) -> bool {
    if !refusals.is_empty() {
        terminal::warn("this is refused, and nothing was changed:");
        refusals.iter().for_each(|refusal| terminal::warn(&format!("  {}", refusal.sentence())));
    }
    !refusals.is_empty()
}

/// What will be refused unless it is allowed, in sentences.
pub(super) fn needs(plan: &Plan, catalog: &Catalog, takes_back: bool) -> Vec<String> {
    let allowed = Allowed { takes_back, ..Allowed::default() };
    refusals(plan, catalog, &allowed, None).iter().map(Refusal::sentence).collect()
}
