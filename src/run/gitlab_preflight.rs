//! What is known of a GitLab group before it is read: who asks, what that identity cannot see, and what
//! the reading will cost.

use std::sync::Arc;

use super::live::{Live, reason, unplanned};
use super::preflight::Blind;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::forge::gitlab::{Cost, Introduction, Reader, Sees, Server, Standing};
use crate::forge::{ForgeError, ServerAge};
use crate::model::SubjectKind;

/// What is known of a group before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitlabPreflight {
    /// The server, and the token.
    pub introduction: Introduction,
    /// Who asks, and its role in the group.
    pub standing: Standing,
    /// The projects of the group with all that is beneath it, where the server counts them.
    pub projects: Option<u64>,
    /// What reading it costs at the most.
    pub cost: Cost,
    /// What of the demand the identity cannot see, in the catalogue's order.
    pub blind: Vec<Blind>,
    /// How many settings are demanded.
    pub wanted: usize,
}

impl GitlabPreflight {
    pub(super) fn of(
        (catalog, demand): (&Catalog, &Demand),
        introduction: Introduction,
        standing: Standing,
    ) -> Self {
        let scopes = introduction.scopes.as_deref();
        let own = demand.settings.iter().map(|id| (*id, None));
        let keyed = demand.kinds.iter().flat_map(|((of, name), wanted)| {
            let bound = catalog.kind(*of, name).and_then(|k| k.on(ForgeKind::Gitlab));
            wanted.settings.iter().map(move |id| (*id, bound.map(|b| (*of, &*b.permission))))
        });
        let mut all: Vec<_> = own.chain(keyed).collect();
        all.retain(|(id, _)| catalog.get(*id).gitlab.binding().is_some());
        all.sort_by_key(|(id, _)| *id);
        let blind = |(id, list): &(_, Option<(SubjectKind, &str)>)| {
            let setting = catalog.get(*id);
            let of = SubjectKind::from_word(&setting.group).unwrap_or(SubjectKind::Repository);
            let (of, permission) = list.unwrap_or((of, &setting.gitlab.binding()?.permission));
            let partly = match standing.sees(permission, scopes, of == SubjectKind::Repository) {
                Sees::Likely => return None,
                Sees::Elsewhere => true,
                Sees::Never => false,
            };
            Some(Blind { key: setting.key.to_string(), permission: permission.to_owned(), partly })
        };
        let (blind, wanted) = (all.iter().filter_map(blind).collect(), all.len());
        let (projects, cost) = (None, Cost::default());
        Self { introduction, standing, projects, cost, blind, wanted }
    }

    /// Whether anything is demanded that not every member sees: else nobody need ask for the role.
    pub(super) fn depends_on_role(catalog: &Catalog, demand: &Demand) -> bool {
        let keyed = demand.kinds.values().flat_map(|k| &k.settings);
        let mut all = demand.settings.iter().chain(keyed).filter_map(|id| catalog.get(*id).gitlab.binding());
        all.any(|b| ["Maintainer", "Owner"].iter().any(|role| b.permission.starts_with(role)))
    }

    /// What a person should hear before the reading begins.
    pub(super) fn warning(&self) -> Option<String> {
        let Self { introduction, standing, wanted, .. } = self;
        let blind = self.blind.iter().filter(|b| !b.partly).count();
        let scopes = introduction.scopes.as_ref().map_or("scopes not told".to_owned(), |s| s.join(", "));
        let role = standing.role();
        (blind > 0).then(|| {
            format!(
                "{blind} of {wanted} settings cannot be seen with {role} ({scopes}); --explain-reads names them"
            )
        })
    }
}

impl Live<'_> {
    /// What is known of each group of a server before it is read, or why nothing is.
    pub async fn gitlab_preflight(
        &self,
        name: &Arc<str>,
        url: Option<&str>,
        groups: &[String],
    ) -> Vec<(String, Result<GitlabPreflight, String>)> {
        let opened = async {
            let reader = Reader::new(&Server::at(url)?, &self.terms, self.environment)?;
            let introduction = reader.introduce().await?;
            Ok::<_, ForgeError>((reader, introduction))
        };
        let address = |group: &String| format!("{name}:{group}");
        let (reader, introduction) = match opened.await {
            Ok(opened) => opened,
            Err(error) => {
                return groups.iter().map(|group| (address(group), Err(reason(&error)))).collect();
            }
        };
        let mut all = Vec::new();
        for group in groups {
            let found = self.group_preflight(&reader, &introduction, group).await;
            all.push((address(group), found.map_err(|e| reason(&e))));
        }
        all
    }

    async fn group_preflight(
        &self,
        reader: &Reader,
        introduction: &Introduction,
        group: &str,
    ) -> Result<GitlabPreflight, ForgeError> {
        let projects = reader.size_of(group).await?;
        let standing = reader.standing_in(group, introduction).await?;
        let age = ServerAge { version: introduction.version, ..ServerAge::default() };
        let cost = reader.cost(self.catalog, self.demand, &age, projects.unwrap_or_default());
        let cost = cost.map_err(unplanned)?;
        let known = GitlabPreflight::of((self.catalog, self.demand), introduction.clone(), standing);
        Ok(GitlabPreflight { projects, cost, ..known })
    }
}
