//! The simulator's routes and bodies against the REST description GitHub publishes.

use serde_json::{Value, json};

use crate::client::Client;
use crate::contract::{Asked, Description, published};
use crate::every_field::rich_world;
use crate::places::path_of;
use crate::sim::World;
use crate::sim::rest::documents::{Row, table};
use crate::sim::rest::{Endpoint, Handler, Method, ROUTES, Rights};

/// What is published otherwise than GitHub answers: texts are null where nobody wrote one, and this
/// list of installations is described unlike all others.
const NOT_SO: [&str; 6] = [
    "GET /app/installations 200 /0/account: ",
    "GET /orgs/{org} 200 /name: null",
    "GET /orgs/{org} 200 /company: null",
    "GET /orgs/{org} 200 /blog: null",
    "GET /orgs/{org} 200 /location: null",
    "GET /orgs/{org} 200 /email: null",
];

#[test]
fn every_route_is_published() {
    let Some(description) = Description::load() else { return };
    for route in ROUTES {
        let method = route.method.name();
        assert!(description.knows(route.path, method), "{method} {} is not published", route.path);
    }
    for row in table() {
        assert!(description.knows(&row.path, "GET"), "GET {} is not published", row.path);
        if let Some(write) = row.write {
            let method = write.method.name();
            assert!(description.knows(&row.path, method), "{method} {} is not published", row.path);
        }
    }
}

