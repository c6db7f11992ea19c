//! How much the order of repositories hangs on the weights.

use super::journey::Journey;
use crate::model::{Stage, Weights};

/// The weight whose change by half moves the order of repositories the most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// How alike the orders are: Spearman's rank correlation, 1 where nothing moves.
    pub correlation: f64,
    /// Whose weight it is.
    pub stage: Stage,
}

/// Halves each step's weight and makes it half as much again, in turn. None of fewer than two repositories,
/// or where all are alike.
pub fn stability(journeys: &[Journey], weights: &Weights) -> Option<Stability> {
    let known: Vec<&Journey> = journeys.iter().filter(|j| j.index.value.is_some()).collect();
    let order = ranks(&known, weights);
    let changed = Stage::ALL.iter().flat_map(|stage| [0.5, 1.5].map(|by| (*stage, by)));
    let each = changed.filter_map(|(stage, by)| {
        let correlation = correlation(&order, &ranks(&known, &weights.scaled(stage, by)))?;
        Some(Stability { correlation, stage })
    });
    each.min_by(|a, b| a.correlation.total_cmp(&b.correlation))
}

/// The rank of each journey by its index; equals share the middle of theirs.
#[allow(clippy::cast_precision_loss, reason = "numbers of repositories")]
fn ranks(journeys: &[&Journey], weights: &Weights) -> Vec<f64> {
    let values: Vec<f64> = journeys.iter().map(|j| friction(j, weights)).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut at = 0;
    while at < order.len() {
        let same = |i: &&usize| (values[**i] - values[order[at]]).abs() < 1e-9;
        let equals = order[at..].iter().take_while(same).count();
        let middle = at as f64 + (equals - 1) as f64 / 2.0;
        order[at..at + equals].iter().for_each(|i| ranks[*i] = middle);
        at += equals;
    }
    ranks
}

fn friction(journey: &Journey, weights: &Weights) -> f64 {
    let eases = Stage::ALL.iter().zip(&journey.index.eases);
    let known = eases.filter_map(|(stage, ease)| Some((weights.stage(*stage), (*ease)?)));
    let (total, logarithm) = known.fold((0.0, 0.0), |(t, l), (w, e)| (t + w, l + w * e.ln()));
    if total > 0.0 { -logarithm / total } else { 0.0 }
}

#[allow(clippy::cast_precision_loss, reason = "numbers of repositories")]
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len() as f64;
    let mean = (n - 1.0) / 2.0;
    let covariance: f64 = a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum();
    let spread = |r: &[f64]| r.iter().map(|r| (r - mean).powi(2)).sum::<f64>();
    let product = (spread(a) * spread(b)).sqrt();
    (product > 0.0).then(|| covariance / product)
}
