//! What is in the way of many for one reason: caused above the repositories, or wanting in half or more of
//! one profile.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::journey::Journey;
use super::summary::FEWEST;
use crate::model::{Expectation, Finding, Subject, Systemic, Verdict};

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
    let members = Members::new(journeys.iter().map(|j| (&*j.subject, &*j.profiles)));
    let obstacles: f64 = journeys.iter().flat_map(|j| &j.obstacles).map(|(_, points)| points).sum();
    let total: f64 = obstacles + all.iter().map(|h| h.points).sum::<f64>();
    let mut share = SystemicShare::default();
    for hindrance in &mut all {
        hindrance.systemic = systemic(&hindrance.findings, &members);
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

fn systemic(findings: &[&Finding], members: &Members<'_>) -> Option<Systemic> {
    let mut roots: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    findings.iter().filter_map(|f| f.root.as_ref()).for_each(|root| *roots.entry(root).or_default() += 1);
    if let Some((what, failing)) = roots.into_iter().max_by_key(|(_, n)| *n)
        && failing * 2 >= findings.len()
    {
        return Some(Systemic::Above { what: Arc::clone(what) });
    }
    members.widespread(findings.iter().map(|f| &*f.subject))
}

/// Which repositories are of which profiles.
#[derive(Debug, Default)]
pub struct Members<'s> {
    of: HashMap<&'s Subject, &'s [Arc<str>]>,
    sizes: BTreeMap<&'s Arc<str>, usize>,
}

impl<'s> Members<'s> {
    /// Repositories with their profiles.
    pub fn new(all: impl Iterator<Item = (&'s Subject, &'s [Arc<str>])>) -> Self {
        let mut members = Self::default();
        for (subject, profiles) in all {
            members.of.insert(subject, profiles);
            profiles.iter().for_each(|name| *members.sizes.entry(name).or_default() += 1);
        }
        members
    }

    /// The profile of which these are half or more; of several the one with the most of them. A repository counts
    /// once, however many of its items fail.
    fn widespread<'f>(&self, failing: impl Iterator<Item = &'f Subject>) -> Option<Systemic> {
        let subjects: HashSet<&Subject> = failing.collect();
        let mut failing: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
        for name in subjects.iter().filter_map(|s| self.of.get(s)).copied().flatten() {
            *failing.entry(name).or_default() += 1;
        }
        let widespread = failing.into_iter().filter_map(|(name, failing)| {
            let of = self.sizes.get(name).copied().unwrap_or_default();
            (of >= FEWEST && failing * 2 >= of).then_some((name, failing, of))
        });
        let (name, failing, of) = widespread.max_by_key(|(_, failing, _)| *failing)?;
        Some(Systemic::Profile { name: Arc::clone(name), failing, of })
    }

    fn has(&self, subject: &Subject, profile: &Arc<str>) -> bool {
        self.of.get(subject).is_some_and(|profiles| profiles.contains(profile))
    }
}

/// Marks the findings that have one cause for many: what is above them, or that half or more of a profile fail in the
/// same way.
pub fn mark_systemic(findings: &mut [Finding], members: &Members<'_>) {
    let fails = |f: &Finding| matches!(f.verdict, Verdict::Drift | Verdict::Waived);
    let mut wishes: HashMap<Wish, Vec<usize>> = HashMap::new();
    for (i, finding) in findings.iter().enumerate().filter(|(_, f)| fails(f)) {
        wishes.entry(wish(finding)).or_default().push(i);
    }
    for places in wishes.into_values() {
        let widespread = members.widespread(places.iter().map(|i| &*findings[*i].subject)).map(Arc::new);
        for i in places {
            let finding = &mut findings[i];
            let of_profile = |systemic: &&Arc<Systemic>| match &***systemic {
                Systemic::Profile { name, .. } => members.has(&finding.subject, name),
                Systemic::Above { .. } => false,
            };
            finding.systemic = match &finding.root {
                Some(root) => Some(Arc::new(Systemic::Above { what: Arc::clone(root) })),
                None => widespread.as_ref().filter(of_profile).map(Arc::clone),
            };
        }
    }
}

/// One line of the policy on one setting.
type Wish = (u32, Option<Arc<str>>, Arc<str>, usize);

fn wish(finding: &Finding) -> Wish {
    let wish = &finding.expectation;
    (wish.setting.0, wish.key.clone(), Arc::from(&*wish.origin.file), wish.origin.offset)
}