#[test]
fn pages_are_as_large_as_is_published() {
    let Some(description) = Description::load() else { return };
    let mut problems = Vec::new();
    for row in table().iter().filter(|row| row.list.is_some()) {
        let published = description.largest_page(&row.path);
        let ours = row.paged.then(|| row.pages().largest);
        if published.is_some() && published != ours {
            problems.push(format!("{}: {ours:?}, published {published:?}", row.path));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn what_code_answers_is_published() {
    let Some(description) = Description::load() else { return };
    let client = Client::to(rich_world()).await;
    let mut problems = Vec::new();
    for route in ROUTES.iter().filter(|route| route.method == Method::Get) {
        assert!(matches!(route.handler, Handler::Read(_)));
        let path = path_of(&client, route.path);
        let answer = client.get(&path).await;
        assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
        let body = (!answer.text.is_empty()).then(|| answer.json());
        if let Some(Value::Array(items)) = &body {
            assert!(!items.is_empty(), "{path} is empty and proves nothing");
        }
        problems.extend(description.answer_problems(
            route.path,
            "GET",
            answer.status.as_u16(),
            body.as_ref(),
        ));
    }
    // The list of permissions is not complete.
    problems.retain(|problem| !problem.contains("/permissions: Additional properties"));
    problems.retain(|problem| !NOT_SO.iter().any(|known| problem.starts_with(known)));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn what_the_table_answers_is_published() {
    let Some(description) = Description::load() else { return };
    for world in [rich_world(), stated(rich_world())] {
        let client = Client::to(world).await;
        let mut problems = Vec::new();
        for row in table().iter() {
            let path = path_of(&client, &row.path);
            let answer = client.get(&path).await;
            let status = answer.status.as_u16();
            // How GitHub says that something is not there, its description often leaves open.
            let may_be_missing =
                row.one || row.fill.is_some() || row.path.contains("_name}/") || row.path.contains("{name}/");
            if (status == 404 && may_be_missing) || (status == 409 && row.unless.is_some()) {
                continue;
            }
            let body = (!answer.text.is_empty()).then(|| answer.json());
            problems.extend(description.answer_problems(&row.path, "GET", status, body.as_ref()));
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}

#[tokio::test]
async fn everything_that_is_stated_is_answered() {
    let client = Client::to(stated(rich_world())).await;
    for row in table() {
        let path = path_of(&client, &row.path);
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let body = answer.json();
        if let Some(list) = &row.list {
            let items = if list.is_empty() { &body } else { &body[list] };
            assert!(!items.as_array().unwrap().is_empty(), "{path}: {body}");
        }
    }
}

/// The same world with something stated for every row of the table.
fn stated(mut world: World) -> World {
    for row in table() {
        let document = example(row);
        let suffix = suffix_of(row);
        if row.path.starts_with("/repos/") {
            world.repository_mut("service-0001").document(&suffix, document);
            if let Some(unless) = &row.unless {
                let condition = json!({ &unless.key: unless.is });
                world.repository_mut("service-0001").document(&unless.document, condition);
            }
        } else if row.path.starts_with("/enterprises/") {
            world.enterprise.as_mut().unwrap().document(&suffix, document);
        } else {
            world.organization_mut("acme").document(&suffix, document);
            if let Some(unless) = &row.unless {
                let condition = json!({ &unless.key: unless.is });
                let organization = world.organization_mut("acme");
                let mut whole = organization.documents.stated(&unless.document).cloned().unwrap_or(json!({}));
                whole[&unless.key] = condition[&unless.key].clone();
                organization.document(&unless.document, whole);
            }
        }
    }
    world
}

fn suffix_of(row: &Row) -> String {
    let path = crate::places::spelled(&row.path);
    for owner in ["/repos/acme/service-0001", "/organizations/acme", "/orgs/acme", "/enterprises/acme-group"]
    {
        if let Some(suffix) = path.strip_prefix(owner) {
            return suffix.to_owned();
        }
    }
    panic!("{path} is beneath nothing");
}

/// The least that can be stated: the table completes it.
fn example(row: &Row) -> Value {
    match (&row.list, row.of.as_deref()) {
        (None, _) => json!({}),
        (Some(_), Some("repository" | "repository_simple")) => json!(["service-0002"]),
        (Some(_), Some("user")) => json!(["dee"]),
        (Some(_), Some(_)) => json!(["platform"]),
        (Some(_), None) => match row.inside.first() {
            Some(inside) if inside.of.starts_with("repository") => json!(["service-0002"]),
            _ => match &row.default {
                // What stands beneath an item is asked for by the id that it has by default.
                Some(default) => json!([{ "id": default[0]["id"] }]),
                None => json!([{}]),
            },
        },
    }
}

#[test]
fn a_request_that_nobody_described_is_told() {
    let Some(description) = Description::load() else { return };
    let told = |method, path, query: &[&str], body: Option<Value>| {
        description.request_problems(&Asked { method, path, query: query.to_vec(), body: body.as_ref() })
    };
    let repository = "/repos/acme/service-0001";
    assert!(told("GET", "/orgs/acme/repos", &["per_page", "page", "type"], None).is_empty());
    assert!(told("PATCH", repository, &[], Some(json!({ "has_wiki": false }))).is_empty());
    assert_eq!(told("GET", "/orgs/acme/spoons", &[], None).len(), 1);
    assert_eq!(told("GET", "/orgs/acme/repos", &["pagesize"], None).len(), 1);
    assert_eq!(told("PATCH", repository, &[], Some(json!({ "has_wikis": false }))).len(), 1);
    assert_eq!(told("PATCH", repository, &[], Some(json!({ "has_wiki": "no" }))).len(), 1);
}

/// What a server has from which version on, against the descriptions of three versions of it.
#[test]
fn older_servers_have_what_is_published_for_them() {
    let versions = [(3, 17), (3, 18), (3, 19)];
    let texts: Option<Vec<String>> = versions
        .iter()
        .map(|(major, minor)| published(&format!("openapi/generated/ghes-{major}.{minor}.json")))
        .collect();
    let Some(texts) = texts else { return };
    let servers: Vec<Value> = texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let mut problems = Vec::new();
    let routes = ROUTES.iter().map(Endpoint::Route);
    for endpoint in routes.chain(table().iter().map(Endpoint::Document)) {
        let (method, path) = (endpoint.method().name().to_lowercase(), endpoint.path());
        let ours = Rights::of(endpoint).ghes;
        for ((major, minor), server) in versions.into_iter().zip(&servers) {
            let published = server["paths"][path][&method].is_object();
            if ours.is_on(&format!("{major}.{minor}.0")) != published {
                problems.push(format!("{method} {path}: {major}.{minor} has it: {published}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The paths that settings are read from, where their list is at hand.
#[test]
fn every_path_that_a_setting_is_read_from_is_served() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/forge-api/github-settings.toml");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: {} is missing", path.display());
        return;
    };
    let settings: toml::Table = toml::from_str(&text).unwrap();
    let served: Vec<&str> =
        ROUTES.iter().map(|route| route.path).chain(table().iter().map(|row| row.path.as_str())).collect();
    let mut missing = std::collections::BTreeSet::new();
    for setting in settings["setting"].as_array().unwrap() {
        let read = setting.get("read_rest").and_then(|read| read.as_str()).unwrap_or_default();
        let paths = read.split("GET ").skip(1).filter_map(|rest| rest.split_whitespace().next());
        missing.extend(paths.filter(|path| path.starts_with('/') && !served.contains(path)));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
