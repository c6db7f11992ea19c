//! Every line of every pack, on each forge that has its setting, through the public road: one subject that conforms and
//! one that drifts, made from the line's own constraint. A snapshot holds all of them, and one audit judges it.

use std::collections::HashMap;
use std::fs;

use chrono::NaiveDate;
use ispo_scm::catalog::{Catalog, ForgeKind, Setting, Type};
use ispo_scm::model::{Ask, Constraint, Layer, SubjectKind, Value};
use ispo_scm::policy::{PACKS, PackFile};
use serde_json::{Map, Value as Json, json};

use crate::program::ispo_scm;
use crate::small::{Report, TODAY};

/// What cannot drift, and why.
const ALWAYS_SO: [(&str, ForgeKind, &str); 1] =
    [("branch.allow_deletions", ForgeKind::Gitlab, "nobody can delete the default branch there")];

/// A subject made for one line, and what the audit has to say of it.
struct Case {
    subject: String,
    setting: String,
    key: String,
    verdict: &'static str,
    said: String,
}

/// The lines of a snapshot, and the cases that they hold.
#[derive(Default)]
struct Cases {
    organizations: Vec<Json>,
    repositories: Vec<Json>,
    all: Vec<Case>,
}

#[test]
fn every_line_of_every_pack_is_met_and_missed_on_github() {
    PACKS.iter().for_each(|pack| holds(pack, ForgeKind::Github));
}

#[test]
fn every_line_of_every_pack_is_met_and_missed_on_gitlab() {
    PACKS.iter().for_each(|pack| holds(pack, ForgeKind::Gitlab));
}

