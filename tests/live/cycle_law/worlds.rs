//! Where the cases take place: simulators of both forges, and snapshot files in random states.

#![allow(dropping_references, reason = "what states something returns its subject, to state more of it")]

use std::path::{Path, PathBuf};

use ispo_scm::catalog::{Catalog, ForgeKind, Type};
use serde_json::{Map, Value, json};

use super::draw::Draw;
use super::policies::{Line, value};
use super::road::{FORGE, Ground};
use crate::forge::Forge;
use crate::gitlab::Server;
use crate::sim;

/// What a case says of the state.
#[derive(Clone, Debug)]
pub enum Stated {
    /// Of a subject of the snapshot, by its place, a setting that has this value; none where nobody may see it.
    Setting { subject: usize, setting: String, value: Option<Value> },
    /// The repositories of the example that the snapshot is made of.
    Repositories(usize, usize),
    /// Something that is otherwise in the conforming world: its name.
    Otherwise(&'static str),
}

type Change<W> = (&'static str, fn(&mut W));

/// What may be otherwise on GitHub.
const GITHUB: &[Change<sim::World>] = &[
    ("no classic rules", |world| each(world, |repository| repository.protections.clear())),
    ("no rulesets", |world| each(world, |repository| repository.rulesets.clear())),
    ("one without any rule", |world| {
        let repository = world.repository_mut("service-0001");
        repository.protections.clear();
        repository.rulesets.clear();
    }),
    ("one is archived", |world| drop(world.repository_mut("service-0002").set("archived", true))),
    ("one is private", |world| drop(world.repository_mut("service-0001").set("visibility", "private"))),
    ("one is public", |world| drop(world.repository_mut("service-0002").set("visibility", "public"))),
    ("nothing reports", |world| each(world, |repository| repository.reported_checks.clear())),
    ("no alerts", |world| {
        each(world, |repository| {
            repository.vulnerability_alerts = false;
            repository.security("dependabot_security_updates", false);
        });
    }),
    ("no code owners", |world| each(world, |repository| drop(repository.without_file(".github/CODEOWNERS")))),
];

fn each(world: &mut sim::World, change: impl Fn(&mut sim::world::Repository)) {
    world.organization_mut("acme").repositories.values_mut().for_each(change);
}

/// What is never drawn: that it is GitHub's own cloud, and no server.
pub const THE_CLOUD: &str = "the cloud";

/// What may be otherwise on GitLab.
const GITLAB: &[Change<sim::gitlab::World>] = &[
    ("no rules for branches", |world| {
        world.projects.values_mut().for_each(|p| drop(p.document("/protected_branches", json!([]))));
    }),
    ("no rules for approvals", |world| {
        world.projects.values_mut().for_each(|p| drop(p.document("/approval_rules", json!([]))));
    }),
    ("no push rule", |world| {
        world.projects.values_mut().for_each(|p| drop(p.document("/push_rule", Value::Null)));
    }),
    ("one is archived", |world| drop(world.project_mut("service-0002").set("archived", true))),
    ("one is private", |world| drop(world.project_mut("service-0001").set("visibility", "private"))),
    ("no pipeline", |world| world.projects.values_mut().for_each(|p| drop(p.files.remove(".gitlab-ci.yml")))),
];

/// Some things that are otherwise in the world of a simulator.
pub fn otherwise(forge: ForgeKind, draw: &mut Draw) -> Vec<Stated> {
    let names: Vec<&'static str> = match forge {
        ForgeKind::Github => GITHUB.iter().map(|(name, _)| *name).collect(),
        ForgeKind::Gitlab => GITLAB.iter().map(|(name, _)| *name).collect(),
    };
    let number = draw.below(3);
    draw.some(&names, number).into_iter().map(Stated::Otherwise).collect()
}

/// Of the settings that lines speak of, some values, some absences, some that nobody may see.
pub fn states(catalog: &Catalog, lines: &[Line], draw: &mut Draw) -> Vec<Stated> {
    let mut all = vec![Stated::Repositories(draw.below(100), draw.below(100))];
    for setting in lines.iter().filter_map(|line| catalog.find(&line.about)) {
        if catalog.is_keyed(setting) || setting.effective.is_some() {
            continue;
        }
        let subjects = if &*setting.group == "organization" { 0..1 } else { 1..3 };
        for subject in subjects {
            // Of these two every forge tells something.
            let told = ["repository.archived", "repository.visibility"].contains(&&*setting.key);
            let value = match draw.below(10) {
                0 => None,
                1 | 2 if !told => Some(Value::Null),
                _ if setting.ty == Type::Map => continue,
                _ => Some(value(setting, draw)),
            };
            all.push(Stated::Setting { subject, setting: setting.key.to_string(), value });
        }
    }
    all
}

/// A world of one case.
pub enum Place {
    Github(Forge),
    Gitlab(Server),
    Snapshot(PathBuf),
}

impl Place {
    /// A simulator in which all is well but for what is said to be otherwise.
    pub fn simulated(forge: ForgeKind, stated: &[Stated]) -> Self {
        let is = |name: &str| stated.iter().any(|s| matches!(s, Stated::Otherwise(other) if *other == name));
        match forge {
            ForgeKind::Github => {
                let mut world = sim::World::conforming("acme", 2);
                GITHUB.iter().filter(|(name, _)| is(name)).for_each(|(_, change)| change(&mut world));
                if is(THE_CLOUD) {
                    world.installed_version.clear();
                }
                Self::Github(Forge::of(world))
            }
            ForgeKind::Gitlab => {
                let mut world = sim::gitlab::World::conforming("acme", 2);
                GITLAB.iter().filter(|(name, _)| is(name)).for_each(|(_, change)| change(&mut world));
                Self::Gitlab(Server::of(world))
            }
        }
    }

