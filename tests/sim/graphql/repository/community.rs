//! Files, and what GitHub concludes from some of them.

use serde_json::{Value, json};

use super::super::answer::{Answer, Ask};
use super::super::files;
use super::RepositoryNode;
use crate::sim::world::UNKNOWN_OWNER;

impl<'w> RepositoryNode<'w> {
    pub(super) fn community(&self, ask: &Ask<'_>) -> Option<Answer<'w>> {
        Some(match ask.field {
            "object" => files::object(self.repository, ask.text("expression").unwrap_or_default()),
            "codeowners" => {
                self.codeowners_errors().map_or_else(Answer::null, |errors| Answer::of(json!({ "errors": errors })))
            }
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
        self.repository.community_file(name)
    }

    fn file_url(&self, path: &str) -> String {
        let branch = self.repository.default_branch();
        format!(
            "{}/{}/{}/blob/{branch}/{path}",
            self.scene.site.web, self.organization.login, self.repository.name
        )
    }

    fn codeowners_errors(&self) -> Option<Vec<Value>> {
        let errors = self.organization.codeowners_errors(self.repository)?;
        let told = errors.into_iter().map(|error| {
            json!({
                "kind": UNKNOWN_OWNER,
                "line": error.line,
                "column": error.column,
                "path": error.path,
                "source": error.source,
                "message": error.message,
                "suggestion": error.suggestion,
            })
        });
        Some(told.collect())
    }
}
