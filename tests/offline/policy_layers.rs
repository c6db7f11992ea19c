//! Which line of a policy wins: layers over layers, files over files, teams and owners. Each test
//! is one small policy held against one repository, `ghec:acme/widgets`.

use std::path::Path;
use std::sync::Arc;

use ispo_scm::catalog::Catalog;
use ispo_scm::model::{
    Collection, Expectation, Item, Observation, Observed, Readings, Subject, SubjectKind, Value,
};
use ispo_scm::policy::{CODEOWNERS, Policy, Problem, Resolution, Resolver, Shown, load, load_text};
use serde_json::{Value as Json, json};

struct World {
    catalog: Catalog,
    policy: Policy,
}

impl World {
    #[track_caller]
    fn new(text: &str) -> Self {
        let mut catalog = Catalog::built_in().unwrap();
        match load_text("policy.toml", &format!("version = 1\n{text}"), &mut catalog) {
            Ok((policy, _)) => Self { catalog, policy },
            Err(problems) => panic!("{}", problems[0]),
        }
    }

    /// Of several files, of which the first is the policy.
    #[track_caller]
    fn of_files(files: &[(&str, &str)]) -> Self {
        Self::try_files(files).unwrap_or_else(|problems| panic!("{}", problems[0]))
    }

    fn try_files(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("version = 1\n{text}")).unwrap();
        }
        let mut catalog = Catalog::built_in().unwrap();
        let (policy, _) = load(&folder.path().join(files[0].0), &mut catalog)?;
        Ok(Self { catalog, policy })
    }

    /// The repository with these settings.
    fn widgets(&self, settings: Json) -> Observed {
        let mut observed = Observed::empty(Subject::new(SubjectKind::Repository, "ghec", "acme/widgets"));
        for (name, value) in settings.as_object().unwrap() {
            let id = self.catalog.id(&format!("repository.{name}")).unwrap();
            let observation = Value::from_json(value).map_or(Observation::Absent, Observation::Known);
            observed.readings.set(id, observation);
        }
        observed
    }

    fn resolve(&self, observed: &Observed) -> Resolution {
        Resolver::new(&self.policy, &self.catalog).resolve(observed)
    }

    fn expectation(&self, observed: &Observed, setting: &str) -> Option<Arc<Expectation>> {
        let id = self.catalog.id(setting).unwrap();
        let resolved = self.resolve(observed).resolved;
        assert!(resolved.problems.is_empty(), "{}", resolved.problems[0]);
        resolved.expectations.iter().find(|e| e.setting == id).cloned()
    }

    /// What is wanted of a setting: `at least 2, by team payments, over profile innersource`.
    #[track_caller]
    fn wants(&self, settings: Json, setting: &str) -> String {
        let Some(wanted) = self.expectation(&self.widgets(settings), setting) else {
            return "nothing".to_owned();
        };
        let mut says = format!("{}, by {}", wanted.constraint, wanted.layer);
        for over in &wanted.overridden {
            says += &format!(", over {}", over.layer);
        }
        for also in &wanted.also {
            says += &format!(", with line {}", also.line);
        }
        says
    }
}

const APPROVALS: &str = "branch.required_approvals";

fn ask(layer: &str, tests: &str) -> String {
    format!("[{layer}branch.\"~default\"]\nrequired_approvals = {tests}\n")
}

#[test]
fn each_layer_beats_the_ones_before_it() {
    let layers = [
        ask("", "1"),
        format!("[profile.p]\nselect = {{ topics = \"x\" }}\n{}", ask("profile.p.", "2")),
        ask("team_type.platform.", "3"),
        format!("[team.payments]\ntype = \"platform\"\n{}", ask("team.payments.", "4")),
        ask("override.\"ghec:acme/widgets\".", "5"),
    ];
    let facts = json!({"topics": ["x"], "custom_properties": {"team": "payments"}});
    let mut outcomes = Vec::new();
    for last in 1..=layers.len() {
        // A team needs to be told of for its type to reach anything.
        let team = if last == 3 { "[team.payments]\ntype = \"platform\"\n" } else { "" };
        let world = World::new(&format!("{}{team}", layers[..last].join("")));
        outcomes.push(world.wants(facts.clone(), APPROVALS));
    }
    assert_eq!(
        outcomes,
        [
            "1, by everywhere",
            "2, by profile p, over everywhere",
            "3, by team type platform, over profile p, over everywhere",
            "4, by team payments, over team type platform, over profile p, over everywhere",
            "5, by override ghec:acme/widgets, over team payments, over team type platform, over profile p, \
             over everywhere",
        ]
    );
}

