//! The policy language as a JSON Schema, by which editors complete, explain and check a policy.
//!
//! Only words that every draft of JSON Schema has are used, and none stands beside a `$ref`, since
//! editors differ in how much of a draft they know.

use serde_json::{Map, Value as Json, json};

use super::controls::PATTERNS;
use super::document::OwnershipMode;
use crate::catalog::{Catalog, Kind, Setting, Type};
use crate::model::{Lens, Remedy, Risk, Rung, Severity, Stage, SubjectKind};

const SCOPES: [SubjectKind; 3] =
    [SubjectKind::Enterprise, SubjectKind::Organization, SubjectKind::Repository];

/// The schema of a policy file that speaks of this catalogue.
pub fn schema(catalog: &Catalog) -> Json {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy of ispo-scm",
        "description": "Generated from the catalogue by `ispo-scm schema`.",
        "type": "object",
        "required": ["version"],
        "additionalProperties": false,
        "properties": top(catalog),
        "$defs": definitions(catalog),
    })
}

fn top(catalog: &Catalog) -> Map<String, Json> {
    let parts = layer(catalog, Map::new());
    let mut profile = fields([
        ("select", named("selector")),
        ("after", told("The profiles over which this one prevails.", texts())),
        ("without_stages", told("Steps of a contributor's journey that it has no part in.", stages())),
    ]);
    profile.insert("remedy".to_owned(), remedy());
    profile.extend(parts.clone());
    let mut team = fields([
        ("type", told("The type of team that it is: `[team_type.NAME]`.", text())),
        ("github", told("Its teams on GitHub, such as \"ghec:acme/payments\".", texts())),
        ("gitlab", told("Its groups on GitLab.", texts())),
    ]);
    team.extend(parts.clone());
    let mut top = fields([
        ("version", told("The version of the policy language.", json!({"enum": [1]}))),
        ("extends", told("Packs and files that are read as if written first.", texts())),
        ("include", told("Files of teams, with their own wishes and waivers.", texts())),
        ("floor", told("No layer may accept more than this file does.", flag())),
        (
            "ownership",
            closed(fields([("property", told("The custom property that names the owner.", text()))])),
        ),
        ("remedy", remedy()),
        ("friction", told("The weights of the friction index that differ from ours.", weights())),
        ("forge", list(forge())),
        ("control", map(control())),
        ("enterprise", named("enterprise")),
        ("instance", named("enterprise")),
        ("organization", named("organizations")),
        ("profile", map(closed(profile))),
        ("team_type", map(closed(parts.clone()))),
        ("team", map(closed(team))),
        ("override", map(closed(parts.clone()))),
        ("setting", list(own_row())),
        ("waiver", list(waiver())),
        ("declined", list(declined())),
        (
            "waiving",
            closed(fields([(
                "days",
                told(
                    "How many days ahead the last day of a waiver may be.",
                    json!({"type": "integer", "minimum": 1}),
                ),
            )])),
        ),
    ]);
    top.extend(parts);
    top
}

fn definitions(catalog: &Catalog) -> Map<String, Json> {
    let mut all = fields([("selector", selector(catalog))]);
    for (ty, word) in Type::WORDS {
        all.insert(format!("{word}_tests"), tests(ty, &[]));
    }
    for of in SCOPES {
        all.insert(of.word().to_owned(), closed(scope(catalog, of)));
    }
    let mut organizations = closed(scope(catalog, SubjectKind::Organization));
    organizations["additionalProperties"] = named("organization");
    all.insert("organizations".to_owned(), organizations);
    for one in catalog.kinds() {
        all.insert(name_of(one), kind(one));
        all.insert(one.name.to_string(), closed(group(catalog, &one.name)));
    }
    all
}

/// What may stand in a layer: the table of the repository, and each of its kinds by itself.
fn layer(catalog: &Catalog, mut with: Map<String, Json>) -> Map<String, Json> {
    with.insert("repository".to_owned(), named("repository"));
    with.extend(kinds(catalog, SubjectKind::Repository));
    with
}

fn kinds(catalog: &Catalog, of: SubjectKind) -> impl Iterator<Item = (String, Json)> {
    catalog.kinds().filter(move |k| k.of == of).map(|k| (k.name.to_string(), named(&name_of(k))))
}

fn name_of(kind: &Kind) -> String {
    format!("{}_{}", kind.of.word(), kind.name)
}

fn scope(catalog: &Catalog, of: SubjectKind) -> Map<String, Json> {
    let mut all = group(catalog, of.word());
    all.extend(kinds(catalog, of));
    all
}

