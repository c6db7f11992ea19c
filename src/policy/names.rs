//! Names in a policy that lead somewhere else in it: every one must lead to something.

use std::sync::Arc;

use super::document::{Forge, ForgeSort, Policy};
use super::problem::Problem;
use crate::catalog::nearest;
use crate::model::Origin;

/// What a name is the name of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// Of a profile, by the `after` of this other one.
    ProfileBefore(Arc<str>),
    Team,
    TeamType,
    /// Of a forge; where the sort matters, of that sort.
    Forge(Option<ForgeSort>),
    /// `forge:path`, or a path by itself, of a repository, an organization or a group.
    Address,
    /// The same, of the team on a forge that this team of the policy is.
    TeamAddress(Arc<str>, ForgeSort),
}

/// A place that names something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub of: Named,
    pub name: String,
    pub origin: Origin,
}

/// A file that tells of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub team: Arc<str>,
    /// It is the team's own file, which another includes.
    pub delegated: bool,
    /// It says which teams of the forges this team is, or of what type.
    pub identity: bool,
    pub origin: Origin,
}

/// Notes the names that lead nowhere, or to two things.
pub(super) fn check(policy: &Policy, problems: &mut Vec<Problem>) {
    for mention in &policy.mentions {
        let known: Option<Vec<&str>> = match &mention.of {
            Named::ProfileBefore(_) => Some(policy.profiles.iter().map(|p| &*p.name).collect()),
            Named::Team => Some(policy.teams.iter().map(|t| &*t.name).collect()),
            Named::TeamType => Some(policy.team_types.iter().map(|t| &**t).collect()),
            Named::Forge(_) | Named::Address | Named::TeamAddress(..) => None,
        };
        match known {
            Some(known) => known_name(policy, mention, &known, problems),
            None => address(policy, mention, problems),
        }
    }
    told_once(policy, problems);
    claimed_once(policy, problems);
}

fn known_name(policy: &Policy, mention: &Mention, known: &[&str], problems: &mut Vec<Problem>) {
    let name = mention.name.as_str();
    if known.contains(&name) {
        return;
    }
    let what = match &mention.of {
        Named::ProfileBefore(_) => "profile",
        Named::Team => "team",
        _ => "team type",
    };
    let itself = |k: &&&str| !matches!(&mention.of, Named::ProfileBefore(itself) if **itself == ***k);
    let others: Vec<&str> = known.iter().filter(itself).copied().collect();
    let help = match nearest(name, others.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if matches!(mention.of, Named::TeamType) && others.is_empty() => {
            format!("write [team_type.{name}.repository], or leave the type out")
        }
        None if others.is_empty() => {
            let no = if known.is_empty() { "no" } else { "no other" };
            format!("this policy has {no} {what}")
        }
        None => format!("this policy has: {}", others.join(", ")),
    };
    let problem = Problem::new("policy::unknown_name", format!("there is no {what} `{name}`"));
    problems.push(problem.at_origin(&policy.sources, &mention.origin, "named here").help(help));
}

