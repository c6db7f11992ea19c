//! Puts shards together: what they have in common is checked, and what they read is judged in the order in which one
//! run would have read it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{At, End, FORMAT, ShardHeader, VERSION};
use crate::catalog::{Catalog, Demand};
use crate::forge::snapshot::{Header, LineReader};
use crate::model::{Observed, SubjectKind};
use crate::run::{Auditor, Outcome, Requests, Unread, wanted_of_snapshot};

/// Why shards cannot be put together.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum MergeError {
    /// A file cannot be opened or read.
    #[error("the shard {} cannot be read: {source}", path.display())]
    #[diagnostic(code(shard::file), help("`ispo-scm audit POLICY --shard 1/N --out FILE` writes one"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line is not what a shard holds.
    #[error("{}:{line}: {what}", path.display())]
    #[diagnostic(code(shard::line), help("write this shard again; its format is in docs/history.md"))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Its line, the first being 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// They are not parts of one run.
    #[error("{what}")]
    #[diagnostic(code(shard::parts), help("{help}"))]
    Parts {
        /// What is wrong.
        what: String,
        /// What to do.
        help: String,
    },
}

/// Lines by their places. Where a repository was made or deleted while shards were reading, two may have one place:
/// they are told apart by their names.
type Lines = BTreeMap<(At, String), Line>;

/// A line of a shard, and where it is from.
struct Line {
    path: PathBuf,
    number: usize,
    text: String,
}

/// All shards of a run.
pub struct Shards {
    /// What they have in common.
    pub header: ShardHeader,
    /// In the order of the whole run; forges before their subjects.
    lines: Lines,
    ends: Vec<End>,
}

impl Shards {
    /// Reads the files of all shards of a run, in any order.
    ///
    /// # Errors
    /// When one cannot be used, is missing or there twice, or they are not parts of one run.
    pub fn read(paths: &[PathBuf]) -> Result<Self, MergeError> {
        let mut of: BTreeMap<u32, (ShardHeader, &PathBuf)> = BTreeMap::new();
        let (mut lines, mut ends) = (BTreeMap::new(), BTreeMap::new());
        for path in paths {
            let (header, end) = read_one(path, &mut lines)?;
            let number = header.shard.number;
            if let Some((_, other)) = of.get(&number) {
                let what = format!(
                    "shard {} is there twice: {} and {}",
                    header.shard,
                    other.display(),
                    path.display()
                );
                return Err(parts(what, "name each shard once"));
            }
            if let Some((first, other)) = of.values().next() {
                same(first, other, &header, path)?;
            }
            of.insert(number, (header, path));
            ends.insert(number, end);
        }
        let Some((header, _)) = of.values().next() else {
            return Err(parts("no shard is named".to_owned(), "name the files of all shards"));
        };
        let missing: Vec<String> =
            (1..=header.shard.of).filter(|n| !of.contains_key(n)).map(|n| n.to_string()).collect();
        if !missing.is_empty() {
            let shards = if missing.len() == 1 { "shard" } else { "shards" };
            let what = format!("{shards} {} of {} missing", missing.join(", "), header.shard.of);
            return Err(parts(
                what,
                "a report of some would tell nothing of the rest: name the files of all shards",
            ));
        }
        Ok(Self { header: header.clone(), lines, ends: ends.into_values().collect() })
    }

    /// Judges what all shards read, as one run would have.
    ///
    /// # Errors
    /// When a line is not what a shard holds.
    pub fn judge(
        &self,
        auditor: &Auditor<'_>,
        catalog: &Catalog,
        demand: &Demand,
        outcome: &mut Outcome,
    ) -> Result<(), MergeError> {
        let kept = wanted_of_snapshot(demand, catalog);
        let (live_reader, kept_reader) =
            (LineReader::new(catalog, Some(demand)), LineReader::new(catalog, Some(&kept)));
        let mut forge: Option<Header> = None;
        let mut organizations: HashMap<String, Arc<Observed>> = HashMap::new();
        for (((place, ..), _), line) in &self.lines {
            let wrong = |what| MergeError::Malformed { path: line.path.clone(), line: line.number, what };
            if let Some(header) = Header::parse(&line.text) {
                forge = Some(header.map_err(wrong)?);
                organizations.clear();
                continue;
            }
            let live = self.header.places.get(*place).is_some_and(|(live, _)| *live);
            let reader = if live { &live_reader } else { &kept_reader };
            let Some(forge) = &forge else { return Err(wrong("it is of no forge".to_owned())) };
            let observed = reader.read_below(forge, &line.text).map_err(wrong)?;
            let kind = forge.forge_kind();
            if observed.subject.kind == SubjectKind::Repository {
                // A live repository lists what it inherits.
                let above = organizations.get(observed.subject.organization()).filter(|_| !live);
                auditor.subject(&observed, above.map(|above| &**above), kind, outcome);
            } else {
                auditor.subject(&observed, None, kind, outcome);
                organizations.insert(observed.subject.name.to_string(), Arc::new(observed));
            }
        }
        let mut known: HashSet<(&str, &str)> = HashSet::new();
        for End { requests: [rest, graphql, points, not_modified], unread, .. } in &self.ends {
            let Requests { rest: r, graphql: g, points: p, not_modified: n } = &mut outcome.requests;
            (*r, *g, *p, *n) = (*r + rest, *g + graphql, *p + points, *n + not_modified);
            // What none of them could read is told once.
            for (address, why) in unread {
                if known.insert((address, why)) {
                    outcome.unread.push(Unread { address: address.clone(), why: why.clone() });
                }
            }
        }
        Ok(())
    }
}

