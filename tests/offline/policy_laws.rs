//! The laws that combining constraints and layers keeps, tried on random policies. The seed is
//! fixed: a failure is found again by running the test again.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use ispo_scm::catalog::Catalog;
use ispo_scm::model::{Bounds, Constraint, Expectation, Matcher, Observed, Subject, SubjectKind, Value};
use ispo_scm::policy::{Policy, Resolver, load, load_text};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{RngAlgorithm, TestCaseResult, TestRng, TestRunner};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::built_in().unwrap());

/// Tries a law on that many random cases, the same ones every time.
#[track_caller]
fn law<S: Strategy>(cases: u32, strategy: S, holds: impl Fn(S::Value) -> TestCaseResult) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng).run(&strategy, holds).unwrap_or_else(|e| panic!("{e}"));
}

/// A setting of each type, by the header of its table and its name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Text,
    Choice,
    Set,
    Map,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Integer, Self::Text, Self::Choice, Self::Set, Self::Map];

    fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::Integer => ("branch.\"~default\"", "required_approvals"),
            Self::Text => ("repository", "description"),
            Self::Choice => ("repository", "visibility"),
            Self::Set => ("repository", "topics"),
            Self::Map => ("repository", "teams"),
        }
    }

    /// Every value that is tried; an absence is tried besides.
    fn values(self) -> Vec<Value> {
        let texts = |words: &[&str]| words.iter().map(|w| Value::text(*w)).collect::<Vec<_>>();
        match self {
            Self::Integer => (-1..6).map(Value::Int).collect(),
            Self::Text => texts(&["", "a", "b", "ab", "ba", "abc", "é\"\\\n\u{0}\u{202e}", "a\u{7f}b"]),
            Self::Choice => texts(&["public", "internal", "private"]),
            Self::Set => (0..8_u8)
                .map(|bits| {
                    let has = |(i, word): (usize, &&str)| (bits >> i & 1 == 1).then(|| Value::text(*word));
                    Value::List(["a", "b", "c"].iter().enumerate().filter_map(has).collect())
                })
                .collect(),
            Self::Map => {
                let roles = [None, Some("read"), Some("admin")];
                let both = roles.iter().flat_map(|p| roles.iter().map(move |q| [("p", *p), ("a b", *q)]));
                let entry = |(k, v): (&str, Option<&str>)| Some((k.to_owned(), Value::text(v?)));
                both.map(|e| Value::Map(e.into_iter().filter_map(entry).collect())).collect()
            }
        }
    }
}

fn bounds(from: i64) -> impl Strategy<Value = Bounds> {
    let end = move || proptest::option::weighted(0.5, from..5_i64);
    (end(), end()).prop_map(|(min, max)| Bounds { min, max })
}

/// A constraint as a policy may write it: with one test at least, and not by itself impossible.
fn constraint(kind: Kind) -> BoxedStrategy<Constraint> {
    let some = |of: Vec<Value>| proptest::option::weighted(0.2, select(of));
    let any_of = proptest::option::weighted(0.2, subsequence(kind.values(), 1..=3));
    let absent = proptest::option::weighted(0.15, any::<bool>());
    let texts = |words: &[&str]| Value::List(words.iter().map(|w| Value::text(*w)).collect());
    let parts = match kind {
        Kind::Integer | Kind::Choice => Vec::new(),
        Kind::Text => vec![Value::text("a"), Value::text("b"), texts(&["a", "b"]), texts(&["bc"])],
        Kind::Set => vec![texts(&["a"]), texts(&["b"]), texts(&["a", "c"])],
        Kind::Map => {
            let entry = |k: &str, v: &str| (k.to_owned(), Value::text(v));
            vec![
                Value::Map(BTreeMap::from([entry("p", "read")])),
                Value::Map(BTreeMap::from([entry("p", "admin")])),
                Value::Map(BTreeMap::from([entry("a b", "read")])),
                texts(&["p"]),
            ]
        }
    };
    let contains = if parts.is_empty() { Just(None).boxed() } else { some(parts).boxed() };
    let no_bounds = || Just(Bounds::default()).boxed();
    let often = |of: BoxedStrategy<Bounds>| prop_oneof![2 => no_bounds(), 1 => of].boxed();
    let range = if kind == Kind::Integer { often(bounds(-1).boxed()) } else { no_bounds() };
    let length = if kind == Kind::Text { often(bounds(0).boxed()) } else { no_bounds() };
    let counted = matches!(kind, Kind::Set | Kind::Map);
    let count = if counted { often(bounds(0).boxed()) } else { no_bounds() };
    let patterns = match kind {
        Kind::Text | Kind::Choice => vec!["^a", "b$", "p", "^$", "\\.\"x\"?", "i|a"],
        _ => Vec::new(),
    };
    let most = patterns.len().min(2);
    let matches = prop_oneof![3 => Just(Vec::new()), 1 => subsequence(patterns, 0..=most)];
    (some(kind.values()), any_of, range, contains, absent, matches, length, count)
        .prop_map(|(exactly, one_of, range, contains, absent, matches, length, count)| {
            let matches = matches.into_iter().map(|p| Matcher::new(p).unwrap()).collect();
            Constraint {
                exactly,
                one_of,
                range,
                contains,
                absent,
                matches,
                length,
                count,
                ..Constraint::default()
            }
        })
        .prop_filter("asks for nothing", |c| *c != Constraint::default())
        .prop_filter_map("is impossible", |c| Constraint::default().and(&c).ok())
        .boxed()
}

