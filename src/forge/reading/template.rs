//! Path templates of rows, filled in for one subject or item.

use serde_json::Value as Json;

use crate::catalog::segment;
use crate::model::{Subject, SubjectKind};

/// What placeholders stand for.
#[derive(Debug, Clone)]
pub(in crate::forge) struct Template<'a> {
    subject: &'a Subject,
    item: Option<(String, Option<u64>)>,
}

impl<'a> Template<'a> {
    /// For documents of a subject.
    pub(in crate::forge) fn of(subject: &'a Subject) -> Self {
        Self { subject, item: None }
    }

    /// For documents of an item of the subject.
    pub(in crate::forge) fn with_item(&self, key: &str, json: &Json) -> Self {
        let number = json["databaseId"].as_u64().or_else(|| json["id"].as_u64());
        Self { subject: self.subject, item: Some((key.to_owned(), number)) }
    }

    /// The item's key.
    pub(in crate::forge) fn key(&self) -> Option<&str> {
        self.item.as_ref().map(|(key, _)| key.as_str())
    }

    /// The number that the forge knows the item by.
    pub(in crate::forge) fn number(&self) -> Option<u64> {
        self.item.as_ref().and_then(|(_, number)| *number)
    }

    /// The path, every placeholder filled in; nothing where one has no value here.
    pub(in crate::forge) fn fill(&self, template: &str) -> Option<String> {
        let mut path = String::with_capacity(template.len() + 20);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (placeholder, after) = after.split_once('}')?;
            path.push_str(before);
            path.push_str(&segment(&self.value(placeholder)?));
            rest = after;
        }
        path.push_str(rest);
        Some(path)
    }

    fn value(&self, placeholder: &str) -> Option<String> {
        let name: &str = &self.subject.name;
        let (owner, below) = name.split_once('/').map_or((name, None), |(o, r)| (o, Some(r)));
        match placeholder {
            "org" if self.subject.kind == SubjectKind::Organization => Some(name.to_owned()),
            // GitLab takes a whole path for a number.
            "id" => Some(name.to_owned()),
            "owner" | "org" => Some(owner.to_owned()),
            "repo" => below.map(str::to_owned),
            number if number.ends_with("_id") => self.number().map(|n| n.to_string()),
            _ => self.key().map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_filled_in_and_cannot_leave_their_segment() {
        let subject = Subject::new(SubjectKind::Repository, "f", "acme/widgets");
        let template = Template::of(&subject);
        assert_eq!(
            template.fill("/repos/{owner}/{repo}/hooks").as_deref(),
            Some("/repos/acme/widgets/hooks")
        );
        assert_eq!(template.fill("/repos/{owner}/{repo}/rulesets/{ruleset_id}"), None);
        let item = template.with_item("a/../b c", &json!({"id": 7}));
        assert_eq!(item.fill("/x/{environment_name}/{ruleset_id}").as_deref(), Some("/x/a%2F..%2Fb%20c/7"));
        let project = Subject::new(SubjectKind::Repository, "gl", "acme/sub/x");
        let branches = Template::of(&project).fill("/projects/{id}/protected_branches");
        assert_eq!(branches.as_deref(), Some("/projects/acme%2Fsub%2Fx/protected_branches"));
        assert_eq!(template.with_item("..", &json!({})).fill("/x/{name}").as_deref(), Some("/x/%2E%2E"));
    }
}
