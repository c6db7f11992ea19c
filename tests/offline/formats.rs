//! Every format of the report, on the acme example: as it reads, and as its schema wants it.

use std::collections::BTreeSet;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

use crate::program::ispo_scm;
use crate::small::TODAY;

/// Those that are held against a snapshot; the two longest on a part of acme.
const FORMATS: [(&str, &str); 11] = [
    ("comment", ""),
    ("issue", "payments"),
    ("markdown", ""),
    ("github", ""),
    ("digest", ""),
    ("badge", ""),
    ("csv", ""),
    ("code-quality", "payments"),
    ("junit", "payments"),
    ("sarif", "payments"),
    ("repos", ""),
];

fn audit(arguments: &[&str]) -> Command {
    let mut command = ispo_scm();
    command.args(["audit", "fixtures/acme", "--today", TODAY]).args(arguments);
    command
}

fn report(arguments: &[&str]) -> String {
    let done = audit(arguments).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
    String::from_utf8(done.stdout).unwrap()
}

fn written(format: &str) -> String {
    report(&["--format", format])
}

#[test]
fn each_format_as_it_reads() {
    for (format, team) in FORMATS {
        let team = if team.is_empty() { vec![] } else { vec!["--team", team] };
        let text = report(&[&["--format", format], &*team].concat());
        insta::assert_snapshot!(format!("acme_{}", format.replace('-', "_")), text);
    }
}

#[test]
fn each_audience_has_a_page_of_its_own() {
    for (name, arguments) in [
        ("leader", vec!["--audience", "leader"]),
        ("admin", vec!["--audience", "admin"]),
        ("team", vec!["--audience", "team", "--team", "payments"]),
        ("team_markdown", vec!["--audience", "team", "--team", "payments", "--format", "markdown"]),
        ("team_digest", vec!["--audience", "team", "--team", "payments", "--format", "digest"]),
    ] {
        insta::assert_snapshot!(format!("acme_for_{name}"), report(&arguments));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for format in ["json", "sarif", "junit", "csv", "markdown", "code-quality", "repos", "github", "html"] {
        assert!(written(format) == written(format), "{format}");
    }
}

#[test]
fn a_team_hears_of_its_own_repositories_alone() {
    let json: Value = serde_json::from_str(&report(&["--format", "json", "--team", "payments"])).unwrap();
    let subjects: BTreeSet<&str> =
        json["findings"].as_array().unwrap().iter().map(|f| f["subject"].as_str().unwrap()).collect();
    assert!(subjects.len() > 3, "{subjects:?}");
    let journeys: Value = serde_json::from_str(&{
        let done =
            ispo_scm().args(["friction", "fixtures/acme", "--format", "json", "--today", TODAY]).output();
        String::from_utf8(done.unwrap().stdout).unwrap()
    })
    .unwrap();
    for journey in journeys["journeys"].as_array().unwrap() {
        let owned = journey["owners"].as_array().unwrap().iter().any(|o| o == "payments");
        let subject = journey["subject"].as_str().unwrap();
        assert!(owned || !subjects.contains(subject), "{subject} is not the team's");
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(ispo_scm::report::SCHEMA).unwrap();
    // What the schema does not name would be missed by whoever goes by it.
    let strict = without_more(schema.clone());
    for arguments in [vec![], vec!["--all"], vec!["--team", "payments"]] {
        let json = serde_json::from_str(&report(&[&["--format", "json"], &*arguments].concat())).unwrap();
        for schema in [&schema, &strict] {
            valid(schema, &json);
        }
    }
    let mut broken: Value = serde_json::from_str(&written("json")).unwrap();
    broken["findings"][0]["verdict"] = "maybe".into();
    assert!(!jsonschema::is_valid(&schema, &broken));
}

/// The schema, in which an object has no fields but those that are named.
fn without_more(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| *value = without_more(value.take()));
            if fields.contains_key("properties") && fields.get("type").is_some_and(|t| t == "object") {
                fields.entry("additionalProperties").or_insert(false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_more(item.take())),
        _ => {}
    }
    schema
}

#[track_caller]
fn valid(schema: &Value, json: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(json).take(5).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_schema_of_the_report_is_printed() {
    let done = ispo_scm().args(["schema", "--of", "report"]).output().unwrap();
    assert_eq!(String::from_utf8(done.stdout).unwrap(), ispo_scm::report::SCHEMA);
}

#[test]
fn sarif_is_as_the_standard_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for arguments in [vec![], vec!["--all"]] {
        let sarif: Value =
            serde_json::from_str(&report(&[&["--format", "sarif"], &*arguments].concat())).unwrap();
        valid(&schema, &sarif);
        let run = &sarif["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let mut prints = BTreeSet::new();
        for result in run["results"].as_array().unwrap() {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(uri)).unwrap();
            let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
            assert!(text.lines().count() >= line, "{uri}:{line}");
            let waived = result["properties"]["verdict"] == "waived";
            assert_eq!(result["suppressions"].is_array(), waived);
            assert!(prints.insert(result["partialFingerprints"]["primaryLocationLineHash"].to_string()));
        }
        assert!(prints.len() > 100);
    }
}

#[test]
fn junit_adds_up() {
    let text = written("junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let number = |node: roxmltree::Node<'_, '_>, name: &str| -> usize {
        node.attribute(name).unwrap().parse().unwrap()
    };
    let mut all = [0; 4];
    for suite in root.children().filter(roxmltree::Node::is_element) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        let cases: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
        let of = |name: &str| cases.iter().filter(|c| c.children().any(|x| x.has_tag_name(name))).count();
        let counts = [cases.len(), of("failure"), of("error"), of("skipped")];
        for (i, name) in ["tests", "failures", "errors", "skipped"].into_iter().enumerate() {
            assert_eq!(number(suite, name), counts[i], "{name}");
            all[i] += counts[i];
        }
        for case in cases {
            assert!(case.has_tag_name("testcase"));
            assert!(case.attribute("name").is_some() && case.attribute("classname").is_some());
            assert!(case.children().filter(roxmltree::Node::is_element).count() < 2);
        }
    }
    let told = ["tests", "failures", "errors", "skipped"].map(|name| number(root, name));
    assert_eq!(told, all);
    let json: Value = serde_json::from_str(&written("json")).unwrap();
    assert_eq!(json["summary"]["drift"], told[1]);
    assert_eq!(json["summary"]["unknown"], told[2]);
    assert_eq!(json["summary"]["waived"], told[3]);
}