fn constraints<const N: usize>() -> impl Strategy<Value = (Kind, [Constraint; N])> {
    select(&Kind::ALL[..]).prop_flat_map(|kind| {
        let some: [BoxedStrategy<Constraint>; N] = std::array::from_fn(|_| constraint(kind));
        (Just(kind), some)
    })
}

/// What a constraint accepts of all that is tried, the absence last.
fn accepted(kind: Kind, constraint: &Constraint) -> Vec<bool> {
    let values = kind.values();
    let some = values.iter().map(|v| constraint.accepts(Some(v)));
    some.chain([constraint.accepts(None)]).collect()
}

#[test]
fn both_is_what_each_accepts() {
    law(4_000, constraints::<2>(), |(kind, [a, b])| {
        let each: Vec<bool> =
            accepted(kind, &a).into_iter().zip(accepted(kind, &b)).map(|(a, b)| a && b).collect();
        match a.and(&b) {
            Ok(both) => prop_assert_eq!(accepted(kind, &both), each, "{} and {}", a, b),
            // Only two maps of keys and of entries cannot be told together though they might agree.
            Err(_) if mixed(&a, &b) => {}
            Err(_) => prop_assert!(!each.contains(&true), "{} and {} are no conflict", a, b),
        }
        Ok(())
    });
}

/// One names keys and the other entries of a map: more than one `contains` can say.
fn mixed(a: &Constraint, b: &Constraint) -> bool {
    matches!(
        (&a.contains, &b.contains),
        (Some(Value::Map(_)), Some(Value::List(_))) | (Some(Value::List(_)), Some(Value::Map(_)))
    )
}

#[test]
fn both_minds_neither_order_nor_grouping_nor_repetition() {
    let same = |kind, x: &Result<Constraint, _>, y: &Result<Constraint, _>| match (x, y) {
        (Ok(x), Ok(y)) => accepted(kind, x) == accepted(kind, y),
        (Err(_), Err(_)) => true,
        (Ok(x), Err(_)) | (Err(_), Ok(x)) => !accepted(kind, x).contains(&true),
    };
    law(4_000, constraints::<3>(), |(kind, [a, b, c])| {
        prop_assert!(same(kind, &a.and(&b), &b.and(&a)), "{} and {}", a, b);
        prop_assert_eq!(accepted(kind, &a.and(&a).unwrap()), accepted(kind, &a));
        if !(mixed(&a, &b) || mixed(&b, &c) || mixed(&a, &c)) {
            let (left, right) = (a.and(&b).and_then(|ab| ab.and(&c)), b.and(&c).and_then(|bc| a.and(&bc)));
            prop_assert!(same(kind, &left, &right), "{} and {} and {}", a, b, c);
        }
        Ok(())
    });
}

#[test]
fn within_means_within() {
    law(8_000, constraints::<2>(), |(kind, [a, b])| {
        if a.is_within(&b) {
            let outside = |(a, b): (bool, bool)| a && !b;
            let pairs = accepted(kind, &a).into_iter().zip(accepted(kind, &b));
            prop_assert!(!pairs.into_iter().any(outside), "{} is not within {}", a, b);
        }
        prop_assert!(a.is_within(&a), "{} is within itself", a);
        if let Ok(both) = a.and(&b) {
            prop_assert!(both.is_within(&a) && both.is_within(&b), "{} and {}", a, b);
        }
        Ok(())
    });
}

/// A layer over what is below it; a conflict below is settled by what takes its place.
fn over(later: Option<&Constraint>, earlier: Option<&Constraint>) -> Option<Constraint> {
    let later = later?;
    let Some(earlier) = earlier else {
        let rest = Constraint { contains: None, ..later.clone() };
        return (rest != Constraint::default()).then(|| later.clone());
    };
    later.over(earlier).ok()
}

#[test]
fn layers_mind_no_grouping() {
    law(8_000, constraints::<3>(), |(kind, [a, b, c])| {
        if mixed(&a, &b) || mixed(&b, &c) || mixed(&a, &c) {
            return Ok(());
        }
        let bottom_up = over(Some(&c), over(Some(&b), Some(&a)).as_ref());
        let top_down = over(over(Some(&c), Some(&b)).as_ref(), Some(&a));
        let accepts = |x: Option<Constraint>| x.map(|x| accepted(kind, &x));
        prop_assert_eq!(accepts(bottom_up), accepts(top_down), "{} over {} over {}", c, b, a);
        Ok(())
    });
}

