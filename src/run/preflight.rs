//! What is known of a run before anything is read: who asks, what that identity cannot see, and what
//! the reading will cost.

use crate::catalog::{Catalog, Demand, Permission, Setting};
use crate::forge::github::{Forecast, Introduction, ReadPlan, Sight};
use crate::forge::{ForgeError, ServerAge};
use crate::model::SubjectKind;

use super::live::unplanned;

/// GitHub allows that many REST requests an hour to a person; an App's installation has them at least.
/// Source: docs.github.com, "Rate limits for the REST API".
pub const REST_AN_HOUR: u64 = 5000;

/// A setting that the identity cannot see, or not everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blind {
    /// The setting's key.
    pub key: String,
    /// What it takes to see it.
    pub permission: String,
    /// It is seen where the person administers the repository.
    pub partly: bool,
}

/// What is known of an organization before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    /// Who asks, and how large the organization is.
    pub introduction: Introduction,
    /// What reading it costs at the most, the documents of single items not counted.
    pub forecast: Forecast,
    /// The kinds of which each item costs a request or more.
    pub each_item: Vec<String>,
    /// What of the demand the identity cannot see, in the catalogue's order.
    pub blind: Vec<Blind>,
    /// How many settings are demanded.
    pub wanted: usize,
}

impl Preflight {
    /// Holds what an identity may see against what is demanded.
    ///
    /// # Errors
    /// When two rows exclude one another.
    pub(super) fn of(
        catalog: &Catalog,
        demand: &Demand,
        age: &ServerAge,
        introduction: Introduction,
    ) -> Result<Self, ForgeError> {
        let plan = ReadPlan::new(catalog, demand, age).map_err(unplanned)?;
        let mut forecast = plan.forecast(introduction.repositories, plan.largest_page());
        // What was asked to know this is part of it.
        forecast.graphql += 1;
        forecast.points += 1;
        forecast.rest += u64::from(age.version.is_some());
        let own = demand.settings.iter().map(|id| (*id, None));
        // A collection that only a list has takes what the list takes, which each scope has its own of.
        let keyed = demand.kinds.iter().flat_map(|((of, name), wanted)| {
            let list =
                catalog.kind(*of, name).and_then(|k| k.github.as_ref()).filter(|b| b.graphql.is_none());
            wanted.settings.iter().map(move |id| (*id, list.map(|b| (*of, &*b.permission))))
        });
        let mut all: Vec<_> = own.chain(keyed).collect();
        all.sort_by_key(|(id, _)| *id);
        let blind = all.iter().filter_map(|(id, list)| {
            let setting = catalog.get(*id);
            let binding = setting.github.binding()?;
            let of = if &*setting.group == SubjectKind::Organization.word() {
                SubjectKind::Organization
            } else {
                SubjectKind::Repository
            };
            let (of, permission) = list.unwrap_or((of, &binding.permission));
            blind(setting, of, permission, &introduction)
        });
        let blind = blind.collect();
        let each_item = plan.kinds_with_documents().into_iter().map(str::to_owned).collect();
        Ok(Self { forecast, each_item, blind, wanted: all.len(), introduction })
    }

    /// What a person should hear before the reading begins.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let blind = self.blind.iter().filter(|b| !b.partly).count();
        if blind > 0 {
            let (wanted, rights) = (self.wanted, &self.introduction.rights);
            lines.push(format!(
                "{blind} of {wanted} settings cannot be seen with {rights}; --explain-reads names them"
            ));
        }
        let left = self.introduction.points_left.unwrap_or(u64::MAX);
        if self.forecast.points > left {
            lines.push(format!(
                "about {} GraphQL points are needed and {left} are left of this hour's budget: it will be waited for",
                self.forecast.points
            ));
        }
        if self.introduction.points_left.is_some() && self.forecast.rest > REST_AN_HOUR {
            lines.push(format!(
                "up to {} REST requests may be needed, more than the {REST_AN_HOUR} that an hour allows; answers that have not changed are free",
                self.forecast.rest
            ));
        }
        lines
    }
}

fn blind(setting: &Setting, of: SubjectKind, permission: &str, introduction: &Introduction) -> Option<Blind> {
    let of_organization = of == SubjectKind::Organization;
    let sight = introduction.rights.sight(&Permission::parse(permission));
    let partly = match sight {
        Sight::No => false,
        // Whether the person owns the organization is known; of a repository it is told by each.
        Sight::OfAdministrators if of_organization && introduction.owner == Some(true) => return None,
        Sight::OfAdministrators if of_organization => introduction.owner.is_none(),
        Sight::OfAdministrators if introduction.owner == Some(true) => return None,
        Sight::OfAdministrators => true,
        Sight::Likely | Sight::Sure => return None,
    };
    Some(Blind { key: setting.key.to_string(), permission: permission.to_owned(), partly })
}
