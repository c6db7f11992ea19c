//! Draws that are the same for the same seed.

/// A source of choices (SplitMix64).
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below that.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// So often in a hundred.
    pub fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Some of them, in their order.
    pub fn some<T: Clone>(&mut self, of: &[T], number: usize) -> Vec<T> {
        let mut left: Vec<usize> = (0..of.len()).collect();
        let mut taken: Vec<usize> = Vec::new();
        while taken.len() < number && !left.is_empty() {
            taken.push(left.swap_remove(self.below(left.len())));
        }
        taken.sort_unstable();
        taken.into_iter().map(|at| of[at].clone()).collect()
    }
}