#[test]
fn the_order_of_lines_in_a_file_is_no_matter() {
    let (general, profile) =
        (ask("", "1"), format!("[profile.p]\nselect = {{ topics = \"x\" }}\n{}", ask("profile.p.", "2")));
    let facts = json!({"topics": ["x"]});
    let one = World::new(&format!("{general}{profile}")).wants(facts.clone(), APPROVALS);
    let other = World::new(&format!("{profile}{general}")).wants(facts, APPROVALS);
    assert_eq!(one, other);
}

#[test]
fn what_contains_asks_accumulates_and_exactly_replaces() {
    let checks =
        |layer: &str, tests: &str| format!("[{layer}branch.\"~default\"]\nrequired_checks = {{ {tests} }}\n");
    let base = checks("", "contains = [\"build\"]");
    let profile = "[profile.p]\nselect = { topics = \"x\" }\n";
    let wants = |tests: &str| {
        let world = World::new(&format!("{base}{profile}{}", checks("profile.p.", tests)));
        world.wants(json!({"topics": ["x"]}), "branch.required_checks")
    };
    assert_eq!(
        wants("contains = [\"test\"]"),
        "contains [\"build\", \"test\"], by profile p, with line 3",
        "nothing was set aside"
    );
    assert_eq!(wants("exactly = [\"test\"]"), "[\"test\"], by profile p, over everywhere");
    assert_eq!(wants("count = { at_least = 2 }"), "at least 2 items, by profile p, over everywhere");
}

#[test]
fn an_addition_keeps_the_tests_that_it_adds_to() {
    let world = World::new(
        "[repository]\ntopics = { count = { at_most = 5 } }\n\
         [override.\"acme/widgets\".repository]\ntopics = { contains = [\"inner\"] }\n",
    );
    assert_eq!(
        world.wants(json!({}), "repository.topics"),
        "contains [\"inner\"] and at most 5 items, by override acme/widgets, with line 3"
    );
}

#[test]
fn an_addition_that_cannot_be_is_a_conflict() {
    let world = World::new(
        "[repository]\ntopics = { absent = true }\n\
         [override.\"acme/widgets\".repository]\ntopics = { contains = [\"inner\"] }\n",
    );
    let resolved = world.resolve(&world.widgets(json!({}))).resolved;
    assert_eq!(
        resolved.problems[0].to_string(),
        "`repository.topics` cannot be both contains [\"inner\"] and absent"
    );
}

const TWO: &str = "[profile.a]\nselect = { topics = \"x\" }\n[profile.b]\nselect = { topics = \"x\" }\n";

#[test]
fn profiles_without_an_order_all_hold() {
    let text =
        format!("{TWO}{}{}", ask("profile.a.", "{ at_least = 1 }"), ask("profile.b.", "{ at_least = 2 }"));
    let wants = World::new(&text).wants(json!({"topics": ["x"]}), APPROVALS);
    assert_eq!(wants, "at least 2, by profile b, with line 7", "the stricter line leads");
}

#[test]
fn a_profile_after_another_wins_also_through_a_third() {
    let profile = |name: &str, after: &str, tests: &str| {
        let select = if name == "b" { "unheard" } else { "x" };
        format!(
            "[profile.{name}]\nselect = {{ topics = \"{select}\" }}\nafter = [{after}]\n{}",
            ask(&format!("profile.{name}."), tests)
        )
    };
    let text = [profile("a", "", "2"), profile("b", "\"a\"", "4"), profile("c", "\"b\"", "1")].join("");
    let wants = World::new(&text).wants(json!({"topics": ["x"]}), APPROVALS);
    assert_eq!(wants, "1, by profile c, over profile a", "b does not select it, and yet orders the two");
}