    /// The acme example, its organization and two of its repositories, in that state.
    pub fn snapshot(folder: &Path, forge: ForgeKind, stated: &[Stated]) -> Self {
        let file = if forge == ForgeKind::Github { "acme.jsonl" } else { "acme-gitlab.jsonl" };
        let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme").join(file);
        let whole = std::fs::read_to_string(whole).unwrap();
        let lines = whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let lines: Vec<Value> = lines.collect();
        let of = |kind: &'static str| lines.iter().filter(move |line| line.get(kind).is_some()).cloned();
        let acme = of("organization").find(|line| line["organization"] == "acme").unwrap();
        let mut repositories: Vec<Value> = of("repository").collect();
        let numbers = stated.iter().find_map(|s| match s {
            Stated::Repositories(one, other) => Some((*one, *other)),
            _ => None,
        });
        let (one, other) = numbers.unwrap_or((0, 1));
        let one = repositories.remove(one % repositories.len());
        let other = repositories.remove(other % repositories.len());
        let mut subjects = vec![acme, one, other];
        for stated in stated {
            let Stated::Setting { subject, setting, value } = stated else { continue };
            let name = setting.split_once('.').unwrap().1;
            let line = &mut subjects[*subject];
            for part in ["settings", "unknown"] {
                line.as_object_mut().unwrap().entry(part).or_insert_with(|| Map::new().into());
                line[part].as_object_mut().unwrap().shift_remove(name);
            }
            match value {
                Some(value) => line["settings"][name] = value.clone(),
                None => line["unknown"][name] = json!("a permission"),
            }
        }
        let kind = if forge == ForgeKind::Github { "github" } else { "gitlab" };
        let header = json!({"format": "ispo-scm-snapshot", "version": 1, "forge": FORGE, "kind": kind});
        let text: String = [header].iter().chain(&subjects).map(|line| format!("{line}\n")).collect();
        let path = folder.join("world.jsonl");
        std::fs::write(&path, text).unwrap();
        Self::Snapshot(path)
    }

    pub fn ground(&self) -> Ground {
        match self {
            Self::Github(forge) => Ground::Github(forge.url()),
            Self::Gitlab(server) => Ground::Gitlab(server.url()),
            Self::Snapshot(path) => Ground::Snapshot(path.clone()),
        }
    }

    /// How many requests wrote; of a file, none is counted.
    pub fn writes(&self) -> u64 {
        match self {
            Self::Github(forge) => forge.stats().mutating,
            Self::Gitlab(server) => server.stats().mutating,
            Self::Snapshot(_) => 0,
        }
    }
}
