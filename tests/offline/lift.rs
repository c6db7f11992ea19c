//! One ruleset of an organization in place of one in each of its repositories: what is proposed, what is left to
//! the repositories, and that nobody is worse off for it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::acme_cycle::laid_out;
use crate::program::ispo_scm;

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = ispo_scm();
    command.current_dir(folder);
    let done = command.args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code().unwrap(), text(&done.stdout), text(&done.stderr))
}

/// Repositories of one organization, of whose default branch a policy asks for something.
pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) organizations: Vec<Value>,
    pub(crate) repositories: Vec<Value>,
    pub(crate) kind: &'static str,
}

const POLICY: &str = "version = 1\n[repository.branch.\"~default\"]\nrequired_approvals = { at_least = 1 }\n";

impl Bench {
    /// So many repositories without any rule.
    pub(crate) fn of(count: usize) -> Self {
        let mut bench = Self {
            folder: tempfile::tempdir().unwrap(),
            organizations: Vec::new(),
            repositories: Vec::new(),
            kind: "github",
        };
        bench.organization("acme", count);
        bench.policy(POLICY);
        bench
    }

    /// Adds an organization with so many repositories without any rule.
    fn organization(&mut self, name: &str, count: usize) {
        self.organizations.push(json!({
            "organization": name, "settings": {"plan": "enterprise"}, "kinds": {"ruleset": {}},
        }));
        let kinds = ["library", "service"].into_iter().cycle();
        self.repositories.extend(kinds.take(count).enumerate().map(|(i, kind)| {
            json!({
                "repository": format!("{name}/r{i:02}"),
                "settings": {
                    "archived": false, "default_branch": "main", "visibility": "internal",
                    "custom_properties": {"kind": kind},
                },
                "kinds": {"branch_protection": {}, "ruleset": {}},
            })
        }));
    }

    pub(crate) fn policy(&self, text: &str) {
        std::fs::write(self.folder.path().join("policy.toml"), text).unwrap();
    }

    /// Lets a classic rule ask for so many approvals on a default branch.
    fn approve(&mut self, at: usize, approvals: u64) {
        self.repositories[at]["kinds"]["branch_protection"] = json!({"main": {
            "allow_deletions": false, "allow_force_pushes": false, "created": 1, "require_pull_request": true,
            "required_approving_review_count": approvals,
        }});
    }

    pub(crate) fn kept(&self) {
        let header = json!({"format": "ispo-scm-snapshot", "version": 1, "forge": "f", "kind": self.kind});
        let lines = std::iter::once(&header).chain(&self.organizations).chain(&self.repositories);
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        std::fs::write(self.folder.path().join("state.jsonl"), text).unwrap();
    }

    /// What `plan` says, as JSON and for people, and beside.
    #[track_caller]
    pub(crate) fn plan(&self, flags: &[&str]) -> (Value, String) {
        self.kept();
        let plan = ["plan", "policy.toml", "--snapshot", "state.jsonl", "--out", "plan.json"];
        let (_, _, said) = run(self.folder.path(), &[&plan[..], flags].concat());
        let text = std::fs::read_to_string(self.folder.path().join("plan.json")).expect(&said);
        (serde_json::from_str(&text).unwrap(), said)
    }

    /// Carries the last plan out; whatever conforms then, by subject and setting.
    pub(crate) fn conforming_after(&self, flags: &[&str]) -> BTreeMap<String, bool> {
        let apply = ["apply", "plan.json", "--auto-approve", "--max-share=100"];
        let (code, out, said) = run(self.folder.path(), &[&apply[..], flags].concat());
        assert_eq!(code, 0, "{out}{said}");
        conforming(self.folder.path(), &["policy.toml", "--snapshot", "state.jsonl"])
    }
}

/// Of every finding whether it conforms.
fn conforming(folder: &Path, arguments: &[&str]) -> BTreeMap<String, bool> {
    let audit = ["audit", "--format", "json", "--all", "--today", "2026-11-20"];
    let (_, out, said) = run(folder, &[&audit[..], arguments].concat());
    let report: Value = serde_json::from_str(&out).expect(&said);
    let of = |f: &Value| {
        let place = format!("{} {} {}", f["subject"], f["setting"], f["key"]);
        (place, f["verdict"] == "conforms")
    };
    report["findings"].as_array().unwrap().iter().map(of).collect()
}

