//! The order of a plan's changes, which depends on what they are and not on how they were found.
//!
//! Nothing guards less on the way than before and after: what is added comes before what is removed.

use super::draft::Draft;
use crate::catalog::Catalog;
use crate::engine::bearing::{Bearing, bearing};
use crate::model::{Action, Change, Request};

/// The steps of a plan; each is done before the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// An archived repository accepts no other change.
    Unarchive,
    /// What comes to be, or becomes another: organizations before their repositories.
    Add,
    /// What ceases to be, or guards less: repositories before their organizations.
    Remove,
    /// Afterwards the repository accepts no other change.
    Archive,
}

/// The step that a change belongs to.
pub fn phase(catalog: &Catalog, change: &Change) -> Phase {
    if change.setting == "repository.archived" {
        return if change.after == true { Phase::Archive } else { Phase::Unarchive };
    }
    let weaker = catalog.find(&change.setting).is_some_and(|setting| {
        matches!(
            bearing(catalog, setting, &change.before, &change.after),
            Bearing::Weakens | Bearing::MayWeaken
        )
    });
    // What only stays as it is does not hurry the request that carries it.
    let removes = change.before == change.after
        || Action::of(&change.setting, &change.before, &change.after) == Action::Delete
        || weaker;
    if removes { Phase::Remove } else { Phase::Add }
}

/// What a setting needs to be there before it. Files come before the rules for branches, which
/// may keep us from pushing to them.
fn needs(catalog: &Catalog, setting: &str) -> u8 {
    // Source: docs.github.com, "Configuring Dependabot security updates", "Enabling secret scanning":
    // each is refused without the other, and a choice is refused while it is not asked for.
    const LATER: [&str; 5] = [
        ".automated_security_fixes",
        ".dependabot_security_updates",
        "push_protection",
        "selected_actions.",
        ".selected_",
    ];
    match catalog.find(setting) {
        Some(s) if s.effective.is_some() || matches!(&*s.group, "ruleset" | "branch_protection") => 4,
        Some(s) if &*s.group == "file" => 3,
        Some(s) if catalog.is_keyed(s) => 2,
        _ => u8::from(LATER.iter().any(|later| setting.contains(later))),
    }
}

impl Draft {
    /// The same in the order in which it is to be carried out, its requests in the order of their first
    /// use.
    #[must_use]
    pub fn ordered(mut self, catalog: &Catalog) -> Self {
        self.changes.sort_by_cached_key(|change| {
            let phase = phase(catalog, change);
            let (depth, needs) = (change.subject.matches('/').count(), needs(catalog, &change.setting));
            // What needs another goes before it when both are removed.
            let (depth, needs) = match phase {
                Phase::Remove => (-signed(depth), -i16::from(needs)),
                _ => (signed(depth), i16::from(needs)),
            };
            (phase, depth, change.subject.clone(), needs, change.setting.clone(), change.key.clone())
        });
        self.deferred.sort_by(|a, b| (&a.subject, &a.setting, &a.key).cmp(&(&b.subject, &b.setting, &b.key)));
        self.requests = renumbered(self.requests, self.changes.iter_mut().map(|c| &mut c.requests));
        self.undo = renumbered(self.undo, self.changes.iter_mut().map(|c| &mut c.undo));
        self
    }
}

fn signed(depth: usize) -> i16 {
    i16::try_from(depth).unwrap_or(i16::MAX)
}

/// The requests in the order of their first use, and their users' numbers put right.
fn renumbered<'c>(requests: Vec<Request>, users: impl Iterator<Item = &'c mut Vec<usize>>) -> Vec<Request> {
    let mut place: Vec<Option<usize>> = vec![None; requests.len()];
    let mut next = 0;
    for number in users.flatten() {
        let at = place[*number].get_or_insert_with(|| {
            next += 1;
            next - 1
        });
        *number = *at;
    }
    let mut sorted: Vec<(usize, Request)> =
        place.into_iter().zip(requests).filter_map(|(at, request)| Some((at?, request))).collect();
    sorted.sort_by_key(|(at, _)| *at);
    sorted.into_iter().map(|(_, request)| request).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value as Json, json};

    use super::*;
    use crate::model::Points;

    /// Of each step something, in the order in which it is to be done.
    fn in_order() -> Vec<(&'static str, &'static str, Json, Json)> {
        vec![
            ("f:acme/old", "repository.archived", json!(true), json!(false)),
            ("f:acme", "organization.members_can_create_public_pages", json!(true), json!(false)),
            ("f:acme/a", "repository.has_wiki", json!(true), json!(false)),
            ("f:acme/a", "repository.vulnerability_alerts", json!(false), json!(true)),
            ("f:acme/a", "repository.automated_security_fixes", json!(false), json!(true)),
            ("f:acme/a", "label.color", Json::Null, json!("ffffff")),
            ("f:acme/a", "file.text", Json::Null, json!("text")),
            ("f:acme/a", "branch.required_approvals", json!(0), json!(1)),
            ("f:acme/b", "repository.has_wiki", json!(true), json!(false)),
            ("f:acme/b", "branch.required_approvals", json!(2), json!(1)),
            ("f:acme/b", "label.color", json!("ffffff"), Json::Null),
            ("f:acme/b", "repository.secret_scanning", json!(true), json!(false)),
            ("f:acme", "organization.blog", json!("x"), Json::Null),
            ("f:acme/a", "repository.archived", json!(false), json!(true)),
        ]
    }

    fn draft(changes: &[(&str, &str, Json, Json)]) -> Draft {
        let change = |(i, (subject, setting, before, after)): (usize, &(&str, &str, Json, Json))| Change {
            subject: (*subject).to_owned(),
            setting: (*setting).to_owned(),
            key: None,
            action: Action::between(before, after),
            before: before.clone(),
            after: after.clone(),
            origin: String::new(),
            risk: String::new(),
            complete: false,
            proposed: false,
            requests: vec![i],
            undo: vec![i],
            points: Points::default(),
            irreversible: None,
        };
        let request = |(subject, setting, ..): &(&str, &str, Json, Json)| Request {
            method: "PATCH".into(),
            path: format!("{subject} {setting}"),
            body: Json::Null,
            reads: BTreeMap::new(),
        };
        let requests: Vec<Request> = changes.iter().map(request).collect();
        let undo = requests.clone();
        Draft {
            changes: changes.iter().enumerate().map(change).collect(),
            requests,
            undo,
            ..Draft::default()
        }
    }

    #[test]
    fn what_others_need_comes_first_and_removals_last() {
        let catalog = Catalog::built_in().unwrap();
        let ordered = in_order();
        let wanted = draft(&ordered);
        let mut shuffled = ordered;
        for _ in 0..shuffled.len() {
            // Every change begins at every place.
            shuffled.rotate_left(5);
            let (left, right) = shuffled.split_at_mut(7);
            left.swap_with_slice(right);
            assert_eq!(draft(&shuffled).ordered(&catalog), wanted);
            shuffled.rotate_left(1);
        }
    }

    #[test]
    fn a_request_that_several_changes_share_is_sent_with_the_first_of_them() {
        let catalog = Catalog::built_in().unwrap();
        let mut shared = draft(&in_order()[2..4]);
        shared.changes[0].requests = vec![1, 0];
        shared.changes[1].requests = vec![1];
        let ordered = shared.clone().ordered(&catalog);
        assert_eq!((&ordered.requests[0], &ordered.requests[1]), (&shared.requests[1], &shared.requests[0]));
        assert_eq!((&*ordered.changes[0].requests, &*ordered.changes[1].requests), (&[0, 1][..], &[0][..]));
    }
}
