//! A stateful GitLab over HTTP: REST beneath `/api/v4`, GraphQL at `/api/graphql`.
//!
//! It is the sibling of the simulated GitHub and behaves like it: one [`World`] of which REST and
//! GraphQL are two views, no clock, no chance. A test begins in a conforming world and changes one thing:
//!
//! ```ignore
//! let mut world = gitlab::World::conforming("acme", 3);
//! world.project_mut("acme/team-1/service-0002").set("wiki_access_level", "enabled");
//! world.group_mut("acme").set("request_access_enabled", true);
//! world.instance_mut().set("signup_enabled", true);
//! let simulator = gitlab::serve(world, gitlab::Options::default()).await?;
//! let base = simulator.url();
//! ```
//!
//! Everything besides the subject's own fields is a document beneath its path, with the default that
//! `documents/*.toml` gives. Of a list each stated item is completed by the row's `item`:
//!
//! ```ignore
//! let project = world.project_mut("acme/team-1/service-0002");
//! project.document("/hooks", json!([{ "url": "https://ci.example.com", "push_events": true }]));
//! project.document("/push_rule", json!({ "commit_message_regex": "^ISSUE-" }));
//! project.add("/protected_branches", json!({ "name": "release/*", "allow_force_push": true }));
//! project.member("dee", 30).file("CODEOWNERS", "* @acme/platform\n");
//! project.refuse("/push_rule", 403, "403 Forbidden");
//! ```
//!
//! Groups are made by `world.add_group("acme/team")`, projects by `world.add_project("acme/team/service")`,
//! which fills nothing in, and `world.share("acme/team/service", "acme/everyone", 20)` invites a group.
//! An approval setting may be stated by its value alone; one of a group that is stricter locks those
//! below. Protected branches and labels of groups are in the projects' lists, too.
//!
//! Whoever asks is an administrator until a test says who it is. What such a caller sees follows from
//! its scopes, from its roles and from the world's memberships:
//!
//! ```ignore
//! world.everybody(Identity::person("dee", &["read_api"]).role("acme", 40));
//! world.identity("glpat-1", Identity::administrator("root", &["read_api", "admin_mode"]));
//! ```
//!
//! [`World::tier`], [`World::version`] and [`World::gitlab_com`] say which fields and endpoints there are.

pub mod documents;
mod fields;
mod graphql;
mod rest;
mod server;
mod site;
mod world;
mod worlds;

pub use server::{Options, Simulator, serve};
pub use world::{Holder, HolderKind, Identity, Tier, World};
