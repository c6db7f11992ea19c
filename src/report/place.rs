//! Where a finding points to, and by what it is known again.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::audited::Audited;
use crate::model::{Finding, Origin};

/// A line of a file of the user's own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The file, from the folder of the run, with `/` between its parts.
    pub file: String,
    /// The first line is 1.
    pub line: u32,
    /// The first column is 1.
    pub column: u32,
}

impl Audited<'_> {
    /// The policy's line that asked. What a pack asks for is in no file of the user's: the policy itself is
    /// pointed to.
    pub(super) fn place(self, origin: &Origin) -> Place {
        if origin.file.starts_with("pack:") {
            return self.place_of_policy();
        }
        Place {
            file: relative(&origin.file, self.root),
            line: origin.line.max(1),
            column: origin.column.max(1),
        }
    }

    /// The beginning of the policy: what is about no line in particular is shown there.
    pub(super) fn place_of_policy(self) -> Place {
        Place { file: relative(self.policy, self.root), line: 1, column: 1 }
    }
}

/// A path from the folder of the run.
fn relative(file: &str, root: &str) -> String {
    let file = file.replace('\\', "/");
    let below = file.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).filter(|_| !root.is_empty());
    let file = below.unwrap_or(&file);
    let absolute = file.starts_with('/');
    let parts: Vec<&str> = file.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))
}

/// A path as part of an address.
pub(super) fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// What a finding is known by in later runs, wherever its line has moved: 32 hexadecimal digits of whom it
/// is about, the setting, what was asked for and what was judged.
pub(super) fn fingerprint(finding: &Finding, setting: &str) -> String {
    let mut hash = Sha256::new();
    let (asked, judged) = (finding.expectation.key.as_deref(), finding.item.as_deref());
    let subject = finding.subject.to_string();
    for part in [subject.as_str(), setting, asked.unwrap_or_default(), judged.unwrap_or_default()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut text = String::with_capacity(32);
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{relative, uri};

    #[test]
    fn paths_are_told_from_the_folder_of_the_run() {
        for (file, told) in [
            ("./policy.toml", "policy.toml"),
            ("fixtures/acme/policy.toml", "fixtures/acme/policy.toml"),
            ("/work/here/policy.toml", "policy.toml"),
            ("/elsewhere/policy.toml", "/elsewhere/policy.toml"),
            ("/work/here-too/policy.toml", "/work/here-too/policy.toml"),
            ("teams\\payments.toml", "teams/payments.toml"),
        ] {
            assert_eq!(relative(file, "/work/here"), told);
        }
    }

    #[test]
    fn addresses_hold_no_blanks() {
        assert_eq!(uri("a b/ü.toml"), "a%20b/%C3%BC.toml");
        assert_eq!(uri("/a"), "file:///a");
    }
}
