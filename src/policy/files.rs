//! Finds the files of a policy: what extends what, what is included, and in which order they count.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::node::{self, Item, Node, Table};
use super::pack::{PACKS, pack};
use super::problem::Problem;
use super::reader::Reader;
use super::source::Source;
use crate::catalog::nearest;
use crate::model::NameGlob;

/// The name of the file that a folder's policy begins in.
pub const POLICY_FILE: &str = "policy.toml";

/// The rank of the file that the user names: all that it extends has a lower one.
const TOP_RANK: u32 = 1_000;
/// How far files may extend one another.
const DEEPEST: usize = 100;

/// A file that was read and parsed.
pub(super) struct Loaded {
    pub source: Arc<Source>,
    pub table: Table,
    /// The higher one prevails.
    pub rank: u32,
    /// It was included: a team's own.
    pub delegated: bool,
    pub folder: Option<PathBuf>,
    extends: Vec<usize>,
    includes: Vec<usize>,
}

/// The files of a policy while they are being found.
#[derive(Default)]
pub(super) struct Loading {
    pub files: Vec<Loaded>,
    pub problems: Vec<Problem>,
    /// A file could not be read or parsed, so names that seem unknown may be told there.
    pub broken: bool,
    seen: HashMap<PathBuf, usize>,
    /// The files that are being read, each extended by the one before.
    open: Vec<usize>,
}

/// Why a file cannot be read, in words for people.
pub(super) fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        std::io::ErrorKind::InvalidData => "it is not text in UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

impl Loading {
    /// Begins with the file, or the text, that the user named.
    pub(super) fn begin(&mut self, name: &str, text: String, folder: Option<&Path>) {
        let identity = folder.map_or_else(|| PathBuf::from(name), |_| same_file(Path::new(name)));
        self.file(name, identity, text, folder, false);
        self.rank(0, TOP_RANK);
        self.files.sort_by_key(|f| f.rank);
    }

    /// A file ranks below every file that extends it, and beside the one that includes it.
    fn rank(&mut self, file: usize, rank: u32) {
        if self.files[file].rank <= rank {
            return;
        }
        self.files[file].rank = rank;
        for extended in self.files[file].extends.clone() {
            self.rank(extended, rank - 1);
        }
        for included in self.files[file].includes.clone() {
            self.rank(included, rank);
        }
    }

    fn file(
        &mut self,
        name: &str,
        identity: PathBuf,
        text: String,
        folder: Option<&Path>,
        delegated: bool,
    ) -> usize {
        let source = Arc::new(Source::new(name, text));
        let before = self.problems.len();
        let table = node::parse(&source, &mut self.problems);
        let parsed = self.problems.len() == before;
        self.broken |= !parsed;
        let mut reader = Reader { source: &source, problems: &mut self.problems };
        version(&mut reader, &table, parsed);
        if !delegated {
            reader.flag(&table, "floor");
        }
        let (extends, include) = if delegated {
            (Vec::new(), Vec::new()) // that these do not belong there is noted where tables are read
        } else {
            (reader.texts(&table, "extends"), reader.texts(&table, "include"))
        };
        let number = self.files.len();
        self.seen.insert(identity, number);
        let (extended, included) = (Vec::new(), Vec::new());
        self.files.push(Loaded {
            source: Arc::clone(&source),
            table,
            rank: u32::MAX,
            delegated,
            folder: folder.map(Path::to_owned),
            extends: extended,
            includes: included,
        });
        self.open.push(number);
        for (target, span) in extends {
            let found = self.extend(&source, &target, &span, folder);
            self.files[number].extends.extend(found);
        }
        for (pattern, span) in include {
            let found = self.include(&source, &pattern, &span, folder);
            self.files[number].includes.extend(found);
        }
        self.open.pop();
        number
    }

    fn extend(
        &mut self,
        source: &Arc<Source>,
        target: &str,
        span: &Range<usize>,
        folder: Option<&Path>,
    ) -> Option<usize> {
        if self.open.len() > DEEPEST {
            let problem =
                Problem::new("policy::extends", "files extend one another more than a hundred deep");
            let problem = problem.at(source, span, "one too many");
            self.problems.push(problem.help("let one file extend several others instead"));
            return None;
        }
        if let Some(name) = target.strip_prefix("pack:") {
            return self.pack(source, name, target, span);
        }
        let Some(folder) = folder else {
            let problem = Problem::new("policy::extends", format!("`{target}` cannot be looked for"));
            let help = "what is not in a folder, such as a pack, can extend packs only";
            self.problems.push(problem.at(source, span, "not a pack").help(help));
            return None;
        };
        let mut path = folder.join(target);
        if path.is_dir() {
            path.push(POLICY_FILE);
        }
        let near = nearest(target, PACKS.iter().map(|p| p.name));
        let help = match near.filter(|_| !target.contains(['.', '/'])) {
            Some(near) => format!("did you mean `pack:{near}`?"),
            None => "paths are taken from this file's folder".to_owned(),
        };
        self.read(source, &path, span, false, &help)
    }

