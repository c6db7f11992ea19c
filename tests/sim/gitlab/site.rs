//! Where the simulated GitLab says that it is.

#[derive(Debug, Clone)]
pub struct Site {
    pub host: String,
    pub web: String,
    pub api: String,
}

impl Site {
    pub fn new(host: &str) -> Self {
        let web = format!("http://{host}");
        Self { host: host.to_owned(), api: format!("{web}/api/v4"), web }
    }
}
