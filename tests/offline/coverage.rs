//! How much of what GitHub lets be set the catalogue can read: each known setting has a row at the same
//! place of the same document, or it is said why not.
//!
//! The known settings are data that does not belong to this repository: `forge-api/github-settings.toml`
//! in some folder beside the checkout. Where there is none the test checks nothing and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as File;

use ispo_scm::catalog::{Catalog, Endpoint, ForgeKind, Hop, Path};
use ispo_scm::model::SubjectKind;

/// What is read at another place than the data names, with the row that has it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("branch_protection.protected", "branch_protection"),
    ("environment.can_admins_bypass", "environment.can_admins_bypass"),
    ("organization.custom_property_values", "repository.custom_properties"),
    ("organization.interaction_limit_expiry", "organization.interaction_limit_expires_at"),
    ("organization.members_2fa_disabled", "organization.members_without_two_factor"),
    ("repository.codeowners", "repository.codeowners"),
    ("repository.community.code_of_conduct", "repository.code_of_conduct"),
    ("repository.community.contributing", "repository.contributing"),
    ("repository.community.issue_template", "repository.issue_template"),
    ("repository.community.license", "repository.license"),
    ("repository.community.pull_request_template", "repository.pull_request_template"),
    ("repository.community.readme", "repository.readme"),
    ("repository.license_file", "repository.license"),
    ("repository.custom_properties", "repository.custom_properties"),
    ("repository.effective_branch_rules", "branch.required_approvals"),
    ("repository.private", "repository.visibility"),
    ("repository.vulnerability_alerts", "repository.vulnerability_alerts"),
];

/// What no row has, with one of two reasons: it is `deprecated`, or there is `no API` that tells it.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "organization.actions.enterprise_installable_apps",
        "no API of an organization: only an App of the enterprise may ask, and the organization's own list tells the same",
    ),
    (
        "organization.advanced_security_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    ("organization.audit_log", "no API for a state: it is a stream of what happened"),
    (
        "organization.code_security_configuration.code_security",
        "no API that shows it: it is written, and read as part of `advanced_security`",
    ),
    (
        "organization.code_security_configuration.secret_protection",
        "no API that shows it: it is written, and read as part of `advanced_security`",
    ),
    ("organization.codespaces_access", "no API that shows it: it can only be written"),
    (
        "organization.dependabot_alerts_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.dependabot_security_updates_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.dependency_graph_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.members_allowed_repository_creation_type",
        "deprecated: a switch for each visibility took its place",
    ),
    (
        "organization.secret_scanning_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.secret_scanning_push_protection_custom_link_enabled",
        "deprecated: the link itself says whether there is one",
    ),
    (
        "organization.secret_scanning_push_protection_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    ("organization.secret_scanning_validity_checks_enabled", "no API that shows it: it can only be written"),
    ("organization.security_feature_toggle", "deprecated: security configurations took its place"),
    ("organization.security_managers", "deprecated: a role of the organization took its place"),
    (
        "repository.app_installation",
        "no API for others: an App is told of itself alone; the organization's list has all Apps",
    ),
    ("repository.has_downloads", "deprecated: releases took its place"),
    ("repository.lfs", "no API that shows it: it can only be written"),
    (
        "repository.use_squash_pr_title_as_default",
        "deprecated: the two words for the title and text of a squashed commit took its place",
    ),
    ("team.permission", "deprecated: what a team may do is said of each repository"),
];

/// One place where the catalogue reads.
struct Place {
    key: String,
    /// The document, or the type that a query begins at.
    root: String,
    /// The names of the fields on the way.
    names: BTreeSet<String>,
}

/// The path without its query and the item's own segment: an item's document is as good as the list of
/// all, and a ruleset of the organization is read by the rows of a repository's.
fn document(template: &str) -> String {
    let path = template.split('?').next().unwrap_or_default();
    let path = path.replace("/orgs/{org}/rulesets", "/repos/{owner}/{repo}/rulesets");
    match path.rsplit_once('/') {
        Some((list, last)) if last.starts_with('{') => list.to_owned(),
        _ => path,
    }
}

fn names(path: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let walked: Result<(), std::convert::Infallible> = path.walk(&(), &mut |(), hop| {
        if let Hop::Field { name, pick, .. } = hop {
            names.insert(name.to_owned());
            names.extend(pick.map(|(field, value)| format!("{field}={value}")));
        }
        Ok(())
    });
    walked.unwrap();
    names
}

fn of_endpoint(key: &str, endpoint: &Endpoint) -> Place {
    let names = endpoint.pointer.as_ref().map(names).unwrap_or_default();
    Place { key: key.to_owned(), root: document(&endpoint.path), names }
}

fn scope(of: SubjectKind) -> &'static str {
    match of {
        SubjectKind::Organization => "Organization",
        _ => "Repository",
    }
}

