//! The scales on which a setting is placed: how bad, for whom, at which step of the journey, how risky.

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every member, in rising order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in the catalogue, in policies and in reports.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The member that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|m| m.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// How much a departure matters. Weights follow OpenSSF Scorecard: 2.5, 5, 7.5, 10.
    Severity {
        /// 2.5
        Low = "low",
        /// 5
        Medium = "medium",
        /// 7.5
        High = "high",
        /// 10
        Critical = "critical",
    }
}

words! {
    /// By what sort of rule GitHub's branches are given what they lack.
    Remedy {
        /// A ruleset of ours, beside whatever rules there are.
        Ruleset = "ruleset",
        /// The classic protection of the branch.
        Classic = "classic",
    }
}

words! {
    /// The lens through which a setting matters.
    Lens {
        /// Can people find, read, use and contribute?
        Openness = "openness",
        /// Are code, secrets and accounts safe?
        Security = "security",
    }
}

words! {
    /// The step of a contributor's journey that a setting bears on.
    Stage {
        /// Hear that it exists.
        Discover = "discover",
        /// Get to see it.
        Read = "read",
        /// Make sense of it.
        Understand = "understand",
        /// Run it.
        Build = "build",
        /// Offer a change.
        Propose = "propose",
        /// Have it looked at.
        Reviewed = "reviewed",
        /// Have it taken.
        Merged = "merged",
        /// Build on it.
        Reuse = "reuse",
        /// Be trusted with it.
        Trust = "trust",
    }
}

words! {
    /// What a change of the setting puts at stake, in rising order.
    Risk {
        /// Nothing that cannot be set back at once.
        Routine = "routine",
        /// What guards a branch.
        Protection = "protection",
        /// Who may do what.
        Access = "access",
        /// Who can see.
        Visibility = "visibility",
        /// What cannot be brought back.
        Destructive = "destructive",
    }
}

/// One lens or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Lenses {
    /// Matters for people who want to read, use and contribute.
    pub openness: bool,
    /// Matters for keeping code and secrets safe.
    pub security: bool,
}

impl Lenses {
    /// The lenses in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Lens> {
        [(self.openness, Lens::Openness), (self.security, Lens::Security)]
            .into_iter()
            .filter_map(|(on, lens)| on.then_some(lens))
    }
}

impl FromIterator<Lens> for Lenses {
    fn from_iter<I: IntoIterator<Item = Lens>>(lenses: I) -> Self {
        lenses.into_iter().fold(Self::default(), |all, lens| match lens {
            Lens::Openness => Self { openness: true, ..all },
            Lens::Security => Self { security: true, ..all },
        })
    }
}
