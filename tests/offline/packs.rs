//! Packs: which controls each has, that each loads by itself, what two of them cannot have together, and which suit.

use std::collections::BTreeSet;

use ispo_scm::catalog::{Catalog, ForgeKind};
use ispo_scm::model::Pack;
use ispo_scm::policy::{PACKS, load_text, pack};
use serde_json::{Value as Json, json};

use crate::packs_known::{CIS, INSTANCE, OPENSSF, PROFILES, SCORECARD, SLSA};
use crate::program::ispo_scm;
use crate::small::World;

fn contents(name: &str, catalog: &Catalog) -> Pack {
    pack(name).unwrap().contents(catalog).unwrap()
}

#[test]
fn every_control_of_a_benchmark_is_there_for_each_forge_that_tells_it() {
    let catalog = Catalog::built_in().unwrap();
    for (name, prefix, known) in [
        ("openssf-scm", "openssf:", OPENSSF),
        ("cis-source-code", "cis:", CIS),
        ("slsa-source", "slsa:", SLSA),
        ("scorecard-settings", "scorecard:", SCORECARD),
        ("instance-hardening", "instance:", INSTANCE),
    ] {
        let pack = contents(name, &catalog);
        let judged = |one: &ispo_scm::model::Served| {
            let on = |forge| one.asks.iter().any(|a| catalog.get(a.setting).lacking_on(forge).is_none());
            let parts = [
                (on(ForgeKind::Github), 'h'),
                (on(ForgeKind::Gitlab), 'l'),
                (one.control.check.is_some(), 'm'),
            ];
            parts.into_iter().filter_map(|(there, letter)| there.then_some(letter)).collect::<String>()
        };
        let found: BTreeSet<(String, String)> =
            pack.controls.iter().map(|one| (one.control.name.to_string(), judged(one))).collect();
        let known: BTreeSet<(String, String)> =
            known.iter().map(|(id, on)| (format!("{prefix}{id}"), (*on).to_owned())).collect();
        let differ: Vec<_> = found.symmetric_difference(&known).collect();
        assert!(differ.is_empty(), "{name}: {differ:#?}");
    }
}

/// Severities that the OpenSSF gives, and not those of the catalogue.
#[test]
fn severities_of_a_benchmark_are_its_own() {
    let catalog = Catalog::built_in().unwrap();
    let pack = contents("openssf-scm", &catalog);
    let of = |id: &str| {
        let one = pack.controls.iter().find(|c| *c.control.name == *format!("openssf:{id}")).unwrap();
        (one.severity.word(), one.lenses.iter().map(|l| l.word()).collect::<Vec<_>>())
    };
    assert_eq!(of("code_review_not_required"), ("high", vec!["security"]));
    assert_eq!(of("code_review_by_two_members_not_required"), ("medium", vec!["security"]));
    assert_eq!(of("forking_allowed_for_repository"), ("low", vec!["security"]), "not the row's `high`");
}

#[test]
fn every_control_says_what_why_and_what_to_do() {
    let catalog = Catalog::built_in().unwrap();
    for file in PACKS {
        let pack = file.contents(&catalog).unwrap();
        assert!(pack.plain.iter().all(|ask| ask.constraint.is_none()), "{}: {:?}", file.name, pack.plain);
        for served in &pack.controls {
            let control = &served.control;
            assert!(control.why.is_some(), "{}", control.name);
            assert!(control.remedy.is_some() || served.asks.is_empty(), "{}", control.name);
            assert!(control.check.is_some() || !served.asks.is_empty(), "{}", control.name);
            let opens = served.lenses.openness && !served.lenses.security;
            let taught = control.pattern.is_some()
                || !opens
                || &*control.name == "innersource:mirrors-point-to-their-origin";
            assert!(taught, "{} opens a door and names no pattern", control.name);
            let sentences = [&control.why, &control.remedy, &control.check].into_iter().flatten();
            assert!(sentences.into_iter().all(|s| !s.ends_with('.')), "{}", control.name);
        }
    }
}

