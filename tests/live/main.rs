//! Live reading, proven: the real program against simulated organizations.
//!
//! Every test begins in a conforming world and changes one thing. Whatever else a test asks,
//! [`run::Run`] makes sure that the token was never printed and that no escape sequence was, and
//! [`forge::Forge`] that no request could have changed anything.
//!
//! Tests that hold real data read it from beside the repository, and say so where it is not.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::print_stderr, reason = "what is skipped must be said")]
#![allow(unreachable_pub, reason = "nothing outside a test binary can reach its items")]

#[path = "../contract/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses its own part of the descriptions")]
mod contract;
#[path = "../contract/gitlab.rs"]
mod gitlab_description;
#[path = "../sim/mod.rs"]
mod sim;

mod access;
mod acme_cycle_live;
mod action;
mod action_apply;
mod action_hostile;
mod app;
mod apply_faults;
mod apply_requests;
mod apply_resume;
mod branch_remedies;
mod cache;
mod community_files;
mod credentials;
mod cuts;
mod cycle_law;
mod demand;
mod documents;
mod doubts;
mod exits;
mod faults;
mod forge;
mod front;
mod github_bites;
mod gitlab;
mod gitlab_acme;
mod gitlab_apply;
mod gitlab_bites;
mod gitlab_branches;
mod gitlab_items;
mod gitlab_kinds;
mod gitlab_preflight;
mod gitlab_project;
mod gitlab_protecting;
mod gitlab_published;
mod gitlab_traps;
mod gitlab_wrong_answers;
mod guards;
mod heavy;
mod hostile;
mod hundreds;
mod identities;
mod identity;
mod incident_rules;
mod item_kinds;
mod items;
mod lift_items;
mod lift_rulesets;
mod lift_settings;
mod older_server;
mod one_policy;
mod organization_rows;
mod organizations;
mod own_settings;
mod owners_access;
mod plan_apply;
mod policies;
mod portal;
mod proposals;
mod published;
mod real_organization;
mod refusals;
mod resume;
mod rulesets_made;
mod run;
mod shards;
mod snapshots;
mod templates;
mod verdicts;
mod who;
mod wrong_answers;
