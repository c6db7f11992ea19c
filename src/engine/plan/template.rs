//! What files say that every repository needs, until its people know better. Only texts of our own are here:
//! no licence, and no code of conduct, which are for people to choose.

use super::draft::Subject;

const README: &str = "# {name}

{description}

## Getting started

How to get it, build it and run it is still to be written here.

## Who to ask

Open an issue{owners}. How to contribute is told in [CONTRIBUTING.md](CONTRIBUTING.md).
";

const CONTRIBUTING: &str = "# Contributing to {name}

Contributions from every team are welcome.

1. Look through the issues, or open one, and say what you would like to change and why.
2. Change it on a branch or in a fork, with a test where that makes sense.
3. Open a {request}{owners}. Small ones are read sooner.

Whoever looks after {name} answers, and says what is still missing or why it does not fit.
";

const REQUEST: &str = "## What changes, and why

## How it was tested

## What reviewers should look at
";

const BUG: &str = "---
name: Something is wrong
about: Tell what does not work as it should
---

## What happened

## What should have happened

## How to see it
";

const IDEA: &str = "---
name: An idea
about: Tell what you need, and why
---

## What is missing

## Who needs it, and what for
";

/// The text of a file of that path, with what is known of the repository in it; none where we have none.
///
/// # Errors
/// What must be known for it and is not.
pub(super) fn text(subject: Subject<'_>, path: &str) -> Result<Option<String>, String> {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let folder = path.to_ascii_lowercase();
    let front = |text: &'static str| match folder.starts_with(".gitlab/") {
        // GitLab takes all of a template for the text.
        true => text.rsplit("---\n\n").next().unwrap_or(text),
        false => text,
    };
    let text = match &*name {
        "readme.md" => README,
        "contributing.md" => CONTRIBUTING,
        "codeowners" => return owners(subject).map(Some),
        "pull_request_template.md" => REQUEST,
        _ if folder.starts_with(".gitlab/merge_request_templates/") => REQUEST,
        "bug.md" | "bug_report.md" | "bug-report.md" => front(BUG),
        "feature_request.md" | "feature.md" | "idea.md" => front(IDEA),
        _ => return Ok(None),
    };
    let merge =
        if subject.forge == crate::catalog::ForgeKind::Gitlab { "merge request" } else { "pull request" };
    let owners = match subject.owners {
        [] => String::new(),
        several => format!(", and mention {}", several.join(", ")),
    };
    let description =
        subject.text("repository.description").unwrap_or("What it is for is still to be told here.");
    let text = text.replace("{name}", subject.observed.subject.short_name()).replace("{request}", merge);
    Ok(Some(text.replace("{owners}", &owners).replace("{description}", description)))
}

fn owners(subject: Subject<'_>) -> Result<String, String> {
    match subject.owners {
        [] => {
            Err("the policy knows no team that owns the repository: say who does, or give `text` a `fix`"
                .into())
        }
        several => Ok(format!("# Who is asked to review what changes here.\n* {}\n", several.join(" "))),
    }
}