#[test]
fn of_two_profiles_after_a_third_both_hold() {
    let text = format!(
        "{TWO}after = \"base\"\n[profile.base]\nselect = {{ topics = \"x\" }}\n{}{}{}",
        ask("profile.base.", "5"),
        ask("profile.a.", "{ at_most = 3 }"),
        ask("profile.b.", "{ at_least = 2 }"),
    );
    let text = text.replace("[profile.b]\n", "after = \"base\"\n[profile.b]\n");
    let wants = World::new(&text).wants(json!({"topics": ["x"]}), APPROVALS);
    assert!(wants.starts_with("2 to 3, by profile"), "{wants}");
    assert!(wants.contains("over profile base"), "{wants}");
}

#[test]
fn a_conflict_shows_both_lines() {
    let text = format!("{TWO}{}{}", ask("profile.a.", "1"), ask("profile.b.", "2"));
    let world = World::new(&text);
    let resolved = world.resolve(&world.widgets(json!({"topics": ["x"]}))).resolved;
    let problem = Shown::new(resolved.problems[0].clone());
    let theme = miette::GraphicalTheme::none();
    let mut shown = String::new();
    miette::GraphicalReportHandler::new_themed(theme).render_report(&mut shown, &problem).unwrap();
    for line in
        ["cannot be both 1 and 2", " 7 | required_approvals = 1", " 9 | required_approvals = 2", "`after`"]
    {
        assert!(shown.contains(line), "{line}:\n{shown}");
    }
    assert_eq!(resolved.problems.len(), 1);
}

#[test]
fn a_later_layer_settles_a_conflict() {
    let text = format!(
        "{TWO}{}{}{}",
        ask("profile.a.", "1"),
        ask("profile.b.", "2"),
        ask("override.\"acme/widgets\".", "3")
    );
    let wants = World::new(&text).wants(json!({"topics": ["x"]}), APPROVALS);
    assert!(wants.starts_with("3, by override"), "{wants}");
}

