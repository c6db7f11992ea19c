//! What all the files of a policy say together, before it is resolved for any subject.

use std::ops::Range;
use std::sync::Arc;

use super::names::{Mention, Told};
use super::selector::Selector;
use super::source::Source;
use crate::model::{
    Constraint, Control, Declined, Layer, Lenses, Origin, Remedy, SettingId, Severity, Stage, Subject,
    SubjectKind, Value, Waiver, WeightsFile,
};

/// A policy: every file read, checked and put in order.
#[derive(Debug, Default)]
pub struct Policy {
    /// The files, for showing lines of them.
    pub sources: Vec<Arc<Source>>,
    /// The forges it is about.
    pub forges: Vec<Forge>,
    /// The project types.
    pub profiles: Vec<Profile>,
    /// The teams.
    pub teams: Vec<Team>,
    /// Every statement about a setting.
    pub statements: Vec<Statement>,
    /// The accepted departures.
    pub waivers: Vec<Waiver>,
    /// How many days ahead the last day of a waiver may be.
    pub most_days: Option<i64>,
    /// What is not to be set above repositories.
    pub declined: Vec<Declined>,
    /// How far the policy owns a collection.
    pub ownerships: Vec<Ownership>,
    /// The custom property that names a repository's owner.
    pub owner_property: String,
    /// By what rules branches are mended, where the policy says so.
    pub remedy: Option<Remedy>,
    /// The same of a project type.
    pub remedies: Vec<(Arc<str>, Remedy)>,
    /// The controls that its lines serve, and those that people check by hand.
    pub controls: Vec<Arc<Control>>,
    /// The weights of the friction index that it sets itself.
    pub weights: WeightsFile,
    /// SHA-256 over the files, in hexadecimal.
    pub digest: String,
    /// The types of team that it tells of.
    pub(super) team_types: Vec<Arc<str>>,
    /// Names that must lead somewhere.
    pub(super) mentions: Vec<Mention>,
    /// The files that tell of each team.
    pub(super) told: Vec<Told>,
}

/// The sort of a forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgeSort {
    /// github.com, GitHub Enterprise Cloud or Server.
    Github,
    /// gitlab.com or self-managed.
    Gitlab,
    /// A snapshot file.
    Snapshot,
}

/// A `[[forge]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forge {
    /// Its name in addresses.
    pub name: Arc<str>,
    /// Its sort.
    pub sort: ForgeSort,
    /// Where it is, unless at its public address.
    pub url: Option<String>,
    /// Its organizations or groups.
    pub organizations: Vec<String>,
    /// A GitHub enterprise, all of whose organizations count, by its slug.
    pub enterprise: Option<String>,
    /// The path of the GitLab group that everybody of the company is in: a private project that is shared
    /// with it counts as internal.
    pub everyone: Option<String>,
    /// The snapshot's file, as a path that can be opened.
    pub path: Option<std::path::PathBuf>,
    /// Where it is written; none when the command line named it.
    pub origin: Option<Origin>,
}

/// A `[profile.NAME]`: a project type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: Arc<str>,
    /// What is of this type.
    pub select: Selector,
    /// The profiles over which it prevails.
    pub after: Vec<(Arc<str>, Origin)>,
    /// The steps of a contributor's journey that it has no part in.
    pub without_stages: Vec<Stage>,
    /// Where it begins.
    pub origin: Origin,
    /// The rank of the file whose selector stands.
    pub(super) rank: u32,
}

/// A `[team.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Team {
    /// Its name.
    pub name: Arc<str>,
    /// The type of team that it is.
    pub team_type: Option<Arc<str>>,
    /// Its teams and groups on the forges: `ghec:acme/payments`.
    pub addresses: Vec<String>,
}

impl Team {
    /// Whether a slug, within the subject's organization, is this team; by its address there, or
    /// by its name where the policy gives it no address.
    pub fn is_slug(&self, subject: &Subject, slug: &str) -> bool {
        if self.addresses.is_empty() {
            return self.name.eq_ignore_ascii_case(slug);
        }
        self.addresses.iter().any(|address| {
            let (forge, path) =
                address.split_once(':').map_or((None, address.as_str()), |(f, p)| (Some(f), p));
            let (organization, team) = path.rsplit_once('/').unwrap_or(("", path));
            forge.is_none_or(|f| f == &*subject.forge)
                && (organization.is_empty() || organization.eq_ignore_ascii_case(subject.organization()))
                && team.eq_ignore_ascii_case(slug)
        })
    }

    /// Whether a path such as `acme/payments` is that of one of its teams or groups; where the policy
    /// gives it no address, or one without an organization, by its last part.
    pub fn is_path(&self, subject: &Subject, path: &str) -> bool {
        let Some((_, slug)) = path.rsplit_once('/') else { return false };
        if self.addresses.is_empty() {
            return self.name.eq_ignore_ascii_case(slug);
        }
        self.paths(subject).any(|own| own.eq_ignore_ascii_case(if own.contains('/') { path } else { slug }))
    }

