//! Random policies, line by line, as people write them; drawn from the catalogue.

use std::collections::BTreeSet;

use ispo_scm::catalog::{Catalog, ForgeKind, Setting, Type};
use ispo_scm::model::SubjectKind;
use serde_json::{Value, json};

use super::draw::Draw;

/// One line of a policy, and the key that it is about.
#[derive(Clone, Debug)]
pub struct Line {
    pub about: String,
    pub text: String,
}

/// Rows with a write whose values are no free choice, with the reason.
const BOUND: [(&str, &str); 6] = [
    ("repository.vulnerability_alerts", "updates are refused without it, which a test of its own tries"),
    ("repository.name", "another name breaks every address"),
    ("organization.path", "another name breaks every address"),
    ("repository.default_branch", "the branch has to be there"),
    ("repository.archived", "has a step of its own"),
    ("repository.visibility", "has a step of its own"),
];

/// The settings of subjects themselves that a policy may wish for and this release writes.
pub fn own(catalog: &Catalog, forge: ForgeKind) -> Vec<&Setting> {
    let scopes = [SubjectKind::Organization, SubjectKind::Repository];
    let of_subject = |s: &&Setting| scopes.iter().any(|kind| kind.word() == &*s.group);
    let written = |s: &&Setting| s.on(forge).binding().is_some_and(|b| b.write.is_some());
    let simple = |s: &&Setting| match s.ty {
        Type::Choice => !s.values.is_empty(),
        Type::Boolean | Type::Integer | Type::Text | Type::Set => true,
        Type::Time | Type::List | Type::Map => false,
    };
    // What a group decides holds in its projects, whatever they are asked for: GitLab takes it in silence.
    let decides = |s: &&Setting| s.key.starts_with("organization.merge_request_approval_setting.");
    let free = |s: &&Setting| !decides(s) && !BOUND.iter().any(|(key, _)| *key == &*s.key);
    catalog.settings().filter(of_subject).filter(written).filter(simple).filter(free).collect()
}

/// A value of the setting.
pub fn value(setting: &Setting, draw: &mut Draw) -> Value {
    let words = &setting.values;
    match setting.ty {
        Type::Boolean => json!(draw.percent(50)),
        Type::Integer => json!(1 + draw.below(5)),
        Type::Choice => json!(draw.one(words)),
        Type::Set if words.is_empty() => {
            let number = draw.below(4);
            json!(draw.some(&["a1", "b2", "c3"], number))
        }
        Type::Set => {
            let number = draw.below(4);
            json!(draw.some(words, number))
        }
        _ => json!(draw.one(&["one", "two", "https://three.example"])),
    }
}

/// What a policy says of the setting: a value, or a test with several answers.
fn wish(setting: &Setting, draw: &mut Draw) -> String {
    let one = value(setting, draw);
    if draw.percent(50) {
        return one.to_string();
    }
    let other = value(setting, draw);
    let fixed = draw.percent(50);
    let fix = |with: &Value| if fixed { format!(", fix = {with}") } else { String::new() };
    match setting.ty {
        Type::Integer if draw.percent(50) => format!("{{ at_least = {one}{} }}", fix(&one)),
        Type::Integer => format!("{{ at_most = {one}{} }}", fix(&one)),
        Type::Choice | Type::Text => format!("{{ one_of = [{one}, {other}]{} }}", fix(&other)),
        Type::Set if one != json!([]) => format!("{{ contains = {one} }}"),
        _ => one.to_string(),
    }
}

/// Lines about some settings of subjects themselves.
pub fn of_own(all: &[&Setting], draw: &mut Draw) -> Vec<Line> {
    let number = 2 + draw.below(7);
    let named = draw.some(all, number);
    let keys: BTreeSet<&str> = named.iter().map(|s| &*s.key).collect();
    // A key cannot be a value and a table at once.
    let is_table = |key: &str| keys.iter().any(|other| other.starts_with(&format!("{key}.")));
    let named = named.iter().filter(|s| !is_table(&s.key));
    let line =
        |s: &&Setting| Line { about: s.key.to_string(), text: format!("{} = {}", s.key, wish(s, draw)) };
    named.map(line).collect()
}

