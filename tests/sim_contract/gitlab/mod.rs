//! The simulated GitLab.

mod client;
mod collections;
mod coverage;
mod graphql;
mod rest;
mod rights;
mod transport;
mod writes;
