//! What a repository has many of.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::super::actors;
use super::super::answer::{Answer, Ask, Edge, Page};
use super::super::permission_source::permission_sources;
use super::super::protection::ProtectionNode;
use super::super::references::RefNode;
use super::super::ruleset::RulesetNode;
use super::RepositoryNode;
use super::facts::language;
use crate::sim::rest::collaborators;
use crate::sim::world::{DeployKey, Environment, Label, MOMENT, Milestone};

impl<'w> RepositoryNode<'w> {
    pub(super) fn collection(&self, ask: &Ask<'_>) -> Option<Answer<'w>> {
        let Self { scene, organization, repository } = *self;
        Some(match ask.field {
            "repositoryTopics" => {
                Answer::of(repository.topics.iter().map(|topic| self.topic(topic)).collect::<Vec<_>>())
            }
            "languages" => self.languages(ask),
            "watchers" => {
                Answer::of(json!({ "totalCount": repository.settings.number("subscribers_count") }))
            }
            "issueTypes" => Answer::of(Vec::<Value>::new()),
            "repositoryCustomPropertyValues" => {
                Answer::of(repository.custom_properties.iter().map(property).collect::<Vec<_>>())
            }
            "repositoryCustomPropertyValue" => {
                let found =
                    repository.custom_properties.get_key_value(ask.text("propertyName").unwrap_or_default());
                Answer::of(found.map_or(Value::Null, property))
            }
            "branchProtectionRules" => {
                let shown = repository.protections.iter().filter(|_| repository.denials.may_administer);
                let rules = shown.map(|rule| ProtectionNode { scene, organization, repository, rule });
                Answer::page(rules.map(Answer::object))
            }
            "rulesets" => Answer::page(self.rulesets(ask).map(Answer::object)),
            "ruleset" => {
                let id = ask.number("databaseId").and_then(|id| u64::try_from(id).ok());
                Answer::optional(self.rulesets(ask).find(|node| Some(node.ruleset.id) == id))
            }
            "ref" => {
                let name = ask.text("qualifiedName").unwrap_or_default();
                let found =
                    repository.branches.get_key_value(name.strip_prefix("refs/heads/").unwrap_or(name));
                Answer::optional(found.map(|(branch, _)| RefNode { scene, organization, repository, branch }))
            }
            "refs" => {
                let heads = ask.text("refPrefix").is_some_and(|prefix| "refs/heads/".starts_with(prefix));
                let named = |branch: &str| ask.text("query").is_none_or(|query| branch.contains(query));
                let branches = repository.branches.keys().filter(|branch| heads && named(branch));
                Answer::page(
                    branches
                        .map(|branch| Answer::object(RefNode { scene, organization, repository, branch })),
                )
            }
            "label" => {
                let found =
                    repository.labels.iter().find(|label| Some(label.name.as_str()) == ask.text("name"));
                Answer::of(found.map_or(Value::Null, |label| self.label(label)))
            }
            "labels" => self.labels(ask),
            "milestones" => self.milestones(ask),
            "collaborators" => self.collaborators(ask),
            "deployKeys" => Answer::of(repository.deploy_keys.iter().map(deploy_key).collect::<Vec<_>>()),
            "environments" => {
                let names = ask.texts("names").filter(|names| !names.is_empty());
                let wanted = |name: &str| names.as_ref().is_none_or(|names| names.contains(&name));
                let environments =
                    repository.environments.iter().filter(|environment| wanted(&environment.name));
                Answer::of(environments.map(|environment| self.environment(environment)).collect::<Vec<_>>())
            }
            _ => return None,
        })
    }

    /// Own rulesets first, then, unless parents are excluded, the organization's that cover this.
    fn rulesets(&self, ask: &Ask<'_>) -> impl Iterator<Item = RulesetNode<'w>> + use<'w> {
        let Self { scene, organization, repository } = *self;
        let denials = &repository.denials;
        let parents = ask.flag("includeParents").unwrap_or(true);
        let own = repository.rulesets.iter().map(move |ruleset| (ruleset, Some(repository)));
        let inherited =
            organization.rulesets_over(repository).filter(move |_| parents).map(|ruleset| (ruleset, None));
        let targets: Option<Vec<String>> =
            ask.texts("targets").map(|targets| targets.into_iter().map(str::to_lowercase).collect());
        own.chain(inherited)
            .filter(move |(ruleset, _)| {
                targets.as_ref().is_none_or(|targets| targets.contains(&ruleset.target))
            })
            .map(move |(ruleset, repository)| RulesetNode {
                scene,
                organization,
                repository,
                ruleset,
                denials,
            })
    }

    fn topic(&self, topic: &str) -> Value {
        let id = format!("{}_{topic}", self.repository.id);
        json!({
            "id": format!("RT_{id}"),
            "url": format!("{}/topics/{topic}", self.scene.site.web),
            "topic": { "id": format!("TO_{topic}"), "name": topic },
        })
    }

    fn languages(&self, ask: &Ask<'_>) -> Answer<'w> {
        let mut languages: Vec<(&String, &u64)> = self.repository.languages.iter().collect();
        if let Some((_, descending)) = ask.order() {
            languages.sort_by_key(|(_, size)| **size);
            if descending {
                languages.reverse();
            }
        }
        let total: u64 = self.repository.languages.values().sum();
        let edges = languages
            .into_iter()
            .map(|(name, size)| Edge::new(Answer::of(language(name)), "size", *size))
            .collect();
        Answer::Page(Rc::new(Page {
            edges,
            totals: Map::from_iter([("totalSize".to_owned(), json!(total))]),
        }))
    }

    fn labels(&self, ask: &Ask<'_>) -> Answer<'w> {
        let named = |label: &&Label| ask.text("query").is_none_or(|query| label.name.contains(query));
        let mut labels: Vec<&Label> = self.repository.labels.iter().filter(named).collect();
        if let Some((field, descending)) = ask.order() {
            if field == "NAME" {
                labels.sort_by_key(|label| label.name.to_lowercase());
            }
            if descending {
                labels.reverse();
            }
        }
        Answer::of(labels.into_iter().map(|label| self.label(label)).collect::<Vec<_>>())
    }

    fn label(&self, label: &Label) -> Value {
        json!({
            "id": format!("LA_{}", label.id),
            "name": label.name,
            "color": label.color,
            "description": label.description,
            "isDefault": label.default,
            "createdAt": MOMENT,
            "updatedAt": MOMENT,
            "url": format!("{}/{}/{}/labels/{}", self.scene.site.web, self.organization.login, self.repository.name, label.name),
        })
    }

    fn milestones(&self, ask: &Ask<'_>) -> Answer<'w> {
        let state = |milestone: &Milestone| if milestone.open { "OPEN" } else { "CLOSED" };
        let wanted = |milestone: &&Milestone| {
            ask.texts("states").is_none_or(|states| states.contains(&state(milestone)))
        };
        let mut milestones: Vec<&Milestone> = self.repository.milestones.iter().filter(wanted).collect();
        if let Some((field, descending)) = ask.order() {
            match field {
                "DUE_DATE" => milestones.sort_by_key(|milestone| milestone.due_on.clone()),
                _ => milestones.sort_by_key(|milestone| milestone.number),
            }
            if descending {
                milestones.reverse();
            }
        }
        let told = |milestone: &Milestone| {
            json!({
                "id": format!("MI_{}_{}", self.repository.id, milestone.number),
                "number": milestone.number,
                "title": milestone.title,
                "description": milestone.description,
                "state": state(milestone),
                "closed": !milestone.open,
                "dueOn": milestone.due_on,
                "createdAt": MOMENT,
                "updatedAt": MOMENT,
                "url": format!("{}/{}/{}/milestone/{}", self.scene.site.web, self.organization.login, self.repository.name, milestone.number),
            })
        };
        Answer::of(milestones.into_iter().map(told).collect::<Vec<_>>())
    }

    fn collaborators(&self, ask: &Ask<'_>) -> Answer<'w> {
        let affiliation = ask.text("affiliation").unwrap_or("ALL").to_lowercase();
        let people = collaborators(self.organization, self.repository, &affiliation);
        let wanted = people.into_iter().filter(|(login, _)| {
            let exactly = ask.text("login").is_none_or(|wanted| wanted == login);
            exactly && ask.text("query").is_none_or(|query| login.contains(query))
        });
        Answer::edges(wanted.map(|(login, role)| {
            let edge = Edge::new(actors::user(self.scene, &login), "permission", actors::permission(role));
            let sources = permission_sources(self.scene, self.organization, self.repository, &login);
            edge.with("permissionSources", Answer::List(sources))
        }))
    }

    fn environment(&self, environment: &Environment) -> Value {
        let teams = environment.reviewing_teams.iter().filter_map(|slug| self.organization.teams.get(slug));
        let teams = teams.map(|team| {
            json!({
                "__typename": "Team",
                "id": format!("T_{}", team.id),
                "databaseId": team.id,
                "slug": team.slug,
                "name": team.name,
                "combinedSlug": format!("{}/{}", self.organization.login, team.slug),
            })
        });
        let users =
            environment.reviewing_users.iter().filter_map(|login| match actors::user(self.scene, login) {
                Answer::Value(user) => Some(user),
                _ => None,
            });
        let reviewers: Vec<Value> = users.chain(teams).collect();
        let mut rules = Vec::new();
        if let Some(minutes) = environment.wait_timer {
            rules.push(json!({ "databaseId": environment.id * 10 + 1, "type": "WAIT_TIMER", "timeout": minutes, "reviewers": [] }));
        }
        if !reviewers.is_empty() {
            rules.push(json!({
                "databaseId": environment.id * 10 + 2,
                "type": "REQUIRED_REVIEWERS",
                "timeout": 0,
                "preventSelfReview": environment.prevent_self_review,
                "reviewers": reviewers,
            }));
        }
        json!({
            "id": format!("EN_{}", environment.id),
            "databaseId": environment.id,
            "name": environment.name,
            "protectionRules": rules,
        })
    }
}

fn property((name, value): (&String, &Value)) -> Value {
    json!({ "propertyName": name, "value": value })
}

fn deploy_key(key: &DeployKey) -> Value {
    json!({
        "id": format!("DK_{}", key.id),
        "title": key.title,
        "key": key.key,
        "readOnly": key.read_only,
        "verified": true,
        "enabled": true,
        "createdAt": MOMENT,
    })
}
