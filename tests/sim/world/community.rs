//! What GitHub concludes from the files of a repository.

use super::organization::Organization;
use super::repository::Repository;

/// Where GitHub looks for a community file, in its order.
const PLACES: [&str; 3] = [".github/", "", "docs/"];

/// A line of CODEOWNERS that names somebody who is not there.
pub struct CodeownersError {
    /// Counted from one, as the column is.
    pub line: usize,
    pub column: usize,
    pub path: String,
    pub source: String,
    pub message: String,
    pub suggestion: String,
}

pub const UNKNOWN_OWNER: &str = "Unknown owner";

impl Repository {
    /// The file that GitHub takes for the one of that name, with its path.
    pub fn community_file(&self, name: &str) -> Option<(String, &str)> {
        let files = self.files()?;
        PLACES.into_iter().find_map(|place| {
            let path = format!("{place}{name}");
            let text = files.get(&path)?;
            Some((path, text.as_str()))
        })
    }
}

impl Organization {
    /// Teams of this organization that CODEOWNERS names and that do not exist; none without the file.
    pub fn codeowners_errors(&self, repository: &Repository) -> Option<Vec<CodeownersError>> {
        let (path, text) = repository.community_file("CODEOWNERS")?;
        let mut errors = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
            for owner in line.split_whitespace().skip(1) {
                let team = owner.strip_prefix('@').and_then(|owner| owner.split_once('/'));
                let Some((organization, slug)) = team else { continue };
                if organization == self.login && !self.teams.contains_key(slug) {
                    let suggestion = format!(
                        "make sure the team {owner} exists, is publicly visible, and has write access to the repository"
                    );
                    errors.push(CodeownersError {
                        line: at + 1,
                        column: line.find(owner).unwrap_or(0) + 1,
                        path: path.clone(),
                        source: line.to_owned(),
                        message: format!("{UNKNOWN_OWNER} on line {}: {suggestion}", at + 1),
                        suggestion,
                    });
                }
            }
        }
        Some(errors)
    }
}
