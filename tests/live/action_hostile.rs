//! The step of a workflow, where names are meant to harm, and where there is more than there is room for.

use crate::action::{Runner, with_pull, world};

/// What somebody who may write a description would like the runner to do.
const HOSTILE: &str =
    "::set-output name=x::y ::error::z ##[command]rm `a` ${{ secrets.X }} @acme/all <img src=x>";

#[test]
fn hostile_texts_are_no_commands_outputs_or_mentions() {
    let mut world = with_pull(world());
    world.repository_mut("service-0002").set("description", HOSTILE).set("homepage", HOSTILE);
    let runner = Runner::of(world).set("INPUT_ISSUE", "true").set("INPUT_FAIL_ON", "never");
    runner.write(
        "policy.toml",
        "version = 1\n[repository]\ndescription = \"As wanted\"\nhomepage = \"https://a.example\"\n",
    );
    let run = runner.step().ended(0);
    let word = run.out.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap().to_owned();
    let (_, free) = run.out.split_once(&format!("\n::{word}::\n")).unwrap();
    for line in free.lines() {
        let ours = ["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command));
        assert!(ours && line.matches("::").count() == 2 && !line.contains("##["), "{line}");
    }
    let outputs = std::fs::read_to_string(runner.path("output")).unwrap();
    assert!(!outputs.contains("set-output") && !outputs.contains("secrets.X"), "{outputs}");
    for text in [runner.summary(), runner.issues()[0].body.clone()] {
        // It is code, behind more signs of code than are in it; nothing else of it is anywhere.
        let mut parts = text.split("``\"::set-output");
        let mut rest = parts.next().unwrap_or_default().to_owned();
        let mut seen = 0;
        for part in parts {
            let (_, after) = part.split_once("\"``").unwrap();
            rest += after;
            seen += 1;
        }
        assert!(seen > 0, "{text}");
        assert!(!rest.contains("<img") && !rest.contains("@acme/all") && !text.contains("##["), "{rest}");
    }
    let plan = runner.on_pull(1, "acme/service-0001", false).set("INPUT_MODE", "plan");
    plan.step().ended(0);
    let body = plan.comments()[0].body.clone();
    assert!(!body.contains("<img") && !body.contains("@acme/all") && !body.contains("${{"), "{body}");
}

#[test]
fn two_runs_hold_commands_back_with_words_that_nobody_can_guess() {
    let runner = Runner::of(world());
    let word = |run: crate::run::Run| run.out.lines().next().unwrap().to_owned();
    let (one, other) = (word(runner.step()), word(runner.step()));
    assert!(one != other && one.len() == "::stop-commands::".len() + 32, "{one}");
}

#[test]
fn summary_and_issue_stay_below_the_limits() {
    let mut world = world();
    world.repository_mut("service-0002").set("has_wiki", true);
    let runner = Runner::of(world).set("INPUT_ISSUE", "true").set("INPUT_FAIL_ON", "never");
    // Many causes, each with a long reason.
    let mut policy = "version = 1\n".to_owned();
    for number in 0..6_000 {
        let why = "because of a reason that takes its time to be told ".repeat(3);
        policy += &format!(
            "[repository.label.\"label-{number:04}\"]\ncolor = {{ equals = \"d73a4a\", why = \"{why}\" }}\n"
        );
    }
    runner.write("policy.toml", &policy);
    runner.step().ended(0);
    let summary = runner.summary();
    assert!(summary.len() <= 1 << 20 && summary.len() > 100_000, "{}", summary.len());
    let body = runner.issues()[0].body.clone();
    assert!(body.chars().count() <= 65_536 && body.len() > 50_000, "{}", body.len());
    assert!(
        body.starts_with("<!-- ispo-scm:issue -->\n") && body.trim_end().ends_with("runs/4711)"),
        "its ends"
    );
    assert!(body.contains("more"), "it says that there is more");
}
