//! Loads the rows into one catalogue.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::SettingId;

use super::build::{self, Around};
use super::document::Document;
use super::kind::Kind;
use super::row::{Defaults, File, SettingRow};
use super::setting::Setting;
use super::{decision, sharing};

/// The files of the catalogue, in the order in which settings are listed.
const FILES: &[(&str, &str)] = &[
    ("agent_secret.toml", include_str!("rows/agent_secret.toml")),
    ("agent_variable.toml", include_str!("rows/agent_variable.toml")),
    ("app_installation.toml", include_str!("rows/app_installation.toml")),
    ("autolink.toml", include_str!("rows/autolink.toml")),
    ("branch.toml", include_str!("rows/branch.toml")),
    ("branch_protection.toml", include_str!("rows/branch_protection.toml")),
    ("code_security_configuration.toml", include_str!("rows/code_security_configuration.toml")),
    ("codespaces_secret.toml", include_str!("rows/codespaces_secret.toml")),
    ("custom_property.toml", include_str!("rows/custom_property.toml")),
    ("dependabot_secret.toml", include_str!("rows/dependabot_secret.toml")),
    ("deploy_key.toml", include_str!("rows/deploy_key.toml")),
    ("environment.toml", include_str!("rows/environment.toml")),
    ("file.toml", include_str!("rows/file.toml")),
    ("gitlab_access_token.toml", include_str!("rows/gitlab_access_token.toml")),
    ("gitlab_approval_rule.toml", include_str!("rows/gitlab_approval_rule.toml")),
    ("gitlab_badge.toml", include_str!("rows/gitlab_badge.toml")),
    ("gitlab_branch_rule.toml", include_str!("rows/gitlab_branch_rule.toml")),
    ("gitlab_deploy_token.toml", include_str!("rows/gitlab_deploy_token.toml")),
    ("gitlab_environment.toml", include_str!("rows/gitlab_environment.toml")),
    ("gitlab_group.toml", include_str!("rows/gitlab_group.toml")),
    ("gitlab_group_access.toml", include_str!("rows/gitlab_group_access.toml")),
    ("gitlab_group_ai.toml", include_str!("rows/gitlab_group_ai.toml")),
    ("gitlab_group_ci.toml", include_str!("rows/gitlab_group_ci.toml")),
    ("gitlab_group_kinds.toml", include_str!("rows/gitlab_group_kinds.toml")),
    ("gitlab_group_merge.toml", include_str!("rows/gitlab_group_merge.toml")),
    ("gitlab_group_queried.toml", include_str!("rows/gitlab_group_queried.toml")),
    ("gitlab_instance_access.toml", include_str!("rows/gitlab_instance_access.toml")),
    ("gitlab_instance_appearance.toml", include_str!("rows/gitlab_instance_appearance.toml")),
    ("gitlab_instance_ci.toml", include_str!("rows/gitlab_instance_ci.toml")),
    ("gitlab_instance_email.toml", include_str!("rows/gitlab_instance_email.toml")),
    ("gitlab_instance_integrations.toml", include_str!("rows/gitlab_instance_integrations.toml")),
    ("gitlab_instance_network.toml", include_str!("rows/gitlab_instance_network.toml")),
    ("gitlab_instance_packages.toml", include_str!("rows/gitlab_instance_packages.toml")),
    ("gitlab_instance_plan.toml", include_str!("rows/gitlab_instance_plan.toml")),
    ("gitlab_instance_rate_limits.toml", include_str!("rows/gitlab_instance_rate_limits.toml")),
    ("gitlab_instance_repository.toml", include_str!("rows/gitlab_instance_repository.toml")),
    ("gitlab_instance_search.toml", include_str!("rows/gitlab_instance_search.toml")),
    ("gitlab_instance_sign_in.toml", include_str!("rows/gitlab_instance_sign_in.toml")),
    ("gitlab_instance_state.toml", include_str!("rows/gitlab_instance_state.toml")),
    ("gitlab_instance_telemetry.toml", include_str!("rows/gitlab_instance_telemetry.toml")),
    ("gitlab_integration.toml", include_str!("rows/gitlab_integration.toml")),
    ("gitlab_job_token_scope.toml", include_str!("rows/gitlab_job_token_scope.toml")),
    ("gitlab_member.toml", include_str!("rows/gitlab_member.toml")),
    ("gitlab_member_role.toml", include_str!("rows/gitlab_member_role.toml")),
    ("gitlab_mirror.toml", include_str!("rows/gitlab_mirror.toml")),
    ("gitlab_pages.toml", include_str!("rows/gitlab_pages.toml")),
    ("gitlab_pipeline_schedule.toml", include_str!("rows/gitlab_pipeline_schedule.toml")),
    ("gitlab_project.toml", include_str!("rows/gitlab_project.toml")),
    ("gitlab_project_access.toml", include_str!("rows/gitlab_project_access.toml")),
    ("gitlab_project_ai.toml", include_str!("rows/gitlab_project_ai.toml")),
    ("gitlab_project_approvals.toml", include_str!("rows/gitlab_project_approvals.toml")),
    ("gitlab_project_ci.toml", include_str!("rows/gitlab_project_ci.toml")),
    ("gitlab_project_inherited.toml", include_str!("rows/gitlab_project_inherited.toml")),
    ("gitlab_project_merge.toml", include_str!("rows/gitlab_project_merge.toml")),
    ("gitlab_project_packages.toml", include_str!("rows/gitlab_project_packages.toml")),
    ("gitlab_project_push_rule.toml", include_str!("rows/gitlab_project_push_rule.toml")),
    ("gitlab_project_security.toml", include_str!("rows/gitlab_project_security.toml")),
    ("gitlab_protected_branch.toml", include_str!("rows/gitlab_protected_branch.toml")),
    ("gitlab_protected_environment.toml", include_str!("rows/gitlab_protected_environment.toml")),
    ("gitlab_protected_tag.toml", include_str!("rows/gitlab_protected_tag.toml")),
    ("gitlab_protection_rule.toml", include_str!("rows/gitlab_protection_rule.toml")),
    ("gitlab_runner.toml", include_str!("rows/gitlab_runner.toml")),
    ("gitlab_status_check.toml", include_str!("rows/gitlab_status_check.toml")),
    ("gitlab_system_hook.toml", include_str!("rows/gitlab_system_hook.toml")),
    ("gitlab_variable.toml", include_str!("rows/gitlab_variable.toml")),
    ("gitlab_webhook.toml", include_str!("rows/gitlab_webhook.toml")),
    ("hosted_runner.toml", include_str!("rows/hosted_runner.toml")),
    ("issue_field.toml", include_str!("rows/issue_field.toml")),
    ("issue_type.toml", include_str!("rows/issue_type.toml")),
    ("label.toml", include_str!("rows/label.toml")),
    ("milestone.toml", include_str!("rows/milestone.toml")),
    ("network_configuration.toml", include_str!("rows/network_configuration.toml")),
    ("organization.toml", include_str!("rows/organization.toml")),
    ("organization_access.toml", include_str!("rows/organization_access.toml")),
    ("organization_actions.toml", include_str!("rows/organization_actions.toml")),
    ("organization_community.toml", include_str!("rows/organization_community.toml")),
    ("organization_copilot.toml", include_str!("rows/organization_copilot.toml")),
    ("organization_role.toml", include_str!("rows/organization_role.toml")),
    ("organization_security.toml", include_str!("rows/organization_security.toml")),
    ("private_registry.toml", include_str!("rows/private_registry.toml")),
    ("repository.toml", include_str!("rows/repository.toml")),
    ("repository_access.toml", include_str!("rows/repository_access.toml")),
    ("repository_actions.toml", include_str!("rows/repository_actions.toml")),
    ("repository_analysis.toml", include_str!("rows/repository_analysis.toml")),
    ("repository_community.toml", include_str!("rows/repository_community.toml")),
    ("repository_role.toml", include_str!("rows/repository_role.toml")),
    ("ruleset.toml", include_str!("rows/ruleset.toml")),
    ("runner.toml", include_str!("rows/runner.toml")),
    ("runner_group.toml", include_str!("rows/runner_group.toml")),
    ("secret.toml", include_str!("rows/secret.toml")),
    ("secret_pattern.toml", include_str!("rows/secret_pattern.toml")),
    ("team.toml", include_str!("rows/team.toml")),
    ("variable.toml", include_str!("rows/variable.toml")),
    ("webhook.toml", include_str!("rows/webhook.toml")),
];

