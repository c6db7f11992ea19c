//! What a plan stands on, held against what there is now: its policy, its forges, its day.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{audit, terminal};
use crate::catalog::Catalog;
use crate::engine::{Claim, Refusal};
use crate::forge::{github, gitlab};
use crate::model::{Layer, Plan, Target};
use crate::policy::{self, ForgeSort, Ownership, OwnershipMode, Policy};

/// After how many days it is said that a plan is old.
const OLD: i64 = 7;

/// Flags about what a plan stands on.
#[derive(Debug, clap::Args)]
pub(super) struct Standing {
    /// The policy that the plan was made for, where it is no longer where it was
    #[arg(long, value_name = "PATH")]
    policy: Option<PathBuf>,
    /// Carry the plan out although the policy was changed since, or cannot be read
    #[arg(long)]
    allow_changed_policy: bool,
    /// Refuse a plan that is older than so many days
    #[arg(long, value_name = "DAYS")]
    max_age: Option<u32>,
    /// Tell the plan's age as of this day instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
}

/// What was found of what a plan stands on.
pub(super) struct Found {
    /// Why it does not stand.
    pub refusals: Vec<Refusal>,
    /// The collections that the policy claims whole, if it is the one of the plan.
    pub claimed: Option<Vec<Claim>>,
}

impl Standing {
    /// Holds a plan against its policy, its forges and the day.
    pub(super) fn found(&self, plan: &Plan, beside: &Path) -> Found {
        let mut refusals = Vec::new();
        let policy = self.policy_of(plan, beside);
        match &policy {
            Ok(policy) if policy.digest == plan.policy => {}
            _ if self.allow_changed_policy => {}
            Ok(_) => refusals.push(of_policy("the policy was changed after the plan was made")),
            Err(what) => refusals.push(of_policy(what)),
        }
        let policy = policy.ok();
        refusals.extend(moved(plan, policy.as_ref()));
        refusals.extend(self.too_old(plan));
        let same = policy.filter(|policy| policy.digest == plan.policy);
        let claimed = same.map(|policy| {
            let whole = policy.ownerships.iter().filter(|o| o.mode == OwnershipMode::Complete);
            whole.map(claim).collect()
        });
        Found { refusals, claimed }
    }

    /// The policy that a plan was made for.
    fn policy_of(&self, plan: &Plan, beside: &Path) -> Result<Policy, String> {
        let recorded = PathBuf::from(&plan.policy_path);
        let near = beside.parent().unwrap_or(Path::new("")).join(&recorded);
        let mut places = match &self.policy {
            Some(path) => vec![path.clone()],
            None => vec![recorded, near],
        };
        places.dedup();
        let mut why = String::new();
        let mut other = None;
        for place in &places {
            let mut catalog = Catalog::built_in().map_err(|e| e.to_string())?;
            match policy::load(place, &mut catalog) {
                Ok((policy, _)) if policy.digest == plan.policy => return Ok(policy),
                Ok((policy, _)) => other = other.or(Some(policy)),
                Err(problems) => why = problems.first().map(ToString::to_string).unwrap_or_default(),
            }
        }
        other.ok_or_else(|| {
            format!(
                "whether the policy still asks for this cannot be told: {why}; --policy PATH says where it is"
            )
        })
    }

    fn too_old(&self, plan: &Plan) -> Option<Refusal> {
        let today = self.today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let age = plan.created.parse::<NaiveDate>().ok().map(|day| (today - day).num_days());
        let what = match (age, self.max_age) {
            (Some(age), Some(most)) if age > i64::from(most) => {
                format!("the plan is {age} days old, more than {most}")
            }
            (None, Some(_)) => "how old the plan is cannot be told".to_owned(),
            (Some(age), None) if age > OLD => {
                terminal::warn(&format!(
                    "the plan is {age} days old: each value is looked at again before it is changed"
                ));
                return None;
            }
            _ => return None,
        };
        Some(Refusal { what, flag: Some("a higher --max-age DAYS") })
    }
}

fn claim(ownership: &Ownership) -> Claim {
    let subject = match &ownership.layer {
        Layer::Override(address) => Some(Arc::clone(address)),
        _ => None,
    };
    Claim { kind: Arc::clone(&ownership.kind), subject }
}

fn of_policy(what: &str) -> Refusal {
    Refusal { what: what.to_owned(), flag: Some("--allow-changed-policy") }
}

/// The forges of a plan that are elsewhere now, by what the policy and the environment say.
pub(super) fn moved(plan: &Plan, policy: Option<&Policy>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (name, target) in &plan.forges {
        let (sort, planned) = match target {
            Target::Github(url) => (ForgeSort::Github, url),
            Target::Gitlab(url) => (ForgeSort::Gitlab, url),
            Target::Snapshot(_) => continue,
        };
        let said = match sort {
            ForgeSort::Gitlab => audit::environments_gitlab(),
            _ => audit::environments_github(),
        };
        let url = match policy {
            None if said.is_none() => continue,
            None => said,
            Some(policy) => {
                let mut alike = policy.forges.iter().filter(|f| f.sort == sort);
                let named = alike.clone().find(|f| *f.name == **name).or_else(|| alike.next());
                named.map_or(said.clone(), |forge| policy.url_of(forge, said.as_ref()))
            }
        };
        let now = match sort {
            ForgeSort::Gitlab => gitlab::Server::at(url.as_deref()).map(|s| s.url),
            _ => github::Server::at(url.as_deref()).map(|s| s.url),
        };
        let now = now.unwrap_or_default();
        if now != *planned {
            let what = format!("the plan was made for {name} at {planned}, which is at {now} now");
            refusals.push(Refusal { what, flag: None });
        }
    }
    refusals
}
