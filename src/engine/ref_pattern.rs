//! Patterns over branch names, as GitHub reads them.
//!
//! Both classic rules and rulesets follow `fnmatch` with `FNM_PATHNAME`: `*` and `?` stay within a
//! path segment, `**/` crosses segments, braces are plain characters.
//! Source: docs.github.com, "About protected branches" and "Creating rulesets for a repository".

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use globset::{GlobBuilder, GlobMatcher};

/// Compiled patterns, each compiled once in a run.
#[derive(Debug, Default)]
pub struct RefPatterns {
    compiled: RwLock<HashMap<String, Option<GlobMatcher>>>,
}

impl RefPatterns {
    /// Whether a pattern has anything but plain characters.
    pub fn is_pattern(text: &str) -> bool {
        text.contains(['*', '?', '[', '\\'])
    }

    /// Whether a branch name matches; a pattern that cannot be read matches nothing.
    pub fn matches(&self, pattern: &str, name: &str) -> bool {
        if !Self::is_pattern(pattern) {
            return pattern == name;
        }
        let known = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
        let matcher = known.unwrap_or_else(|| {
            let mut all = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
            all.entry(pattern.to_owned()).or_insert_with(|| compile(pattern)).clone()
        });
        matcher.is_some_and(|m| m.is_match(name))
    }

    /// Whether a ruleset's ref condition covers a branch.
    pub fn covers(&self, condition: &str, branch: &str, default: Option<&str>) -> bool {
        match condition {
            "~ALL" => true,
            "~DEFAULT_BRANCH" => default == Some(branch),
            pattern => self.matches(pattern.strip_prefix("refs/heads/").unwrap_or(pattern), branch),
        }
    }
}

fn compile(pattern: &str) -> Option<GlobMatcher> {
    let escaped = pattern.replace('{', "\\{").replace('}', "\\}");
    let glob = GlobBuilder::new(&escaped).literal_separator(true).backslash_escape(true).build();
    glob.ok().map(|g| g.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::RefPatterns;

    #[test]
    fn wildcards_stay_within_a_segment() {
        let patterns = RefPatterns::default();
        for (pattern, name, matches) in [
            ("main", "main", true),
            ("ma*", "main", true),
            ("*", "main", true),
            ("*", "release/1", false),
            ("release/*", "release/1", true),
            ("release/*", "release/1/hotfix", false),
            ("release/**/*", "release/1/hotfix", true),
            ("**/*", "a/b/c", true),
            ("v[0-9].?", "v2.x", true),
            ("{main}", "main", false),
        ] {
            assert_eq!(patterns.matches(pattern, name), matches, "{pattern} against {name}");
        }
    }

    #[test]
    fn rulesets_have_names_for_all_and_for_the_default() {
        let patterns = RefPatterns::default();
        assert!(patterns.covers("~DEFAULT_BRANCH", "trunk", Some("trunk")));
        assert!(!patterns.covers("~DEFAULT_BRANCH", "main", Some("trunk")));
        assert!(patterns.covers("~ALL", "a/b", None));
        assert!(patterns.covers("refs/heads/release*", "release-1", None));
        assert!(!patterns.covers("refs/tags/*", "v1", None));
    }
}
