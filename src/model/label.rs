//! For whom a setting works: the two lenses are never one number, and where they pull apart somebody decides.

use super::{Expectation, Finding};

/// What becomes of openness and security together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// It helps both.
    WinWin,
    /// They pull apart, and the policy decided.
    TradeOff,
    /// It is in the way of people on purpose, and the policy says why.
    HealthyFriction,
    /// Nobody meant it: a setting above has it so, or half or more of a profile fail in the same way.
    SystemicFriction,
}

impl Label {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::WinWin => "win-win",
            Self::TradeOff => "trade-off",
            Self::HealthyFriction => "healthy friction",
            Self::SystemicFriction => "systemic friction",
        }
    }

    /// The label of a wish; none where it serves one lens and costs the other nothing that was decided.
    pub fn of_wish(wish: &Expectation) -> Option<Self> {
        if wish.standing.healthy {
            return Some(Self::HealthyFriction);
        }
        if !wish.standing.decides.is_empty() {
            return Some(Self::TradeOff);
        }
        (wish.lenses.openness && wish.lenses.security).then_some(Self::WinWin)
    }

    /// The label of a finding.
    pub fn of(finding: &Finding) -> Option<Self> {
        match Self::of_wish(&finding.expectation) {
            Some(Self::HealthyFriction) => Some(Self::HealthyFriction),
            // What no lens of openness is on is no friction, however many it is of.
            _ if finding.systemic.is_some() && finding.expectation.lenses.openness => {
                Some(Self::SystemicFriction)
            }
            label => label,
        }
    }
}
