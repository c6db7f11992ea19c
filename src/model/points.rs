//! Points of the friction index, as plans hold them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Points of friction, 0 to 95, to the tenth. In files they are a number such as `3.2`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(u16);

impl Points {
    /// What is nearest to that many points.
    pub fn of(points: f64) -> Self {
        // Saturates, and what is no number is none.
        Self((points * 10.0).round() as u16)
    }

    /// Whether there are none worth telling.
    pub fn is_none(&self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub fn get(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.get())
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::of)
    }
}
