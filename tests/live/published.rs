//! What is asked of GitHub is what GitHub's published description knows.

use crate::action::{Runner, with_pull, world};
use crate::contract::{Asked, Description};
use crate::forge::Forge;
use crate::policies::STRICT;
use crate::run::Desk;
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

/// Settings of every way of writing there is.
const MENDED: &str = r##"version = 1
[repository]
delete_branch_on_merge = false
has_wiki = true
squash_merge_commit_title = "COMMIT_OR_PR_TITLE"
squash_merge_commit_message = "COMMIT_MESSAGES"
homepage = "https://handbook.acme.example"
topics = { contains = ["platform"] }
custom_properties = { contains = { data = "public" } }
secret_scanning = false
vulnerability_alerts = false
[repository.branch."~default"]
required_approvals = { at_least = 3 }
required_checks = { contains = ["licences"] }
require_signatures = true
[repository.file."docs/ADOPTING.md"]
present = true
text = { length = { at_least = 1 }, fix = "# Adopting\n" }
"##;

#[test]
fn an_apply_sends_only_what_is_published() {
    let Some(description) = Description::load() else { return };
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0002").protections.clear();
    let forge = Forge::with(world, Options { record: true, ..Options::default() });
    let desk = Desk::before(&forge.url(), MENDED);
    desk.run(&["plan", "policy.toml", "--github", "acme", "--out", "plan.json"]).ended(2);
    let applied = desk.run(&["apply", "plan.json", "--auto-approve", "--allow-weaken"]);
    let recorded = forge.recorded();
    let writes = recorded.iter().filter(|request| request.method != "GET" && request.path != "/graphql");
    assert!(writes.count() > 8, "{}\n{}\n{recorded:#?}", applied.out, applied.err);
    assert_eq!(unpublished(description, &recorded), Vec::<String>::new());
}

#[test]
fn a_workflows_step_sends_only_what_is_published() {
    let Some(description) = Description::load() else { return };
    let runner = Runner::of(with_pull(world())).set("INPUT_ISSUE", "true").set("INPUT_ISSUE_LABELS", "scm");
    runner.wiki(true);
    runner.step().ended(2);
    runner.step().ended(2);
    runner.wiki(false);
    runner.step().ended(0);
    let on_pull = runner.on_pull(1, "acme/service-0001", false).set("INPUT_MODE", "plan");
    on_pull.step().ended(0);
    on_pull.step().ended(0);
    let recorded = on_pull.forge.recorded();
    let writes = recorded.iter().filter(|request| request.method != "GET" && request.path != "/graphql");
    assert_eq!(writes.count(), 5, "{recorded:#?}");
    assert_eq!(unpublished(description, &recorded), Vec::<String>::new());
}
