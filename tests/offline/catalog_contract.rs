//! Holds every GitHub binding of the catalogue against what GitHub publishes: REST paths, methods
//! and fields against its OpenAPI descriptions, GraphQL paths against its schema and our overlay.
//!
//! Both come from npm: `npm ci --prefix tests/contract`. Where they are not installed the tests
//! check nothing and say so, except under `CI=true`, where that is a failure.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path as File, PathBuf};

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema, ast};
use ispo_scm::catalog::{Catalog, Endpoint, ForgeKind, Hop, Many, Path, Selection};
use ispo_scm::model::SubjectKind;
use serde_json::Value as Json;

/// The folder of what is published, if it is there.
pub(crate) fn published() -> Option<PathBuf> {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/node_modules/@octokit");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "run `npm ci --prefix tests/contract` first");
    // Not `eprintln!`: the harness would keep what a passing test says.
    let told = "SKIPPED: what GitHub publishes: `npm ci --prefix tests/contract` has not been run";
    writeln!(std::io::stderr(), "{told}").unwrap();
    None
}

pub(crate) fn all_or_nothing(what: &str, checked: usize, wrong: &[String]) {
    eprintln!("{checked} {what} checked");
    assert!(checked > 0, "no {what} checked");
    assert!(wrong.is_empty(), "{} of {checked} {what} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

// GraphQL

fn schema(folder: &File) -> Valid<Schema> {
    let text = std::fs::read_to_string(folder.join("graphql-schema/schema.graphql")).unwrap();
    let mut document = ast::Document::parse(text, "schema.graphql").unwrap();
    // The published text declares some fields of one type twice.
    for definition in &mut document.definitions {
        if let ast::Definition::ObjectTypeDefinition(object) = definition {
            let mut seen = HashSet::new();
            object.make_mut().fields.retain(|field| seen.insert(field.name.clone()));
        }
    }
    let overlay = include_str!("../sim/overlay.graphql");
    document.definitions.extend(ast::Document::parse(overlay, "overlay.graphql").unwrap().definitions);
    document.to_schema_validate().unwrap_or_else(|e| panic!("{}", e.errors))
}

/// The object that the settings of a scope begin at, and a query that has it.
fn root(of: SubjectKind) -> (&'static str, &'static str) {
    match of {
        SubjectKind::Enterprise => ("Enterprise", "enterprise(slug: \"a\")"),
        SubjectKind::Organization => ("Organization", "organization(login: \"a\")"),
        SubjectKind::Repository => ("Repository", "repository(owner: \"a\", name: \"b\")"),
    }
}

/// Every GraphQL path of a scope with the key of its row, from the scope's own object on.
fn paths(catalog: &Catalog, of: SubjectKind) -> Vec<(String, Path)> {
    let mut paths = Vec::new();
    for kind in catalog.kinds().filter(|k| k.of == of) {
        let Some(binding) = &kind.github else { continue };
        let identity = binding.graphql.as_ref().zip(binding.identity.as_ref());
        paths.extend(identity.map(|(path, identity)| (kind.name.to_string(), path.then(identity))));
    }
    for setting in catalog.settings().filter(|s| catalog.has(of, s)) {
        let Some(own) = setting.github.binding().and_then(|b| b.graphql.as_ref()) else { continue };
        let path = match catalog.kind_of(setting, of) {
            None => own.clone(),
            Some(kind) => {
                let Some(collection) = kind.github.as_ref().and_then(|b| b.graphql.as_ref()) else {
                    continue;
                };
                collection.with_key("docs/READ ME.md").then(own)
            }
        };
        paths.push((setting.key.to_string(), path));
    }
    paths
}

/// Validators accept a connection without a page and do not know a list from a value; GitHub
/// refuses the one, and the reader of the answer needs the other.
fn lint(schema: &Schema, ty: &str, path: &Path) -> Result<(), String> {
    path.walk(&ty.to_owned(), &mut |at, hop| {
        let Hop::Field { name, many, pick } = hop else {
            let Hop::Case(case) = hop else { return Ok(at.clone()) };
            return schema.types.get(case).map(|_| case.to_owned()).ok_or(format!("no type {case}"));
        };
        let field = schema.type_field(at, name).map_err(|_| format!("{at} has no field {name}"))?;
        let ty = field.ty.inner_named_type().to_string();
        let item = match (many, ty.ends_with("Connection"), field.ty.is_list()) {
            (Many::Nodes(_) | Many::Edges(_), false, _) => Err(format!("{at}.{name} is no connection")),
            (Many::One | Many::List, true, _) => Err(format!("{at}.{name} is a connection: write `[N]`")),
            (Many::List, _, false) => Err(format!("{at}.{name} is no list")),
            (Many::One, _, true) => Err(format!("{at}.{name} is a list: write `[]`")),
            (Many::One | Many::List, ..) => Ok(ty),
            (Many::Nodes(_), ..) => through(schema, &ty, "nodes"),
            (Many::Edges(_), ..) => through(schema, &ty, "edges"),
        }?;
        if let Some((field, _)) = pick {
            through(schema, &item, field)?;
        }
        Ok(item)
    })
}

fn through(schema: &Schema, ty: &str, field: &str) -> Result<String, String> {
    let found = schema.type_field(ty, field).map_err(|_| format!("{ty} has no field {field}"))?;
    Ok(found.ty.inner_named_type().to_string())
}

fn validate(schema: &Valid<Schema>, of: SubjectKind, selection: &Selection) -> Result<(), String> {
    let query = format!("query {{ {} {{ {} }} }}", root(of).1, selection.text());
    ExecutableDocument::parse_and_validate(schema, query, "query.graphql").map(drop).map_err(|e| {
        e.errors.iter().fold(String::new(), |mut all, d| {
            let _ = write!(all, "{}; ", d.error);
            all
        })
    })
}

const SCOPES: [SubjectKind; 3] =
    [SubjectKind::Enterprise, SubjectKind::Organization, SubjectKind::Repository];

#[test]
fn every_graphql_path_is_in_the_published_schema() {
    let Some(folder) = published() else { return };
    let schema = schema(&folder);
    let catalog = Catalog::built_in().unwrap();
    let (mut checked, mut wrong) = (0, Vec::new());
    for of in SCOPES {
        for (key, path) in paths(&catalog, of) {
            checked += 1;
            let mut alone = Selection::default();
            let verdict = lint(&schema, root(of).0, &path)
                .and_then(|()| alone.add(&path).map_err(|e| e.to_string()))
                .and_then(|()| validate(&schema, of, &alone));
            wrong.extend(verdict.err().map(|e| format!("{key}: {e} in `{path}`")));
        }
    }
    all_or_nothing("GraphQL paths", checked, &wrong);
}

#[test]
fn all_paths_of_a_scope_make_one_query() {
    let catalog = Catalog::built_in().unwrap();
    let mut selections = Vec::new();
    for of in SCOPES {
        let mut all = Selection::default();
        for (key, path) in paths(&catalog, of) {
            all.add(&path).unwrap_or_else(|e| panic!("{key}: {e}"));
        }
        selections.push((of, all));
    }
    // GitHub takes no query that may return more nodes than this.
    for (of, all) in &selections {
        let page = if *of == SubjectKind::Repository { 100 } else { 1 };
        assert!(all.cost(page).nodes <= 500_000, "{of:?}: {:?}", all.cost(page));
    }
    let Some(folder) = published() else { return };
    let schema = schema(&folder);
    for (of, all) in selections.iter().filter(|(_, all)| !all.is_empty()) {
        validate(&schema, *of, all).unwrap_or_else(|e| panic!("{of:?}: {e}"));
    }
}

#[test]
fn the_lint_sees_what_a_validator_does_not() {
    let Some(folder) = published() else { return };
    let schema = schema(&folder);
    let verdict = |path: &str| lint(&schema, "Repository", &Path::parse(path).unwrap());
    assert!(verdict("rulesets.nodes").unwrap_err().contains("is a connection"));
    assert!(verdict("branchProtectionRules[3].requiredStatusChecks.context").unwrap_err().contains("`[]`"));
    assert!(verdict("licenseInfo[].key").unwrap_err().contains("is no list"));
    assert!(verdict("rulesets[3].rules[3, kind=X].type").unwrap_err().contains("no field kind"));
    assert_eq!(verdict("rulesets[3].rules[3, type=X].type"), Ok(()));
}

// REST

/// The published descriptions, most widely used first: what only one product has is found in its own.
pub(crate) const DESCRIPTIONS: [&str; 4] = ["api.github.com", "ghec", "ghes-3.19", "ghes-3.17"];

/// One description; the places in it are lists of schemas, any of which may hold.
pub(crate) struct Description {
    whole: Json,
}

impl Description {
    pub(crate) fn load(folder: &File, name: &str) -> Self {
        let bytes = std::fs::read(folder.join(format!("openapi/generated/{name}.json"))).unwrap();
        Self { whole: serde_json::from_slice(&bytes).unwrap() }
    }

    fn target<'a>(&'a self, mut at: &'a Json) -> &'a Json {
        while let Some(reference) = at.get("$ref").and_then(Json::as_str) {
            at = self.whole.pointer(reference.trim_start_matches('#')).unwrap();
        }
        at
    }

    /// The schema with all that it may be instead.
    fn either<'a>(&'a self, schema: &'a Json, out: &mut Vec<&'a Json>) {
        let schema = self.target(schema);
        out.push(schema);
        for several in ["allOf", "anyOf", "oneOf"] {
            for one in schema.get(several).and_then(Json::as_array).into_iter().flatten() {
                self.either(one, out);
            }
        }
    }

    fn below<'a>(&'a self, at: &[&'a Json], find: impl Fn(&'a Json) -> Option<&'a Json>) -> Vec<&'a Json> {
        let mut out = Vec::new();
        at.iter().filter_map(|schema| find(schema)).for_each(|schema| self.either(schema, &mut out));
        out
    }

    fn field<'a>(&'a self, at: &[&'a Json], name: &str) -> Vec<&'a Json> {
        self.below(at, |s| {
            let own = s.get("properties").and_then(|p| p.get(name));
            own.or_else(|| s.get("additionalProperties").filter(|more| more.is_object()))
        })
    }

    fn items<'a>(&'a self, at: &[&'a Json]) -> Vec<&'a Json> {
        self.below(at, |s| s.get("items"))
    }

    /// Where the pointer leads to from the body; of several places the last.
    fn points<'a>(&'a self, body: &'a Json, each: bool, pointer: &Path) -> Result<Vec<&'a Json>, String> {
        let mut start = Vec::new();
        self.either(body, &mut start);
        if each {
            start = self.items(&start);
        }
        let mut end = Vec::new();
        pointer.walk(&start, &mut |at, hop| {
            let Hop::Field { name, many, pick } = hop else {
                return Err("REST has no types to tell apart".to_owned());
            };
            let field = self.field(at, name);
            if field.is_empty() {
                return Err(format!("no field `{name}`"));
            }
            let mut found = match many {
                Many::One => field,
                Many::List => self.items(&field),
                Many::Nodes(_) | Many::Edges(_) => return Err(format!("`{name}`: REST has no connections")),
            };
            if let Some((key, value)) = pick {
                found.retain(|item| {
                    let allowed = self.field(&[item], key);
                    allowed.iter().any(|s| match s.get("enum").and_then(Json::as_array) {
                        Some(words) => words.iter().any(|w| w.as_str() == Some(value)),
                        None => s.get("type").and_then(Json::as_str) == Some("string"),
                    })
                });
            }
            end.clone_from(&found);
            if found.is_empty() { Err(format!("`{name}` is no such list")) } else { Ok(found) }
        })?;
        Ok(end)
    }

    /// The field that is read from the answer or sent, if the request exists.
    pub(crate) fn has(&self, endpoint: &Endpoint, method: &str) -> Result<Vec<&Json>, String> {
        let (path, query) = endpoint.path.split_once('?').unwrap_or((&endpoint.path, ""));
        let at = self.whole["paths"].get(path).ok_or("no such path")?;
        let operation = at.get(method.to_ascii_lowercase()).ok_or("no such method")?;
        for name in query.split('&').filter_map(|pair| Some(pair.split_once('=')?.0)) {
            let parameters = operation.get("parameters").and_then(Json::as_array).into_iter().flatten();
            let found = parameters.map(|p| self.target(p)).any(|p| p["in"] == "query" && p["name"] == name);
            if !found {
                return Err(format!("no parameter `{name}`"));
            }
        }
        // What only removes says nothing.
        let pointer = endpoint.pointer.as_ref().filter(|_| method != "DELETE");
        let Some(pointer) = pointer else { return Ok(Vec::new()) };
        let body = if method == "GET" {
            let answers = operation["responses"].as_object().into_iter().flatten();
            answers.filter(|(code, _)| code.starts_with('2')).find_map(|(_, answer)| self.json(answer))
        } else {
            operation.get("requestBody").and_then(|body| self.json(body))
        };
        self.points(body.ok_or("no JSON body")?, endpoint.each, pointer)
    }

    fn json<'a>(&'a self, body: &'a Json) -> Option<&'a Json> {
        self.target(body).get("content")?.get("application/json")?.get("schema")
    }
}

/// Every REST request of the catalogue with the key of its row.
fn endpoints(catalog: &Catalog, forge: ForgeKind) -> Vec<(String, &Endpoint)> {
    let mut found = Vec::new();
    for kind in catalog.kinds() {
        let binding = match forge {
            ForgeKind::Github => &kind.github,
            ForgeKind::Gitlab => &kind.gitlab,
        };
        let Some(b) = binding else { continue };
        let all = [&b.list, &b.one, &b.create, &b.update, &b.delete];
        found.extend(all.into_iter().flatten().map(|e| (kind.name.to_string(), e)));
    }
    for setting in catalog.settings() {
        let Some(b) = setting.on(forge).binding() else { continue };
        let all = [&b.rest, &b.list, &b.write];
        found.extend(all.into_iter().flatten().map(|e| (setting.key.to_string(), e)));
    }
    found
}

/// What GitHub answers and does not publish: seen in its answers, and read by its own clients.
const UNPUBLISHED: [&str; 1] = ["environment.can_admins_bypass"];

#[test]
fn every_rest_request_is_published() {
    let Some(folder) = published() else { return };
    let catalog = Catalog::built_in().unwrap();
    let all = endpoints(&catalog, ForgeKind::Github);
    let checked = all.len();
    let mut left: Vec<_> = all.into_iter().map(|(key, e)| (key, e, String::new())).collect();
    for name in DESCRIPTIONS {
        if left.is_empty() {
            break;
        }
        let description = Description::load(&folder, name);
        left.retain_mut(|(key, endpoint, why)| {
            let verdict =
                endpoint.method.split('|').try_for_each(|method| description.has(endpoint, method).map(drop));
            if let Err(e) = &verdict {
                let _ = write!(why, " {name}: {e};");
            } else if !why.is_empty() {
                eprintln!("{key}: only in {name}:{why}");
            }
            verdict.is_err()
        });
    }
    let wrong: Vec<_> = left
        .iter()
        .filter(|(key, ..)| !UNPUBLISHED.contains(&key.as_str()))
        .map(|(key, e, why)| format!("{key}: `{} {} :: {}`:{why}", e.method, e.path, e.field))
        .collect();
    for key in UNPUBLISHED {
        assert!(left.iter().any(|(left, ..)| left == key), "`{key}` is published by now");
    }
    all_or_nothing("REST requests", checked, &wrong);
}

#[test]
fn every_published_word_is_in_the_row() {
    let Some(folder) = published() else { return };
    let catalog = Catalog::built_in().unwrap();
    let description = Description::load(&folder, DESCRIPTIONS[0]);
    let (mut checked, mut wrong) = (0, Vec::new());
    for setting in catalog.settings().filter(|s| !s.values.is_empty()) {
        let Some(binding) = setting.github.binding() else { continue };
        // Where a codec stands between, the words are not the forge's.
        let Some(endpoint) = binding.write.as_ref().or(binding.rest.as_ref()) else { continue };
        let Ok(found) = description.has(endpoint, &endpoint.method) else { continue };
        if binding.codec.is_some() {
            continue;
        }
        let mut places = found.clone();
        places.extend(description.items(&found));
        for word in places.iter().filter_map(|s| s.get("enum")?.as_array()).flatten() {
            let Some(word) = word.as_str() else { continue };
            checked += 1;
            if !setting.values.iter().any(|v| v == word) {
                wrong.push(format!("{}: `{word}` is not among {:?}", setting.key, setting.values));
            }
        }
    }
    all_or_nothing("words", checked, &wrong);
}

/// A ruleset's rows name the repository's request. The organization's takes the same body, but for
/// the rules that only a repository can have.
#[test]
fn an_organizations_ruleset_takes_the_same_fields() {
    let Some(folder) = published() else { return };
    let catalog = Catalog::built_in().unwrap();
    let description = Description::load(&folder, DESCRIPTIONS[0]);
    let mut lacking = HashSet::new();
    for (key, endpoint) in endpoints(&catalog, ForgeKind::Github) {
        if let Some(rest) = endpoint.path.strip_prefix("/repos/{owner}/{repo}/rulesets") {
            let moved = Endpoint { path: format!("/orgs/{{org}}/rulesets{rest}"), ..endpoint.clone() };
            if description.has(&moved, &moved.method).is_err() {
                lacking.insert(key.split('.').take(2).collect::<Vec<_>>().join("."));
            }
        }
    }
    let only_repositories = ["ruleset.merge_queue", "ruleset.license_compliance_scanning"];
    assert_eq!(lacking, only_repositories.map(str::to_owned).into());
}

#[test]
fn a_slip_in_a_request_is_seen() {
    let Some(folder) = published() else { return };
    let description = Description::load(&folder, DESCRIPTIONS[0]);
    let verdict = |method: &str, path: &str, field: &str| {
        let pointer = (!field.is_empty()).then(|| Path::parse(field).unwrap());
        let (method, path, field) = (method.to_owned(), path.to_owned(), field.to_owned());
        let endpoint = Endpoint { method, path, each: false, pointer, field };
        description.has(&endpoint, &endpoint.method).map(drop)
    };
    let ruleset = "/repos/{owner}/{repo}/rulesets/{ruleset_id}";
    assert_eq!(verdict("GET", "/orgs/{org}", "description"), Ok(()));
    assert!(verdict("GET", "/orgs/{org}", "descriptoin").unwrap_err().contains("no field"));
    assert!(verdict("GET", "/orgs/{organization}", "").unwrap_err().contains("no such path"));
    assert!(verdict("PUT", "/orgs/{org}", "").unwrap_err().contains("no such method"));
    assert!(verdict("GET", "/orgs/{org}/members?rule=admin", "").unwrap_err().contains("no parameter"));
    assert_eq!(verdict("PUT", ruleset, "rules[type=update].parameters"), Ok(()));
    assert!(verdict("PUT", ruleset, "rules[type=deletion].parameters").unwrap_err().contains("no field"));
    assert!(verdict("PUT", ruleset, "rules[type=delete].type").unwrap_err().contains("no such list"));
}

/// GitLab publishes no description that could be pinned: what can be held against its rows is form.
#[test]
fn gitlab_requests_are_well_formed() {
    let catalog = Catalog::built_in().unwrap();
    let all = endpoints(&catalog, ForgeKind::Gitlab);
    let known = |method: &str| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method);
    let wrong: Vec<_> = all
        .iter()
        .filter(|(_, e)| {
            !e.method.split('|').all(known) || !e.path.starts_with('/') || e.path.contains(":id")
        })
        .map(|(key, e)| format!("{key}: {} {}", e.method, e.path))
        .collect();
    all_or_nothing("GitLab requests", all.len(), &wrong);
}