fn remedy() -> Json {
    let words = json!({"enum": Remedy::ALL.iter().map(|r| r.word()).collect::<Vec<_>>()});
    let doc = "By what branches of GitHub are given what they lack: a ruleset, or classic protection.";
    closed(fields([("branch", told(doc, words))]))
}

fn kind(kind: &Kind) -> Json {
    let item = named(&kind.name);
    let modes = json!({"enum": OwnershipMode::WORDS.map(|(word, _)| word)});
    json!({
        "description": format!("{} Key: {}.", kind.doc, kind.key),
        "type": "object",
        "properties": {"ownership": either([modes, item.clone()])},
        "additionalProperties": item,
    })
}

/// The settings of a scope or kind; a dot in a name is a table.
fn group(catalog: &Catalog, group: &str) -> Map<String, Json> {
    let mut all = Map::new();
    for one in catalog.settings().filter(|s| *s.group == *group) {
        place(&mut all, one.name(), setting(one));
    }
    all
}

fn place(properties: &mut Map<String, Json>, name: &str, schema: Json) {
    let Some((table, rest)) = name.split_once('.') else {
        properties.insert(name.to_owned(), schema);
        return;
    };
    let table = properties.entry(table).or_insert_with(|| closed(Map::new()));
    if let Some(inner) = table.get_mut("properties").and_then(Json::as_object_mut) {
        place(inner, rest, schema);
    }
}

fn setting(setting: &Setting) -> Json {
    let table = if setting.values.is_empty() {
        named(&format!("{}_tests", setting.ty.word()))
    } else {
        tests(setting.ty, &setting.values)
    };
    json!({"description": setting.doc, "anyOf": [plain(setting.ty, &setting.values), table]})
}

/// A value that stands by itself: a table would be read as tests.
fn plain(ty: Type, words: &[String]) -> Json {
    match ty {
        Type::Map => json!({"type": "array", "maxItems": 0}),
        _ => value(ty, words),
    }
}

fn value(ty: Type, words: &[String]) -> Json {
    let word = || if words.is_empty() { text() } else { json!({"enum": words}) };
    match ty {
        Type::Boolean => flag(),
        Type::Integer => json!({"type": "integer"}),
        Type::Text | Type::Time | Type::Choice => word(),
        Type::Set => list(word()),
        Type::List => json!({"type": "array"}),
        Type::Map => either([json!({"type": "object"}), plain(ty, words)]),
    }
}

/// The table of tests and remarks that may stand in place of a value.
fn tests(ty: Type, words: &[String]) -> Json {
    let value = || value(ty, words);
    let number = || json!({"type": "integer"});
    let bounds = || either([number(), closed(fields([("at_least", number()), ("at_most", number())]))]);
    let mut all = fields([
        ("equals", told("Just this value.", value())),
        ("exactly", told("Just this value; an empty one accepts an absence too.", value())),
        ("one_of", told("One of these values.", json!({"type": "array", "minItems": 1, "items": value()}))),
        ("absent", told("`true` wants no value, `false` any value.", flag())),
    ]);
    let mut put = |name: &str, doc: &str, schema: Json| drop(all.insert(name.to_owned(), told(doc, schema)));
    if ty == Type::Integer {
        put("at_least", "This number or a larger one.", number());
        put("at_most", "This number or a smaller one.", number());
    }
    match ty {
        Type::Text => put("contains", "These parts of the text.", texts()),
        Type::Set => put("contains", "These items, and others too.", either([text(), value()])),
        Type::List => put("contains", "These items, and others too.", either([text(), value()])),
        Type::Map => put(
            "contains",
            "These entries, and others too.",
            either([json!({"type": "object"}), list(text())]),
        ),
        Type::Time => put("age", "How many days ago.", bounds()),
        Type::Boolean | Type::Integer | Type::Choice => {}
    }
    if matches!(ty, Type::Text | Type::Choice) {
        put("matches", "A regular expression of https://docs.rs/regex.", texts());
    }
    if ty == Type::Text {
        put("length", "How many characters.", bounds());
    }
    if matches!(ty, Type::Set | Type::List | Type::Map) {
        put("count", "How many items.", bounds());
    }
    put("severity", "How much a departure matters here.", word_of(Severity::ALL.iter().map(|s| s.word())));
    put("why", "The reason, for those who read the report.", text());
    put("fix", "What a plan would write, where several values would do.", value());
    put("control", "The controls that it serves: `[control.NAME]`.", texts());
    put("owner", "Who answers for it, where it settles what two lines want differently.", text());
    put("healthy", "It is in the way of people on purpose; takes a `why`.", flag());
    put("unmanaged", "Takes back what earlier layers asked.", flag());
    let mut table = closed(all);
    table["minProperties"] = 1.into();
    table
}