#[test]
fn innersource_has_its_types_of_project_and_of_team() {
    let catalog = Catalog::built_in().unwrap();
    let pack = contents("innersource", &catalog);
    assert_eq!(pack.profiles.iter().map(|p| &**p).collect::<Vec<_>>(), PROFILES);
    let types: BTreeSet<String> =
        pack.controls.iter().flat_map(|c| &c.asks).chain(&pack.plain).map(|a| a.layer.to_string()).collect();
    for ty in ["product", "platform", "group-support", "regulated", "contractors", "small", "ispo", "ospo"] {
        assert!(types.contains(&format!("team type {ty}")), "{ty}");
    }
}

#[test]
fn no_pack_owns_a_collection_completely() {
    for file in PACKS {
        assert!(!file.text.contains("\"complete\""), "{}", file.name);
    }
}

#[test]
fn each_pack_is_sound_by_itself() {
    for file in PACKS {
        let text = format!("version = 1\nextends = [\"pack:{}\"]\n", file.name);
        let (_, problems) = load_text("p.toml", &text, &mut Catalog::built_in().unwrap()).unwrap();
        assert_eq!(problems, [], "{}", file.name);
    }
}

/// What two packs want that cannot be had together: these settings, and no others.
const CONTRADICTIONS: [(&str, &str, &[&str]); 3] = [
    (
        "innersource",
        "openssf-scm",
        &[
            "branch.require_up_to_date",
            "organization.default_repository_permission",
            "organization.prevent_forking_outside_group",
        ],
    ),
    (
        "innersource",
        "cis-source-code",
        &[
            "branch.require_up_to_date",
            "organization.members_can_create_repositories",
            "organization.members_can_fork_private_repositories",
            "organization.prevent_forking_outside_group",
        ],
    ),
    ("innersource", "scorecard-settings", &["branch.require_up_to_date"]),
];

#[test]
fn two_packs_hold_together_but_where_openness_and_security_part() {
    for (i, one) in PACKS.iter().enumerate() {
        for other in &PACKS[i + 1..] {
            let text = format!("version = 1\nextends = [\"pack:{}\", \"pack:{}\"]\n", one.name, other.name);
            let found: BTreeSet<String> = match load_text("p.toml", &text, &mut Catalog::built_in().unwrap())
            {
                Ok((_, problems)) => problems.iter().map(ToString::to_string).collect(),
                Err(problems) => problems
                    .iter()
                    .map(|p| p.to_string().split('`').nth(1).unwrap_or_default().to_owned())
                    .collect(),
            };
            let known = CONTRADICTIONS.iter().find(|(a, b, _)| (*a, *b) == (one.name, other.name));
            let known: BTreeSet<String> =
                known.map_or(&[][..], |(.., settings)| settings).iter().map(|s| (*s).to_owned()).collect();
            assert_eq!(found, known, "{} and {}", one.name, other.name);
        }
    }
}

#[test]
fn a_line_of_ones_own_decides_between_two_packs() {
    let text = "version = 1\nextends = [\"pack:innersource\", \"pack:openssf-scm\"]\n\
                [organization]\ndefault_repository_permission = \"read\"\nprevent_forking_outside_group = true\n\
                [branch.\"~default\"]\nrequire_up_to_date = false\n";
    let (_, problems) = load_text("p.toml", text, &mut Catalog::built_in().unwrap()).unwrap();
    assert_eq!(problems, []);
}

// --- What a finding of a pack says ---

#[test]
fn a_finding_names_its_control_the_remedy_and_the_pattern() {
    let mut world = World::conforming();
    world.policy = world.policy.replace("version = 1", "version = 1\nextends = [\"pack:innersource\"]");
    world.repository["settings"]["readme"] = json!(false);
    let report = world.audit();
    let finding = report.finding("f:acme/widgets", "repository.readme", "");
    assert_eq!(finding["verdict"], "drift");
    assert_eq!(finding["controls"][0]["id"], "innersource:readme");
    assert_eq!(
        finding["controls"][0]["pattern"],
        json!({
            "name": "Standard Base Documentation",
            "link": "https://patterns.innersourcecommons.org/p/base-documentation",
        })
    );
    assert_eq!(finding["why"], "whoever finds the repository needs to know what it is and whom it is for");
    assert_eq!(finding["lenses"], json!(["openness"]));
    assert!(report.json["summary"]["controls_by_hand"].as_u64().unwrap() > 0);
    let plain = World::conforming().audit();
    assert_eq!(
        plain.json["findings"][0]["controls"],
        Json::Null,
        "a line that serves none says nothing of any"
    );
    assert_eq!(plain.json["summary"]["controls_by_hand"], 0);
}