#[test]
fn a_policy_beats_what_it_extends() {
    let files = [
        ("policy.toml", format!("extends = [\"base.toml\"]\n{}", ask("", "1"))),
        ("base.toml", format!("extends = [\"older.toml\"]\n{}", ask("", "2"))),
        ("older.toml", ask("", "3")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let world = World::of_files(&files);
    let wanted = world.expectation(&world.widgets(json!({})), APPROVALS).unwrap();
    assert_eq!(wanted.constraint.to_string(), "1");
    let over: Vec<String> =
        wanted.overridden.iter().map(|o| o.constraint.as_ref().unwrap().to_string()).collect();
    assert_eq!(over, ["2", "3"]);
}

#[test]
fn a_pack_is_extended_like_a_file() {
    let world =
        World::new("extends = [\"pack:innersource\"]\n[repository]\ndelete_branch_on_merge = false\n");
    let wanted = world.expectation(&world.widgets(json!({})), "repository.delete_branch_on_merge").unwrap();
    assert_eq!((&*wanted.origin.file, wanted.constraint.to_string().as_str()), ("policy.toml", "false"));
}

/// `policy` extends `a` and `base`, and `a` extends `base` too: `a` still comes after `base`.
#[test]
fn a_file_comes_before_all_that_extend_it() {
    for extends in ["[\"a.toml\", \"base.toml\"]", "[\"base.toml\", \"a.toml\"]"] {
        let world = World::of_files(&[
            ("policy.toml", &format!("extends = {extends}\n")),
            ("a.toml", &format!("extends = [\"./base.toml\"]\n{}", ask("", "1"))),
            ("base.toml", &ask("", "2")),
        ]);
        assert_eq!(world.wants(json!({}), APPROVALS), "1, by everywhere, over everywhere");
    }
}

#[test]
fn two_files_side_by_side_hold_together_or_are_settled_above() {
    let files = |a: &str, b: &str, policy: &str| {
        World::try_files(&[
            ("policy.toml", &format!("extends = [\"a.toml\", \"b.toml\"]\n{policy}")),
            ("a.toml", &ask("", a)),
            ("b.toml", &ask("", b)),
        ])
    };
    let both = files("{ at_least = 1 }", "{ at_least = 2 }", "").unwrap_or_else(|p| panic!("{}", p[0]));
    assert_eq!(both.wants(json!({}), APPROVALS), "at least 2, by everywhere, with line 3");
    assert!(files("1", "2", "").is_err());
    let settled = files("1", "2", &ask("", "3")).unwrap_or_else(|p| panic!("{}", p[0]));
    assert!(settled.wants(json!({}), APPROVALS).starts_with("3, by everywhere"));
}

#[test]
fn unmanaged_takes_back_what_was_asked() {
    let text = format!(
        "{}[profile.p]\nselect = {{ topics = \"x\" }}\n{}",
        ask("", "1"),
        ask("profile.p.", "{ unmanaged = true }")
    );
    let world = World::new(&text);
    assert_eq!(world.wants(json!({"topics": ["x"]}), APPROVALS), "nothing");
    assert_eq!(world.wants(json!({"topics": []}), APPROVALS), "1, by everywhere");
    let again = World::new(&format!("{text}{}", ask("override.\"acme/widgets\".", "2")));
    let wants = again.wants(json!({"topics": ["x"]}), APPROVALS);
    assert_eq!(wants, "2, by override acme/widgets, over profile p, over everywhere");
}

#[test]
fn severity_why_and_fix_are_those_of_the_line_that_leads() {
    let text = format!(
        "{TWO}[profile.a.branch.\"~default\"]\nrequired_approvals = {{ at_least = 1, severity = \"critical\", \
         why = \"four eyes\" }}\n[profile.b.branch.\"~default\"]\nrequired_approvals = {{ at_least = 2, why = \
         \"six eyes\", fix = 3 }}\n"
    );
    let world = World::new(&text);
    let wanted = world.expectation(&world.widgets(json!({"topics": ["x"]})), APPROVALS).unwrap();
    assert_eq!(wanted.why.as_deref(), Some("six eyes"));
    assert_eq!(wanted.fix, Some(Value::Int(3)));
    assert_eq!(wanted.severity.word(), "critical", "b says nothing of it, and a holds too");
}

#[test]
fn archived_repositories_are_left_out_unless_selected() {
    let text = format!(
        "{}[profile.attic]\nselect = {{ archived = true }}\n[profile.attic.repository]\ndescription = {{ absent = \
         false }}\n[profile.p]\nselect = {{ topics = \"x\" }}\n{}",
        ask("", "1"),
        ask("profile.p.", "2")
    );
    let world = World::new(&text);
    let archived = world.widgets(json!({"topics": ["x"], "archived": true}));
    let resolution = world.resolve(&archived);
    assert!(!resolution.left_out);
    assert_eq!(*resolution.resolved.profiles, ["attic".into()]);
    assert_eq!(resolution.resolved.expectations.len(), 1, "not what is asked of repositories in use");

    let without = World::new(&ask("", "1"));
    assert!(without.resolve(&without.widgets(json!({"archived": true}))).left_out);
    assert!(!without.resolve(&without.widgets(json!({"archived": null}))).left_out);
}

#[test]
fn a_selector_that_cannot_be_decided_says_so() {
    let world = World::new(
        "[profile.known]\nselect = { name = \"wid*\" }\n[profile.open]\nselect = { topics = \"x\" }\n\
         [profile.never]\nselect = { topics = \"x\", name = \"other\" }\n\
         [profile.always]\nselect = { any = [{ topics = \"x\" }, { organization = \"acme\" }] }\n",
    );
    let resolution = world.resolve(&world.widgets(json!({})));
    assert_eq!(resolution.undecided, ["open".into()], "one condition may decide without the topics");
    assert_eq!(*resolution.resolved.profiles, ["known".into(), "always".into()]);
    let resolution = world.resolve(&world.widgets(json!({"topics": ["X"]})));
    assert!(resolution.undecided.is_empty());
    assert!(resolution.resolved.profiles.contains(&"open".into()), "case is no matter");
}

#[test]
fn selectors_reach_what_they_say() {
    let holds = |select: &str, facts: Json| {
        let world = World::new(&format!("[profile.p]\nselect = {{ {select} }}\n"));
        !world.resolve(&world.widgets(facts)).resolved.profiles.is_empty()
    };
    assert!(holds("name = [\"acme/wid*\"]", json!({})));
    assert!(!holds("name = \"acme*\"", json!({})), "`*` stays between slashes");
    assert!(holds("organization = \"ghec:acme\"", json!({})));
    assert!(holds("forge = [\"ghec\", \"gl\"]", json!({})));
    assert!(holds("visibility = [\"internal\", \"private\"]", json!({"visibility": "internal"})));
    assert!(!holds("not = { visibility = \"public\" }", json!({"visibility": "public"})));
    assert!(holds("property.tier = [\"1\", \"2\"]", json!({"custom_properties": {"tier": "2"}})));
    assert!(!holds(
        "property = { tier = \"1\", data = \"open\" }",
        json!({"custom_properties": {"tier": "1"}})
    ));
    assert!(holds("fork = false, template = false", json!({"fork": false, "template": false})));
    assert!(holds("language = \"rust\"", json!({"language": "Rust"})));
    let team = "team = \"payments\" }\n[team.payments]\n[profile.q]\nselect = { fork = true";
    assert!(holds(team, json!({"fork": false, "custom_properties": {"team": "payments"}})));
}

#[test]
fn an_inventory_is_a_list_of_addresses() {
    let world = World::of_files(&[
        ("policy.toml", "[profile.listed]\nselect = { inventory = \"list.txt\" }\n"),
        ("list.txt", "# the regulated ones\nghec:acme/Widgets   # since spring\n"),
    ]);
    assert_eq!(*world.resolve(&world.widgets(json!({}))).resolved.profiles, ["listed".into()]);
}

/// A property, then roles, then CODEOWNERS.
#[test]
fn owners_are_found_in_order() {
    let world = World::new("[team.a]\n[team.b]\n[team.c]\n");
    let owners = |settings: Json, codeowners: &str| {
        let mut observed = world.widgets(settings);
        let mut readings = Readings::default();
        let text = Observation::known_or_absent(Value::text(codeowners));
        readings.set(world.catalog.id("file.text").unwrap(), text);
        let item = Item { key: CODEOWNERS.to_owned(), readings: Some(readings) };
        *observed.kind_mut("file") = Collection::Asked(vec![item]);
        world.resolve(&observed).resolved.owners.join(" ")
    };
    let (property, roles) = (json!({"team": "a"}), json!({"b": "maintain", "c": "write"}));
    let lines = "* @acme/a\n*.md @acme/b\n*  @acme/c # all\n";
    assert_eq!(owners(json!({"custom_properties": property, "teams": roles}), lines), "a");
    assert_eq!(owners(json!({"custom_properties": {}, "teams": roles}), lines), "b");
    assert_eq!(owners(json!({"custom_properties": {}, "teams": {"c": "read"}}), lines), "c");
    assert_eq!(owners(json!({"custom_properties": {}, "teams": {}}), "/src @acme/a\n"), "");
}

#[test]
fn another_property_may_name_the_owner() {
    let world = World::new("[ownership]\nproperty = \"squad\"\n[team.payments]\n");
    let facts = json!({"custom_properties": {"team": "lending", "squad": "Payments"}, "teams": {}});
    assert_eq!(*world.resolve(&world.widgets(facts)).resolved.owners, ["payments".into()]);
}

#[test]
fn an_address_says_which_team_of_a_forge_a_team_is() {
    let world = World::new(
        "[team.pay]\ngithub = [\"ghec:acme/payments\"]\n[team.other]\ngithub = [\"umbrella/payments\"]\n",
    );
    let facts = json!({"custom_properties": {}, "teams": {"payments": "admin"}});
    assert_eq!(*world.resolve(&world.widgets(facts)).resolved.owners, ["pay".into()]);
}

/// On GitLab a project's path names the groups that it is in, and CODEOWNERS names groups by their path.
#[test]
fn a_group_owns_what_is_in_it_unless_codeowners_says_otherwise() {
    let world = World::new(
        "[team.pay]\ngitlab = [\"gl:acme/pay\"]\n[team.core]\ngitlab = [\"gl:acme/pay/core\"]\n[team.web]\ngitlab = [\"acme/web\"]\n[team.hub]\ngithub = [\"ghec:acme/pay\"]\n",
    );
    let owners = |forge: &str, path: &str, codeowners: Option<&str>| {
        let mut observed = world.widgets(json!({"custom_properties": {}, "teams": {}}));
        observed.subject = Subject::new(SubjectKind::Repository, forge, path);
        let text = |text: &str| Observation::known_or_absent(Value::text(text));
        let id = world.catalog.id("file.text").unwrap();
        let readings = codeowners.map(|owners| Readings::from_iter([(id, text(owners))]));
        *observed.kind_mut("file") = Collection::Asked(vec![Item { key: CODEOWNERS.to_owned(), readings }]);
        world.resolve(&observed).resolved.owners.join(" ")
    };
    assert_eq!(owners("gl", "acme/pay/ledger", None), "pay");
    assert_eq!(owners("gl", "acme/Pay/core/ledger", None), "core", "the innermost");
    assert_eq!(owners("gl", "acme/payments/ledger", None), "", "the name goes on");
    assert_eq!(owners("gl", "acme/pay/ledger", Some("* @acme/web\n")), "web");
    assert_eq!(owners("gl", "acme/pay/ledger", Some("* @acme/pay/core @ann\n")), "core");
    assert_eq!(
        owners("gl", "acme/web/shop", Some("* @other/pay\n")),
        "web",
        "of another group, the same name"
    );
    assert_eq!(owners("ghec", "acme/pay", None), "", "a repository is in no team");
    assert_eq!(owners("ghec", "acme/shop", Some("* @acme/pay\n")), "hub");
}

#[test]
fn the_waiver_of_an_included_file_reaches_its_own_teams_repositories() {
    let waiver = "[[waiver]]\nsubject = \"ghec:acme/*\"\nsettings = [\"branch.*\"]\nowner = \"@acme/payments\"\n\
                  reason = \"moves in spring\"\nexpires = 2027-03-31\n";
    let world = World::of_files(&[
        ("policy.toml", &format!("include = [\"teams/*.toml\"]\n{waiver}")),
        ("teams/payments.toml", &format!("[team.payments]\n{waiver}")),
    ]);
    let subject = world.widgets(json!({})).subject;
    let reaches = |owners: &[Arc<str>]| {
        let covers = |w: &ispo_scm::model::Waiver| w.covers(&subject, APPROVALS, owners);
        world.policy.waivers.iter().map(covers).collect::<Vec<_>>()
    };
    assert_eq!(reaches(&["lending".into()]), [true, false], "the policy's own waiver reaches all");
    assert_eq!(reaches(&["payments".into()]), [true, true]);
}

#[test]
fn one_organization_beats_all_of_them() {
    let world = World::new(
        "[[forge]]\nname = \"ghec\"\nkind = \"github\"\norganizations = [\"acme\", \"regulated\"]\n\
         [organization]\ndefault_repository_permission = \"read\"\n\
         [organization.regulated]\ndefault_repository_permission = \"none\"\n",
    );
    let wants = |name: &str| {
        let observed = Observed::empty(Subject::new(SubjectKind::Organization, "ghec", name));
        world.resolve(&observed).resolved.expectations[0].constraint.to_string()
    };
    assert_eq!((wants("acme").as_str(), wants("regulated").as_str()), ("\"read\"", "\"none\""));
}

/// What names an organization may stand before, or in a file before, the forge that lists it.
#[test]
fn forges_are_read_first() {
    let world = World::of_files(&[
        (
            "policy.toml",
            "extends = [\"base.toml\"]\n[[forge]]\nname = \"ghec\"\nkind = \"github\"\norganizations = [\"acme\"]\n",
        ),
        ("base.toml", "[organization.acme]\ndescription = { absent = false }\n"),
    ]);
    assert_eq!(world.policy.statements.len(), 1);
}

#[test]
fn a_floor_sets_aside_what_it_extends_and_holds_for_the_rest() {
    let floor = "floor = true\nextends = [\"base.toml\"]\n";
    let policy = |tests: &str| {
        World::try_files(&[
            ("policy.toml", &format!("extends = [\"floor.toml\"]\n{tests}")),
            ("floor.toml", &format!("{floor}{}", ask("", "{ at_least = 2 }"))),
            ("base.toml", &ask("", "1")),
        ])
    };
    let world = policy("").unwrap_or_else(|p| panic!("{}", p[0]));
    assert_eq!(world.wants(json!({}), APPROVALS), "at least 2, by everywhere, over everywhere");
    let world = policy(&ask("", "3")).unwrap_or_else(|p| panic!("{}", p[0]));
    assert!(world.wants(json!({}), APPROVALS).starts_with("3, by everywhere"));
    assert!(policy(&ask("", "{ at_least = 1 }")).is_err());
    assert!(policy(&ask("override.\"acme/widgets\".", "{ unmanaged = true }")).is_err());
}

#[test]
fn what_a_floor_names_is_added_to_and_never_taken_away() {
    let world = World::of_files(&[
        (
            "policy.toml",
            "extends = [\"floor.toml\"]\n[branch.\"~default\"]\nrequired_checks = { contains = [\"test\"] }\n",
        ),
        ("floor.toml", "floor = true\n[branch.\"~default\"]\nrequired_checks = { contains = [\"scan\"] }\n"),
    ]);
    let wants = world.wants(json!({}), "branch.required_checks");
    assert!(wants.starts_with("contains [\"scan\", \"test\"]"), "{wants}");
}

/// Statements that cannot meet are told only of the subjects where they do.
#[test]
fn profiles_that_never_meet_are_no_conflict() {
    let text =
        format!("{}{}{}", TWO.replacen("\"x\"", "\"y\"", 1), ask("profile.a.", "1"), ask("profile.b.", "2"));
    let world = World::new(&text);
    assert_eq!(world.wants(json!({"topics": ["y"]}), APPROVALS), "1, by profile a");
    assert_eq!(world.wants(json!({"topics": ["x"]}), APPROVALS), "2, by profile b");
}

#[test]
fn subjects_of_equal_reach_share_what_is_wanted() {
    let world = World::new(&ask("", "1"));
    let resolver = Resolver::new(&world.policy, &world.catalog);
    let other = Observed::empty(Subject::new(SubjectKind::Repository, "ghec", "acme/gadgets"));
    let (one, two) =
        (resolver.resolve(&world.widgets(json!({}))).resolved, resolver.resolve(&other).resolved);
    assert!(Arc::ptr_eq(&one, &two));
}

#[test]
fn a_file_is_known_again_by_whatever_path() {
    let world = World::of_files(&[
        ("policy.toml", "extends = [\"base.toml\", \"./parts/../base.toml\"]\ninclude = [\"*.toml\"]\n"),
        ("base.toml", &ask("", "1")),
        ("parts/notes.txt", ""),
    ]);
    let names: Vec<_> = world.policy.sources.iter().filter_map(|s| Path::new(&*s.name).file_name()).collect();
    assert_eq!(names, ["base.toml", "policy.toml"]);
}
