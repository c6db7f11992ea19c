//! Drives the road: policy and forges in, an outcome out. Between the layers that decide or read
//! and those that show.

mod apply;
mod apply_github;
mod apply_gitlab;
mod apply_snapshot;
mod apply_snapshot_above;
mod apply_snapshot_gitlab;
mod audit;
mod baseline;
mod batches;
mod carry;
mod difference;
mod gitlab;
mod gitlab_preflight;
mod history;
mod home;
mod journal;
mod keeping;
mod lifting;
mod live;
mod lockout;
mod looked;
mod outcome;
mod planning;
mod portal;
mod preflight;
mod shard;
mod sources;
mod supplement;
mod wants;
mod who;

pub use apply::{Applied, Applier, ApplyError, Carried, Step, Watch};
pub use audit::{Auditor, RunError};
pub use baseline::{
    Agreed, Baseline, BaselineError, Entry, baseline_of, parse_baseline, read_baseline, write_baseline,
};
pub use batches::Batches;
pub use difference::{Became, Change, Difference, DifferenceError, difference};
pub use gitlab_preflight::GitlabPreflight;
pub use history::{Added, History, HistoryError, KnownFinding, PastRun, Repeat, RunNumbers, Trend};
pub use home::{Home, home};
pub use journal::{Journal, JournalError, Past, journal_of, read_journal};
pub use keeping::{Kept, Standing, keep_comment, keep_issue};
pub use lifting::{Lifting, wanted_to_lift};
pub use live::{GithubPlace, Hearer, Live, reason};
pub use lockout::Lockouts;
pub use outcome::{LookedAt, Outcome, ReadTime, Requests, Unread};
pub use planning::{PLAN_VERSION, Planner, digest, finish, wanted_to_plan};
pub use portal::{Listed, wanted_for_a_portal};
pub use preflight::{Blind, Preflight, REST_AN_HOUR};
pub use shard::{MergeError, Shard, ShardHeader, ShardWriter, Shards};
pub use sources::{Place, SourceError, Sources, sources};
pub use wants::{everything, serves_openness, wanted, wanted_for_journeys, wanted_of_snapshot};
pub use who::{Actor, LogServer, Who, WhoAsked};
