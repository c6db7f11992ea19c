//! Where each setting is read: in the composed query, in a list, or in a document of its own.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::catalog::{Binding, Catalog, Dialect, Endpoint, ForgeKind, Kind, KindBinding, Path, bare};
use crate::model::SubjectKind;

/// The list of an organization's repositories, as rows name it.
fn repository_list(forge: ForgeKind) -> &'static str {
    match forge {
        ForgeKind::Github => "/orgs/{org}/repos",
        ForgeKind::Gitlab => "/groups/{id}/projects",
    }
}

/// How the answers to a forge's queries are read.
pub(in crate::forge) fn dialect(forge: ForgeKind) -> Dialect {
    match forge {
        ForgeKind::Github => Dialect::Graphql,
        ForgeKind::Gitlab => Dialect::GitlabGraphql,
    }
}

/// Where one setting is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::forge) enum Way {
    /// In the composed query.
    Query,
    /// In the list of the organization's repositories.
    List,
    /// Through what was read before: the teams of the organization, the groups above a project.
    Via,
    /// In a REST document of the subject's own, asked for where an expectation needs it.
    Own,
    /// Nowhere: the server is older than the setting.
    Newer,
    /// Nowhere: it is told of another scope only.
    OtherScope,
}

/// Where a setting of a collection's item is read.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::forge) enum ItemWay {
    /// In the composed query.
    Query,
    /// In the REST list of the collection, at this place of an item.
    Listed(Option<Path>),
    /// In a document of the item's own.
    Own(Endpoint),
    /// Nowhere: the server is older than the setting.
    Newer,
    /// Nowhere: items of this scope have no such thing.
    OtherScope,
}

/// The way to a setting of a subject itself.
pub(in crate::forge) fn of_subject(binding: &Binding, of: SubjectKind, forge: ForgeKind) -> Way {
    let listed = |e: &Endpoint| of == SubjectKind::Repository && bare(&e.path) == repository_list(forge);
    let listed = binding.list.as_ref().is_some_and(listed);
    // GitLab's list is read in any case, since it says which projects there are.
    let queried = binding.graphql.is_some() && !(listed && forge == ForgeKind::Gitlab);
    if binding.via.is_some() {
        Way::Via
    } else if queried {
        Way::Query
    } else if listed {
        Way::List
    } else if binding.rest.as_ref().is_some_and(|e| is_of(&e.path, of)) {
        Way::Own
    } else {
        Way::OtherScope
    }
}

/// Whether a collection of which these settings are wanted is read in the composed query: on GitLab
/// only where the query carries all of them, for else its REST list is needed anyway.
pub(in crate::forge) fn is_queried<'b>(
    kind: &KindBinding,
    mut wanted: impl Iterator<Item = &'b Binding>,
    forge: ForgeKind,
) -> bool {
    kind.graphql.is_some()
        && (forge == ForgeKind::Github || kind.list.is_none() || wanted.all(|b| b.graphql.is_some()))
}

/// The way to a setting of an item.
pub(in crate::forge) fn of_item(
    binding: &Binding,
    kind: &Kind,
    catalog: &Catalog,
    forge: ForgeKind,
    queried: bool,
) -> ItemWay {
    let bound = kind.on(forge);
    if queried && binding.graphql.is_some() {
        return ItemWay::Query;
    }
    let Some(rest) = &binding.rest else { return ItemWay::OtherScope };
    // A row tells its place once, though a kind of the same name may be of two scopes.
    let namesakes = || catalog.kinds().filter(|k| k.name == kind.name);
    let is = |e: Option<&Endpoint>| e.is_some_and(|e| bare(&e.path) == bare(&rest.path));
    let listed = |k: &Kind| is(k.on(forge).and_then(|b| b.list.as_ref()));
    // What a repository's items carry, those of an organization carry too; not the other way round.
    let below = |k: &&Kind| k.of == SubjectKind::Repository || k.of == kind.of;
    if namesakes().filter(below).any(listed) {
        return ItemWay::Listed(in_item(rest));
    }
    if namesakes().any(listed) {
        return ItemWay::OtherScope;
    }
    if namesakes().any(|k| is(k.on(forge).and_then(|b| b.one.as_ref()))) {
        return match bound.and_then(|b| b.one.as_ref()) {
            Some(one) => ItemWay::Own(Endpoint { path: one.path.clone(), ..rest.clone() }),
            None => ItemWay::OtherScope,
        };
    }
    if is_of(&rest.path, kind.of) { ItemWay::Own(rest.clone()) } else { ItemWay::OtherScope }
}

/// The pointer of a row into the list, from an item on.
fn in_item(rest: &Endpoint) -> Option<Path> {
    let pointer = rest.pointer.as_ref()?;
    if rest.each {
        return Some(pointer.clone());
    }
    match pointer.list_first() {
        Some((_, within)) => within,
        None => Some(pointer.clone()),
    }
}

/// Whether a document is beneath a subject of that scope.
fn is_of(template: &str, of: SubjectKind) -> bool {
    let beneath: &[&str] = match of {
        SubjectKind::Repository => &["/repos/{owner}/{repo}", "/projects/{id}"],
        SubjectKind::Organization => {
            &["/orgs/{org}", "/organizations/{org}", "/enterprises/{enterprise}/", "/groups/{id}"]
        }
        // Of an instance: what is beneath no group and no project.
        SubjectKind::Enterprise => {
            &["/application", "/admin/", "/license", "/metadata", "/member_roles", "/hooks"]
        }
    };
    beneath.iter().any(|root| template.starts_with(root))
}