fn holds(file: &PackFile, forge: ForgeKind) {
    let catalog = Catalog::built_in().unwrap();
    let pack = file.contents(&catalog).unwrap();
    let mut cases = Cases::default();
    for served in &pack.controls {
        let judged = served.asks.iter().filter(|a| catalog.get(a.setting).lacking_on(forge).is_none());
        for ask in judged {
            let Some(constraint) = &ask.constraint else { continue };
            let setting = catalog.get(ask.setting);
            let (good, bad) = values(setting, constraint);
            let said = format!("{} {} of {} ({:?})", served.control.name, setting.key, ask.layer, forge);
            cases.case(&catalog, ask, forge, &good, "conforms", &said);
            if ALWAYS_SO.iter().any(|(key, on, _)| *key == &*setting.key && *on == forge) {
                continue;
            }
            cases.case(&catalog, ask, forge, &bad, "drift", &said);
        }
    }
    if cases.all.is_empty() {
        assert_eq!((file.name, forge), ("instance-hardening", ForgeKind::Github), "asks for nothing");
        return;
    }
    let report = cases.audit(file.name, forge);
    let mut found: HashMap<(&str, &str, &str), &Json> = HashMap::new();
    for finding in report.json["findings"].as_array().unwrap() {
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        found.insert((text("subject"), text("setting"), text("key")), finding);
    }
    let mut wrong = Vec::new();
    for case in &cases.all {
        let finding = found.get(&(case.subject.as_str(), case.setting.as_str(), case.key.as_str()));
        let verdict = finding.map_or("not judged", |f| f["verdict"].as_str().unwrap());
        if verdict != case.verdict {
            wrong.push(format!("{}: {verdict} and not {}: {finding:?}", case.said, case.verdict));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.all.len(), wrong.join("\n"));
}

// --- Values ---

/// A value that the constraint accepts, and one that it does not; `null` is an absence.
fn values(setting: &Setting, constraint: &Constraint) -> (Json, Json) {
    let today: NaiveDate = TODAY.parse().unwrap();
    let accepted = |json: &&Json| {
        let value = Value::from_json(json);
        let value = if setting.ty == Type::Set { value.map(Value::into_set) } else { value };
        constraint.accepts_on(value.as_ref(), today).unwrap_or(false)
    };
    let mut all = candidates(setting);
    all.extend(constraint.contains.as_ref().map(Value::to_json));
    let good = all.iter().find(accepted);
    // From behind: the first visibility is `public`, which would make another type of project of it.
    let refused = || all.iter().rev().filter(|json| !accepted(json));
    let bad = refused().find(|json| !json.is_null()).or_else(|| refused().next());
    let told = || format!("{} {constraint}", setting.key);
    (
        good.unwrap_or_else(|| panic!("{}", told())).clone(),
        bad.unwrap_or_else(|| panic!("{}", told())).clone(),
    )
}

fn candidates(setting: &Setting) -> Vec<Json> {
    let words: Vec<Json> = setting.values.iter().map(|word| json!(word)).collect();
    let items = |n: usize| (0..n).map(|i| format!("item-{i}"));
    let mut all: Vec<Json> = match setting.ty {
        Type::Boolean => vec![json!(true), json!(false)],
        Type::Integer => [0, 1, 2, 3, 168, 169].map(|n| json!(n)).into(),
        Type::Time => vec![json!("2026-11-19"), json!("2020-01-01")],
        Type::Choice => words,
        Type::Text => vec![
            json!("x"),
            json!("A sentence of more than thirty characters."),
            json!("* @acme/hosts @acme/guests\n"),
            json!("policy/*.toml @acme/ispo\n"),
            json!("NOASSERTION"),
        ],
        Type::Set => {
            let single = words.iter().map(|word| json!([word]));
            let counted = (0..=6).map(|n| items(n).collect());
            single.chain(counted).chain([json!(["actions"]), json!(["~ALL"])]).collect()
        }
        Type::List => (0..=2).map(|n| items(n).collect()).collect(),
        Type::Map => (0..=3).map(|n| items(n).map(|item| (item, json!("write"))).collect()).collect(),
    };
    all.push(Json::Null);
    all
}

// --- Subjects ---

impl Cases {
    fn case(
        &mut self,
        catalog: &Catalog,
        ask: &Ask,
        forge: ForgeKind,
        value: &Json,
        verdict: &'static str,
        said: &str,
    ) {
        let setting = catalog.get(ask.setting);
        let name = format!("case-{:04}", self.all.len());
        let (path, place) = match ask.of {
            SubjectKind::Repository => (format!("{}/{name}", owner(&ask.layer)), &mut self.repositories),
            _ => (name, &mut self.organizations),
        };
        let mut line = subject(ask, &path);
        match &ask.key {
            None => line["settings"][setting.name()] = value.clone(),
            Some(_) if &*setting.group == "branch" => branch(catalog, &mut line, setting, forge, value),
            Some(key) => item(&mut line, setting, key, value),
        }
        place.push(line);
        self.all.push(Case {
            subject: format!("f:{path}"),
            setting: setting.key.to_string(),
            key: ask.key.as_deref().map_or("", |key| item_key(setting, key)).to_owned(),
            verdict,
            said: format!("{said} = {value}"),
        });
    }

    fn audit(&self, pack: &str, forge: ForgeKind) -> Report {
        let folder = tempfile::tempdir().unwrap();
        let kind = if forge == ForgeKind::Github { "github" } else { "gitlab" };
        let mut world =
            vec![json!({"format": "ispo-scm-snapshot", "version": 1, "forge": "f", "kind": kind})];
        for organization in
            ["acme"].into_iter().map(str::to_owned).chain(TEAM_TYPES.map(|t| format!("of-{t}")))
        {
            world.push(json!({"organization": organization, "settings": {}, "kinds": {"ruleset": {}}}));
        }
        world.extend(self.organizations.iter().chain(&self.repositories).cloned());
        let lines: Vec<String> = world.iter().map(Json::to_string).collect();
        let mut policy = format!(
            "version = 1\nextends = [\"pack:{pack}\"]\n[[forge]]\nname = \"f\"\nkind = \"snapshot\"\npath = \"w.jsonl\"\n"
        );
        if pack == "innersource" {
            for ty in TEAM_TYPES {
                policy += &format!("[team.{ty}-team]\ntype = \"{ty}\"\ngitlab = [\"of-{ty}/{ty}-team\"]\n");
                policy += &format!("github = [\"of-{ty}/{ty}-team\"]\n");
            }
        }
        fs::write(folder.path().join("w.jsonl"), lines.join("\n")).unwrap();
        fs::write(folder.path().join("policy.toml"), policy).unwrap();
        Report::of(ispo_scm().arg("audit").arg(folder.path()))
    }
}

const TEAM_TYPES: [&str; 7] =
    ["product", "platform", "group-support", "regulated", "contractors", "ispo", "ospo"];

/// The group that a repository of the layer is in: that of a team where the layer is of one.
fn owner(layer: &Layer) -> String {
    match layer {
        Layer::TeamType(ty) => format!("of-{ty}/{ty}-team"),
        _ => "acme".to_owned(),
    }
}

/// A subject that the layer reaches, and of which nothing else is told.
fn subject(ask: &Ask, path: &str) -> Json {
    if ask.of != SubjectKind::Repository {
        return json!({ask.of.word(): path, "settings": {}, "kinds": {"ruleset": {}}});
    }
    let (mut topics, mut visibility, mut archived) = (json!([]), "internal", false);
    let mut properties = Map::new();
    match &ask.layer {
        Layer::Profile(name) => match &**name {
            "published-oss" => visibility = "public",
            "openssf-private" => visibility = "private",
            "archived" => archived = true,
            "governance-repo" | "policy-repository" => topics = json!(["scm-policy"]),
            other => topics = json!([other]),
        },
        Layer::TeamType(ty) => drop(properties.insert("team".to_owned(), json!(format!("{ty}-team")))),
        _ => {}
    }
    json!({
        "repository": path,
        "settings": {
            "archived": archived,
            "branches": ["main"],
            "custom_properties": properties,
            "default_branch": "main",
            "fork": false,
            "teams": {},
            "template": false,
            "topics": topics,
            "visibility": visibility,
        },
        "kinds": {
            "branch_protection": {},
            "ruleset": {},
            "file": {"{.github/,,docs/}CODEOWNERS": null},
        },
    })
}

/// The key under which an item is found: what is meant whatever it is called has some name here.
fn item_key<'k>(setting: &Setting, key: &'k str) -> &'k str {
    match key {
        // GitLab's protected tags are called by patterns themselves.
        "*" if &*setting.group != "protected_tag" => "an-item",
        other => other,
    }
}

