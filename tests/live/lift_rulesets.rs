//! A ruleset of an organization in place of one in each repository: whether it locks anybody out is looked at once
//! more in each before it is made.

use crate::own_settings::Bench;
use crate::sim::World;

/// A plan of one ruleset that asks more of the default branches than three repositories have.
fn lifted() -> Bench {
    let mut world = World::conforming("acme", 3);
    world.installed_version.clear();
    let policy = "[branch.\"~default\"]\nrequired_approvals = { at_least = 3 }\n\
                  required_checks = { contains = [\"licences\"] }\n";
    let bench = Bench::new(world, policy);
    let plan =
        ["plan", "policy.toml", "--lift", "--github", "acme", "--out", "plan.json", "--format", "json"];
    let plan = bench.run(&plan).ended(2).json().0;
    assert_eq!(plan["lifted"][0]["instead_of"].as_array().map(Vec::len), Some(3), "{plan:#}");
    assert_eq!(plan["requests"].as_array().map(Vec::len), Some(1), "{plan:#}");
    bench
}

const APPLY: [&str; 4] = ["apply", "plan.json", "--auto-approve", "--max-share=100"];

#[test]
fn where_all_can_still_merge_it_is_made_without_more_ado() {
    let bench = lifted();
    bench.run(&APPLY).ended(0);
    assert_eq!(bench.drift(), [""; 0]);
    bench.run(&["plan", ".", "--github", "acme", "--lift"]).ended(0).says("No changes.");
}

#[test]
fn where_one_of_them_could_merge_no_more_by_then_it_is_not_made() {
    let bench = lifted();
    bench.forge.world_mut(|world| world.repository_mut("service-0002").reported_checks = vec!["ci".into()]);
    let refused = bench.run(&APPLY).ended(1);
    refused.says("nothing reports `licences` on the default branch").says("service-0002");
    assert_eq!(bench.forge.stats().mutating, 0);
}

#[test]
fn where_it_cannot_be_seen_who_could_approve_in_one_of_them_it_takes_the_flag() {
    let bench = lifted();
    bench.forge.world_mut(|world| {
        world.repository_mut("service-0002").denials.forbidden.insert("collaborators".into());
    });
    bench.run(&APPLY).ended(1).says("who could approve is not known");
    assert_eq!(bench.forge.stats().mutating, 0);
    bench.run(&[&APPLY[..], &["--allow-unproven"]].concat()).ended(0);
}
