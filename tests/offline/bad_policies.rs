//! What a person sees whose policy has a mistake: one policy with one mistake each, through the
//! binary, and the rendered diagnostics beside it as `NAME.snap`.
//!
//! After a change of wording: `INSTA_UPDATE=always cargo test --test offline bad_policies`, then read what
//! changed as its reader would.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::program::ispo_scm;

/// The policies that have another number of mistakes than one.
const SEVERAL: [(&str, usize); 7] = [
    ("control_mistakes", 7),
    ("packs_contradict", 3),
    ("extends_with_mistakes", 2),
    ("friction_weights", 6),
    ("syntax_several", 3),
    ("syntax_yaml", 4),
    ("ten_mistakes", 10),
];

struct Checked {
    code: Option<i32>,
    seen: String,
    mistakes: usize,
    warnings: usize,
}

fn check(folder: &Path, policy: &str) -> Checked {
    let mut command = ispo_scm();
    command.current_dir(folder).env("NO_COLOR", "1").env_remove("COLUMNS").args(["check", policy]);
    let output = command.timeout(Duration::from_secs(60)).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    // The last line counts: "1 mistake and 0 warnings in the policy".
    let (seen, counts) = text.trim_end().rsplit_once('\n').unwrap_or(("", &text));
    let mut numbers = counts.split_whitespace().filter_map(|word| word.parse().ok());
    let (mistakes, warnings) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    Checked { code: output.status.code(), seen: seen.trim_end().to_owned(), mistakes, warnings }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The policies of a folder: files, and folders with a `policy.toml`.
fn policies(folder: &Path) -> BTreeSet<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    names
        .filter(|e| e.path().is_dir() || e.path().extension().is_some_and(|e| e == "toml"))
        .map(|e| e.file_name().into_string().unwrap())
        .collect()
}

fn snapshot(folder: &Path, policy: &str, seen: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(policy.trim_end_matches(".toml"), seen));
}

#[test]
fn every_bad_policy_is_refused_and_says_why() {
    let folder = folder("bad_policies");
    let policies = policies(&folder);
    assert!(policies.len() > 200);
    for policy in policies {
        let checked = check(&folder, &policy);
        let name = policy.trim_end_matches(".toml");
        let expected = SEVERAL.iter().find(|(several, _)| *several == name).map_or(1, |(_, n)| *n);
        assert_eq!(checked.code, Some(1), "{policy}\n{}", checked.seen);
        assert_eq!((checked.mistakes, checked.warnings), (expected, 0), "{policy}\n{}", checked.seen);
        snapshot(&folder, &policy, &checked.seen);
    }
}

#[test]
fn every_odd_policy_is_accepted_with_a_warning() {
    let folder = folder("odd_policies");
    for policy in policies(&folder) {
        let checked = check(&folder, &policy);
        assert_eq!(checked.code, Some(0), "{policy}\n{}", checked.seen);
        assert_eq!((checked.mistakes, checked.warnings), (0, 1), "{policy}\n{}", checked.seen);
        snapshot(&folder, &policy, &checked.seen);
    }
}

/// A new problem needs a policy that shows it.
#[test]
fn every_problem_is_shown_by_some_policy() {
    let mut shown = String::new();
    for folder in [folder("bad_policies"), folder("odd_policies")] {
        for policy in policies(&folder) {
            let name = policy.trim_end_matches(".toml");
            shown += &std::fs::read_to_string(folder.join(format!("{name}.snap"))).unwrap_or_default();
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/policy");
    let mut codes = BTreeSet::new();
    for file in std::fs::read_dir(source).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for part in text.split("\"policy::").skip(1) {
            codes.insert(part.split('"').next().unwrap_or_default().to_owned());
        }
    }
    assert!(codes.len() > 25);
    let missing: Vec<_> = codes.iter().filter(|code| !shown.contains(&format!("policy::{code}\n"))).collect();
    assert!(missing.is_empty(), "no policy in tests/bad_policies shows {missing:?}");
}

#[test]
fn a_policy_that_is_not_there_is_an_error_without_a_line() {
    let checked = check(&folder("bad_policies"), "nowhere.toml");
    assert_eq!(checked.code, Some(1));
    insta::assert_snapshot!(checked.seen, @r"
    policy::unreadable

      x the policy `nowhere.toml` cannot be read: there is no such file
      help: name a policy file, or a folder that has a policy.toml
    ");
}

/// Whatever a file holds, an answer comes soon and fits a screen.
#[test]
fn nothing_makes_it_hang_or_panic() {
    let long = "a".repeat(1_000_000);
    let begin = "version = 1\n";
    let deep = 100_000;
    let policies = [
        (
            "a long line",
            format!("{begin}[repository]\ndescription = {{ matches = \"{long}\", lenght = 1 }}\n"),
        ),
        ("a long key", format!("{begin}[repository]\n{long} = 1\n")),
        ("a long name", format!("{begin}[profile.{long}]\nafter = \"{long}b\"\n")),
        ("lists", format!("{begin}a = {}{}\n", "[".repeat(deep), "]".repeat(deep))),
        ("tables", format!("{begin}a = {}1{}\n", "{a = ".repeat(deep), "}".repeat(deep))),
        ("a dotted key", format!("{begin}{} = 1\n", vec!["a"; deep].join("."))),
        ("a header", format!("{begin}[{}]\na = 1\n", vec!["a"; deep].join("."))),
        ("selectors", format!("{begin}[profile.a]\nselect.{}fork = true\n", "not.".repeat(3_000))),
        (
            "a large pattern",
            format!("{begin}[repository]\ndescription.matches = \"((a{{99}}){{99}}){{99}}\"\n"),
        ),
        ("zeros", "\0".repeat(10_000)),
        ("escapes", format!("{begin}\"\\u001b[2J\\u202e\" = \"\u{1b}[2J\"\n")),
        ("a bad [[setting]]", format!("{begin}[[setting]]\nkey = \"\"\ngithub = []\n[[forge]]\nname = []\n")),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (what, text) in policies {
        std::fs::write(folder.path().join("policy.toml"), text).unwrap();
        let begun = Instant::now();
        let checked = check(folder.path(), "policy.toml");
        assert_eq!(checked.code, Some(1), "{what}\n{}", checked.seen);
        assert!(checked.seen.len() < 8_000, "{what}: {} bytes", checked.seen.len());
        assert!(!checked.seen.contains('\u{1b}') && !checked.seen.contains('\u{202e}'), "{what}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}: {:?}", begun.elapsed());
    }
}

#[test]
fn files_that_extend_one_another_very_deep_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..=200 {
        let text = format!("version = 1\nextends = [\"{}.toml\"]\n", i + 1);
        std::fs::write(folder.path().join(format!("{i}.toml")), text).unwrap();
    }
    let checked = check(folder.path(), "0.toml");
    assert_eq!(checked.code, Some(1));
    assert!(checked.seen.contains("more than a hundred deep"), "{}", checked.seen);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_ends_no_search() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
    std::fs::write(folder.path().join("policy.toml"), "version = 1\ninclude = [\"**/*.md\"]\n").unwrap();
    let checked = check(folder.path(), "policy.toml");
    assert_eq!((checked.code, checked.warnings), (Some(0), 1), "{}", checked.seen);
}