/// The same for people: in the report, and of one setting by `explain`.
#[test]
fn a_finding_of_a_pack_teaches() {
    let mut world = World::conforming();
    world.policy = world.policy.replace("version = 1", "version = 1\nextends = [\"pack:innersource\"]");
    world.repository["settings"]["readme"] = json!(false);
    let folder = world.laid_out();
    let said = |arguments: &[&str]| {
        let done = ispo_scm().current_dir(folder.path()).args(arguments).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    // Where lines end is for the terminal to say.
    let on_one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let audited = on_one(&said(&["audit", "."]));
    let link = "https://patterns.innersourcecommons.org/p/base-documentation";
    for part in [
        "control innersource:readme: add a README: what it does, how to begin, whom to ask",
        &format!("pattern Standard Base Documentation, {link}"),
        "controls are checked by hand: `packs show` says how.",
    ] {
        assert!(audited.contains(part), "{part}\n{audited}");
    }
    assert!(!audited.contains("selects nothing"), "a pack's types of project are there to be taken or left");
    let explained = on_one(&said(&["explain", "acme/widgets", "repository.readme", "."]));
    for part in
        ["control innersource:readme: It says what it is", "remedy add a README", "pattern Standard Base"]
    {
        assert!(explained.contains(part), "{part}\n{explained}");
    }
}

#[test]
fn two_packs_that_ask_for_the_same_are_both_named() {
    let mut world = World::conforming();
    let packs = "version = 1\nextends = [\"pack:slsa-source\", \"pack:scorecard-settings\"]";
    world.policy = format!("{packs}\n[[forge]]\nname = \"f\"\nkind = \"snapshot\"\npath = \"world.jsonl\"\n");
    let report = world.audit();
    let finding = report.finding("f:acme/widgets", "branch.required_approvals", "~default");
    assert_eq!((&finding["verdict"], &finding["constraint"]), (&json!("drift"), &json!({"at_least": 2})));
    let ids: Vec<&str> =
        finding["controls"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["scorecard:Branch-Protection-9", "scorecard:Branch-Protection-6", "slsa:L4-review"]);
}

#[test]
fn who_replaces_a_line_of_a_pack_answers_for_it() {
    let mut world = World::conforming();
    world.policy = world.policy.replace("version = 1", "version = 1\nextends = [\"pack:openssf-scm\"]");
    let report = world.audit();
    let finding = report.finding("f:acme/widgets", "branch.required_approvals", "~default");
    assert_eq!((&finding["verdict"], &finding["controls"]), (&json!("conforms"), &Json::Null));
    assert_eq!(finding["overridden"][0]["origin"]["file"], "pack:openssf-scm");
}

#[test]
fn a_docs_repository_is_asked_for_no_build_and_a_regulated_one_for_two_reviews() {
    let asked = |topics: Json| {
        let mut world = World::conforming();
        let pack = "version = 1\nextends = [\"pack:innersource\"]";
        world.policy =
            format!("{pack}\n[[forge]]\nname = \"f\"\nkind = \"snapshot\"\npath = \"world.jsonl\"\n");
        world.repository["settings"]["topics"] = topics;
        world.repository["settings"]["visibility"] = json!("internal");
        let report = world.audit();
        let of = |setting: &str| {
            let all = report.json["findings"].as_array().unwrap();
            all.iter().find(|f| f["setting"] == setting).map(|f| f["constraint"].clone())
        };
        (of("branch.required_checks"), of("branch.required_approvals"), of("branch.require_up_to_date"))
    };
    let (one, two) = (Some(json!({"at_least": 1})), Some(json!({"at_least": 2})));
    let (on, off) = (Some(json!({"equals": true})), Some(json!({"equals": false})));
    let build = Some(json!({"count": {"at_least": 1}}));
    assert_eq!(asked(json!(["innersource"])), (build.clone(), one.clone(), off.clone()));
    assert_eq!(asked(json!(["innersource", "docs"])), (None, one, off.clone()));
    assert_eq!(asked(json!(["innersource", "regulated"])), (build, two, on));
    assert_eq!(asked(json!(["innersource", "experiment"])), (None, None, off));
}

// --- The command line ---

fn run(arguments: &[&str]) -> (i32, String, String) {
    let done = ispo_scm().arg("packs").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

#[test]
fn packs_fit_a_terminal_and_name_every_control() {
    let (code, list, _) = run(&[]);
    assert_eq!(code, 0);
    for file in PACKS {
        assert!(list.contains(file.name), "{list}");
        let (code, shown, _) = run(&["show", file.name]);
        assert_eq!(code, 0);
        let pack = file.contents(&Catalog::built_in().unwrap()).unwrap();
        for served in &pack.controls {
            assert!(shown.contains(&*served.control.name), "{}", served.control.name);
        }
        let long: Vec<&str> =
            shown.lines().filter(|l| l.chars().count() > 80 && l.trim().contains(' ')).collect();
        assert!(long.is_empty(), "{long:#?}");
        assert_eq!(run(&["show", file.name, "--format", "toml"]).1, file.text);
        let json: Json = serde_json::from_str(&run(&["show", file.name, "--format", "json"]).1).unwrap();
        assert_eq!(json["controls"].as_array().unwrap().len(), pack.controls.len());
    }
    let (code, _, said) = run(&["show", "opensff-scm"]);
    assert_eq!(code, 1);
    assert!(said.contains("did you mean `openssf-scm`?"), "{said}");
}

/// The answers in an order of their own: size, forge, tier, regulated, way, entities.
fn found(answers: [&str; 6]) -> Json {
    let flags = ["--size", "--forge", "--tier", "--regulated", "--way", "--entities"];
    let mut arguments = vec!["find", "--format", "json"];
    arguments.extend(flags.iter().zip(answers).flat_map(|(flag, answer)| [*flag, answer]));
    serde_json::from_str(&run(&arguments).1).unwrap()
}

fn names(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|p| p["pack"].as_str().unwrap()).collect()
}

#[test]
fn the_finder_suits_the_answers() {
    let large = found(["large", "both", "paid", "no", "fork", "one"]);
    assert_eq!(names(&large["extend"]), ["innersource", "openssf-scm", "governance-repo"]);
    let audited = found(["large", "gitlab", "own-server", "yes", "branch", "several"]);
    assert_eq!(
        names(&audited["extend"]),
        ["innersource", "cis-source-code", "slsa-source", "instance-hardening", "governance-repo"]
    );
    let few = found(["small", "github", "free", "no", "fork", "one"]);
    assert_eq!(names(&few["extend"]), ["innersource", "scorecard-settings", "governance-repo"]);
    assert_eq!(names(&large["extend"]).len() + names(&large["leave"]).len(), PACKS.len());
}

/// Where the answers decide, the policy that is offered loads; where they leave something open, it does not.
#[test]
fn what_the_finder_offers_decides_what_was_answered() {
    let loads = |found: &Json| {
        load_text("p.toml", found["policy"].as_str().unwrap(), &mut Catalog::built_in().unwrap()).is_ok()
    };
    let decided = found(["medium", "both", "paid", "no", "fork", "one"]);
    assert!(decided["decisions"].as_array().unwrap().iter().all(|d| d["answered"] == "innersource"));
    assert!(loads(&decided), "{}", decided["policy"]);
    let open = found(["medium", "both", "paid", "yes", "branch", "several"]);
    let settings: BTreeSet<&str> =
        open["decisions"].as_array().unwrap().iter().map(|d| d["setting"].as_str().unwrap()).collect();
    assert_eq!(settings, CONTRADICTIONS[1].2.iter().copied().collect());
    assert!(!loads(&open), "somebody has to decide");
}

#[test]
fn without_a_terminal_the_finder_names_the_flags_that_it_misses() {
    let (code, _, said) = run(&["find", "--size", "large", "--forge", "both"]);
    assert_eq!(code, 1);
    assert!(said.contains("--tier, --regulated, --way, --entities"), "{said}");
}