/// A row that cannot be used, with the key and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("catalogue row `{key}`: {what}")]
pub struct CatalogError {
    /// The row's key, or its file.
    pub key: String,
    /// What is wrong and what would be right.
    pub what: String,
}

/// All settings and kinds of a run.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    pub(super) settings: Vec<Setting>,
    pub(super) by_key: HashMap<Arc<str>, SettingId>,
    pub(super) kinds: Vec<Kind>,
    pub(super) documents: Vec<Document>,
}

impl Catalog {
    /// The catalogue that is compiled into the binary.
    ///
    /// # Errors
    /// Never in a release, since the tests load it; an error is still better than a panic.
    pub fn built_in() -> Result<Self, CatalogError> {
        let mut files = Vec::new();
        for (name, text) in FILES {
            let file: File = toml::from_str(text)
                .map_err(|e| CatalogError { key: (*name).to_owned(), what: e.to_string() })?;
            files.push(file);
        }
        let shapes: Vec<_> = files
            .iter()
            .flat_map(|f| &f.shape)
            .map(|(name, shape)| (format!("@{name}"), shape.clone()))
            .collect();
        let mut catalog = Self::default();
        let (mut derived, mut deciding) = (Vec::new(), Vec::new());
        for row in files.iter_mut().flat_map(|f| f.document.drain(..)) {
            catalog.documents.push(build::document(row)?);
        }
        let mut present: Vec<(Kind, Defaults)> = Vec::new();
        for file in files {
            for row in file.kind {
                let kind = build::kind(row, &shapes)?;
                present.push((kind.clone(), file.defaults.clone()));
                catalog.kinds.push(kind);
            }
            for mut row in file.setting {
                let effective = row.effective.take();
                let (decides, shares) = (std::mem::take(&mut row.decides), row.shares.take());
                let id = catalog.add(row, &file.defaults, &shapes, false)?;
                derived.extend(effective.map(|e| (id, e)));
                deciding.push((id, decides, shares));
            }
        }
        for (kind, defaults) in present {
            catalog.add_presence(&kind, &defaults)?;
        }
        for (id, row) in derived {
            let linked = build::effective(&row, &catalog);
            let setting = &mut catalog.settings[id.0 as usize];
            let key = setting.key.to_string();
            setting.effective = Some(linked.map_err(|what| CatalogError { key, what })?);
        }
        for (id, rows, shares) in deciding {
            let decides = decision::linked(&rows, catalog.get(id), &catalog)?;
            let shares = shares.map(|row| sharing::linked(&row, catalog.get(id), &catalog)).transpose()?;
            let setting = &mut catalog.settings[id.0 as usize];
            (setting.decides, setting.shares) = (decides, shares);
        }
        Ok(catalog)
    }

