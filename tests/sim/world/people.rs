//! Users and Apps have no record of their own: all that matters follows from their name.

/// FNV-1a, cut to what fits a GraphQL `Int`.
fn stable_number(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash % 0x7fff_0000 + 1
}

pub fn user_id(login: &str) -> u64 {
    stable_number(login)
}

const GITHUB_ACTIONS: (&str, u64) = ("github-actions", 15_368);

pub fn app_id(slug: &str) -> u64 {
    if slug == GITHUB_ACTIONS.0 {
        GITHUB_ACTIONS.1
    } else {
        slug.strip_prefix("app-").and_then(|id| id.parse().ok()).unwrap_or_else(|| stable_number(slug))
    }
}

pub fn app_slug(id: u64) -> String {
    if id == GITHUB_ACTIONS.1 { GITHUB_ACTIONS.0.to_owned() } else { format!("app-{id}") }
}
