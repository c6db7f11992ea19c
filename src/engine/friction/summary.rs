//! What the journeys through many repositories come to.

use super::journey::Journey;
use crate::model::Stage;

/// Of fewer repositories than this nothing is said: it would be about single teams.
pub const FEWEST: usize = 5;

/// Many journeys in a few numbers. No mean of means, and no ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The repositories of which something is known.
    pub repositories: usize,
    /// The index that half of them do not exceed.
    pub median: f64,
    /// The index that nine of ten of them do not exceed.
    pub p90: f64,
    /// How many have a closed door somewhere.
    pub gated: usize,
    /// The median of what is known, 0 to 1.
    pub coverage: f64,
    /// The medians of the best and the worst that the index may be.
    pub between: (f64, f64),
    /// For each step, in the order of [`Stage::ALL`].
    pub steps: Vec<StepSummary>,
}

/// One step of many journeys.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StepSummary {
    /// The repositories of which something is known there.
    pub repositories: usize,
    /// In how many of them nothing is in the way there.
    pub free: usize,
    /// How many have a closed door there.
    pub gated: usize,
}

/// Sums journeys up; none where nothing is known of any.
pub fn summary<'j>(journeys: impl IntoIterator<Item = &'j Journey>) -> Option<Summary> {
    let known: Vec<&Journey> = journeys.into_iter().filter(|j| j.index.value.is_some()).collect();
    if known.is_empty() {
        return None;
    }
    let of = |number: fn(&Journey) -> f64| sorted(known.iter().map(|j| number(j)));
    let values = of(|j| j.index.value.unwrap_or_default());
    let step = |place: usize| {
        let eases = || known.iter().filter_map(|j| j.index.eases.get(place).copied().flatten());
        StepSummary {
            repositories: eases().count(),
            free: eases().filter(|ease| *ease >= 1.0).count(),
            gated: known.iter().filter(|j| j.index.gated.get(place) == Some(&true)).count(),
        }
    };
    Some(Summary {
        repositories: known.len(),
        median: quantile(&values, 0.5),
        p90: quantile(&values, 0.9),
        gated: known.iter().filter(|j| j.index.gated.contains(&true)).count(),
        coverage: quantile(&of(|j| j.index.coverage), 0.5),
        between: (quantile(&of(|j| j.index.best), 0.5), quantile(&of(|j| j.index.worst), 0.5)),
        steps: (0..Stage::ALL.len()).map(step).collect(),
    })
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// The smallest number that such a share of the sorted ones does not exceed; 0 of none.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 to a length"
)]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_and_nine_of_ten() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!((quantile(&ten, 0.5), quantile(&ten, 0.9)), (5.0, 9.0));
        assert_eq!((quantile(&[7.0], 0.5), quantile(&[7.0], 0.9)), (7.0, 7.0));
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}
