//! What is asked of GitHub is what GitHub's published description knows.

use crate::contract::{Asked, Description};
use crate::forge::Forge;
use crate::policies::STRICT;
use crate::sim::server::Recorded;
use crate::sim::{Options, World};

/// What the description does not know of requests that arrived.
fn unpublished(description: &Description, recorded: &[Recorded]) -> Vec<String> {
    let rest = recorded.iter().filter(|request| request.path != "/graphql");
    rest.flat_map(|request| {
        description.request_problems(&Asked {
            method: &request.method,
            path: &request.path,
            query: request.query.iter().map(|(name, _)| name.as_str()).collect(),
            body: request.body.as_ref(),
        })
    })
    .collect()
}

#[test]
fn an_audit_asks_only_what_is_published() {
    let Some(description) = Description::load() else { return };
    let forge = Forge::with(World::conforming("acme", 120), Options { record: true, ..Options::default() });
    forge.report(STRICT);
    let recorded = forge.recorded();
    assert!(recorded.iter().filter(|request| request.path != "/graphql").count() >= 3, "{recorded:#?}");
    assert_eq!(unpublished(description, &recorded), Vec::<String>::new());
}
