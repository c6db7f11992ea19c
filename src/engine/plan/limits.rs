//! What a plan is limited to, on the user's word.

use crate::model::{Lens, Lenses, Risk};

/// The limits of a plan; none of them is set by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Only settings that serve this lens; departures of others are not spoken of.
    pub lens: Option<Lens>,
    /// Changes of a higher risk are deferred.
    pub max_risk: Option<Risk>,
}

impl Limits {
    /// Whether a setting that serves these lenses is within the limits.
    pub fn serves(&self, lenses: Lenses) -> bool {
        self.lens.is_none_or(|lens| lenses.iter().any(|l| l == lens))
    }

    /// Why a change of that risk is deferred; none where it is within the limits.
    pub fn above(&self, risk: Risk) -> Option<String> {
        let most = self.max_risk.filter(|most| risk > *most)?;
        Some(format!("its risk is {risk}, above the {most} of --max-risk: make a plan that allows it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_of_both_lenses_serves_each() {
        let both = Lenses { openness: true, security: true };
        let open = Lenses { openness: true, security: false };
        let limits = Limits { lens: Some(Lens::Security), max_risk: None };
        assert!(limits.serves(both));
        assert!(!limits.serves(open));
        assert!(!limits.serves(Lenses::default()));
        assert!(Limits::default().serves(open));
    }

    #[test]
    fn risks_above_the_limit_are_named() {
        let limits = Limits { lens: None, max_risk: Some(Risk::Protection) };
        for (i, risk) in Risk::ALL.iter().enumerate() {
            assert_eq!(limits.above(*risk).is_some(), i > 1, "{risk}");
        }
        assert!(limits.above(Risk::Access).is_some_and(|why| why.starts_with("its risk is access")));
        assert_eq!(Limits::default().above(Risk::Destructive), None);
    }
}