    fn pack(&mut self, source: &Arc<Source>, name: &str, target: &str, span: &Range<usize>) -> Option<usize> {
        let Some(found) = pack(name) else {
            let help = match nearest(name, PACKS.iter().map(|p| p.name)) {
                Some(near) => format!("did you mean `pack:{near}`?"),
                None => {
                    let all = PACKS.iter().map(|p| format!("pack:{}", p.name)).collect::<Vec<_>>();
                    format!("there are: {}", all.join(", "))
                }
            };
            let problem = Problem::new("policy::pack", format!("there is no pack `{name}`"));
            self.problems.push(problem.at(source, span, "not a pack").help(help));
            self.broken = true;
            return None;
        };
        match self.seen.get(Path::new(target)) {
            Some(seen) => Some(*seen),
            None => Some(self.file(target, PathBuf::from(target), found.text.to_owned(), None, false)),
        }
    }

    fn include(
        &mut self,
        source: &Arc<Source>,
        pattern: &str,
        span: &Range<usize>,
        folder: Option<&Path>,
    ) -> Vec<usize> {
        let help = "paths are taken from this file's folder";
        if let Some(folder) = folder.filter(|_| !is_pattern(pattern)) {
            return self.read(source, &folder.join(pattern), span, true, help).into_iter().collect();
        }
        match folder.map(|folder| matching(folder, pattern)) {
            Some(Ok(paths)) if !paths.is_empty() => {
                paths.iter().filter_map(|path| self.read(source, path, span, true, help)).collect()
            }
            Some(Ok(_)) | None => {
                let problem = Problem::warning("policy::include", format!("no file matches `{pattern}`"));
                let help = "paths are taken from this file's folder, and lie below it";
                self.problems.push(problem.at(source, span, "includes nothing").help(help));
                Vec::new()
            }
            Some(Err(reason)) => {
                Reader { source, problems: &mut self.problems }.not_a_glob(pattern, &reason, span);
                Vec::new()
            }
        }
    }

    /// Reads a file unless it was read before.
    fn read(
        &mut self,
        source: &Arc<Source>,
        path: &Path,
        span: &Range<usize>,
        delegated: bool,
        help: &str,
    ) -> Option<usize> {
        let (name, identity) = (path.display().to_string(), same_file(path));
        if let Some(seen) = self.seen.get(&identity).copied() {
            if delegated {
                return None; // a glob may well match the file that includes, or one that it extends
            }
            if let Some(at) = self.open.iter().position(|open| *open == seen) {
                let circle: Vec<&str> =
                    self.open[at..].iter().map(|i| &*self.files[*i].source.name).collect();
                let message = match circle.as_slice() {
                    [alone] => format!("`{alone}` extends itself"),
                    several => format!("these files extend one another in a circle: {}", several.join(", ")),
                };
                let problem = Problem::new("policy::extends", message).at(source, span, "closes the circle");
                self.problems.push(problem.help("let each file extend only what is more general"));
                return None;
            }
            return Some(seen);
        }
        match std::fs::read_to_string(path) {
            Ok(text) => Some(self.file(&name, identity, text, path.parent(), delegated)),
            Err(error) => {
                let message = format!("`{name}` cannot be read: {}", unreadable(&error));
                let problem = Problem::new("policy::unreadable", message);
                self.problems.push(problem.at(source, span, "named here").help(help));
                self.broken = true;
                None
            }
        }
    }
}

/// Notes a version that is not ours; after a mistake of syntax a missing one may be that mistake.
fn version(reader: &mut Reader<'_>, table: &Table, parsed: bool) {
    match table.get("version") {
        Some((_, Node { item: Item::Int(1), .. })) => {}
        Some((_, Node { item: Item::Int(other), span })) => {
            let message = format!("this policy is of version {other}");
            let help = "this release reads version = 1";
            reader.wrong("policy::version", message, span, "not 1", help);
        }
        Some((_, node)) => reader.mistyped_for("version", node, "a whole number", "write version = 1"),
        None if parsed => {
            let help = "write version = 1 as the first line";
            let message = "this policy does not say its version";
            reader.wrong("policy::version", message, &(0..0), "no `version`", help);
        }
        None => {}
    }
}

fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

/// The path by which a file is known again, however it was named.
fn same_file(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The files below a folder that a glob matches, in the order of their names.
fn matching(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let glob = NameGlob::new(pattern)?;
    let plain = pattern.split('/').take_while(|part| !is_pattern(part));
    let mut folders = vec![plain.fold(folder.to_owned(), |at, part| at.join(part))];
    let mut found = BTreeSet::new();
    while let Some(at) = folders.pop() {
        // What is not there, or not ours to read, matches nothing.
        let Ok(entries) = std::fs::read_dir(&at) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            // A link to a folder is not followed: it may lead back here.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if !hidden {
                    folders.push(path);
                }
            } else if let Ok(below) = path.strip_prefix(folder)
                && glob.matches(&below.to_string_lossy().replace('\\', "/"))
            {
                found.insert(path);
            }
        }
    }
    Ok(found.into_iter().collect())
}
