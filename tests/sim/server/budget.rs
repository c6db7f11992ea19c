//! How much the caller may still ask, for REST and for GraphQL apart.

#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub limit: u64,
    pub used: u64,
    /// Seconds since 1970. There is no clock here, so a budget is never refilled.
    pub reset: u64,
}

impl Rate {
    pub fn new(limit: u64, reset: u64) -> Self {
        Self { limit, used: 0, reset }
    }

    pub fn remaining(self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// Takes so many points, or none at all when there are too few.
    pub fn charge(&mut self, points: u64) -> bool {
        let affordable = points <= self.remaining();
        if affordable {
            self.used += points;
        }
        affordable
    }

    pub fn exhausted(self) -> Self {
        Self { used: self.limit, ..self }
    }
}