/// Every place of the catalogue: documents, and paths of the query.
fn places(catalog: &Catalog) -> (Vec<Place>, Vec<Place>) {
    let (mut rest, mut graphql) = (Vec::new(), Vec::new());
    for kind in catalog.kinds() {
        let Some(bound) = &kind.github else { continue };
        let identity = bound.identity.as_ref().map(names).unwrap_or_default();
        for list in [&bound.list, &bound.one].into_iter().flatten() {
            let mut place = of_endpoint(&kind.name, list);
            place.names.extend(identity.clone());
            // What REST calls the name may be called otherwise in the query.
            place.names.insert("name".to_owned());
            rest.push(place);
        }
        if let Some(path) = &bound.graphql {
            let names = names(path).into_iter().chain(identity).collect();
            graphql.push(Place { key: kind.name.to_string(), root: scope(kind.of).to_owned(), names });
        }
    }
    for setting in catalog.settings() {
        let Some(binding) = setting.on(ForgeKind::Github).binding() else { continue };
        let kinds: Vec<_> = catalog.kinds().filter(|k| k.name == setting.group).collect();
        for endpoint in [&binding.rest, &binding.list].into_iter().flatten() {
            let place = of_endpoint(&setting.key, endpoint);
            let lists = kinds.iter().filter_map(|k| k.github.as_ref()?.list.as_ref());
            let roots: Vec<_> = lists.map(|list| document(&list.path)).collect();
            // A row tells its list once, though a kind of the same name may be of two scopes.
            let of_items = roots.contains(&place.root) && place.root.starts_with("/repos/");
            for root in roots.into_iter().filter(|_| of_items) {
                rest.push(Place { key: place.key.clone(), root, names: place.names.clone() });
            }
            rest.push(place);
        }
        let Some(own) = &binding.graphql else { continue };
        let begin: Vec<_> = match kinds.is_empty() {
            true => SubjectKind::from_word(&setting.group).map(|of| (of, None)).into_iter().collect(),
            false => {
                kinds.iter().map(|k| (k.of, k.github.as_ref().and_then(|b| b.graphql.as_ref()))).collect()
            }
        };
        for (of, collection) in begin {
            let names = names(own).into_iter().chain(collection.map(names).unwrap_or_default()).collect();
            graphql.push(Place { key: setting.key.to_string(), root: scope(of).to_owned(), names });
        }
    }
    (rest, graphql)
}

/// The row that reads a known setting.
fn reader<'p>(known: &toml::Table, rest: &'p [Place], graphql: &'p [Place]) -> Option<&'p str> {
    let text = |name: &str| known.get(name).and_then(toml::Value::as_str).unwrap_or("none");
    let (request, field) = text("read_rest").split_once("::").unwrap_or((text("read_rest"), ""));
    let (request, field) = (request.trim().trim_start_matches("GET "), field.trim());
    // A rule is there, or it is not: a row of one of its parameters does not say so.
    if let Some(rule) = field.strip_prefix("rules[type=").and_then(|rest| rest.strip_suffix(']')) {
        let key = format!("ruleset.{rule}.present");
        return rest.iter().find(|p| p.key == key).map(|p| p.key.as_str());
    }
    // Words in brackets are no field.
    let fields = if field.contains('(') { None } else { Some(fields(field)) };
    let (root, path) = text("read_graphql").split_once('.').unwrap_or_default();
    let path: Vec<_> = path.split('.').filter(|n| !["", "nodes", "edges", "node"].contains(n)).collect();
    // Any file is read through `object`: which one, only a table can say.
    let asked = !path.is_empty() && path != ["object"];
    let in_query = |p: &&Place| asked && p.root == root && path.iter().all(|name| p.names.contains(*name));
    let in_document = |p: &&Place| {
        let has = fields.as_ref().is_some_and(|fields| fields.iter().all(|name| p.names.contains(name)));
        has && p.root == document(request)
    };
    let mut found: Vec<_> = graphql.iter().filter(in_query).collect();
    if found.is_empty() {
        found = rest.iter().filter(in_document).collect();
    }
    // Of several rows the one that is called alike, for those who read the list.
    let alike = |p: &&Place| p.key.rsplit('.').next() == text("key").rsplit('.').next();
    found.iter().copied().find(alike).or(found.first().copied()).map(|p| p.key.as_str())
}

