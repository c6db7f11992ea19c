//! The packs that are compiled into the binary.

/// Every pack: its name and its text.
pub const PACKS: &[(&str, &str)] = &[("innersource", include_str!("../../policies/innersource.toml"))];

/// The text of a pack.
pub fn pack(name: &str) -> Option<&'static str> {
    PACKS.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}
