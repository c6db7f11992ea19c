//! Names that want to be more than names, through every format: HTML, terminals, Markdown, spreadsheets, chats
//! and runners take none of them for anything else.

use serde_json::{Value, json};

use crate::program::{FORMATS, ispo_scm};
use crate::small::{TODAY, World};

/// What others may call their things, and what of it must not come through as it is.
const NAMES: [&str; 14] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u{1b}[2J\u{1b}]0;x\u{7}evil",
    "\u{9b}31m",
    "[click](https://evil.example)",
    "![x](https://evil.example/pixel.png)",
    "https://evil.example www.evil.example",
    "@acme/everybody #1 !2 GH-3",
    "`` ` ``` code ```\n# heading",
    "=HYPERLINK(\"https://evil.example\")",
    "::error file=x::evil",
    "x\n::set-env name=A::evil",
    "##[error]evil ##vso[task.setvariable]evil",
    "\u{202e}live\"'>]]><!-- --> & <!channel>",
];

/// A world in which everything that others may name has that name.
fn called(name: &str) -> World {
    let mut world = World::conforming();
    let text = serde_json::to_string(name).unwrap();
    world.policy.push_str(&format!(
        r#"
[repository]
description = {{ equals = "something else", why = {text} }}
topics = ["innersource"]
custom_properties = {{ contains = {{ data = "closed" }} }}
[repository.label.{text}]
description = "x"
[team.{text}]
github = ["f:acme/t"]
[team.{text}.repository]
homepage = "https://acme.example"
[[waiver]]
subject = "f:acme/*"
settings = ["repository.custom_properties"]
owner = {text}
reason = {text}
expires = 2027-01-01
"#
    ));
    // Names of repositories are chosen freely in a snapshot; a slash parts them from their organization.
    world.repository["repository"] = json!(format!("acme/{}", name.replace('/', "\u{2215}")));
    let settings = &mut world.repository["settings"];
    settings["description"] = json!(name);
    settings["homepage"] = json!(name);
    settings["topics"] = json!(["innersource", name]);
    settings["custom_properties"] = json!({"data": name});
    settings["teams"] = json!({"t": "admin"});
    settings["html_url"] = json!(name);
    world.repository["kinds"]["label"] = json!({name: {"description": name}});
    world.repository["kinds"]["branch_protection"][name] =
        world.repository["kinds"]["branch_protection"]["main"].clone();
    world.hide("branches");
    world
}

/// Each format's report of such a world.
fn reports(name: &str) -> Vec<(&'static str, String)> {
    let folder = called(name).laid_out();
    let mut command = ispo_scm();
    command.current_dir(folder.path()).args(["audit", "--all", "--today", TODAY]);
    for format in FORMATS {
        command.args(["--report", &format!("{format}=out.{format}")]);
    }
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(matches!(done.status.code(), Some(2 | 3)), "{name:?}: {said}");
    let read = |format: &&'static str| {
        let text = std::fs::read_to_string(folder.path().join(format!("out.{format}"))).unwrap();
        (*format, text)
    };
    let mut all: Vec<_> = FORMATS.iter().map(read).collect();
    all.push(("standard output", String::from_utf8(done.stdout).unwrap()));
    all
}