impl Bench {
    /// Carries the plan out, after which all conform; and undoes it, after which all is byte for byte as it was.
    #[track_caller]
    pub(crate) fn conforms_and_goes_back(&self) {
        let state = || std::fs::read(self.folder.path().join("state.jsonl")).unwrap();
        let before = state();
        assert!(self.conforming_after(&[]).values().all(|conforms| *conforms));
        let undo = ["undo", "plan.json.journal", "--auto-approve", "--allow-delete", "--allow-weaken"];
        assert_eq!(run(self.folder.path(), &undo).0, 0);
        assert_eq!(state(), before);
    }
}

pub(crate) fn lifted(plan: &Value) -> Vec<Value> {
    plan["lifted"].as_array().cloned().unwrap_or_default()
}

#[test]
fn what_all_lack_is_set_once_and_taken_back() {
    let bench = Bench::of(6);
    let (plan, _) = bench.plan(&["--lift"]);
    let [lift] = &lifted(&plan)[..] else { panic!("{plan}") };
    assert_eq!((&lift["changes"], lift["instead_of"].as_array().unwrap().len()), (&json!(6), 6));
    assert_eq!(lift["reaches"], "all repositories, those that come to be, too");
    assert_eq!(plan["requests"].as_array().unwrap().len(), 1);
    assert_eq!(plan["requests"][0]["path"], "/orgs/acme/rulesets");
    bench.conforms_and_goes_back();
}

#[test]
fn without_the_flag_each_gets_its_own() {
    let (plan, _) = Bench::of(6).plan(&[]);
    assert!(lifted(&plan).is_empty());
    assert_eq!(plan["requests"].as_array().unwrap().len(), 6);
}

#[test]
fn whoever_wants_something_else_is_left_out_by_name() {
    let bench = Bench::of(6);
    let own =
        "[override.\"f:acme/r03\".repository.branch.\"~default\"]\nrequired_approvals = { at_most = 0 }\n";
    bench.policy(&format!("{POLICY}{own}"));
    let (plan, _) = bench.plan(&["--lift"]);
    assert_eq!(lifted(&plan)[0]["reaches"], "all repositories, those that come to be, too, but for r03");
    let conditions = &plan["requests"][0]["body"]["conditions"]["repository_name"];
    assert_eq!(*conditions, json!({"include": ["~ALL"], "exclude": ["r03"]}));
    assert!(bench.conforming_after(&[]).values().all(|conforms| *conforms));
}

#[test]
fn whoever_is_waived_is_left_out_by_name() {
    let bench = Bench::of(6);
    let waiver = "[[waiver]]\nsubject = \"f:acme/r03\"\nsettings = [\"branch.*\"]\nowner = \"@acme/x\"\n\
                  reason = \"until the move\"\nexpires = 2999-01-01\n";
    bench.policy(&format!("{POLICY}{waiver}"));
    let (plan, _) = bench.plan(&["--lift"]);
    assert_eq!(lifted(&plan)[0]["reaches"], "all repositories, those that come to be, too, but for r03");
}

#[test]
fn whoever_would_be_locked_out_is_left_out_by_name() {
    let mut bench = Bench::of(6);
    bench.repositories[3]["settings"]["access"] = json!({"anna": "write"});
    let (apart, _) = bench.plan(&[]);
    assert!(apart["deferred"].to_string().contains("r03"), "nobody but the author could approve: {apart}");
    let (plan, _) = bench.plan(&["--lift"]);
    assert_eq!(lifted(&plan)[0]["reaches"], "all repositories, those that come to be, too, but for r03");
    assert!(plan["deferred"].to_string().contains("r03"), "{plan}");
}

