//! A client as small as these tests need.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::{self, Options, Simulator, World};

pub struct Client {
    pub simulator: Simulator,
    http: reqwest::Client,
    base: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    pub async fn to(world: World) -> Self {
        Self::with(world, Options::default()).await
    }

    pub async fn with(world: World, options: Options) -> Self {
        let simulator = sim::serve(world, options).await.unwrap();
        let base = simulator.url();
        Self { simulator, http: reqwest::Client::new(), base }
    }

    /// The same simulator, as an Enterprise Server.
    pub fn enterprise(mut self) -> Self {
        self.base = self.simulator.enterprise_url();
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &Value::Null).await
    }

    pub async fn get_with(&self, path: &str, header: &'static str, value: &str) -> Answer {
        let request = self.http.get(self.url(path)).bearer_auth("secret").header(header, value);
        Answer::of(request).await
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        Answer::of(self.http.get(self.url(path)).bearer_auth(token)).await
    }

    pub async fn anonymously(&self, path: &str) -> Answer {
        Answer::of(self.http.get(self.url(path))).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, &body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &Value::Null).await
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let mut request = self.http.request(method, self.url(path)).bearer_auth("secret");
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        Answer::of(request).await
    }

    /// The result of reading a body that may break off.
    pub async fn try_get(&self, path: &str) -> Result<String, reqwest::Error> {
        self.http.get(self.url(path)).bearer_auth("secret").send().await?.text().await
    }

    pub async fn graphql(&self, query: &str, variables: Value) -> Answer {
        self.post("/graphql", json!({ "query": query, "variables": variables })).await
    }

    /// The data of a query that must not have errors.
    pub async fn data(&self, query: &str) -> Value {
        let mut body = self.graphql(query, json!({})).await.json();
        assert_eq!(body["errors"], Value::Null, "{query}");
        body["data"].take()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Answer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
