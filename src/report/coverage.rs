//! How much of what applies could be judged, and what it takes to see the rest.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, ForgeKind};
use crate::model::{Finding, Observation, Verdict};
use crate::run::Outcome;

/// What a run saw of what it was to judge.
pub(super) struct Coverage {
    /// Expectations that were judged one way or the other.
    pub judged: u64,
    /// Expectations that apply.
    pub applicable: u64,
    /// What would make the others visible, with how many it concerns; the most useful first.
    pub needs: Vec<(String, u64)>,
}

impl Coverage {
    /// Of an outcome.
    pub(super) fn of(outcome: &Outcome, catalog: &Catalog) -> Self {
        let tally = outcome.tally;
        let applicable = tally.expectations() - tally.not_applicable;
        let mut needs: BTreeMap<String, u64> = BTreeMap::new();
        let agreed = outcome.agreed.iter().flat_map(|agreed| &agreed.still);
        for finding in outcome.findings.iter().chain(agreed).filter(|f| f.verdict == Verdict::Unknown) {
            *needs.entry(what_it_takes(finding, catalog)).or_default() += 1;
        }
        let mut needs: Vec<(String, u64)> = needs.into_iter().collect();
        needs.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Self { judged: applicable - tally.unknown - tally.agreed_unknown, applicable, needs }
    }

    /// Tenths of a percent, rounded down, so that only all of it is 100.
    pub(super) fn permille(&self) -> u64 {
        (self.judged * 1000).checked_div(self.applicable).unwrap_or(1000)
    }
}

/// What an unknown finding needs, without what was said of this one subject.
fn what_it_takes(finding: &Finding, catalog: &Catalog) -> String {
    let (Observation::Unknown { needs } | Observation::Bound { needs, .. }) = &finding.observed else {
        return finding.reason.as_deref().unwrap_or("more than was read").to_owned();
    };
    let setting = catalog.get(finding.expectation.setting);
    let permissions =
        [ForgeKind::Github, ForgeKind::Gitlab].into_iter().filter_map(|f| setting.on(f).binding());
    let mut permissions = permissions.map(|b| &*b.permission);
    let told = permissions.find(|permission| needs.starts_with(permission));
    told.unwrap_or_else(|| without_remark(needs)).to_owned()
}

/// What is needed, without the remark behind it: of `Maintainer (read_api) (it is hidden)` the beginning.
fn without_remark(needs: &str) -> &str {
    let mut parts = needs.match_indices(" (").map(|(i, _)| i);
    match (parts.next(), parts.next()) {
        (Some(_), Some(second)) if needs[..second].ends_with(')') => &needs[..second],
        (Some(first), _) => &needs[..first],
        (None, _) => needs,
    }
}

#[cfg(test)]
mod tests {
    use super::without_remark;

    #[test]
    fn what_a_permission_says_in_brackets_belongs_to_it() {
        for (needs, takes) in [
            ("Maintainer (read_api) (the answer does not carry it)", "Maintainer (read_api)"),
            ("a complete list (the forge sent only part of it)", "a complete list"),
            ("the list (404: it is not there (or hidden))", "the list"),
            ("an owner", "an owner"),
        ] {
            assert_eq!(without_remark(needs), takes);
        }
    }
}
