//! What GitLab charges for a selection before it runs the query.
//!
//! Every field is a point, one that reads the git repository two. A connection adds to what it and
//! all beneath it cost one in a hundred for each item that its page may have: a page of a hundred
//! costs twice as much as a page of none.
//! Source: docs.gitlab.com, "GraphQL API", limits; the limit is 250 for whoever has a token.

use super::compose::{Node, Selection};
use super::path::Many;

/// Fields that read the git repository.
const OF_REPOSITORY: [&str; 4] = ["blobs", "codeOwnersPath", "rootRef", "tree"];

/// `pageInfo { hasNextPage endCursor }` and `nodes`.
const AROUND_ITEMS: f64 = 4.0;

impl Selection {
    /// What the selection costs beneath one object, in points of complexity. It may be a little more
    /// than the server counts, and is not less.
    pub fn complexity(&self) -> f64 {
        let fields: f64 = self.fields.values().map(of_field).sum();
        let cases: f64 = self.cases.values().map(Self::complexity).sum();
        fields + cases
    }
}

fn of_field(node: &Node) -> f64 {
    let own = if OF_REPOSITORY.contains(&node.name.as_str()) { 2.0 } else { 1.0 };
    let below = node.below.complexity();
    match node.many {
        Many::One | Many::List => own + below,
        Many::Nodes(n) | Many::Edges(n) => (own + AROUND_ITEMS + below) * (1.0 + f64::from(n) / 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Path;

    #[test]
    #[allow(clippy::float_cmp, reason = "small whole numbers and halves")]
    fn a_page_doubles_what_is_beneath_it() {
        let of = |path: &str| {
            let mut selection = Selection::default();
            selection.add(&Path::parse(path).unwrap()).unwrap();
            selection.complexity()
        };
        assert_eq!(of("pushRules.memberCheck"), 2.0);
        assert_eq!(of("labels[50].title"), 9.0);
        assert_eq!(of("repository.rootRef"), 3.0);
        assert_eq!(of("branchRules[100].approvalRules[100].name"), 34.0);
    }
}
