//! `forge-sim`: the simulated GitHub, or the simulated GitLab, as a program of its own.

#[path = "mod.rs"]
mod sim;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use sim::server::{DEFAULT_MAX_WEIGHT, DEFAULT_RATE_LIMIT, DEFAULT_RESET_AT};
use sim::world::{Identity, parse_identity};
use sim::{Fault, Options, World, gitlab, worlds};

/// A stateful GitHub over HTTP: REST at `/` and `/api/v3`, GraphQL at `/graphql` and `/api/graphql`.
///
/// Any token is accepted and may do everything, unless `--identity` says otherwise; one that begins
/// with `ghs_` stands for an App's installation. `GET /__stats`
/// tells what was asked, `POST /__reset` sets the counts to zero.
///
/// With `--group` it is a GitLab instead: REST at `/api/v4`, GraphQL at `/api/graphql`. What only GitHub
/// has, such as `--identity` or `--state`, does not go with it.
#[derive(Parser)]
#[command(name = "forge-sim")]
struct Arguments {
    /// The port on the loopback interface; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The login of the organization.
    #[arg(long, default_value = "acme")]
    organization: String,
    /// How many repositories to invent.
    #[arg(long, default_value_t = 100)]
    repositories: usize,
    /// Be a GitLab that has this group.
    #[arg(
        long,
        conflicts_with_all = ["organization", "repositories", "state", "dump", "identity", "installed_version",
            "token_lifetime", "no_rate_limits", "max_weight", "rate_limit", "reset_at"]
    )]
    group: Option<String>,
    /// How many projects of the group to invent, 25 in each subgroup.
    #[arg(long, default_value_t = 100, requires = "group")]
    projects: usize,
    /// What the GitLab is paid for: free, premium or ultimate.
    #[arg(long, default_value = "ultimate", requires = "group")]
    tier: gitlab::Tier,
    /// The version of the GitLab: older ones lack what came later.
    #[arg(long, value_name = "VERSION", requires = "group")]
    gitlab_version: Option<String>,
    /// Be gitlab.com, where nobody administers the instance.
    #[arg(long, requires = "group")]
    gitlab_com: bool,
    /// The same seed invents the same organization.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Start from repositories that all conform, instead of varied ones.
    #[arg(long)]
    conforming: bool,
    /// Start from a file, a dump of this program or the description of one organization, and invent
    /// nothing.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write the world to a file before serving it.
    #[arg(long, value_name = "FILE")]
    dump: Option<PathBuf>,
    /// How long each answer waits, in milliseconds.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// A GraphQL query that may return more nodes than this, every `first` filled, is answered 502:
    /// clients must ask for smaller pages. Above 500,000 nodes it is GitHub's own refusal.
    #[arg(long, default_value_t = DEFAULT_MAX_WEIGHT)]
    max_weight: u64,
    /// REST requests, and apart from them GraphQL points, until the rate limit is reached.
    #[arg(long, default_value_t = DEFAULT_RATE_LIMIT)]
    rate_limit: u64,
    /// The moment at which limits are said to be reset, in seconds since 1970.
    #[arg(long, default_value_t = DEFAULT_RESET_AT)]
    reset_at: u64,
    /// A GraphQL field that this server does not know, as an older one would not, such as
    /// `Repository.hasPullRequestsEnabled`.
    #[arg(long, value_name = "TYPE.FIELD")]
    without_field: Vec<String>,
    /// What goes wrong on purpose, as a comma list:
    /// `rate-limit-after=N` (403 with no requests remaining; in GraphQL 200 with RATE_LIMITED),
    /// `secondary-every=N:SECONDS` (429 with Retry-After), `502-every=N` (a page of HTML),
    /// `truncate-every=N` (the body breaks off half way); of one list, named by the path that GitHub's
    /// description gives it: `short-pages=PATH` (each page lacks an item that the next one has),
    /// `shifting-list=PATH` (an item comes on no page), `overstated-total=PATH=N` (N more are told); of requests that write,
    /// counted from one, `writes=FROM-TO=KIND`: a status such as `500`, or `500-done` where it was done all
    /// the same, `reset`, `reset-done`, `hang-done`, `ignored`, `patience:SECONDS` and `spent:SECONDS`.
    #[arg(long, value_delimiter = ',', value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Who asks with a token, `*` being any that no other names; may be given several times. Persons
    /// must be allowed by their role in the world, too. With one such token, others are worth nothing.
    /// `TOKEN=classic LOGIN SCOPE...`, `TOKEN=fine-grained LOGIN PERMISSION...`,
    /// `TOKEN=installation ORGANIZATION PERMISSION...`, `TOKEN=job OWNER/REPOSITORY PERMISSION...`;
    /// permissions are such as `administration:read` or `organization_hooks:read`.
    #[arg(long, value_name = "IDENTITY", value_parser = parse_identity)]
    identity: Vec<(String, Identity)>,
    /// After so many requests a token of an installation is worth nothing any more.
    #[arg(long, value_name = "REQUESTS")]
    token_lifetime: Option<u64>,
    /// Keep what is asked, for `GET /__recorded`.
    #[arg(long)]
    record: bool,
    /// Limit nobody and send no headers of limits, as an Enterprise Server does by default.
    #[arg(long)]
    no_rate_limits: bool,
    /// The version of the Enterprise Server that `/api/v3` is: older ones lack what came later.
    #[arg(long, value_name = "VERSION")]
    installed_version: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    if let Some(group) = &arguments.group {
        let simulator = gitlab::serve(gitlab_world(&arguments, group), gitlab_options(&arguments)).await?;
        listening(&simulator.url())?;
        return Ok(simulator.run().await?);
    }
    let world = world(&arguments)?;
    if let Some(path) = &arguments.dump {
        worlds::dump(&world, path)?;
    }
    let simulator = sim::serve(world, options(arguments)).await?;
    listening(&simulator.url())?;
    simulator.run().await?;
    Ok(())
}