#[test]
fn those_of_one_sort_are_reached_by_what_they_have_in_common() {
    let bench = Bench::of(8);
    bench.policy(
        "version = 1\n[profile.library]\nselect = { property.kind = \"library\" }\n\
         [profile.library.branch.\"~default\"]\nrequired_approvals = { at_least = 1 }\n",
    );
    let (plan, _) = bench.plan(&["--lift"]);
    let [lift] = &lifted(&plan)[..] else { panic!("{plan}") };
    assert_eq!(
        lift["reaches"],
        "all repositories whose property kind is library, those that get it later, too"
    );
    assert!(bench.conforming_after(&[]).values().all(|conforms| *conforms));
}

#[test]
fn one_that_has_it_already_is_no_worse_for_it() {
    let mut bench = Bench::of(5);
    bench.approve(2, 2);
    let (plan, _) = bench.plan(&["--lift"]);
    let lift = &lifted(&plan)[0];
    assert_eq!(lift["reaches"], "all repositories, those that come to be, too");
    assert!(!lift["instead_of"].to_string().contains("r02"), "{lift}");
    assert!(bench.conforming_after(&[]).values().all(|conforms| *conforms));
}

#[test]
fn a_rule_for_one_is_left_to_it() {
    let mut bench = Bench::of(5);
    (0..4).for_each(|i| bench.approve(i, 1));
    let (plan, _) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty());
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1);
}

#[test]
fn what_was_declined_is_left_to_the_repositories_and_nothing_else_is() {
    let bench = Bench::of(4);
    let declined = "[[declined]]\norganization = \"f:acme\"\nsettings = [\"branch.required_approvals\"]\n\
                    owner = \"@acme/platform\"\nreason = \"each team owns its reviews\"\n";
    bench.policy(&format!("{POLICY}allow_deletions = false\n{declined}"));
    let (plan, _) = bench.plan(&["--lift"]);
    let [lift] = &lifted(&plan)[..] else { panic!("{plan}") };
    let brings = json!({"setting": "branch.allow_deletions", "key": "~default", "value": false});
    assert_eq!(lift["brings"], json!([brings]));
    assert!(bench.conforming_after(&[]).values().all(|conforms| *conforms));
}

/// Nothing is lifted after an edit of the organization, for that reason, and each repository gets its own.
#[track_caller]
fn refuses(edit: impl FnOnce(&mut Value), why: &str) {
    let mut bench = Bench::of(4);
    edit(&mut bench.organizations[0]);
    let (plan, said) = bench.plan(&["--lift"]);
    assert!(lifted(&plan).is_empty(), "{plan}");
    assert_eq!(plan["requests"].as_array().unwrap().len(), 4);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(why), "{said}");
}

#[test]
fn a_plan_without_such_rulesets_is_not_overlooked() {
    refuses(|o| o["settings"]["plan"] = json!("free"), "take GitHub Team or more");
}

#[test]
fn a_plan_that_nobody_sees_proves_nothing() {
    refuses(|o| drop(o["settings"].as_object_mut().unwrap().remove("plan")), "its plan cannot be seen");
}

#[test]
fn rulesets_that_nobody_sees_may_be_in_the_way() {
    refuses(|o| drop(o["kinds"].as_object_mut().unwrap().remove("ruleset")), "its rulesets were not read");
}

#[test]
fn a_part_of_the_repositories_is_no_ground_for_a_rule_over_all() {
    let bench = Bench::of(4);
    bench.kept();
    let plan = ["plan", "policy.toml", "--snapshot", "state.jsonl", "--lift", "--only", "r0*"];
    let (code, _, said) = run(bench.folder.path(), &plan);
    assert_eq!(code, 1);
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn what_is_lifted_of_acme_satisfies_all_that_the_same_plan_would_without() {
    let after = |flags: &[&str]| {
        let folder = laid_out();
        let plan = ["plan", ".", "--today", "2026-11-20", "--max-risk", "protection", "--out", "plan.json"];
        run(folder.path(), &[&plan[..], flags].concat());
        let (code, out, said) =
            run(folder.path(), &["apply", "plan.json", "--auto-approve", "--max-share=100"]);
        assert_eq!(code, 0, "{out}{said}");
        let text = std::fs::read_to_string(folder.path().join("plan.json")).unwrap();
        let plan: Value = serde_json::from_str(&text).unwrap();
        (plan, conforming(folder.path(), &["."]))
    };
    let ((own, one_by_one), (above, once)) = (after(&[]), after(&["--lift"]));
    assert!(lifted(&above).len() >= 3, "{:?}", lifted(&above));
    let requests = |plan: &Value| plan["requests"].as_array().unwrap().len();
    assert!(requests(&above) < requests(&own), "{} {}", requests(&above), requests(&own));
    for (place, conforms) in one_by_one {
        assert!(!conforms || once[&place], "{place} conforms one by one, and not by what is above");
    }
}

/// A number below a bound that follows from a seed.
fn dice(seed: &mut u64, bound: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*seed >> 33) as usize) % bound
}

