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
    Severity { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
}

words! {
    /// The lens through which a setting matters.
    Lens { Openness = "openness", Security = "security" }
}

words! {
    /// The step of a contributor's journey that a setting bears on.
    Stage {
        Discover = "discover", Read = "read", Understand = "understand", Build = "build",
        Propose = "propose", Reviewed = "reviewed", Merged = "merged", Reuse = "reuse", Trust = "trust",
    }
}

words! {
    /// What a change of the setting puts at stake, in rising order.
    Risk {
        Routine = "routine", Protection = "protection", Access = "access",
        Visibility = "visibility", Destructive = "destructive",
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
