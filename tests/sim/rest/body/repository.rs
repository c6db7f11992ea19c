//! A repository, in full and as it stands in lists.

use serde_json::{Map, Value, json};

use super::settings::tell;
use crate::sim::rest::Site;
use crate::sim::world::{Organization, REPOSITORY, Repository};

/// What follows the repository's own URL in each of the URLs that lead on from it.
const LINKS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// The item of a list: GitHub's minimal repository, without a single merge setting.
pub fn listed(site: &Site, organization: &Organization, repository: &Repository) -> Value {
    Value::Object(base(site, organization, repository))
}

pub fn full(site: &Site, organization: &Organization, repository: &Repository) -> Value {
    let mut body = base(site, organization, repository);
    let only_full = REPOSITORY.iter().filter(|setting| !setting.listed);
    tell(&mut body, only_full, &repository.settings, &repository.denials);
    body.insert("organization".to_owned(), site.owner(organization));
    let relative = |name: &Option<String>| {
        organization.repository(name.as_deref()?).map(|found| related(site, organization, found))
    };
    if let Some(parent) = relative(&repository.parent) {
        body.insert("source".to_owned(), parent.clone());
        body.insert("parent".to_owned(), parent);
    }
    if let Some(template) = relative(&repository.template) {
        body.insert("template_repository".to_owned(), template);
    }
    Value::Object(body)
}

/// As it stands inside another object, which knows less of it than a list does.
pub fn related(site: &Site, organization: &Organization, repository: &Repository) -> Value {
    let mut body = base(site, organization, repository);
    body.retain(|key, _| {
        !["network_count", "subscribers_count", "security_and_analysis", "custom_properties"]
            .contains(&key.as_str())
    });
    Value::Object(body)
}

/// As it stands where GitHub tells no more than where to ask.
pub fn simple(site: &Site, organization: &Organization, repository: &Repository) -> Value {
    let mut body = base(site, organization, repository);
    let short = ["id", "node_id", "name", "full_name", "owner", "private", "html_url", "description", "fork"];
    body.retain(|key, _| short.contains(&key.as_str()) || LINKS.iter().any(|(link, _)| link == key));
    Value::Object(body)
}

fn base(site: &Site, organization: &Organization, repository: &Repository) -> Map<String, Value> {
    let full_name = format!("{}/{}", organization.login, repository.name);
    let html = format!("{}/{full_name}", site.web);
    let mut body = Map::new();
    let mut tell_one = |key: &str, value: Value| {
        body.insert(key.to_owned(), value);
    };
    tell_one("id", json!(repository.id));
    tell_one("node_id", json!(format!("R_{}", repository.id)));
    tell_one("name", json!(repository.name));
    tell_one("full_name", json!(full_name));
    tell_one("owner", site.owner(organization));
    tell_one("html_url", json!(html));
    let url = site.repository(organization, repository);
    for (key, rest) in LINKS {
        tell_one(key, json!(format!("{url}{rest}")));
    }
    tell_one("git_url", json!(format!("{}.git", html.replacen("http", "git", 1))));
    tell_one("ssh_url", json!(format!("git@{}:{full_name}.git", site.web.trim_start_matches("http://"))));
    tell_one("clone_url", json!(format!("{html}.git")));
    tell_one("svn_url", json!(html));
    let (forks, stars) =
        (repository.settings.number("forks_count"), repository.settings.number("stargazers_count"));
    for (key, count) in [
        ("forks", forks),
        ("network_count", forks),
        ("watchers_count", stars),
        ("watchers", stars),
        ("open_issues_count", 0),
        ("open_issues", 0),
    ] {
        tell_one(key, json!(count));
    }
    tell_one("permissions", super::permissions(repository.denials.role));
    let listed = REPOSITORY.iter().filter(|setting| setting.listed);
    tell(&mut body, listed, &repository.settings, &repository.denials);
    if let Some(visibility) = body.get("visibility") {
        let private = visibility != "public";
        body.insert("private".to_owned(), json!(private));
    }
    if repository.denials.of("repositoryTopics").is_none() {
        body.insert("topics".to_owned(), json!(repository.topics));
    }
    if repository.denials.of("repositoryCustomPropertyValues").is_none() {
        body.insert("custom_properties".to_owned(), json!(repository.custom_properties));
    }
    body
}
