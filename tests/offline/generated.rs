//! What is generated and committed is what the code generates.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use ispo_scm::catalog::{Catalog, Setting};
use ispo_scm::{policy, report};

fn in_clone(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[track_caller]
fn is_committed(file: &str, generated: &str, verb: &str) {
    let committed = std::fs::read_to_string(in_clone(file)).unwrap_or_default();
    assert!(committed == generated, "{file} is not up to date: cargo run -- {verb} > {file}");
}

#[test]
fn the_page_of_settings_is_the_catalogue() {
    let catalog = Catalog::built_in().unwrap();
    let all: Vec<&Setting> = catalog.settings().collect();
    let mut page = Vec::new();
    report::settings_page(&mut page, &catalog, &all).unwrap();
    is_committed("docs/settings.md", &String::from_utf8(page).unwrap(), "settings --format markdown");
}

#[test]
fn the_page_of_packs_is_the_packs() {
    let catalog = Catalog::built_in().unwrap();
    let packs: Vec<_> = policy::PACKS.iter().map(|pack| pack.contents(&catalog).unwrap()).collect();
    let mut page = Vec::new();
    report::packs_page(&mut page, &packs, &catalog).unwrap();
    is_committed("docs/packs.md", &String::from_utf8(page).unwrap(), "packs --format markdown");
}

#[test]
fn the_schema_is_the_language() {
    let schema = policy::schema(&Catalog::built_in().unwrap());
    is_committed("docs/policy.schema.json", &format!("{schema:#}\n"), "schema");
}

#[test]
fn the_schema_accepts_the_policies_that_load() {
    let mut files = 0;
    for folder in ["fixtures", "policies"] {
        for file in toml_files(&in_clone(folder)) {
            let mut catalog = Catalog::built_in().unwrap();
            // A file that needs others around it (a team's part, say) is read by itself here, with
            // the rows of its own folder's policy.
            let home = file.ancestors().skip(1).find(|f| f.join(policy::POLICY_FILE).exists());
            let _ = policy::load(home.unwrap_or(&file), &mut catalog);
            let schema = policy::schema(&catalog);
            let text = std::fs::read_to_string(&file).unwrap();
            let mut wrong = Vec::new();
            mistakes(&schema, &schema, &as_json(text.parse().unwrap()), "", &mut wrong);
            assert!(wrong.is_empty(), "{}: {wrong:#?}", file.display());
            files += 1;
        }
    }
    assert!(files > 0);
}

#[test]
fn the_schema_refuses_what_does_not_load() {
    let schema = policy::schema(&Catalog::built_in().unwrap());
    for text in [
        "",
        "version = 2",
        "version = 1\nrepositry = {}",
        "version = 1\n[repository]\ntopic = []",
        "version = 1\n[repository]\ntopics = 'x'",
        "version = 1\n[repository]\nvisibility = 'secret'",
        "version = 1\n[repository]\nhas_issues = { at_least = 1 }",
        "version = 1\n[label.bug]\ncolour = 'red'",
        "version = 1\n[profile.x]\nselect = { topic = 'x' }",
        "version = 1\n[[waiver]]\nowner = 'me'",
    ] {
        assert!(policy::load_text("p.toml", text, &mut Catalog::built_in().unwrap()).is_err(), "{text}");
        let mut wrong = Vec::new();
        mistakes(&schema, &schema, &as_json(text.parse().unwrap()), "", &mut wrong);
        assert!(!wrong.is_empty(), "{text}");
    }
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|p| p.is_dir());
    let own = files.into_iter().filter(|f| f.extension().is_some_and(|e| e == "toml"));
    own.chain(folders.iter().flat_map(|f| toml_files(f))).collect()
}

/// TOML as editors hold it against a schema: dates are texts.
fn as_json(table: toml::Table) -> Value {
    fn of(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Array(items) => items.into_iter().map(of).collect(),
            toml::Value::Table(table) => as_json(table),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    table.into_iter().map(|(key, value)| (key, of(value))).collect()
}

/// Checks a value by the few words of JSON Schema that ours is written in.
fn mistakes(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let holds = |schema: &Value| {
        let mut inner = Vec::new();
        mistakes(root, schema, value, at, &mut inner);
        inner.is_empty()
    };
    for (word, means) in schema.as_object().unwrap() {
        let good = match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let target = root.pointer(means.as_str().unwrap().strip_prefix('#').unwrap());
                mistakes(root, target.unwrap(), value, at, wrong);
                true
            }
            "anyOf" => means.as_array().unwrap().iter().any(holds),
            "enum" => means.as_array().unwrap().contains(value),
            "type" => match means.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64(),
                "boolean" => value.is_boolean(),
                other => panic!("this check does not know the type `{other}`"),
            },
            "required" => means.as_array().unwrap().iter().all(|k| value.get(k.as_str().unwrap()).is_some()),
            "minItems" => value.as_array().is_none_or(|v| v.len() as u64 >= means.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|v| v.len() as u64 <= means.as_u64().unwrap()),
            "minProperties" => value.as_object().is_none_or(|v| v.len() as u64 >= means.as_u64().unwrap()),
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    mistakes(root, means, item, &format!("{at}/{i}"), wrong);
                }
                true
            }
            "properties" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if let Some(means) = means.get(key) {
                        mistakes(root, means, value, &format!("{at}/{key}"), wrong);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = |key: &str| schema["properties"].get(key).is_some();
                for (key, value) in value.as_object().into_iter().flatten().filter(|(k, _)| !known(k)) {
                    match means {
                        Value::Bool(false) => wrong.push(format!("{at}/{key}: not known")),
                        means => mistakes(root, means, value, &format!("{at}/{key}"), wrong),
                    }
                }
                true
            }
            other => panic!("this check does not know the word `{other}`"),
        };
        if !good {
            wrong.push(format!("{at}: {}", json!({ word: means })));
        }
    }
}