fn selector(catalog: &Catalog) -> Json {
    let visibility = catalog.find("repository.visibility").map_or_else(text, |s| value(s.ty, &s.values));
    let mut table = closed(fields([
        ("topics", told("It has one of these topics.", texts())),
        ("property", told("Its custom properties have these values.", map(either([flag(), texts()])))),
        ("name", told("A glob over its name, or its path.", texts())),
        ("visibility", told("Who sees it.", either([visibility.clone(), list(visibility)]))),
        ("language", told("Its main language is one of these.", texts())),
        ("team", told("One of these teams of the policy owns it.", texts())),
        ("archived", flag()),
        ("fork", flag()),
        ("template", flag()),
        ("forge", told("It is on one of these forges.", texts())),
        ("organization", told("A glob over its organization or group.", texts())),
        ("inventory", told("A file that lists addresses, one a line.", text())),
        ("not", named("selector")),
        ("any", told("One of these selectors holds.", list(named("selector")))),
    ]));
    table["minProperties"] = 1.into();
    table["description"] = "What is of this type. All conditions must hold; of a list any one.".into();
    table
}

fn stages() -> Json {
    let stage = word_of(Stage::ALL.iter().map(|s| s.word()));
    either([stage.clone(), list(stage)])
}

fn weights() -> Json {
    let of = |words: Vec<&'static str>, number: Json| {
        let words = words.into_iter().map(|word| (word.to_owned(), number.clone()));
        closed(words.collect())
    };
    let number = json!({"type": "number", "minimum": 0});
    let share = json!({"type": "number", "minimum": 0, "maximum": 1});
    closed(fields([
        ("stage", of(Stage::ALL.iter().map(|s| s.word()).collect(), number.clone())),
        ("severity", of(Severity::ALL.iter().map(|s| s.word()).collect(), number)),
        ("rung", of(Rung::ALL.iter().map(|r| r.word()).collect(), share)),
    ]))
}

fn forge() -> Json {
    let required = ["name", "kind"];
    with_required(
        fields([
            ("name", told("Its name in addresses: `ghec` in `ghec:acme/widgets`.", text())),
            ("kind", json!({"enum": ["github", "gitlab", "snapshot"]})),
            ("url", told("Its server, unless it is github.com or gitlab.com.", text())),
            ("organizations", texts()),
            ("enterprise", text()),
            ("groups", texts()),
            (
                "everyone",
                told(
                    "The GitLab group that everybody is in: private and shared with it is internal.",
                    text(),
                ),
            ),
            ("path", told("The snapshot's file, from this file's folder.", text())),
        ]),
        &required,
    )
}

fn control() -> Json {
    with_required(
        fields([
            ("title", told("What holds where it is met, in a few words.", text())),
            ("why", told("Why it is asked.", text())),
            ("remedy", told("What to do where it is not met.", text())),
            ("severity", word_of(Severity::ALL.iter().map(|s| s.word()))),
            ("lenses", lenses()),
            (
                "pattern",
                told("The InnerSource pattern that it serves.", word_of(PATTERNS.map(|(slug, _)| slug))),
            ),
            ("check", told("How to see by hand that it is met, where no setting tells it.", text())),
            (
                "forge",
                told(
                    "The sort of forge on which it is checked by hand, where the other one has a setting.",
                    word_of(["github", "gitlab"]),
                ),
            ),
        ]),
        &["title"],
    )
}

fn lenses() -> Json {
    let lens = word_of(Lens::ALL.iter().map(|l| l.word()));
    either([lens.clone(), list(lens)])
}

fn waiver() -> Json {
    let required = ["subject", "settings", "owner", "reason", "expires"];
    with_required(
        fields([
            ("subject", told("An address, or a glob over addresses.", text())),
            ("settings", told("Globs over settings, such as \"branch.*\".", texts())),
            ("owner", told("Who answers for it.", text())),
            ("reason", text()),
            ("expires", told("The last day on which it holds; a date without quotes.", text())),
        ]),
        &required,
    )
}

fn declined() -> Json {
    let required = ["organization", "settings", "owner", "reason"];
    with_required(
        fields([
            ("organization", told("The address of an organization, or a glob over addresses.", text())),
            ("settings", told("Globs over settings of repositories that are not set above them.", texts())),
            ("owner", told("Who decided it.", text())),
            ("reason", text()),
        ]),
        &required,
    )
}