    /// Adds what says that there is an item of a kind, where no row tells it already.
    fn add_presence(&mut self, kind: &Kind, defaults: &Defaults) -> Result<(), CatalogError> {
        let key: Arc<str> = format!("{}.present", kind.name).into();
        if kind.derived.is_some() || kind.is_asked_by_key() || self.by_key.contains_key(&key) {
            return Ok(());
        }
        let id = SettingId(u32::try_from(self.settings.len()).unwrap_or(u32::MAX));
        let built = build::presence(kind, id, defaults, &self.kinds);
        let setting = built.map_err(|what| CatalogError { key: key.to_string(), what })?;
        self.by_key.insert(key, id);
        self.settings.push(setting);
        Ok(())
    }

    /// Adds a row of the user's own.
    ///
    /// # Errors
    /// When the row is not of the grammar, or its key is taken.
    pub fn add_users_own(&mut self, row: SettingRow) -> Result<SettingId, CatalogError> {
        if row.effective.is_some() || !row.decides.is_empty() || row.shares.is_some() {
            let what = "`effective`, `decides` and `shares` are for the catalogue's own rows".into();
            return Err(CatalogError { key: row.key, what });
        }
        self.add(row, &Defaults::of_users_own(), &[], true)
    }

    fn add(
        &mut self,
        row: SettingRow,
        defaults: &Defaults,
        shapes: &build::Shapes,
        users_own: bool,
    ) -> Result<SettingId, CatalogError> {
        if self.by_key.contains_key(row.key.as_str()) {
            return Err(CatalogError { key: row.key, what: "the catalogue has this key already".into() });
        }
        let id = SettingId(u32::try_from(self.settings.len()).unwrap_or(u32::MAX));
        let around = Around { defaults, shapes, documents: &self.documents };
        let setting = build::setting(row, id, around, users_own)?;
        self.by_key.insert(Arc::clone(&setting.key), id);
        self.settings.push(setting);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::SubjectKind;
    use std::path::Path as FilePath;

    use serde_json::json;

    use super::super::{CODECS, Dialect, Path, Selection, read};
    use super::*;
    use crate::model::{Observation, Value};

    fn files() -> Vec<(&'static str, File)> {
        FILES.iter().map(|(name, text)| (*name, toml::from_str(text).expect(name))).collect()
    }

    #[test]
    fn the_built_in_rows_load() {
        let catalog = Catalog::built_in().unwrap();
        assert!(catalog.settings().len() > 10);
    }

    #[test]
    fn a_row_of_the_users_own_may_not_shadow_ours() {
        let mut catalog = Catalog::built_in().unwrap();
        let row: SettingRow = toml::from_str("key = 'repository.topics'\ndoc = 'x'\ntype = 'set'\n").unwrap();
        assert_eq!(catalog.add_users_own(row).unwrap_err().what, "the catalogue has this key already");
    }

    #[test]
    fn files_and_their_keys_are_in_order() {
        assert!(FILES.is_sorted_by_key(|(name, _)| *name));
        for (name, file) in files() {
            for pair in file.setting.windows(2) {
                assert!(pair[0].key < pair[1].key, "{name}: `{}` before `{}`", pair[0].key, pair[1].key);
            }
        }
    }

    #[test]
    fn every_codec_is_used() {
        let used: std::collections::HashSet<_> = files()
            .into_iter()
            .flat_map(|(_, file)| file.setting)
            .flat_map(|row| [row.github, row.gitlab])
            .filter_map(|binding| binding?.codec)
            .collect();
        let unused: Vec<_> = CODECS.iter().map(|c| c.name).filter(|name| !used.contains(*name)).collect();
        assert!(unused.is_empty(), "no row names {unused:?}");
    }

    #[test]
    fn every_kind_has_rows_and_every_row_a_place() {
        let catalog = Catalog::built_in().unwrap();
        for kind in catalog.kinds() {
            assert!(catalog.settings().any(|s| s.group == kind.name), "kind `{}` has no rows", kind.name);
        }
        for setting in catalog.settings() {
            let placed = catalog.is_keyed(setting) || SubjectKind::from_word(&setting.group).is_some();
            assert!(placed, "`{}` is of no scope and no kind", setting.key);
        }
    }

    #[test]
    fn no_row_is_both_written_and_unwritable() {
        for (_, file) in files() {
            for row in file.setting {
                for binding in [row.github, row.gitlab].into_iter().flatten() {
                    let told = [binding.write, binding.unwritable, binding.unsupported];
                    let told = told.iter().flatten().count();
                    assert!(told <= 1, "`{}` tells of its writing more than once", row.key);
                }
            }
        }
    }

    #[test]
    fn what_a_write_may_replace_is_told() {
        // It takes what is named and leaves the rest.
        const IN_PARTS: [&str; 1] = ["/repos/{owner}/{repo}/pages"];
        let catalog = Catalog::built_in().unwrap();
        let mut written: HashMap<&str, usize> = HashMap::new();
        let own = catalog.settings().filter(|s| !catalog.is_keyed(s));
        for write in own.filter_map(|s| s.github.binding()?.write.as_ref()).filter(|w| w.method == "PUT") {
            *written.entry(&write.path).or_default() += 1;
        }
        for (path, _) in written.into_iter().filter(|(path, n)| *n > 1 && !IN_PARTS.contains(path)) {
            assert!(catalog.document(path).is_some_and(|d| d.replaced_whole), "PUT {path}");
        }
    }

    #[test]
    fn docs_are_sentences_of_our_own() {
        let mut docs = Vec::new();
        for (_, file) in files() {
            docs.extend(file.kind.into_iter().map(|k| (k.name, k.doc)));
            docs.extend(file.setting.into_iter().map(|s| (s.key, s.doc)));
        }
        for (key, doc) in &docs {
            assert!(doc.len() >= 20 && doc.ends_with('.'), "`{key}`: {doc}");
        }
        let theirs = wordings_of_the_forges();
        if theirs.is_empty() {
            println!("skipped: no forge-api folder with the forges' own wordings lies beside this checkout");
        }
        let bare = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
        for (key, doc) in &docs {
            let copied = theirs.iter().any(|theirs| bare(theirs) == bare(doc));
            assert!(!copied, "`{key}` has the forge's own wording: {doc}");
        }
    }

    /// How the forges put it, where some folder beside the checkout has their settings as data.
    fn wordings_of_the_forges() -> Vec<String> {
        let Some(beside) = FilePath::new(env!("CARGO_MANIFEST_DIR")).parent() else { return Vec::new() };
        let folders = std::fs::read_dir(beside).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| {
            let data = folder.path().join("forge-api");
            ["github-settings.toml", "gitlab-settings.toml"].map(|name| data.join(name))
        });
        files
            .filter_map(|file| std::fs::read_to_string(file).ok()?.parse::<toml::Table>().ok())
            .flat_map(|table| {
                table.get("setting").and_then(toml::Value::as_array).cloned().unwrap_or_default()
            })
            .filter_map(|row| row.get("summary").and_then(toml::Value::as_str).map(str::to_owned))
            .collect()
    }

