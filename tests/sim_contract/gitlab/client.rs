//! A client as small as these tests need.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::sim::gitlab::{self, Options, Simulator, World};

pub struct Client {
    pub simulator: Simulator,
    http: reqwest::Client,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    pub async fn to(world: World) -> Self {
        Self::with(world, Options::default()).await
    }

    pub async fn with(world: World, options: Options) -> Self {
        Self { simulator: gitlab::serve(world, options).await.unwrap(), http: reqwest::Client::new() }
    }

    /// A path beneath `/api/v4`, or a whole address.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, "private-token", "secret").await
    }

    pub async fn get_with(&self, path: &str, header: &'static str, value: &str) -> Answer {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/api/v4{path}", self.simulator.url())
        };
        Answer::of(self.http.get(url).header(header, value)).await
    }

    /// Writes at a path beneath `/api/v4`.
    pub async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        let url = format!("{}/api/v4{path}", self.simulator.url());
        let request = self.http.request(method.parse().unwrap(), url).header("private-token", "secret");
        Answer::of(request.header("content-type", "application/json").body(body.to_string())).await
    }

    pub async fn query(&self, query: &str) -> Value {
        let url = format!("{}/api/graphql", self.simulator.url());
        let request = self.http.post(url).bearer_auth("secret").body(json!({ "query": query }).to_string());
        Answer::of(request).await.json()
    }

    /// What a query answers that nothing is wrong with.
    pub async fn data(&self, query: &str) -> Value {
        let mut answer = self.query(query).await;
        assert!(answer.get("errors").is_none(), "{query}: {}", answer["errors"]);
        answer["data"].take()
    }
}

impl Answer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The address that the `Link` header gives that relation.
    pub fn link(&self, relation: &str) -> Option<String> {
        let link = self.header("link")?;
        let found = link.split(", ").find(|link| link.ends_with(&format!("rel=\"{relation}\"")))?;
        Some(found.trim_start_matches('<').split_once('>')?.0.to_owned())
    }
}
