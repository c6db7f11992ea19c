//! Where the cases take place: simulators of both forges, and snapshot files in random states.

use std::path::{Path, PathBuf};

use ispo_scm::catalog::{Catalog, ForgeKind};
use serde_json::{Map, Value, json};

use super::draw::Draw;
use super::policies::{Line, value};
use super::road::{FORGE, Ground};
use crate::forge::Forge;
use crate::gitlab::Server;
use crate::sim;

/// What a case says of the state: of a subject of the snapshot, by its place, a setting that has this value; none
/// where nobody may see it.
#[derive(Clone, Debug)]
pub struct Stated {
    pub subject: usize,
    pub setting: String,
    pub value: Option<Value>,
}

/// Of the settings that lines speak of, some values, some absences, some that nobody may see.
pub fn states(catalog: &Catalog, lines: &[Line], draw: &mut Draw) -> Vec<Stated> {
    let mut all = Vec::new();
    for setting in lines.iter().filter_map(|line| catalog.find(&line.about)) {
        if catalog.is_keyed(setting) || setting.effective.is_some() {
            continue;
        }
        let subjects = if &*setting.group == "organization" { 0..1 } else { 1..3 };
        for subject in subjects {
            let value = match draw.below(10) {
                0 => None,
                1 | 2 => Some(Value::Null),
                _ => Some(value(setting, draw)),
            };
            all.push(Stated { subject, setting: setting.key.to_string(), value });
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
    /// A simulator in which all is well.
    pub fn simulated(forge: ForgeKind) -> Self {
        match forge {
            ForgeKind::Github => Self::Github(Forge::of(sim::World::conforming("acme", 2))),
            ForgeKind::Gitlab => Self::Gitlab(Server::of(sim::gitlab::World::conforming("acme", 2))),
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
        let mut subjects: Vec<Value> = [acme].into_iter().chain(of("repository").take(2)).collect();
        for Stated { subject, setting, value } in stated {
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