    /// The paths that begin at a repository, each whole.
    fn repository_paths(catalog: &Catalog) -> Vec<(String, Path)> {
        let mut paths = Vec::new();
        for setting in catalog.settings().filter(|s| catalog.has(SubjectKind::Repository, s)) {
            let Some(path) = setting.github.binding().and_then(|b| b.graphql.as_ref()) else { continue };
            let path = match catalog.kind_of(setting, SubjectKind::Repository) {
                None => path.clone(),
                Some(kind) => {
                    // Some collections are not in the query, but in lists of their own.
                    let Some(collection) = kind.github.as_ref().and_then(|b| b.graphql.as_ref()) else {
                        continue;
                    };
                    collection.then(path).with_key("README.md")
                }
            };
            paths.push((setting.key.to_string(), path));
        }
        for kind in catalog.kinds().filter(|k| k.of == SubjectKind::Repository) {
            let Some(binding) = &kind.github else { continue };
            if let (Some(collection), Some(identity)) = (&binding.graphql, &binding.identity) {
                paths.push((kind.name.to_string(), collection.then(identity)));
            }
        }
        paths
    }

    #[test]
    fn all_rows_of_a_repository_compose_into_one_query() {
        let paths = repository_paths(&Catalog::built_in().unwrap());
        assert!(paths.len() > 40);
        let mut selection = Selection::default();
        for (key, path) in &paths {
            selection.add(path).unwrap_or_else(|clash| panic!("`{key}`: {clash}"));
        }
        let mut reversed = Selection::default();
        for (key, path) in paths.iter().rev() {
            reversed.add(path).unwrap_or_else(|clash| panic!("`{key}`: {clash}"));
        }
        assert_eq!(selection.cost(100), reversed.cost(100));
        println!("{:?} for all rows of a hundred repositories", selection.cost(100));
    }