/// `NAME = TESTS`, in the spelling of a policy.
fn spelled(kind: Kind, constraint: &Constraint) -> String {
    let tests = Value::from_json(&constraint.to_json()).unwrap();
    format!("{} = {tests}\n", kind.key().1)
}

fn loaded(text: &str) -> (Policy, Catalog) {
    let mut catalog = CATALOG.clone();
    match load_text("policy.toml", text, &mut catalog) {
        Ok((policy, _)) => (policy, catalog),
        Err(problems) => panic!("{text}\n{}", problems[0]),
    }
}

#[test]
fn what_is_shown_can_be_written() {
    law(1_500, constraints::<1>(), |(kind, [constraint])| {
        let (header, line) = (kind.key().0, spelled(kind, &constraint));
        let text = format!("version = 1\n[{header}]\n{line}");
        let (policy, _) = loaded(&text);
        prop_assert_eq!(policy.statements[0].constraint.as_ref(), Some(&constraint), "{}", text);
        Ok(())
    });
}

fn widgets() -> Observed {
    Observed::empty(Subject::new(SubjectKind::Repository, "ghec", "acme/widgets"))
}

/// The one expectation of a policy, or that there is a conflict.
fn resolved(policy: &Policy, catalog: &Catalog) -> Result<Option<Arc<Expectation>>, String> {
    let resolution = Resolver::new(policy, catalog).resolve(&widgets());
    match resolution.resolved.problems.first() {
        Some(problem) => Err(problem.to_string()),
        None => Ok(resolution.resolved.expectations.first().cloned()),
    }
}

#[test]
fn within_a_layer_the_order_of_lines_is_no_matter() {
    let profile = |name: &str, kind: Kind, constraint: &Constraint| {
        let (header, line) = (kind.key().0, spelled(kind, constraint));
        format!("[profile.{name}]\nselect = {{ organization = \"acme\" }}\n[profile.{name}.{header}]\n{line}")
    };
    law(400, constraints::<3>(), |(kind, [a, b, c])| {
        if mixed(&a, &b) || mixed(&b, &c) || mixed(&a, &c) {
            return Ok(());
        }
        let parts = [profile("a", kind, &a), profile("b", kind, &b), profile("c", kind, &c)];
        let mut outcomes = Vec::new();
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let text = format!("version = 1\n{}", order.map(|i| parts[i].as_str()).join(""));
            let (policy, catalog) = loaded(&text);
            let outcome = resolved(&policy, &catalog).map(|e| accepted(kind, &e.unwrap().constraint));
            outcomes.push(outcome.map_err(drop));
        }
        prop_assert!(outcomes.windows(2).all(|w| w[0] == w[1]), "{} | {} | {}: {:?}", a, b, c, outcomes);
        Ok(())
    });
}

#[test]
fn a_floor_is_never_left() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    let refused = std::cell::Cell::new(0);
    let kept = std::cell::Cell::new(0);
    let places = ["", "profile.a.", "profile.b.", "override.\"ghec:acme/widgets\"."];
    let asked = subsequence(places.to_vec(), 1..=3);
    let strategy = (constraints::<4>(), asked, select(&["", "profile.a."][..]), any::<bool>());
    law(600, strategy, |((kind, [floor, x, y, z]), places, floor_at, unmanaged)| {
        let header = kind.key().0;
        let select = "[profile.a]\nselect = { organization = \"acme\" }\n";
        write(
            "floor.toml",
            format!("version = 1\nfloor = true\n{select}[{floor_at}{header}]\n{}", spelled(kind, &floor)),
        );
        let mut text = "version = 1\nextends = [\"floor.toml\"]\n".to_owned();
        text += "[profile.b]\nselect = { organization = \"acme\" }\nafter = \"a\"\n";
        for (place, constraint) in places.iter().zip([&x, &y, &z]) {
            let line = if unmanaged && *place == places[0] {
                format!("{} = {{ unmanaged = true }}\n", kind.key().1)
            } else {
                spelled(kind, constraint)
            };
            text += &format!("[{place}{header}]\n{line}");
        }
        write("policy.toml", text.clone());
        let mut catalog = CATALOG.clone();
        let Ok((policy, _)) = load(folder.path(), &mut catalog) else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        match resolved(&policy, &catalog) {
            Err(_) => refused.set(refused.get() + 1),
            Ok(expectation) => {
                kept.set(kept.get() + 1);
                let expectation = expectation.expect("a floor always asks for something");
                let pairs = accepted(kind, &expectation.constraint).into_iter().zip(accepted(kind, &floor));
                let left = pairs.into_iter().any(|(asked, floor)| asked && !floor);
                prop_assert!(!left, "{}\nis left: {}\n{}", floor, expectation.constraint, text);
            }
        }
        Ok(())
    });
    // Both happen, or nothing would have been shown.
    assert!(refused.get() > 50 && kept.get() > 50, "{} refused, {} kept", refused.get(), kept.get());
}
