//! What is in the way of many for one reason: caused above the repositories, or wanting in half or more of
//! one profile.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::journey::Journey;
use super::summary::FEWEST;
use crate::model::{Expectation, Finding, Subject, Verdict};

/// One wish that many repositories do not meet.
#[derive(Debug, Clone)]
pub struct Hindrance<'f> {
    /// The wish, as one of them has it.
    pub wish: &'f Arc<Expectation>,
    /// The findings, waived ones too.
    pub findings: Vec<&'f Finding>,
    /// The points that it adds to the indexes of all of them.
    pub points: f64,
    /// Why it is systemic; none where it is not.
    pub systemic: Option<Systemic>,
}

/// Why something is in the way of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Systemic {
    /// A setting above the repositories has it so.
    Above {
        /// Where, such as `organization acme: members_can_fork_private_repositories`.
        what: Arc<str>,
    },
    /// Half or more of the repositories of a profile are like that.
    Profile {
        /// The profile.
        name: Arc<str>,
        /// How many fail.
        failing: usize,
        /// Of how many.
        of: usize,
    },
}

/// What share of all points is in the way of many, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SystemicShare {
    /// Because of a setting above.
    pub above: f64,
    /// Because half or more of a profile are like that.
    pub profile: f64,
}

/// The wishes that are not met and stand in the way, those that cost most first; and their systemic share.
pub fn hindrances<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    journeys: &[Journey],
) -> (Vec<Hindrance<'f>>, SystemicShare) {
    let mut places: HashMap<(u32, Option<&str>, &str, usize), usize> = HashMap::new();
    let mut all: Vec<Hindrance<'f>> = Vec::new();
    let in_the_way = |f: &&Finding| f.points > 0.0 && matches!(f.verdict, Verdict::Drift | Verdict::Waived);
    for finding in findings.into_iter().filter(in_the_way) {
        let wish = &finding.expectation;
        let key = (wish.setting.0, wish.key.as_deref(), &*wish.origin.file, wish.origin.offset);
        let place = *places.entry(key).or_insert_with(|| {
            all.push(Hindrance { wish, findings: Vec::new(), points: 0.0, systemic: None });
            all.len() - 1
        });
        all[place].points += finding.points;
        all[place].findings.push(finding);
    }
    let of: HashMap<&Subject, &Journey> = journeys.iter().map(|j| (&*j.subject, j)).collect();
    let mut sizes: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    journeys.iter().flat_map(|j| &j.profiles).for_each(|name| *sizes.entry(name).or_default() += 1);
    let obstacles: f64 = journeys.iter().flat_map(|j| &j.obstacles).map(|(_, points)| points).sum();
    let total: f64 = obstacles + all.iter().map(|h| h.points).sum::<f64>();
    let mut share = SystemicShare::default();
    for hindrance in &mut all {
        hindrance.systemic = systemic(&hindrance.findings, &of, &sizes);
        match &hindrance.systemic {
            Some(Systemic::Above { .. }) => share.above += hindrance.points,
            Some(Systemic::Profile { .. }) => share.profile += hindrance.points,
            None => {}
        }
    }
    if total > 0.0 {
        share.above /= total;
        share.profile /= total;
    }
    all.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.wish.origin.cmp(&b.wish.origin)));
    (all, share)
}

fn systemic(
    findings: &[&Finding],
    of: &HashMap<&Subject, &Journey>,
    sizes: &BTreeMap<&Arc<str>, usize>,
) -> Option<Systemic> {
    let mut roots: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    findings.iter().filter_map(|f| f.root.as_ref()).for_each(|root| *roots.entry(root).or_default() += 1);
    if let Some((what, failing)) = roots.into_iter().max_by_key(|(_, n)| *n)
        && failing * 2 >= findings.len()
    {
        return Some(Systemic::Above { what: Arc::clone(what) });
    }
    // A repository counts once, however many of its items fail.
    let subjects: HashSet<&Subject> = findings.iter().map(|f| &*f.subject).collect();
    let mut failing: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    for name in subjects.iter().filter_map(|s| of.get(s)).flat_map(|j| &j.profiles) {
        *failing.entry(name).or_default() += 1;
    }
    let widespread = failing.into_iter().filter_map(|(name, failing)| {
        let of = sizes.get(name).copied().unwrap_or_default();
        (of >= FEWEST && failing * 2 >= of).then_some((name, failing, of))
    });
    let (name, failing, of) = widespread.max_by_key(|(_, failing, _)| *failing)?;
    Some(Systemic::Profile { name: Arc::clone(name), failing, of })
}
