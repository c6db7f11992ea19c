//! Everything that needs no forge, in one binary: policies, layers, protection, fixtures, pages, and
//! what the sources and the catalogue must hold to.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what it expects")]
#![allow(clippy::print_stderr, reason = "what is skipped must be said")]
#![allow(clippy::explicit_write, reason = "the harness keeps what is printed by a test that passes")]
#![allow(unreachable_pub, reason = "nothing outside a test binary can reach its items")]

mod acme_cycle;
mod acme_gitlab;
mod action_files;
mod architecture;
mod bad_policies;
mod baseline;
mod browser;
mod catalog_contract;
mod catalog_documents;
mod catalog_examples;
mod consistency;
mod coverage;
mod coverage_gitlab;
mod diff;
mod docs;
mod fixtures;
mod formats;
mod friction;
mod generated;
mod gitlab_snapshot;
mod guard;
mod history;
mod hostile_formats;
mod html;
mod junit_form;
mod known_settings;
mod lenses;
mod lift;
mod lift_items;
mod lift_settings;
mod obstacles;
mod ownership;
mod packs;
mod packs_cases;
mod packs_known;
mod pages;
mod payloads;
mod plans;
mod policy_laws;
mod policy_layers;
mod program;
mod protection;
mod shards;
mod small;
mod systemic;
mod waiving;
mod writable;
