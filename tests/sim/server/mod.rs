//! The transport: what a client sees of GitHub besides the bodies.

mod answer;
mod authenticate;
mod budget;
mod dispatch;
mod faults;
mod graphql;
mod options;
mod quirks;
mod record;
mod rest_call;
mod seen;
mod serve;
mod state;
mod stats;
mod write_faults;

pub use answer::Answer;
pub use budget::Rate;
pub use faults::{Fault, FaultError};
pub use options::{
    DEFAULT_MAX_WEIGHT, DEFAULT_RATE_LIMIT, DEFAULT_RESET_AT, DEFAULT_TOKEN_EXPIRES_AT, Options,
};
pub use quirks::{Quirk, QuirkKind};
pub use record::Recorded;
pub use serve::{Simulator, serve};
pub use stats::Stats;
pub use write_faults::{WriteFault, WriteFaultKind};