/// The forge of an address must be there, and should have the organization.
fn address(policy: &Policy, mention: &Mention, problems: &mut Vec<Problem>) {
    let (name, path) = match (&mention.of, mention.name.split_once(':')) {
        (Named::Forge(_), _) => (Some(mention.name.as_str()), None),
        (_, Some((forge, path))) => (Some(forge), Some(path)),
        (_, None) => (None, Some(mention.name.as_str())),
    };
    let sort = match mention.of {
        Named::Forge(sort) => sort,
        Named::TeamAddress(_, sort) => Some(sort),
        _ => None,
    };
    let forges: Vec<&Forge> =
        policy.forges.iter().filter(|f| name.is_none_or(|name| *f.name == *name)).collect();
    if let (Some(name), true) = (name, forges.is_empty()) {
        if !policy.forges.is_empty() && !stands_in(policy, name) {
            let names = || policy.forges.iter().map(|f| &*f.name);
            let help = match nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("this policy has: {}", names().collect::<Vec<_>>().join(", ")),
            };
            let problem = Problem::new("policy::unknown_name", format!("there is no forge `{name}`"));
            problems.push(problem.at_origin(&policy.sources, &mention.origin, "named here").help(help));
        }
        return;
    }
    if let (Some(sort), [forge]) = (sort, forges.as_slice())
        && forge.sort != sort
        && forge.sort != ForgeSort::Snapshot
        && name.is_some()
    {
        let (is, wanted) = (forge.sort.word(), sort.word());
        let message = format!("`{}` is on a {is} forge", mention.name);
        let problem = Problem::new("policy::address", message);
        let problem = problem.at_origin(&policy.sources, &mention.origin, format!("not on a {wanted} one"));
        problems.push(problem.help(format!("write it under {is} = […]")));
    } else if let (Some(path), Named::Address) = (path, &mention.of) {
        let within = |listed: &String| {
            path.get(..listed.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(listed))
                && matches!(path.as_bytes().get(listed.len()), None | Some(b'/'))
        };
        let lists_all = forges.iter().all(|f| !f.organizations.is_empty() && f.enterprise.is_none());
        let listed = || forges.iter().flat_map(|f| &f.organizations);
        if lists_all && !forges.is_empty() && !listed().any(within) {
            let organization = path.split('/').next().unwrap_or(path);
            let help = match nearest(organization, listed().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the [[forge]] lists: {}", listed().cloned().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("`{}` is in no organization that this policy reads", mention.name);
            let problem = Problem::warning("policy::address", message);
            problems.push(problem.at_origin(&policy.sources, &mention.origin, "never met").help(help));
        }
    }
}

/// The names that forges of the command line go by where the policy has none of their sort.
fn stands_in(policy: &Policy, name: &str) -> bool {
    ForgeSort::WORDS.iter().any(|(word, sort)| {
        *word == name
            && *sort != ForgeSort::Snapshot
            && !policy.forges.iter().any(|f| f.sort == *sort || f.sort == ForgeSort::Snapshot)
    })
}

/// A team speaks for itself in one file, and the policy that includes it says who the team is.
fn told_once(policy: &Policy, problems: &mut Vec<Problem>) {
    for (i, told) in policy.told.iter().enumerate().filter(|(_, t)| t.delegated) {
        let others = || policy.told.iter().enumerate().filter(|(j, o)| *j != i && o.team == told.team);
        let (message, says, first, help) = if let Some((_, first)) =
            others().find(|(j, o)| o.delegated && *j < i)
        {
            let message = format!("two included files speak for team `{}`", told.team);
            (message, "the second", first, "let one file be the team's own")
        } else if let Some((_, first)) = others().find(|(_, o)| told.identity && !o.delegated && o.identity) {
            let message = format!("the policy says already who team `{}` is", told.team);
            (
                message,
                "not a team's to say",
                first,
                "leave `type`, `github` and `gitlab` out of the team's own file",
            )
        } else {
            continue;
        };
        let problem = Problem::new("policy::delegated", message);
        let problem = problem.at_origin(&policy.sources, &told.origin, says);
        problems.push(problem.at_origin(&policy.sources, &first.origin, "the first").help(help));
    }
}

/// Two teams that are one team of a forge would own the same repositories.
fn claimed_once(policy: &Policy, problems: &mut Vec<Problem>) {
    let claims: Vec<(&Arc<str>, &Mention)> = policy
        .mentions
        .iter()
        .filter_map(|m| if let Named::TeamAddress(team, _) = &m.of { Some((team, m)) } else { None })
        .collect();
    for (i, (team, claim)) in claims.iter().enumerate() {
        let same = |(other, first): &&(&Arc<str>, &Mention)| {
            other != team && first.name.eq_ignore_ascii_case(&claim.name)
        };
        if let Some((other, first)) = claims[..i].iter().find(same) {
            let message = format!("teams `{other}` and `{team}` are both `{}`", claim.name);
            let problem = Problem::new("policy::address", message);
            let problem = problem.at_origin(&policy.sources, &claim.origin, "the second");
            let problem = problem.at_origin(&policy.sources, &first.origin, "the first");
            problems
                .push(problem.help("a team of a forge is one team of the policy: give it to one of them"));
        }
    }
}