    /// What a row makes of an answer to its own part of the query.
    fn seen(key: &str, answer: &serde_json::Value) -> Observation {
        let catalog = Catalog::built_in().unwrap();
        let setting = catalog.find(key).unwrap();
        let binding = setting.github.binding().unwrap();
        setting.observe(read(answer, binding.graphql.as_ref().unwrap(), Dialect::Graphql), binding)
    }

    #[test]
    fn a_readme_is_found_in_any_of_its_places() {
        let folder = |names: &[&str]| {
            let entries: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
            json!({"__typename": "Tree", "Tree_entries": entries})
        };
        let answer = |top: &[&str], docs: &[&str]| {
            json!({
                "object_expressionHEAD_27813a97": folder(top),
                "object_expressionHEADgithub_241305fe": null,
                "object_expressionHEADdocs_ab18640e": folder(docs),
            })
        };
        let of = |answer| seen("repository.readme", &answer);
        assert_eq!(of(answer(&["Readme.rst", "src"], &[])), Observation::Known(Value::Bool(true)));
        assert_eq!(of(answer(&[], &["README.md"])), Observation::Known(Value::Bool(true)));
        assert_eq!(of(answer(&["src"], &["index.md"])), Observation::Known(Value::Bool(false)));
        assert!(matches!(of(json!({})), Observation::Unknown { .. }));
    }

    #[test]
    fn an_environment_without_rules_lets_every_job_through_at_once() {
        let answer = json!({"protectionRules": {"totalCount": 0, "nodes": []}});
        for (key, value) in [
            ("environment.prevent_self_review", Value::Bool(false)),
            ("environment.reviewers", Value::List(Vec::new())),
            ("environment.wait_timer", Value::Int(0)),
        ] {
            assert_eq!(seen(key, &answer), Observation::Known(value), "{key}");
        }
        let cut = json!({"protectionRules": {"totalCount": 4, "nodes": []}});
        assert!(matches!(seen("environment.reviewers", &cut), Observation::Unknown { .. }));
    }
}