/// Lines about what branches have; on GitHub by a remedy of choice.
pub fn of_branches(catalog: &Catalog, forge: ForgeKind, draw: &mut Draw) -> Vec<Line> {
    let effective = |s: &&Setting| s.effective.is_some() && s.lacking_on(forge).is_none();
    let simple = |s: &&Setting| s.ty != Type::List || s.name() == "bypass_actors";
    let all: Vec<&Setting> = catalog.settings().filter(effective).filter(simple).collect();
    let mut lines = Vec::new();
    if forge == ForgeKind::Github && draw.percent(40) {
        lines.push(Line { about: String::new(), text: "remedy.branch = \"classic\"".to_owned() });
    }
    for branch in ["~default", "release/*"] {
        if branch == "release/*" && draw.percent(70) {
            continue;
        }
        let number = 1 + draw.below(5);
        for setting in draw.some(&all, number) {
            let wish = of_branch(setting, draw);
            let text = format!("repository.branch.\"{branch}\".{} = {wish}", setting.name());
            lines.push(Line { about: setting.key.to_string(), text });
        }
    }
    lines
}

fn of_branch(setting: &Setting, draw: &mut Draw) -> String {
    match (setting.name(), setting.ty) {
        ("bypass_actors", _) => "{ exactly = [] }".to_owned(),
        (_, Type::Integer) => {
            let number = draw.below(4);
            let tests = [format!("{{ at_least = {number} }}"), format!("{{ at_most = {number} }}")];
            draw.one(&[tests[0].clone(), tests[0].clone(), tests[1].clone(), number.to_string()]).clone()
        }
        (_, Type::Set) => {
            let number = 1 + draw.below(2);
            let words = json!(draw.some(&["ci", "licences"], number));
            if draw.percent(60) { format!("{{ contains = {words} }}") } else { words.to_string() }
        }
        _ => draw.percent(60).to_string(),
    }
}

/// Lines about who may see and change repositories, and whether anybody still does.
pub fn of_access(forge: ForgeKind, draw: &mut Draw) -> Vec<Line> {
    let github = [
        ("teams", "{ contains = { platform = \"admin\" } }"),
        ("teams", "{ exactly = { platform = \"admin\", everyone = \"read\" } }"),
        ("collaborators", "{ exactly = {} }"),
        ("collaborators", "{ contains = { dee = \"write\" } }"),
        ("custom_properties", "{ contains = { team = \"payments\" } }"),
    ];
    let both = [
        ("visibility", "\"private\""),
        ("visibility", "\"internal\""),
        ("visibility", "\"public\""),
        ("archived", "true"),
        ("archived", "false"),
    ];
    let all = if forge == ForgeKind::Github { [&github[..], &both[..]].concat() } else { both.to_vec() };
    let number = 1 + draw.below(2);
    let mut drawn = draw.some(&all, number);
    drawn.dedup_by_key(|(name, _)| *name);
    let line = |(name, wish): &(&str, &str)| Line {
        about: format!("repository.{name}"),
        text: format!("repository.{name} = {wish}"),
    };
    drawn.iter().map(line).collect()
}

/// The same lines, some of them for some repositories only: they overrule what all are asked for.
pub fn in_layers(lines: Vec<Line>, draw: &mut Draw) -> Vec<Line> {
    let select = draw.one(&["*1", "*e*", "*a*"]);
    let mut layered =
        vec![Line { about: String::new(), text: format!("profile.some.select = {{ name = \"{select}\" }}") }];
    for line in lines {
        if line.text.starts_with("repository.") && draw.percent(50) {
            layered.push(Line { text: format!("profile.some.{}", line.text), ..line });
        } else {
            layered.push(line);
        }
    }
    layered
}
