//! Starting and stopping a simulated GitLab.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, RwLockReadGuard, RwLockWriteGuard};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::dispatch;
use super::options::Options;
use super::state::State;
use crate::sim::gitlab::graphql;
use crate::sim::gitlab::world::World;
use crate::sim::server::{Recorded, Stats};

/// A running simulator; it stops when this is dropped.
pub struct Simulator {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<io::Result<()>>,
}

/// Serves the world on the loopback interface until the simulator is dropped.
pub async fn serve(world: World, options: Options) -> io::Result<Simulator> {
    let engine = graphql::engine(&world, &options.without_fields).map_err(io::Error::other)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let state = Arc::new(State::new(world, options, engine));
    let router = Router::new().fallback(dispatch::handle).with_state(Arc::clone(&state));
    let task = tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Simulator { address, state, task })
}

impl Simulator {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server's own address; the API is at `/api/v4` and `/api/graphql` beneath it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far.
    pub fn stats(&self) -> Stats {
        self.state.ledger().stats.clone()
    }

    pub fn reset_stats(&self) {
        self.state.reset_stats();
    }

    /// What arrived so far, where [`Options::record`] asked for it.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.state.ledger().recorded.clone()
    }

    /// The world as it is now; no request is answered with a change while this is held.
    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.state.world()
    }

    /// Changes the world behind the back of whoever is reading it.
    pub fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.state.world_mut()
    }

    /// Waits until the server ends, which by itself it does not.
    pub async fn run(mut self) -> io::Result<()> {
        (&mut self.task).await.map_err(io::Error::other)?
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}
