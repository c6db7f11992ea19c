//! The numbers that the friction index is made of.

use indexmap::IndexMap;
use serde::Deserialize;

use super::{Rung, Severity, Stage};

/// The file that a policy's own numbers are laid over.
const BUILT_IN: &str = include_str!("weights.toml");

/// What each step, severity and rung counts for.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    stages: Vec<f64>,
    severities: Vec<f64>,
    rungs: Vec<f64>,
}

/// A file of weights: words to numbers.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeightsFile {
    /// Of steps, 0 or more.
    pub stage: IndexMap<String, f64>,
    /// Of severities, 0 or more.
    pub severity: IndexMap<String, f64>,
    /// Of rungs, from 0 to 1.
    pub rung: IndexMap<String, f64>,
}

impl Weights {
    /// Those that hold where a policy says nothing.
    ///
    /// # Errors
    /// When the file that is built in is none, which a test rules out.
    pub fn built_in() -> Result<Self, String> {
        let file: WeightsFile = toml::from_str(BUILT_IN).map_err(|e| e.to_string())?;
        let zero = Self {
            stages: vec![0.0; Stage::ALL.len()],
            severities: vec![0.0; Severity::ALL.len()],
            rungs: vec![0.0; Rung::ALL.len()],
        };
        zero.with(&file)
    }

    /// These, with some laid over.
    ///
    /// # Errors
    /// A word that names nothing, or a number outside of its range; in words.
    pub fn with(&self, file: &WeightsFile) -> Result<Self, String> {
        let mut all = self.clone();
        let stage = |w: &str| Stage::from_word(w).map(|s| s as usize);
        let severity = |w: &str| Severity::from_word(w).map(|s| s as usize);
        let rung = |w: &str| Rung::from_word(w).map(|r| r as usize);
        lay(&file.stage, &mut all.stages, stage, "stage", f64::MAX)?;
        lay(&file.severity, &mut all.severities, severity, "severity", f64::MAX)?;
        lay(&file.rung, &mut all.rungs, rung, "rung", 1.0)?;
        Ok(all)
    }

    /// What a step counts for.
    pub fn stage(&self, stage: Stage) -> f64 {
        self.stages[stage as usize]
    }

    /// What a check of that severity counts for within its step.
    pub fn severity(&self, severity: Severity) -> f64 {
        self.severities[severity as usize]
    }

    /// By how much a rung fails the step of reading, 0 to 1.
    pub fn rung(&self, rung: Rung) -> f64 {
        self.rungs[rung as usize]
    }

    /// The same with one step counting for more or less.
    #[must_use]
    pub fn scaled(&self, stage: Stage, by: f64) -> Self {
        let mut scaled = self.clone();
        scaled.stages[stage as usize] *= by;
        scaled
    }
}

fn lay(
    from: &IndexMap<String, f64>,
    onto: &mut [f64],
    place: impl Fn(&str) -> Option<usize>,
    what: &str,
    most: f64,
) -> Result<(), String> {
    for (word, number) in from {
        let at = place(word).ok_or_else(|| format!("there is no {what} `{word}`"))?;
        if !(0.0..=most).contains(number) {
            return Err(format!("the weight of {what} `{word}` cannot be {number}"));
        }
        onto[at] = *number;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_says_something_of_every_word() {
        let file: WeightsFile = toml::from_str(BUILT_IN).unwrap();
        assert_eq!(file.stage.len(), Stage::ALL.len());
        assert_eq!(file.severity.len(), Severity::ALL.len());
        assert_eq!(file.rung.len(), Rung::ALL.len());
        assert!((Weights::built_in().unwrap().stage(Stage::Reuse) - 1.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_word_that_names_nothing_is_told() {
        let file: WeightsFile = toml::from_str("[stage]\nmerge = 1.0").unwrap();
        let told = Weights::built_in().unwrap().with(&file).unwrap_err();
        assert_eq!(told, "there is no stage `merge`");
        let file: WeightsFile = toml::from_str("[rung]\nsomebody = 1.5").unwrap();
        assert!(Weights::built_in().unwrap().with(&file).is_err());
    }
}
