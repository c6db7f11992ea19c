//! Where a GitHub App is installed: each organization has an installation of its own, with its own
//! permissions, token and budget.

use crate::forge::error::ForgeError;
use crate::forge::reading::{Fetched, fetch};
use std::collections::HashMap;

use octocrab::auth::AppAuth;
use octocrab::models::InstallationId;
use serde_json::Value as Json;
use tokio::sync::{Mutex, OnceCell};

use super::client::Reader;
use super::rights::Rights;
use super::server::Server;

/// One installation.
struct Installed {
    login: String,
    id: InstallationId,
    rights: Rights,
}

/// The installations of an App, asked for once.
pub(super) struct Installations {
    server: Server,
    app: AppAuth,
    /// The one that is used where none of the organization's own is found.
    given: Option<InstallationId>,
    all: OnceCell<Vec<Installed>>,
    /// Readers by login in lower case: two would each buy a token.
    readers: Mutex<HashMap<String, Reader>>,
}

impl Installations {
    pub(super) fn of(server: Server, app: AppAuth, given: Option<InstallationId>) -> Self {
        Self { server, app, given, all: OnceCell::new(), readers: Mutex::default() }
    }

    /// The reader of an organization's installation.
    ///
    /// # Errors
    /// When there is no such installation, or the App cannot be asked.
    pub(super) async fn reader(&self, app: &Reader, login: &str) -> Result<Reader, ForgeError> {
        let mut readers = self.readers.lock().await;
        let key = login.to_ascii_lowercase();
        if let Some(reader) = readers.get(&key) {
            return Ok(reader.clone());
        }
        let all = self.all.get_or_try_init(|| list(app)).await?;
        let found = all.iter().find(|i| i.login.eq_ignore_ascii_case(login));
        let (id, rights) = match (found, self.given) {
            (Some(installed), _) => (installed.id, installed.rights.clone()),
            (None, Some(given)) => (given, Rights::Untold),
            (None, None) => {
                let elsewhere: Vec<&str> = all.iter().map(|i| i.login.as_str()).collect();
                let elsewhere =
                    if elsewhere.is_empty() { "nowhere".to_owned() } else { elsewhere.join(", ") };
                let what = format!("it is not installed in {login}; it is installed in: {elsewhere}");
                return Err(ForgeError::Identity { what });
            }
        };
        let reader = app.of_installation(&self.server, self.app.clone(), id, &rights)?;
        readers.insert(key, reader.clone());
        Ok(reader)
    }
}

async fn list(app: &Reader) -> Result<Vec<Installed>, ForgeError> {
    let fetched = fetch(app, "/app/installations", None, true, false).await?;
    let all = match &fetched {
        Fetched::Is(Json::Array(all)) => all,
        Fetched::Hidden(why) => return Err(ForgeError::Identity { what: why.clone() }),
        _ => return Err(ForgeError::Identity { what: "its installations cannot be listed".into() }),
    };
    let installed = |json: &Json| {
        let id = InstallationId(json["id"].as_u64()?);
        let login = json["account"]["login"].as_str()?.to_owned();
        Some(Installed { login, id, rights: Rights::of_installation(json) })
    };
    Ok(all.iter().filter_map(installed).collect())
}
