//! The simulator's routes and bodies against the REST description GitHub publishes.

use serde_json::{Map, Value};

use crate::client::{Client, published};
use crate::every_field::rich_world;
use crate::sim::rest::ROUTES;

struct Description(Value);

#[test]
fn every_route_is_published() {
    let Some(description) = Description::load() else { return };
    for route in ROUTES {
        let operation = &description.0["paths"][route.path][route.method.name().to_lowercase()];
        assert!(operation.is_object(), "{} {} is not published", route.method.name(), route.path);
    }
}

#[tokio::test]
async fn bodies_have_the_published_keys_and_no_others() {
    let Some(description) = Description::load() else { return };
    let client = Client::to(rich_world()).await;
    let mut problems = Vec::new();
    for (path, template) in [
        ("/rate_limit", "/rate_limit"),
        ("/user", "/user"),
        ("/orgs/acme", "/orgs/{org}"),
        ("/orgs/acme/installation", "/orgs/{org}/installation"),
        ("/orgs/acme/members", "/orgs/{org}/members"),
        ("/orgs/acme/properties/schema", "/orgs/{org}/properties/schema"),
        ("/orgs/acme/properties/values", "/orgs/{org}/properties/values"),
        ("/orgs/acme/repos", "/orgs/{org}/repos"),
        ("/orgs/acme/rulesets", "/orgs/{org}/rulesets"),
        ("/orgs/acme/rulesets/{organization_ruleset}", "/orgs/{org}/rulesets/{ruleset_id}"),
        ("/orgs/acme/teams", "/orgs/{org}/teams"),
        ("/orgs/acme/teams/platform/repos", "/orgs/{org}/teams/{team_slug}/repos"),
        ("/repos/acme/service-0001", "/repos/{owner}/{repo}"),
        ("/repos/acme/service-0001/branches", "/repos/{owner}/{repo}/branches"),
        ("/repos/acme/service-0001/branches/main", "/repos/{owner}/{repo}/branches/{branch}"),
        (
            "/repos/acme/service-0001/branches/main/protection",
            "/repos/{owner}/{repo}/branches/{branch}/protection",
        ),
        ("/repos/acme/service-0001/collaborators", "/repos/{owner}/{repo}/collaborators"),
        ("/repos/acme/service-0001/git/ref/heads/main", "/repos/{owner}/{repo}/git/ref/{ref}"),
        ("/repos/acme/service-0001/labels", "/repos/{owner}/{repo}/labels"),
        ("/repos/acme/service-0001/properties/values", "/repos/{owner}/{repo}/properties/values"),
        ("/repos/acme/service-0001/pulls", "/repos/{owner}/{repo}/pulls"),
        ("/repos/acme/service-0001/rulesets", "/repos/{owner}/{repo}/rulesets"),
        (
            "/repos/acme/service-0001/rulesets/{repository_ruleset}",
            "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
        ),
        ("/repos/acme/service-0001/teams", "/repos/{owner}/{repo}/teams"),
        ("/repos/acme/service-0001/topics", "/repos/{owner}/{repo}/topics"),
    ] {
        let path = with_ids(&client, path);
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        let body = answer.json();
        assert!(body.as_array().is_none_or(|items| !items.is_empty()), "{path} is empty and proves nothing");
        let schema = description.response(template, "get", "200");
        description.compare(&body, schema, template, &mut problems);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn with_ids(client: &Client, path: &str) -> String {
    let world = client.simulator.world();
    let organization = world.organization("acme").unwrap();
    let own = organization.repository("service-0001").unwrap().rulesets[0].id;
    path.replace("{organization_ruleset}", &organization.rulesets[0].id.to_string())
        .replace("{repository_ruleset}", &own.to_string())
}

impl Description {
    fn load() -> Option<Self> {
        Some(Self(serde_json::from_str(&published("openapi/generated/api.github.com.json")?).unwrap()))
    }

    fn resolve<'d>(&'d self, mut schema: &'d Value) -> &'d Value {
        while let Some(reference) = schema["$ref"].as_str() {
            schema = self.0.pointer(reference.trim_start_matches('#')).unwrap();
        }
        schema
    }

    fn response(&self, path: &str, method: &str, status: &str) -> &Value {
        let response = self.resolve(&self.0["paths"][path][method]["responses"][status]);
        self.resolve(&response["content"]["application/json"]["schema"])
    }

    /// Notes keys that the schema does not know, and required ones that are missing.
    fn compare(&self, value: &Value, schema: &Value, at: &str, problems: &mut Vec<String>) {
        let schema = self.resolve(schema);
        match value {
            Value::Array(items) => {
                items.iter().for_each(|item| self.compare(item, &schema["items"], at, problems));
            }
            Value::Object(fields) => {
                let mut alternatives = self.alternatives(schema);
                // Rules are told apart by their type.
                if let Some(kind) = fields.get("type") {
                    let allows = |schema: &&Value| {
                        schema["properties"]["type"]["enum"]
                            .as_array()
                            .is_none_or(|kinds| kinds.contains(kind))
                    };
                    alternatives.retain(allows);
                }
                // A dictionary, or an object nobody described.
                if alternatives.iter().all(|schema| schema["properties"].is_null()) {
                    return;
                }
                for (key, value) in fields {
                    let known = alternatives.iter().find_map(|schema| schema["properties"].get(key));
                    match known {
                        Some(known) => self.compare(value, known, &format!("{at} {key}"), problems),
                        None => problems.push(format!("{at}: {key} is not published")),
                    }
                }
                if let [only] = alternatives.as_slice() {
                    note_missing(fields, only, at, problems);
                }
            }
            _ => {}
        }
        problems.dedup();
    }

    /// The object schemas a value may follow.
    fn alternatives<'d>(&'d self, schema: &'d Value) -> Vec<&'d Value> {
        let schema = self.resolve(schema);
        let choices = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| schema[key].as_array());
        match choices {
            Some(choices) => choices.iter().flat_map(|choice| self.alternatives(choice)).collect(),
            None => vec![schema],
        }
    }
}

fn note_missing(fields: &Map<String, Value>, schema: &Value, at: &str, problems: &mut Vec<String>) {
    let required = schema["required"].as_array().map_or(&[] as &[_], Vec::as_slice);
    for key in required.iter().filter_map(Value::as_str).filter(|key| !fields.contains_key(*key)) {
        problems.push(format!("{at}: {key} is required"));
    }
}
