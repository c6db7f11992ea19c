//! What stands between a plan and the forge.

use serde_json::Value;

use crate::forge::Forge;
use crate::run::Desk;
use crate::sim::World;

const POLICY: &str = "version = 1\n[repository]\ndelete_branch_on_merge = false\n";

/// An organization in which one setting is otherwise than the policy asks.
fn forge() -> Forge {
    let mut world = World::conforming("acme", 2);
    world.repository_mut("service-0001").set("delete_branch_on_merge", true);
    Forge::of(world)
}

fn plan(desk: &Desk) -> Value {
    let arguments = ["plan", "policy.toml", "--github", "acme", "--out", "plan.json", "--format", "json"];
    let run = desk.run(&arguments).ended(2);
    run.json().0
}

#[test]
fn another_server_is_not_the_one_of_the_plan() {
    let (other, forge) = (forge(), forge());
    let desk = Desk::before(&forge.url(), POLICY);
    plan(&desk);
    let apply = ["apply", "plan.json", "--auto-approve"];
    let desk = desk.set("ISPO_SCM_GITHUB_URL", &other.url());
    desk.run(&apply).ended(1).says("the plan was made for github at ").says("nothing allows that");
    assert_eq!((forge.stats().mutating, other.stats().mutating), (0, 0));
    desk.set("ISPO_SCM_GITHUB_URL", &forge.url()).run(&apply).ended(0);
}