/// What a server does not have: fields that it said it does not know, and what came after its version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerAge {
    /// What of GraphQL the server said that it does not know.
    pub lacks: BTreeSet<Lack>,
    /// The version of a GitHub Enterprise Server; none where the server is GitHub's own cloud, or
    /// has not said.
    pub version: Option<Version>,
}

impl ServerAge {
    /// Whether the server knows every field of a path that begins at an object of that type.
    pub(in crate::forge) fn knows(&self, path: &Path, root: &str) -> bool {
        !self.lacks.iter().any(|lack| lack.blocks(path, root))
    }

    /// Whether a server of this age can have what came with `since`: a version, or `cloud` for what
    /// no server has.
    pub(in crate::forge) fn reaches(&self, since: Option<&str>) -> bool {
        let (Some(since), Some(version)) = (since, self.version) else { return true };
        match since.parse::<Version>() {
            Ok(first) => version >= first,
            Err(_) => since != "cloud",
        }
    }
}

/// Something of GraphQL that a server does not know, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// A field of a type.
    Field {
        /// The type.
        of: String,
        /// The field's name.
        name: String,
    },
    /// An argument, without which a field would tell something else.
    Argument {
        /// The field's name.
        field: String,
    },
    /// A type.
    Type {
        /// Its name.
        name: String,
    },
}

impl Lack {
    /// What an error of a whole query says that the server lacks.
    pub(in crate::forge) fn from_message(message: &str) -> Option<Self> {
        if let Some(rest) = message.strip_prefix("No such type ") {
            let name = rest.split([' ', ',', '.']).next().filter(|n| !n.is_empty())?;
            return Some(Self::Type { name: name.trim_matches('\'').to_owned() });
        }
        let (name, rest) = message.strip_prefix("Field '")?.split_once('\'')?;
        if let Some((_, ty)) = rest.split_once("doesn't exist on type '") {
            let of = ty.split('\'').next().unwrap_or_default().to_owned();
            return Some(Self::Field { of, name: name.to_owned() });
        }
        rest.contains("doesn't accept argument").then(|| Self::Argument { field: name.to_owned() })
    }

    /// Whether a path that begins at an object of that type cannot be followed for the want of it. Of
    /// which types the objects further on are is not known: there a name alone decides.
    fn blocks(&self, path: &Path, root: &str) -> bool {
        match self {
            Self::Field { of, name } if of == root => path.begins_with(name),
            Self::Field { name, .. } => path.goes_on_through(name),
            Self::Argument { field } => path.goes_through(field),
            Self::Type { name } => path.speaks_of(name),
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { of, name } => write!(f, "{of}.{name}"),
            Self::Argument { field } => write!(f, "an argument of {field}"),
            Self::Type { name } => f.write_str(name),
        }
    }
}

/// The version of a server: its first two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u32, u32);

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.trim().split('.').map(|n| n.parse().map_err(|_| ()));
        Ok(Self(numbers.next().ok_or(())??, numbers.next().ok_or(())??))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_an_organizations_items_carry_is_no_setting_of_a_repositorys() {
        let catalog = Catalog::built_in().unwrap();
        let way = |key: &str, of| {
            let setting = catalog.find(key).unwrap();
            let kind = catalog.kind_of(setting, of).unwrap();
            let bound = kind.github.as_ref().is_some_and(|b| b.graphql.is_some());
            of_item(setting.github.binding().unwrap(), kind, &catalog, ForgeKind::Github, bound)
        };
        for of in [SubjectKind::Organization, SubjectKind::Repository] {
            assert!(matches!(way("secret.updated_at", of), ItemWay::Listed(Some(_))), "{of:?}");
        }
        assert!(matches!(way("secret.visibility", SubjectKind::Organization), ItemWay::Listed(Some(_))));
        assert!(matches!(way("secret.selected_repositories", SubjectKind::Organization), ItemWay::Own(_)));
        for key in ["secret.visibility", "secret.selected_repositories"] {
            assert_eq!(way(key, SubjectKind::Repository), ItemWay::OtherScope, "{key}");
        }
    }

    #[test]
    fn what_a_server_lacks_is_known_by_where_it_would_be() {
        let age = |message: &str| {
            let lacks = Lack::from_message(message).into_iter().collect();
            ServerAge { lacks, ..ServerAge::default() }
        };
        let path = |text: &str| Path::parse(text).unwrap();
        let of_team = age("Field 'visibility' doesn't exist on type 'Team'");
        assert!(of_team.knows(&path("visibility"), "Repository"), "the repository's own is another");
        assert!(!of_team.knows(&path("parent.visibility"), "Repository"));
        let own = age("Field 'visibility' doesn't exist on type 'Repository'");
        assert!(!own.knows(&path("visibility"), "Repository"));
        let ty = age("No such type EnterpriseTeam, so it can't be a fragment condition");
        assert!(!ty.knows(&path("actor<EnterpriseTeam.slug | Team.slug>"), "Repository"));
        let argument = age("Field 'rulesets' doesn't accept argument 'includeParents'");
        assert!(!argument.knows(&path("rulesets(includeParents: true)[5].name"), "Repository"));
        assert_eq!(Lack::from_message("Something went wrong"), None);
    }

    #[test]
    fn a_server_has_what_came_before_it() {
        let of = |version: &str| ServerAge { version: version.parse().ok(), ..ServerAge::default() };
        assert!(of("3.18.2").reaches(Some("3.18")));
        assert!(!of("3.9.0").reaches(Some("3.18")));
        assert!(!of("3.18.2").reaches(Some("cloud")));
        assert!(of("").reaches(Some("cloud")), "the cloud has no version");
    }
}