/// The names in a pointer of the data: `[].config.url`, `runner_groups[].name`, `rules[type=update].x`.
/// What holds the items of a list is left out, since a row may begin at an item's own document.
fn fields(pointer: &str) -> Vec<String> {
    let mut steps: Vec<_> = pointer.split('.').filter(|step| !step.is_empty() && *step != "[]").collect();
    if steps.len() > 1 && steps[0].ends_with("[]") {
        steps.remove(0);
    }
    let names = steps.iter().flat_map(|step| step.split(['[', ']'])).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn known_settings() -> Option<Vec<toml::Table>> {
    let beside = File::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let folders = std::fs::read_dir(beside).ok()?.flatten();
    let text = folders
        .filter_map(|folder| {
            std::fs::read_to_string(folder.path().join("forge-api/github-settings.toml")).ok()
        })
        .next()?;
    let table: toml::Table = text.parse().unwrap();
    let rows = table.get("setting")?.as_array()?;
    Some(rows.iter().filter_map(|row| row.as_table().cloned()).collect())
}

fn word<'t>(table: &'t toml::Table, name: &str) -> &'t str {
    table.get(name).and_then(toml::Value::as_str).unwrap_or_default()
}

#[test]
fn every_known_setting_is_read_or_it_is_said_why_not() {
    let Some(known) = known_settings() else {
        eprintln!("skipped: no forge-api folder with the settings of GitHub lies beside this checkout");
        return;
    };
    let catalog = Catalog::built_in().unwrap();
    let (rest, graphql) = places(&catalog);
    let elsewhere: BTreeMap<_, _> = ELSEWHERE.iter().copied().collect();
    let left_out: BTreeMap<_, _> = LEFT_OUT.iter().copied().collect();
    let (mut read, mut wrong) = (0_usize, Vec::new());
    for setting in &known {
        let key = word(setting, "key");
        let deprecated = word(setting, "status") == "deprecated";
        let row = elsewhere.get(key).copied().or_else(|| reader(setting, &rest, &graphql));
        let row = row.filter(|row| catalog.find(row).is_some() || catalog.kinds().any(|k| &*k.name == *row));
        match (row, left_out.get(key)) {
            (Some(row), None) => {
                read += 1;
                eprintln!("{key}: {row}");
            }
            (Some(row), Some(_)) => wrong.push(format!("{key}: `{row}` reads it: take it out of the table")),
            (None, Some(why)) if why.starts_with("no API ") => {}
            (None, Some(why)) if deprecated && why.starts_with("deprecated") => {}
            (None, Some(why)) => wrong.push(format!("{key}: `{why}` is no reason")),
            (None, None) => wrong.push(format!(
                "{key}: no row and no reason ({}; {}; {})",
                word(setting, "read_rest"),
                word(setting, "read_graphql"),
                word(setting, "status")
            )),
        }
    }
    let unheard =
        elsewhere.keys().chain(left_out.keys()).filter(|k| !known.iter().any(|s| word(s, "key") == **k));
    wrong.extend(unheard.map(|key| format!("{key}: the data has no such setting")));
    let share = 100.0 * read as f64 / known.len() as f64;
    eprintln!("{read} of {} known settings are read: {share:.1} %", known.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), known.len(), wrong.join("\n"));
    assert!(share >= 95.0, "only {share:.1} % of the known settings are read");
}