fn listening(url: &str) -> io::Result<()> {
    writeln!(io::stdout(), "listening on {url}")?;
    io::stdout().flush()
}

fn gitlab_world(arguments: &Arguments, group: &str) -> gitlab::World {
    let mut world = if arguments.conforming {
        gitlab::World::conforming(group, arguments.projects)
    } else {
        gitlab::World::synthetic(group, arguments.projects, arguments.seed)
    };
    world.tier = arguments.tier;
    if let Some(version) = &arguments.gitlab_version {
        world.version.clone_from(version);
    }
    if arguments.gitlab_com { world.on_gitlab_com() } else { world }
}

fn gitlab_options(arguments: &Arguments) -> gitlab::Options {
    gitlab::Options {
        port: arguments.port,
        latency: Duration::from_millis(arguments.latency_ms),
        without_fields: arguments.without_field.clone(),
        faults: arguments.faults.clone(),
        record: arguments.record,
        ..gitlab::Options::default()
    }
}

fn world(arguments: &Arguments) -> Result<World, worlds::StateError> {
    let login = &arguments.organization;
    let mut world = match &arguments.state {
        Some(path) => worlds::load(path, login)?,
        None if arguments.conforming => World::conforming(login, arguments.repositories),
        None => World::synthetic(login, arguments.repositories, arguments.seed),
    };
    for (token, identity) in &arguments.identity {
        world.identity(token, identity.clone());
    }
    if let Some(version) = &arguments.installed_version {
        world.installed_version.clone_from(version);
    }
    Ok(world)
}

fn options(arguments: Arguments) -> Options {
    Options {
        port: arguments.port,
        latency: Duration::from_millis(arguments.latency_ms),
        max_weight: arguments.max_weight,
        rate_limit: arguments.rate_limit,
        reset_at: arguments.reset_at,
        without_fields: arguments.without_field,
        faults: arguments.faults,
        rate_limits: !arguments.no_rate_limits,
        token_lifetime: arguments.token_lifetime,
        record: arguments.record,
        ..Options::default()
    }
}