fn parts(what: String, help: &str) -> MergeError {
    MergeError::Parts { what, help: help.to_owned() }
}

/// Reads one file and adds its lines.
fn read_one(path: &Path, lines: &mut Lines) -> Result<(ShardHeader, End), MergeError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| MergeError::Unreadable { path: path.to_owned(), source })?;
    let wrong = |line, what| MergeError::Malformed { path: path.to_owned(), line, what };
    let mut all = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    let header = header(all.next().map_or("", |(_, line)| line)).map_err(|what| wrong(1, what))?;
    let (mut subjects, mut end) = (0, None);
    for (number, text) in all {
        if end.is_some() {
            return Err(wrong(number, "there is more after the end".to_owned()));
        }
        if text.starts_with("{\"end\"") {
            let read: End = serde_json::from_str(text).map_err(|e| wrong(number, e.to_string()))?;
            if read.end != subjects {
                return Err(wrong(number, format!("it ends after {} subjects and has {subjects}", read.end)));
            }
            end = Some(read);
            continue;
        }
        let (at, text) =
            placed(text).ok_or_else(|| wrong(number, "this is no line of a shard".to_owned()))?;
        let of_forge = text.starts_with("{\"format\"");
        subjects += u64::from(!of_forge);
        let name = if of_forge { "" } else { text.split('"').nth(3).unwrap_or_default() }.to_owned();
        lines.insert((at, name), Line { path: path.to_owned(), number, text });
    }
    let end =
        end.ok_or_else(|| wrong(text.lines().count(), "the file ends before its last line".to_owned()))?;
    Ok((header, end))
}

/// A line's place, and the line of a snapshot that it is of.
fn placed(line: &str) -> Option<(At, String)> {
    let (at, rest) = line.strip_prefix("{\"at\":")?.split_once("],")?;
    Some((serde_json::from_str(&format!("{at}]")).ok()?, format!("{{{rest}")))
}

fn header(line: &str) -> Result<ShardHeader, String> {
    let begins = "a shard begins with {\"format\":\"ispo-scm-shard\",\"version\":1,…}";
    let json: serde_json::Value =
        serde_json::from_str(line).map_err(|_| format!("this is no shard: {begins}"))?;
    match (json["format"].as_str(), json["version"].as_u64()) {
        (Some(FORMAT), Some(version)) if version == u64::from(VERSION) => {}
        (Some(FORMAT), Some(version)) => {
            return Err(format!("this shard is of version {version}; this release reads version {VERSION}"));
        }
        (Some(format), _) if format != FORMAT => {
            return Err(format!("this is a file of format `{format}`, not `{FORMAT}`"));
        }
        _ => return Err(format!("this is no shard: {begins}")),
    }
    if json["release"].as_str() != Some(env!("CARGO_PKG_VERSION")) {
        let release = json["release"].as_str().unwrap_or("another release");
        let ours = env!("CARGO_PKG_VERSION");
        return Err(format!("release {release} wrote it and this is {ours}: both must be of one release"));
    }
    serde_json::from_value(json).map_err(|e| format!("the first line cannot be read: {e}"))
}

/// Whether two headers are of one run.
fn same(a: &ShardHeader, path: &Path, b: &ShardHeader, other: &Path) -> Result<(), MergeError> {
    let differs = [
        (a.shard.of != b.shard.of, "counts of shards", a.shard.of.to_string(), b.shard.of.to_string()),
        (a.policy_digest != b.policy_digest, "policies", a.policy.clone(), b.policy.clone()),
        (a.today != b.today, "days", a.today.to_string(), b.today.to_string()),
        (a.places != b.places, "forges", "one set".to_owned(), "another".to_owned()),
    ];
    let of = |h: &ShardHeader| (h.all, h.only.clone(), h.team.clone(), h.portal.clone(), h.replaces);
    let options = (of(a) != of(b), "options", "one set".to_owned(), "another".to_owned());
    for (differs, what, of_a, of_b) in differs.into_iter().chain([options]) {
        if differs {
            let what = format!(
                "the shards are of different {what}: {} has {of_a}, {} has {of_b}",
                path.display(),
                other.display()
            );
            return Err(parts(
                what,
                "write all shards with the same command, but for --shard and --out; --today keeps a run over midnight on one day",
            ));
        }
    }
    Ok(())
}
