//! The seven writes of GitLab that bite, each by its name. Each test begins with a world in which all is well.

use serde_json::json;

use crate::gitlab_items::{Bench, methods, project};

#[test]
fn bite_1_a_push_rule_that_was_never_set_is_made_by_another_method() {
    let policy = "[repository]\npush_rule.member_check = true\n";
    let bench = Bench::of(policy, |world| {
        project(world).document("/push_rule", json!(null));
    });
    let plan = bench.plan(2);
    assert_eq!(methods(&plan), ["POST"]);
    bench.desk.run(&["apply", "plan.json", "--auto-approve", "--max-share=100"]).ended(0);
    assert_eq!(
        bench.server.world().projects[bench.one()].documents.stated("/push_rule").unwrap()["member_check"],
        true
    );
}

#[test]
fn bite_2_an_approver_who_is_no_member_is_dropped_in_silence_and_that_is_said() {
    let policy =
        "[repository.approval_rule.Security]\napprovals_required = 1\nusers = [\"ann\", \"stranger\"]\n";
    let bench = Bench::of(policy, |world| {
        project(world).member("ann", 40);
    });
    bench.plan(2);
    let run = bench.desk.run(&["apply", "plan.json", "--auto-approve", "--max-share=100", "--allow-widen"]);
    run.ended(2).says("approval_rule.users").says("NOT applied by the forge");
}

#[test]
fn bite_3_what_is_read_by_one_key_is_written_by_another() {
    let policy = "[repository]\njob_token_scope.inbound_enabled = true\n";
    let bench = Bench::of(policy, |world| {
        project(world).document("/job_token_scope", json!({"inbound_enabled": false}));
    });
    let plan = bench.round();
    assert_eq!(plan["requests"][0]["body"], json!({"enabled": true}));
}

#[test]
fn bite_4_a_protected_tag_has_no_update_and_is_removed_and_made_anew() {
    let policy = r#"
        [repository.protected_tag."v*"]
        create_access_levels = ["maintainer"]
        [repository.protected_tag."release-*"]
        create_access_levels = ["nobody"]
    "#;
    let bench = Bench::of(policy, |world| {
        let rule = json!({"name": "v*", "create_access_levels": [{"access_level": 30}]});
        project(world).document("/protected_tags", json!([rule]));
    });
    let plan = bench.round();
    assert_eq!(methods(&plan), ["POST", "DELETE", "POST"]);
}

#[test]
fn bite_5_a_rule_of_a_group_is_not_edited_in_the_project() {
    let policy = "[repository.protected_branch.stable]\nallow_force_push = false\n";
    let bench = Bench::of(policy, |world| {
        world
            .group_mut("acme")
            .add("/protected_branches", json!({"name": "stable", "allow_force_push": true}));
    });
    let why = bench.deferred();
    assert!(why.contains("comes from a group above"), "{why}");
}

#[test]
fn bite_6_a_credential_that_comes_back_masked_is_never_sent_back() {
    let policy =
        "[repository.push_mirror.\"https://copy.example/service.git\"]\nkeep_divergent_refs = true\n";
    let bench = Bench::of(policy, |world| {
        project(world).add("/remote_mirrors", json!({"url": "https://*****:*****@copy.example/service.git"}));
    });
    let plan = bench.round();
    assert_eq!(plan["requests"][0]["body"], json!({"keep_divergent_refs": true}));
}

#[test]
fn bite_7_what_the_server_was_not_paid_for_is_taken_in_silence_and_that_is_said() {
    let policy = "[repository.webhook.\"https://ci.example/hook\"]\njob_events = true\n";
    let bench = Bench::of(policy, |world| {
        project(world).add("/hooks", json!({"url": "https://ci.example/hook"}));
        world.deaf_to.push("job_events".to_owned());
    });
    bench.plan(2);
    let run = bench.desk.run(&["apply", "plan.json", "--auto-approve", "--max-share=100"]);
    run.ended(2).says("NOT applied by the forge");
}