    /// How long the path is of the group of its that the subject is in; none where it is in none.
    pub fn group_around(&self, subject: &Subject) -> Option<usize> {
        let around = |own: &&str| {
            let within = subject.name.get(..own.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(own));
            own.contains('/') && within && subject.name.as_bytes().get(own.len()) == Some(&b'/')
        };
        self.paths(subject).filter(around).map(str::len).max()
    }

    /// The paths of its teams and groups on the subject's forge.
    fn paths<'t>(&'t self, subject: &Subject) -> impl Iterator<Item = &'t str> {
        let on_forge = |address: &'t String| match address.split_once(':') {
            Some((forge, path)) => (forge == &*subject.forge).then_some(path),
            None => Some(address.as_str()),
        };
        self.addresses.iter().filter_map(on_forge)
    }
}

/// One line that asks something of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where in the order it stands.
    pub layer: Layer,
    /// Within a layer a later file prevails: packs have the lowest rank, the policy the highest.
    pub rank: u32,
    /// Whether nothing below may accept more.
    pub floor: bool,
    /// The scope it is about.
    pub of: SubjectKind,
    /// The setting.
    pub setting: SettingId,
    /// The item of a collection.
    pub key: Option<Arc<str>>,
    /// What is accepted; `None` takes back what earlier layers asked.
    pub constraint: Option<Constraint>,
    /// Where the policy says how much it matters.
    pub severity: Option<Severity>,
    /// The policy's reason.
    pub why: Option<Arc<str>>,
    /// What to write.
    pub fix: Option<Value>,
    /// The controls that it serves.
    pub controls: Vec<Arc<Control>>,
    /// Who answers for it.
    pub owner: Option<Arc<str>>,
    /// It is in the way of people on purpose.
    pub healthy: bool,
    /// The line.
    pub origin: Origin,
}

impl Statement {
    /// The lenses of the controls that it serves; none where they leave it to the setting.
    pub fn lenses(&self) -> Option<Lenses> {
        let told: Vec<Lenses> = self.controls.iter().filter_map(|c| c.lenses).collect();
        (!told.is_empty()).then(|| told.into_iter().flat_map(Lenses::iter).collect())
    }
}

/// How far a layer owns a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// The layer that says so.
    pub layer: Layer,
    /// The scope.
    pub of: SubjectKind,
    /// The kind.
    pub kind: Arc<str>,
    /// The mode.
    pub mode: OwnershipMode,
    /// The line.
    pub origin: Origin,
}

/// What is to become of items that the policy does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnershipMode {
    /// They may be removed.
    Complete,
    /// They are left alone; items that the policy names are managed.
    Additive,
    /// Nothing is written; departures are reported.
    Watch,
    /// Nothing is written or reported.
    Ignore,
}

impl OwnershipMode {
    /// The words of a policy.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("complete", Self::Complete),
        ("additive", Self::Additive),
        ("watch", Self::Watch),
        ("ignore", Self::Ignore),
    ];
}

impl Policy {
    /// Where a forge is: the environment's word beats the policy's. Where the policy has several of
    /// the sort, the environment speaks of those alone to which the policy gives no address.
    pub fn url_of(&self, forge: &Forge, environment: Option<&String>) -> Option<String> {
        let several = self.forges.iter().filter(|f| f.sort == forge.sort).count() > 1;
        match (&forge.url, environment) {
            (Some(own), Some(_)) if several => Some(own.clone()),
            (own, environment) => environment.or(own.as_ref()).cloned(),
        }
    }

    /// The source of a place.
    pub fn source(&self, origin: &Origin) -> Option<&Arc<Source>> {
        self.sources.iter().find(|s| s.name == origin.file)
    }

    /// Teams as the forge of a subject mentions them: `@acme/payments`. One that the policy gives no address
    /// there is called as it is named.
    pub fn mentions_of(&self, subject: &Subject, teams: &[Arc<str>]) -> Vec<String> {
        let within = |path: &str| {
            if path.contains('/') { path.to_owned() } else { subject.organization().to_owned() + "/" + path }
        };
        let named = |team: &Arc<str>| {
            let told = self.teams.iter().find(|t| t.name == *team);
            let mut paths = told.into_iter().flat_map(|t| t.paths(subject));
            let path = paths.next().map_or_else(|| within(team), within);
            format!("@{path}")
        };
        teams.iter().map(named).collect()
    }

    /// By what rules the branches are mended of a repository of these types, of which the last prevails.
    pub fn remedy_of(&self, profiles: &[Arc<str>]) -> Remedy {
        let told = |profile: &Arc<str>| self.remedies.iter().rev().find(|(name, _)| name == profile);
        let of_type = profiles.iter().rev().find_map(told).map(|(_, remedy)| *remedy);
        of_type.or(self.remedy).unwrap_or(Remedy::Ruleset)
    }

    /// The bytes of a place in its file.
    pub(super) fn span(origin: &Origin) -> Range<usize> {
        origin.offset..origin.offset + origin.length
    }
}