#[test]
fn code_quality_is_as_gitlab_reads_it() {
    let schema = serde_json::json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "pattern": "^[^./]"},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    });
    let issues: Value = serde_json::from_str(&written("code-quality")).unwrap();
    valid(&schema, &issues);
    let issues = issues.as_array().unwrap();
    let prints: BTreeSet<&str> = issues.iter().map(|i| i["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), issues.len(), "GitLab drops what has the fingerprint of another");
}

#[test]
fn annotations_keep_within_what_github_shows() {
    let text = written("github");
    for kind in ["error", "warning", "notice"] {
        let of: Vec<&str> = text.lines().filter(|l| l.starts_with(&format!("::{kind} "))).collect();
        assert!(of.len() <= 10, "{kind}: {}", of.len());
        if of.len() == 10 {
            assert!(of[9].contains("::and ") && of[9].contains("--all"), "{}", of[9]);
        }
    }
    assert!(text.lines().all(|l| l.starts_with("::")));
}

#[test]
fn every_line_of_csv_has_every_column() {
    let text = written("csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().len();
    let rows = reader.records().map(|row| assert_eq!(row.unwrap().len(), columns)).count();
    let json: Value = serde_json::from_str(&written("json")).unwrap();
    let told =
        ["drift", "waived", "unknown"].map(|v| json["summary"][v].as_u64().unwrap()).iter().sum::<u64>();
    assert_eq!(rows as u64, told);
}

#[test]
fn a_run_writes_as_many_reports_as_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let to = |format: &str| format!("{format}={}", folder.path().join(format).display());
    let (csv, sarif, human) = (to("csv"), to("sarif"), to("human"));
    let shown = report(&["--report", &csv, "--report", &sarif, "--report", &human, "--report", "json=-"]);
    assert!(shown == written("json"), "what else is asked for does not change a report");
    let file = |format: &str| std::fs::read_to_string(folder.path().join(format)).unwrap();
    assert!(file("csv") == written("csv"));
    assert!(!file("human").is_empty());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 3, "nothing unfinished is left");
    // What has no room says where the rest is.
    let github = report(&["--report", &csv, "--report", "github=-"]);
    assert!(github.contains(&format!("{} has every one", folder.path().join("csv").display())));
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_read() {
    for (arguments, told) in [
        (vec!["--report", "sarfi=x"], "did you mean `sarif`?"),
        (vec!["--report", "nothing=x"], "write one of human, json"),
        (vec!["--report", "sarif"], "write sarif=FILE"),
        (vec!["--report", "sarif="], "it names no file"),
        (vec!["--report", "sarif=-", "--report", "csv=-"], "standard output takes one report"),
        (vec!["--report", "sarif=-", "--format", "csv"], "standard output takes one report"),
        (vec!["--report", "csv=a", "--report", "sarif=a"], "two reports would be written to a"),
        (vec!["--report", "csv=no/such/folder/a"], "cannot be written"),
        (vec!["--team", "paymnets"], "did you mean `payments`?"),
    ] {
        let done = audit(&arguments).output().unwrap();
        assert_eq!(done.status.code(), Some(1), "{arguments:?}");
        assert!(done.stdout.is_empty());
        let said = String::from_utf8_lossy(&done.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
}