fn item(line: &mut Json, setting: &Setting, key: &str, value: &Json) {
    let key = item_key(setting, key);
    let items = &mut line["kinds"][&*setting.group];
    if !setting.presence {
        items[key] = json!({ setting.name(): value });
    } else if *value == json!(true) {
        items[key] = json!({});
    } else {
        *items = json!({});
    }
}

/// The rules by which a branch has that value.
fn branch(catalog: &Catalog, line: &mut Json, setting: &Setting, forge: ForgeKind, value: &Json) {
    if forge == ForgeKind::Gitlab {
        return gitlab_branch(line, setting.name(), value);
    }
    let rules = &mut line["kinds"]["branch_protection"];
    let classic = setting.effective.as_ref().and_then(|e| e.classic).map(|id| catalog.get(id).name());
    match classic {
        Some(field) => rules["main"] = json!({"created": 1, field: value}),
        None if *value == json!(true) => rules["main"] = json!({"created": 1}),
        None => {}
    }
}

fn gitlab_branch(line: &mut Json, name: &str, value: &Json) {
    let on = value == &json!(true) || value.as_array().is_some_and(|items| !items.is_empty());
    let pushing =
        |who: &[&str]| json!({"main": {"protected": true, "push_access": who, "merge_access": who}});
    let rule =
        |field: &str, value: &Json| json!({"main": {"protected": true, "group_level": false, field: value}});
    let mut settings: Vec<(&str, Json)> = vec![("merge_conditions_of_groups", json!([]))];
    let mut rules = json!({"main": {"protected": true}});
    match name {
        "protected" if !on => rules = json!({}),
        "protected" | "allow_deletions" => {}
        "allow_force_pushes" => rules = rule("allow_force_push", value),
        "required_approvals" => rules = rule("approvals_required", value),
        "require_code_owner_review" => rules = rule("code_owner_approval_required", value),
        "admins_bound" | "require_pull_request" => rules = pushing(if on { &[] } else { &["maintainer"] }),
        "bypass_actors" => rules = pushing(if on { &["maintainer"] } else { &[] }),
        "restrict_pushes" => rules = pushing(if on { &["maintainer"] } else { &["developer"] }),
        "dismiss_stale_reviews" => settings.push(("approvals.reset_approvals_on_push", value.clone())),
        "require_last_push_approval" => {
            settings.push(("approvals.merge_requests_disable_committers_approval", value.clone()));
        }
        "require_conversation_resolution" => {
            settings.push(("only_allow_merge_if_all_discussions_are_resolved", value.clone()));
        }
        "require_signatures" => settings.push(("push_rule.reject_unsigned_commits", value.clone())),
        "require_linear_history" => settings.push(("merge_method", json!(if on { "ff" } else { "merge" }))),
        "require_up_to_date" => {
            settings.push(("merge_method", json!(if on { "rebase_merge" } else { "merge" })))
        }
        "required_checks" => {
            settings.push(("only_allow_merge_if_pipeline_succeeds", json!(on)));
            settings.push(("only_allow_merge_if_all_status_checks_passed", json!(false)));
        }
        other => panic!("how does a branch on GitLab come by {other}?"),
    }
    line["kinds"]["branch_rule"] = rules;
    for (setting, value) in settings {
        line["settings"][setting] = value;
    }
}