/// A policy and some organizations, of which each repository may differ in anything.
fn random(seed: &mut u64) -> Bench {
    let mut bench = Bench::of(3);
    for name in 0..9 {
        bench.organization(&format!("acme-{name}"), 3 + dice(seed, 9));
    }
    let mut policy = String::from("version = 1\n");
    for (at, select) in [("library", "library"), ("service", "service")] {
        policy += &format!("[profile.{at}]\nselect = {{ property.kind = \"{select}\" }}\n");
        policy += &format!("[profile.{at}.branch.\"~default\"]\n");
        for (setting, values) in [
            ("required_approvals", ["{ at_least = 1 }", "{ at_least = 2 }", "{ at_most = 1 }"]),
            ("allow_force_pushes", ["false", "false", "true"]),
            ("allow_deletions", ["false", "false", "{ one_of = [true, false] }"]),
            ("require_signatures", ["true", "false", "true"]),
        ] {
            if dice(seed, 4) > 0 {
                policy += &format!("{setting} = {}\n", values[dice(seed, 3)]);
            }
        }
    }
    let mut asked = String::from("[repository]\n");
    for (at, values) in [
        ("web_commit_signoff_required", [json!(true), json!(true), json!(false)]),
        ("actions.workflow.default_workflow_permissions", [json!("read"), json!("read"), json!("write")]),
    ] {
        if dice(seed, 4) > 0 {
            asked += &format!("{at} = {}\n", values[dice(seed, 3)]);
        }
        for one in bench.organizations.iter_mut().chain(&mut bench.repositories) {
            if dice(seed, 6) > 0 {
                one["settings"][at] = values[dice(seed, 3)].clone();
            }
        }
        for one in &mut bench.repositories {
            // What is decided above is not otherwise beneath.
            let name = one["repository"].as_str().unwrap().split('/').next().unwrap();
            let of = |o: &&Value| o["organization"] == name;
            let above = bench.organizations.iter().find(of).unwrap()["settings"][at].clone();
            if above == values[0] && !one["settings"][at].is_null() {
                one["settings"][at] = above;
            }
        }
    }
    for i in 0..bench.repositories.len() {
        match dice(seed, 4) {
            0 => bench.approve(i, dice(seed, 3) as u64),
            1 => bench.repositories[i]["settings"]["archived"] = json!(dice(seed, 3) == 0),
            2 => bench.repositories[i]["settings"]["custom_properties"] = json!({}),
            _ => {}
        }
    }
    bench.policy(&(policy + &asked));
    bench
}

#[test]
fn whatever_is_lifted_satisfies_all_that_the_same_plan_would_without() {
    let (mut lifts, mut settings) = (0, 0);
    for seed in 1..=4 {
        let after = |flags: &[&str]| {
            let bench = random(&mut (seed * 7919));
            let (plan, _) = bench.plan(flags);
            let allow = ["--allow-weaken", "--allow-irreversible", "--allow-delete"];
            (lifted(&plan), bench.conforming_after(&allow))
        };
        let ((_, one_by_one), (above, once)) = (after(&[]), after(&["--lift"]));
        lifts += above.len();
        settings += above.iter().filter(|lift| lift.get("setting").is_some()).count();
        for (place, conforms) in one_by_one {
            assert!(!conforms || once[&place], "seed {seed}: {place}");
        }
    }
    assert!(lifts >= 24 && settings >= 3, "{lifts}, of which {settings} settings");
}
