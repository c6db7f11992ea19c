//! Writes a large organization and a policy of sixty expectations, to measure judging with.
//!
//! ```text
//! cargo run --release --example big-snapshot -- 100000 /tmp/big
//! /usr/bin/time -v target/release/ispo-scm audit /tmp/big --format json > /dev/null
//! ```

use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use ispo_scm::catalog::{Catalog, Setting, Type};
use serde_json::{Map, Value as Json, json};

const EXPECTATIONS: usize = 60;

/// Branch settings that a ruleset gives, and what the policy wants of them.
const BRANCH: [(&str, &str); 8] = [
    ("protected", "true"),
    ("required_approvals", "{ at_least = 1 }"),
    ("allow_force_pushes", "false"),
    ("allow_deletions", "false"),
    ("require_pull_request", "true"),
    ("require_code_owner_review", "true"),
    ("dismiss_stale_reviews", "true"),
    ("required_checks", "{ contains = [\"ci\"] }"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().ok_or("how many repositories?")?.parse()?;
    let folder = PathBuf::from(arguments.next().ok_or("into which folder?")?);
    std::fs::create_dir_all(&folder)?;
    let catalog = Catalog::built_in()?;
    let settings: Vec<&Setting> =
        catalog.settings().filter(|s| usable(s)).take(EXPECTATIONS - BRANCH.len()).collect();
    if settings.len() + BRANCH.len() < EXPECTATIONS {
        return Err("the catalogue has too few plain settings".into());
    }
    std::fs::write(folder.join("policy.toml"), policy(&settings)?)?;
    let mut out = BufWriter::new(File::create(folder.join("big.jsonl"))?);
    writeln!(out, r#"{{"format":"ispo-scm-snapshot","version":1,"forge":"ghec","kind":"github"}}"#)?;
    writeln!(out, r#"{{"organization":"acme","settings":{{}},"kinds":{{"ruleset":{{}}}}}}"#)?;
    for number in 0..count {
        serde_json::to_writer(&mut out, &repository(number, &settings))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// A plain setting of a repository, which is not one that selectors and rules go by.
fn usable(setting: &Setting) -> bool {
    let plain = matches!(setting.ty, Type::Boolean | Type::Integer | Type::Text | Type::Choice | Type::Set);
    let apart = ["archived", "default_branch", "name", "branches"].contains(&setting.name());
    &*setting.group == "repository" && plain && !apart && setting.github.binding().is_some()
}

fn wanted(setting: &Setting) -> Json {
    match setting.ty {
        Type::Boolean => json!(true),
        Type::Integer => json!(7),
        Type::Choice => setting.values.first().cloned().unwrap_or_default().into(),
        Type::Set => setting.values.first().map_or_else(|| json!(["alpha", "beta"]), |v| json!([v])),
        _ => json!("a text of the length that such texts have"),
    }
}

fn policy(settings: &[&Setting]) -> Result<String, Box<dyn Error>> {
    let mut text = "version = 1\n\n[[forge]]\nname = \"ghec\"\nkind = \"snapshot\"\npath = \"big.jsonl\"\n\n[repository]\n".to_owned();
    for setting in settings {
        writeln!(text, "{} = {}", setting.name(), wanted(setting))?;
    }
    text.push_str("\n[branch.\"~default\"]\n");
    for (name, wish) in BRANCH {
        writeln!(text, "{name} = {wish}")?;
    }
    Ok(text)
}

/// A repository of which about three settings in a hundred drift.
fn repository(number: u64, settings: &[&Setting]) -> Json {
    let mut own = Map::new();
    for (i, setting) in settings.iter().enumerate() {
        let drifts = (number.wrapping_mul(2_654_435_761) >> 7).wrapping_add(i as u64 * 97).is_multiple_of(33);
        let value = match (drifts, setting.ty) {
            (false, _) => wanted(setting),
            (true, Type::Boolean) => json!(false),
            (true, Type::Integer) => json!(8),
            (true, _) => Json::Null,
        };
        own.insert(setting.name().to_owned(), value);
    }
    own.insert("archived".to_owned(), json!(false));
    own.insert("default_branch".to_owned(), json!("main"));
    let approvals = u64::from(!number.is_multiple_of(20));
    json!({
        "repository": format!("acme/service-{number:06}"),
        "settings": own,
        "kinds": {
            "branch_protection": {},
            "ruleset": {"base": {
                "enforcement": "active", "target": "branch",
                "ref_name.include": ["~DEFAULT_BRANCH"], "ref_name.exclude": [],
                "pull_request.present": true,
                "pull_request.required_approving_review_count": approvals,
                "pull_request.require_code_owner_review": true,
                "pull_request.dismiss_stale_reviews_on_push": true,
                "non_fast_forward.present": true, "deletion.present": true,
                "required_status_checks.checks": ["ci"],
            }},
        },
    })
}
