//! Globs over names: `*` stays within a path segment, `**` does not, `{a,b}` is either.

use globset::{GlobBuilder, GlobMatcher};

/// A compiled glob that compares without regard to case, as forges do with names.
#[derive(Debug, Clone)]
pub struct NameGlob {
    text: String,
    matcher: GlobMatcher,
}

impl NameGlob {
    /// Compiles a glob.
    ///
    /// # Errors
    /// The reason why it is none.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(text).literal_separator(true).case_insensitive(true).build();
        let matcher = glob.map_err(|e| e.kind().to_string())?.compile_matcher();
        Ok(Self { text: text.to_owned(), matcher })
    }

    /// The glob as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the name is one of those meant.
    pub fn matches(&self, name: &str) -> bool {
        self.matcher.is_match(name)
    }
}

/// Whether a key of an item is meant by a pattern, in which `*` stands for any text, also for none.
/// Keys are addresses, names and versions: no character of them is special.
pub fn means_key(pattern: &str, key: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else { return pattern == key };
    let Some(mut left) = key.strip_prefix(begin) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.ends_with(end)
}

impl PartialEq for NameGlob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for NameGlob {}

#[cfg(test)]
mod tests {
    use super::means_key;

    #[test]
    fn a_star_stands_for_any_text() {
        let url = "https://ci.example/hook?x=1";
        assert!(["*", "https://*", "*hook*", "https://*/hook*", url].iter().all(|p| means_key(p, url)));
        assert!(!["http://*", "*hook", "x", "https://*https"].iter().any(|p| means_key(p, url)));
        assert!(means_key("a*a", "aa") && !means_key("a*a", "a"));
    }
}