#[test]
fn no_name_is_more_than_a_name() {
    for name in NAMES {
        for (format, text) in reports(name) {
            let at = format!("{name:?} as {format}:\n{text}");
            // What is left out can do no harm, and shows nothing here.
            if let Some(word) =
                ["evil", "alert", "heading", "everybody", "pixel"].iter().find(|w| name.contains(**w))
            {
                assert!(format == "badge" || text.contains(word), "it is not named: {at}");
            }
            let own_lines = format != "github";
            assert!(!text.contains(is_control), "a control character: {at}");
            assert!(!text.contains("##[") && !text.contains("##vso["), "a command: {at}");
            if own_lines {
                assert!(!text.lines().any(|l| l.trim_start().starts_with("::")), "a command: {at}");
            }
            match format {
                "json" | "sarif" | "code-quality" | "repos" => is_json(format, &text, &at),
                "junit" | "badge" => {
                    let parsed = roxmltree::Document::parse(&text);
                    let document = parsed.unwrap_or_else(|e| panic!("{e}: {at}"));
                    let known = ["testsuites", "testsuite", "testcase", "failure", "error", "skipped"];
                    let drawn = ["svg", "title", "clipPath", "rect", "g", "text"];
                    let of_ours = |n: roxmltree::Node<'_, '_>| {
                        known.contains(&n.tag_name().name()) || drawn.contains(&n.tag_name().name())
                    };
                    assert!(document.descendants().filter(roxmltree::Node::is_element).all(of_ours), "{at}");
                }
                "csv" => is_csv(&text, &at),
                "github" => is_commands(&text, &at),
                "html" => is_html(&text, &at),
                "markdown" | "comment" | "issue" => is_markdown(&text, &at),
                "digest" => {
                    for sign in ["<", ">", "](", "http://", "https://", "www.", "@a", "```"] {
                        assert!(!text.contains(sign), "{sign}: {at}");
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_control(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\r')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[track_caller]
fn is_json(format: &str, text: &str, at: &str) {
    let parsed: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {at}"));
    match format {
        "sarif" => {
            for result in parsed["runs"][0]["results"].as_array().unwrap() {
                let message = result["message"]["text"].as_str().unwrap();
                assert!(!message.contains("]("), "a link: {at}");
                let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
                assert_eq!(uri, "policy.toml", "{at}");
            }
        }
        "repos" => {
            let projects = parsed.as_array().unwrap();
            assert_eq!(projects.len(), 1, "{at}");
            // Portals put these into their HTML as they are.
            assert!(!text.contains('<') && !text.contains('>') && !text.contains('\''), "{at}");
            let homepage = &projects[0]["homepage"];
            assert!(homepage.is_null() || homepage.as_str().unwrap().starts_with("http"), "{at}");
        }
        _ => {}
    }
}

#[track_caller]
fn is_csv(text: &str, at: &str) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().len();
    for row in reader.records() {
        let row = row.unwrap_or_else(|e| panic!("{e}: {at}"));
        assert_eq!(row.len(), columns, "{at}");
        let formula = |cell: &str| cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '|']);
        assert!(!row.iter().any(formula), "a formula: {at}");
    }
}

/// Elements, attributes and addresses are those that we write, and the data ends where it is meant to end.
#[track_caller]
fn is_html(text: &str, at: &str) {
    assert_eq!(text.matches("<script").count(), 2, "{at}");
    assert_eq!(text.matches("</script").count(), 2, "{at}");
    let (before, from) = text.split_once("<script type=\"application/json\" id=\"data\">").expect(at);
    let (data, _) = from.split_once("</script>").expect(at);
    let parsed: Value = serde_json::from_str(data).unwrap_or_else(|e| panic!("{e}: {at}"));
    assert!(!parsed["findings"].as_array().unwrap().is_empty(), "{at}");
    assert!(!data.contains(['<', '>', '&']), "{at}");
    for subject in parsed["subjects"].as_array().unwrap() {
        assert!(subject[4].is_null(), "a link of a snapshot: {at}");
    }
    let (head, page) = before.split_once("</style>").expect(at);
    let head = head.split("<style>").next().unwrap();
    for tag in [head, page].iter().flat_map(|part| part.split('<').skip(1)) {
        let (tag, _) = tag.split_once('>').expect(at);
        let mut parts = tag.splitn(2, [' ', '\n']);
        if tag == "!DOCTYPE html" {
            continue;
        }
        let element = parts.next().unwrap().trim_start_matches('/');
        assert!(ELEMENTS.split_whitespace().any(|known| known == element), "<{element}>: {at}");
        let mut rest = parts.next().unwrap_or_default().trim();
        while !rest.is_empty() {
            let end = rest.find(['=', ' ']).unwrap_or(rest.len());
            let attribute = &rest[..end];
            assert!(ATTRIBUTES.split_whitespace().any(|known| known == attribute), "{attribute}=: {at}");
            rest = match rest[end..].strip_prefix("=\"") {
                Some(value) => {
                    let (value, behind) = value.split_once('"').expect(at);
                    assert!(attribute != "href" || value.starts_with('#'), "a link to {value}: {at}");
                    behind.trim_start()
                }
                None => rest[end..].trim_start(),
            };
        }
    }
}

/// What a page is made of.
const ELEMENTS: &str = "html head meta title style body header nav main section footer h1 h2 h3 h4 p a div span strong \
    code i dl dt dd ol ul li table caption thead tbody tr th td details summary label input select option button noscript \
    svg text rect desc wbr";

/// What its elements have.
const ATTRIBUTES: &str = "lang charset http-equiv content name data-first data-view id class href hidden role tabindex scope type value \
    open autocomplete spellcheck data-sort viewBox width height x y rx text-anchor html aria-label aria-labelledby aria-hidden";

#[track_caller]
fn is_commands(text: &str, at: &str) {
    for line in text.lines() {
        let (command, message) = line.strip_prefix("::").and_then(|l| l.split_once("::")).expect(at);
        let (word, properties) = command.split_once(' ').expect(at);
        assert!(["error", "warning", "notice"].contains(&word), "{at}");
        let known = ["file", "line", "col", "title"];
        let of_ours = |p: &str| p.split_once('=').is_some_and(|(name, _)| known.contains(&name));
        assert!(properties.split(',').all(of_ours), "{at}");
        assert!(!message.contains('\r'), "{at}");
    }
}

/// Without what stands as code, and what a backslash takes its meaning from, nothing of Markdown's is left but
/// what the page itself is made of.
#[track_caller]
fn is_markdown(text: &str, at: &str) {
    assert!(text.len() <= 65_536, "{at}");
    let marker = text.starts_with("<!-- ispo-scm:");
    for line in text.lines().skip(usize::from(marker)) {
        let line = line.trim_start();
        let line = line.strip_prefix("- ").unwrap_or(line);
        let line = line.trim_start_matches('#');
        let bare = without_code(line).replace("\\\\", "");
        let mut left = String::new();
        let mut chars = bare.chars();
        while let Some(c) = chars.next() {
            if c == '\\' {
                chars.next();
            } else {
                left.push(c);
            }
        }
        let left = left.replace("**", "");
        for sign in ["<", "[", "]", "`", "*", "_", "://", "www.", "~", "|"] {
            assert!(!left.contains(sign), "{sign} in {line}: {at}");
        }
        let mentions = |sign: char| {
            let behind = left.split(sign).skip(1);
            behind.filter_map(|rest| rest.chars().next()).any(|c| c.is_ascii_alphanumeric())
        };
        assert!(!mentions('@') && !mentions('#'), "a mention in {line}: {at}");
    }
}

/// A line without its spans of code, as Markdown finds them.
fn without_code(line: &str) -> String {
    let mut left = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        left.push_str(before);
        if before.ends_with('\\') {
            left.push('`');
            rest = &from[1..];
            continue;
        }
        let ticks = from.len() - from.trim_start_matches('`').len();
        let inside = &from[ticks..];
        let mut begin = 0;
        let end = loop {
            let Some(next) = inside[begin..].find('`') else { break None };
            let run = inside[begin + next..].len() - inside[begin + next..].trim_start_matches('`').len();
            if run == ticks {
                break Some(begin + next + run);
            }
            begin += next + run;
        };
        match end {
            Some(end) => rest = &inside[end..],
            None => {
                left.push_str(&from[..ticks]);
                rest = inside;
            }
        }
    }
    left.push_str(rest);
    left
}