fn own_row() -> Json {
    let texts_of = ["graphql", "rest", "list", "write", "codec", "permission", "write_permission"];
    let texts_of = texts_of.into_iter().chain(["tier", "since", "unwritable", "unsupported"]);
    let mut binding: Map<String, Json> = texts_of.map(|name| (name.to_owned(), text())).collect();
    binding.insert("absent_is_unknown".to_owned(), flag());
    binding.insert("left_out_is_absent".to_owned(), flag());
    let binding = || closed(binding.clone());
    with_required(
        fields([
            ("key", told("`scope.name` or `kind.name`, in lower case.", text())),
            ("doc", told("One sentence: what it does for people.", text())),
            ("type", word_of(Type::WORDS.map(|(_, word)| word))),
            ("values", list(text())),
            ("severity", word_of(Severity::ALL.iter().map(|s| s.word()))),
            ("lenses", list(word_of(Lens::ALL.iter().map(|l| l.word())))),
            ("stage", word_of(Stage::ALL.iter().map(|s| s.word()))),
            ("risk", word_of(Risk::ALL.iter().map(|r| r.word()))),
            ("github", binding()),
            ("gitlab", binding()),
        ]),
        &["key", "doc", "type"],
    )
}

fn fields<const N: usize>(fields: [(&str, Json); N]) -> Map<String, Json> {
    fields.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn closed(properties: Map<String, Json>) -> Json {
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn with_required(properties: Map<String, Json>, required: &[&str]) -> Json {
    let mut table = closed(properties);
    table["required"] = required.into();
    table
}

fn map(of: Json) -> Json {
    json!({"type": "object", "additionalProperties": of})
}

fn list(of: Json) -> Json {
    json!({"type": "array", "items": of})
}

fn either<const N: usize>(schemas: [Json; N]) -> Json {
    json!({"anyOf": schemas.to_vec()})
}

fn named(definition: &str) -> Json {
    json!({"$ref": format!("#/$defs/{definition}")})
}

fn word_of<'w>(words: impl IntoIterator<Item = &'w str>) -> Json {
    json!({"enum": words.into_iter().collect::<Vec<_>>()})
}

fn text() -> Json {
    json!({"type": "string"})
}

fn texts() -> Json {
    either([text(), list(text())])
}

fn flag() -> Json {
    json!({"type": "boolean"})
}

fn told(doc: &str, mut schema: Json) -> Json {
    schema["description"] = doc.into();
    schema
}

#[cfg(test)]
mod tests {
    use super::super::controls::KEYS as CONTROL;
    use super::super::layers::TOP;
    use super::super::load::load_text;
    use super::super::select::KEYS;
    use super::super::wish::{REMARKS, TESTS};
    use super::*;

    fn keys(table: &Json) -> Vec<&str> {
        let mut keys: Vec<&str> =
            table["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    fn sorted<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<&'w str> {
        let mut words: Vec<&str> = words.into_iter().collect();
        words.sort_unstable();
        words
    }

    #[test]
    fn it_knows_what_the_language_knows() {
        let catalog = Catalog::built_in().unwrap();
        let schema = schema(&catalog);
        let kinds = catalog.kinds().filter(|k| k.of == SubjectKind::Repository).map(|k| &*k.name);
        assert_eq!(keys(&schema), sorted(TOP.into_iter().chain(kinds)));
        assert_eq!(keys(&schema["$defs"]["selector"]), sorted(KEYS));
        assert_eq!(keys(&schema["properties"]["control"]["additionalProperties"]), sorted(CONTROL));
        let words = keys(&schema["$defs"]["boolean_tests"]);
        assert!(REMARKS.iter().all(|word| words.contains(word)), "{words:?}");
    }

    #[test]
    fn every_setting_stands_at_its_place() {
        let catalog = Catalog::built_in().unwrap();
        let schema = schema(&catalog);
        for setting in catalog.settings() {
            let table = &schema["$defs"][&*setting.group];
            let found = setting.name().split('.').fold(table, |at, part| &at["properties"][part]);
            assert_eq!(found["description"], setting.doc, "{}", setting.key);
        }
    }

    #[test]
    fn a_test_is_offered_where_it_suits() {
        let built_in = Catalog::built_in().unwrap();
        for (ty, word) in Type::WORDS {
            let offered = tests(ty, &[]);
            let own = format!("[[setting]]\nkey = 'repository.own'\ndoc = 'x'\ntype = '{word}'\n");
            let read = "github.rest = 'GET /repos/{owner}/{repo} :: own'\n";
            for test in TESTS {
                let text = format!(
                    "version = 1\n{own}values = ['a']\n{read}[repository]\nown = {{ {test} = 1979-05-27 }}\n"
                );
                let problems = load_text("p.toml", &text, &mut built_in.clone()).unwrap_err();
                let unsuited = problems.iter().any(|p| p.code == "policy::test");
                assert_eq!(offered["properties"].get(test).is_some(), !unsuited, "{test} of a {word}");
            }
        }
    }
}
