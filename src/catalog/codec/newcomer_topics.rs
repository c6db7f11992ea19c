//! Of what a text for newcomers speaks, told by its headings and words.
//!
//! A heading is a promise that the topic is treated; of topics that hardly ever have a heading of their own, a
//! word will do. The words are English. What is told so proves no quality, only that something is there.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec = Codec { name: "newcomer_topics", read, absent: None, write: Value::to_json };

/// Topics that a heading tells.
const HEADINGS: [(&str, &[&str]); 8] = [
    (
        "begin",
        &[
            "getting started",
            "get started",
            "quick start",
            "quickstart",
            "install",
            "usage",
            "how to use",
            "setup",
            "set up",
        ],
    ),
    (
        "contact",
        &[
            "contact",
            "support",
            "getting help",
            "get help",
            "help and",
            "communication",
            "questions",
            "get in touch",
            "reach us",
        ],
    ),
    ("contribute", &["contribut"]),
    ("governance", &["governance", "decision", "roles and", "how we decide"]),
    ("license", &["license", "licence"]),
    ("review", &["review"]),
    ("test", &["test"]),
    ("trusted_committers", &["trusted committer", "maintainer"]),
];

/// Topics that a word tells, wherever it stands.
const WORDS: [(&str, &[&str]); 6] = [
    ("contribute", &["contributing.md", "contributing guide"]),
    ("governance", &["governance.md"]),
    ("propose", &["fork", "branch"]),
    ("review", &["review"]),
    ("test", &["test"]),
    ("trusted_committers", &["trusted committer"]),
];

fn read(json: &Json) -> Option<Value> {
    let texts = texts(json)?;
    let mut topics: Vec<Value> = texts.iter().flat_map(|text| topics(text)).map(Value::text).collect();
    topics.dedup();
    Some(Value::List(topics).into_set())
}

/// The texts of a record `{"readme": NAME, "readme_text": TEXT}`, or of a list `[{"path": …, "text": …}]`. Nothing where
/// a file is there whose text is not, and where a list is empty: the file may go by another spelling.
pub(super) fn texts(json: &Json) -> Option<Vec<&str>> {
    match json {
        Json::Object(fields) => {
            let unread =
                |name: &&String| !name.ends_with("_text") && !fields.contains_key(&format!("{name}_text"));
            if fields.keys().any(|name| unread(&name)) {
                return None;
            }
            Some(
                fields
                    .iter()
                    .filter(|(name, _)| name.ends_with("_text"))
                    .filter_map(|(_, t)| t.as_str())
                    .collect(),
            )
        }
        Json::Array(files) if files.is_empty() => None,
        Json::Array(files) => files.iter().map(|file| file.get("text")?.as_str()).collect(),
        _ => None,
    }
}

/// The topics of a text, in the order of their names.
pub(super) fn topics(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    let headings: Vec<&str> = headings(&text);
    let headed =
        HEADINGS.iter().filter(|(_, words)| headings.iter().any(|h| words.iter().any(|w| h.contains(w))));
    let said = WORDS.iter().filter(|(_, words)| words.iter().any(|word| text.contains(word)));
    let mut topics: Vec<&str> =
        headed.map(|(topic, _)| *topic).chain(said.map(|(topic, _)| *topic)).collect();
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// The headings of a text in Markdown: lines that begin with `#`, and those that are underlined. What stands in a
/// fence is code.
fn headings(text: &str) -> Vec<&str> {
    let mut headings = Vec::new();
    let (mut before, mut fenced) = ("", false);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
        }
        let underline =
            trimmed.len() > 2 && (trimmed.bytes().all(|b| b == b'=') || trimmed.bytes().all(|b| b == b'-'));
        if !fenced && trimmed.starts_with('#') {
            headings.push(trimmed.trim_start_matches('#').trim());
        } else if !fenced && underline && !before.is_empty() {
            headings.push(before);
        }
        before = trimmed;
    }
    headings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn headings_and_words_tell_topics() {
        let text = "Widgets\n=======\n\n## Getting started\n\n```sh\n# contact nobody\n```\n\nSee [how](CONTRIBUTING.md).\n";
        assert_eq!(topics(text), ["begin", "contribute"]);
        assert_eq!(
            topics("# Contributing\n\nFork it. A trusted committer reviews.\n"),
            ["contribute", "propose", "review", "trusted_committers"]
        );
        assert_eq!(topics("we support many databases, and install nothing"), [""; 0], "a word is no heading");
    }

    #[test]
    fn a_file_whose_text_is_not_there_is_not_read() {
        let set =
            |words: &[&str]| Some(Value::List(words.iter().copied().map(Value::text).collect()).into_set());
        assert_eq!(read(&json!({"readme": "README.md", "readme_text": "# Contact\n"})), set(&["contact"]));
        assert_eq!(read(&json!({"readme": "Readme.md"})), None, "another spelling");
        assert_eq!(read(&json!({})), set(&[]), "there is no such file");
        assert_eq!(read(&json!([{"path": "README.md", "text": "# Contact\n"}])), set(&["contact"]));
        assert_eq!(read(&json!([])), None);
        assert_eq!(read(&json!([{"path": "README.md"}])), None);
    }
}
