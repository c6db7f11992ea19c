//! What gitlab.com allows of single endpoints, which it announces in no answer.
//!
//! Source: docs.gitlab.com, "GitLab.com settings", rate limits of the Projects, Groups and Members APIs,
//! for each user and minute.

use std::num::NonZeroU32;

use super::server::Server;
use crate::forge::pace::{Allowed, Pace};
use crate::forge::terms::Terms;
use crate::forge::transport::TransportError;

/// All requests of one user together.
pub(super) const ALL: NonZeroU32 = NonZeroU32::new(2_000).unwrap();

/// An endpoint, `*` standing for one segment, and how often it may be asked in a minute.
const ENDPOINTS: [(&str, &str, u32); 5] = [
    ("/groups", "`/groups`", 50),
    ("/groups/*", "`/groups/:id`", 400),
    ("/groups/*/projects", "`/groups/:id/projects`", 600),
    ("/projects/*", "`/projects/:id`", 400),
    ("/projects/*/members/all", "`/projects/:id/members/all`", 200),
];

/// The rates of one server's endpoints; none where the server is somebody's own, whose administrators
/// set them.
pub(super) struct Rates {
    endpoints: Vec<(&'static str, Pace)>,
    terms: Terms,
}

impl Rates {
    pub(super) fn of(server: &Server, terms: &Terms) -> Self {
        let pace = |(path, name, a_minute): (&'static str, &'static str, u32)| {
            let allowed = Allowed { a_minute, by_user: false };
            (path, Pace::new(name, allowed, std::sync::Arc::clone(&terms.voice)))
        };
        let endpoints = if server.is_cloud() { ENDPOINTS.map(pace).into() } else { Vec::new() };
        Self { endpoints, terms: terms.clone() }
    }

    /// Waits until the endpoint of a path may be asked once more.
    ///
    /// # Errors
    /// When the run has to end before.
    pub(super) async fn turn(&self, path: &str) -> Result<(), TransportError> {
        match self.endpoints.iter().find(|(endpoint, _)| is_of(endpoint, path)) {
            Some((_, pace)) => pace.turn(&self.terms.stop).await,
            None => Ok(()),
        }
    }
}

fn is_of(endpoint: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (mut wanted, mut have) = (endpoint.split('/'), path.split('/'));
    loop {
        match (wanted.next(), have.next()) {
            (None, None) => return true,
            (Some(want), Some(segment)) if want == "*" || want == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::forge::stop::Stop;

    #[test]
    fn an_endpoint_is_known_by_its_path() {
        let of = |path: &str| ENDPOINTS.iter().find(|(e, ..)| is_of(e, path)).map(|(e, ..)| *e);
        assert_eq!(of("/groups/acme%2Fcore?with_projects=false"), Some("/groups/*"));
        assert_eq!(of("/groups/7/projects?page=2"), Some("/groups/*/projects"));
        assert_eq!(of("/projects/acme%2Fapi"), Some("/projects/*"));
        assert_eq!(of("/projects/acme%2Fapi/push_rule"), None);
    }

    #[tokio::test]
    async fn only_the_cloud_is_held_to_its_rates() {
        let stop = Stop::after(Duration::from_millis(200), "soon");
        let terms = Terms { stop: Arc::new(stop), ..Terms::plain(Arc::new(|_: &str| {})) };
        let cloud = Rates::of(&Server::at(None).unwrap(), &terms);
        let mut sent = 0;
        while cloud.turn("/groups").await.is_ok() {
            sent += 1;
        }
        assert!((3..=4).contains(&sent), "{sent} of 50 a minute go at once");
        assert!(cloud.turn("/projects/1/push_rule").await.is_ok(), "another endpoint is not held up");
        let own = Rates::of(&Server::at(Some("https://gitlab.acme.example")).unwrap(), &terms);
        for _ in 0..100 {
            assert!(own.turn("/groups").await.is_ok());
        }
    }
}
