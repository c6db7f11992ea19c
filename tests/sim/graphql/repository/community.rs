//! Files, and what GitHub concludes from some of them.

use serde_json::{Value, json};

use super::super::answer::{Answer, Ask};
use super::super::files;
use super::RepositoryNode;

/// Where GitHub looks for a community file, in its order.
const PLACES: [&str; 3] = [".github/", "", "docs/"];

impl<'w> RepositoryNode<'w> {
    pub(super) fn community(&self, ask: &Ask<'_>) -> Option<Answer<'w>> {
        Some(match ask.field {
            "object" => files::object(self.repository, ask.text("expression").unwrap_or_default()),
            "codeowners" => self.file("CODEOWNERS").map_or_else(Answer::null, |(path, text)| {
                Answer::of(json!({ "errors": self.codeowners_errors(&path, text) }))
            }),
            "isSecurityPolicyEnabled" => Answer::of(self.file("SECURITY.md").is_some()),
            "securityPolicyUrl" => Answer::of(self.file("SECURITY.md").map(|(path, _)| self.file_url(&path))),
            "contributingGuidelines" => self.file("CONTRIBUTING.md").map_or_else(Answer::null, |(path, text)| {
                let url = self.file_url(&path);
                let path = url.trim_start_matches(&self.scene.site.web).to_owned();
                Answer::of(json!({ "body": text, "url": url, "resourcePath": path }))
            }),
            "codeOfConduct" => self.file("CODE_OF_CONDUCT.md").map_or_else(Answer::null, |(path, text)| {
                let covenant = text.contains("Contributor Covenant");
                let (key, name) = if covenant { ("contributor_covenant", "Contributor Covenant") } else { ("other", "Other") };
                Answer::of(json!({ "id": format!("COC_{key}"), "key": key, "name": name, "url": self.file_url(&path) }))
            }),
            "fundingLinks" => Answer::of(Vec::<Value>::new()),
            _ => return None,
        })
    }

    fn file(&self, name: &str) -> Option<(String, &'w str)> {
        let files = self.repository.files()?;
        PLACES.into_iter().find_map(|place| {
            let path = format!("{place}{name}");
            let text = files.get(&path)?;
            Some((path, text.as_str()))
        })
    }

    fn file_url(&self, path: &str) -> String {
        let branch = self.repository.default_branch();
        format!(
            "{}/{}/{}/blob/{branch}/{path}",
            self.scene.site.web, self.organization.login, self.repository.name
        )
    }

    /// Teams of this organization that are named but do not exist.
    fn codeowners_errors(&self, path: &str, text: &str) -> Vec<Value> {
        let mut errors = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
            for owner in line.split_whitespace().skip(1) {
                let team = owner.strip_prefix('@').and_then(|owner| owner.split_once('/'));
                let Some((organization, slug)) = team else { continue };
                if organization == self.organization.login && !self.organization.teams.contains_key(slug) {
                    errors.push(json!({
                        "kind": "Unknown owner",
                        "line": at + 1,
                        "column": line.find(owner).unwrap_or(0) + 1,
                        "path": path,
                        "source": line,
                        "message": format!("Unknown owner on line {}: make sure the team {owner} exists", at + 1),
                        "suggestion": "make sure the team exists and has write access to the repository",
                    }));
                }
            }
        }
        errors
    }
}
