//! The rules that protect a branch on GitLab, and how one is made or mended. What a group has set cannot
//! be edited in the project, and a rule for several branches is not changed for the sake of one.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::draft::{Draft, Subject, merge};
use super::gitlab_branch::field;
use super::own::Written;
use crate::catalog::segment;
use crate::model::{Collection, Item, Observation, Request, Value, means_key};

/// Roles that may push, by their words and GitLab's numbers.
/// Source: docs.gitlab.com, "Protected branches API", access levels.
const ROLES: [(&str, u64); 3] = [("developer", 30), ("maintainer", 40), ("administrator", 60)];

/// The rules for whatever branch. They protect none, by which they are known where their names come in another language.
const BROAD: [&str; 2] = ["All branches", "All protected branches"];

/// What a rule is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// History cannot be rewritten.
    NoForcePush,
    /// Owners of the files have to approve.
    CodeOwners,
    /// Nobody pushes past review.
    NobodyPushes,
}

/// The rules of a project, and those that protect one branch.
pub(super) struct Rules<'a> {
    /// The branch.
    pub branch: &'a str,
    /// Everything that GitLab shows as a rule.
    pub all: &'a [Item],
    /// Those that protect the branch.
    pub protecting: Vec<&'a Item>,
}

impl<'a> Rules<'a> {
    /// The rules for a branch; none where not all are known.
    pub(super) fn of(subject: Subject<'a>, branch: &'a str) -> Option<Self> {
        let Some(Collection::Complete(all)) = subject.observed.kind("branch_rule") else { return None };
        let mut rules = Self { branch, all, protecting: Vec::new() };
        for rule in all.iter().filter(|rule| means_key(&rule.key, branch)) {
            if is(subject, rule, "protected")? {
                rules.protecting.push(rule);
            }
        }
        Some(rules)
    }

    /// Whether a rule holds for whatever branch is protected, without protecting one itself.
    pub(super) fn is_broad(subject: Subject<'_>, rule: &Item) -> bool {
        BROAD.contains(&rule.key.as_str()) || is(subject, rule, "protected") == Some(false)
    }

    /// Whether a rule for that pattern would reach no branch that another protects: of several rules the
    /// loosest says who may push.
    pub(super) fn leave_to(&self, subject: Subject<'_>, pattern: &str) -> bool {
        let meets = |rule: &&Item| rule.key.contains('*') || means_key(pattern, &rule.key);
        let mut protecting = self.all.iter().filter(|rule| is(subject, rule, "protected") != Some(false));
        !protecting.any(|rule| meets(&rule))
    }

    /// Makes a rule that asks for no more than it must: whoever could push and merge still can.
    pub(super) fn make(
        &self,
        draft: &mut Draft,
        subject: Subject<'_>,
        name: &str,
        wish: Option<Wish>,
    ) -> Written {
        let path = subject.path("/projects/{id}/protected_branches");
        let wanted = match wish {
            Some(Wish::CodeOwners) => field("code_owner_approval_required", true),
            Some(Wish::NobodyPushes) => field("push_access_level", 0),
            Some(Wish::NoForcePush) | None => json!({}),
        };
        let made = draft.requests.iter().position(|r| r.path == path && r.body["name"] == name);
        let request = made.unwrap_or_else(|| {
            draft.request(Request {
                method: "POST".into(),
                path: path.clone(),
                body: json!({
                    "name": name, "push_access_level": 30, "merge_access_level": 30, "allow_force_push": false,
                }),
                reads: BTreeMap::new(),
            })
        });
        merge(&mut draft.requests[request].body, wanted);
        let path = format!("{path}/{}", segment(name));
        let back = Request { method: "DELETE".into(), path, body: Json::Null, reads: BTreeMap::new() };
        (request, Some(draft.fields_back(back)))
    }

    /// Changes the rules that stand against a wish.
    ///
    /// # Errors
    /// Why one of them cannot be changed here, and who can.
    pub(super) fn mend(
        &self,
        draft: &mut Draft,
        subject: Subject<'_>,
        wish: Wish,
    ) -> Result<Vec<Written>, String> {
        let flag = |draft: &mut Draft, rule: &Item, name: &str, on: bool| {
            let path = self.path(subject, rule);
            let request = |on: bool| Request {
                method: "PATCH".into(),
                path: path.clone(),
                body: field(name, on),
                reads: BTreeMap::new(),
            };
            (draft.fields(request(on)), Some(draft.fields_back(request(!on))))
        };
        match wish {
            Wish::NoForcePush => {
                let of_groups = |rule: &&&Item| is(subject, rule, "group_level") == Some(true);
                let any = self.protecting.iter().any(|rule| of_groups(&rule));
                let counting = self.protecting.iter().filter(|rule| !any || of_groups(rule));
                let standing = counting.filter(|rule| is(subject, rule, "allow_force_push") != Some(false));
                let one = |rule: &&Item| {
                    self.editable(subject, rule)?;
                    Ok(flag(draft, rule, "allow_force_push", false))
                };
                standing.map(one).collect()
            }
            Wish::CodeOwners => {
                let own = self.protecting.iter().find(|rule| self.editable(subject, rule).is_ok());
                let Some(rule) = own else {
                    let why = self.protecting.iter().find_map(|rule| self.editable(subject, rule).err());
                    return Err(why.unwrap_or_default());
                };
                Ok(vec![flag(draft, rule, "code_owner_approval_required", true)])
            }
            Wish::NobodyPushes => self.nobody_pushes(draft, subject),
        }
    }

    fn nobody_pushes(&self, draft: &mut Draft, subject: Subject<'_>) -> Result<Vec<Written>, String> {
        let mut written = Vec::new();
        for rule in &self.protecting {
            let who: Vec<&str> = match reading(subject, rule, "push_access") {
                Some(Observation::Known(who)) => who.texts().filter(|word| *word != "nobody").collect(),
                Some(Observation::Absent) => Vec::new(),
                _ => return Err("who may push is not known".into()),
            };
            if who.is_empty() {
                continue;
            }
            self.editable(subject, rule)?;
            let levels: Option<Vec<u64>> = who.iter().map(|word| number(word)).collect();
            let Some(levels) = levels else {
                return Err(format!(
                    "people, groups or keys may push by name ({}): who maintains the project takes them out",
                    who.join(", ")
                ));
            };
            let path = self.path(subject, rule);
            let read = |level: u64| format!("GET {path} :: push_access_levels[access_level={level}].id");
            let (mut out, mut back) = (Vec::new(), Vec::new());
            let mut reads = BTreeMap::new();
            for (i, level) in levels.iter().enumerate() {
                let name = format!("push_{level}");
                let id = format!("{{{name}}}");
                reads.insert(name, read(*level));
                out.push(if i == 0 {
                    json!({"id": id, "access_level": 0})
                } else {
                    json!({"id": id, "_destroy": true})
                });
                back.push(if i == 0 {
                    json!({"id": "{push_0}", "access_level": level})
                } else {
                    json!({"access_level": level})
                });
            }
            let request = |entries: Vec<Json>, reads| Request {
                method: "PATCH".into(),
                path: path.clone(),
                body: field("allowed_to_push", entries),
                reads,
            };
            let from = BTreeMap::from([("push_0".to_owned(), read(0))]);
            written.push((draft.fields(request(out, reads)), Some(draft.fields_back(request(back, from)))));
        }
        Ok(written)
    }

    /// Whether a rule can be changed in the project for this branch alone.
    fn editable(&self, subject: Subject<'_>, rule: &Item) -> Result<(), String> {
        if is(subject, rule, "group_level") == Some(true) {
            return Err(format!(
                "rule \"{}\" comes from a group above and cannot be edited in the project: an owner of the group can",
                rule.key
            ));
        }
        if rule.key != self.branch {
            return Err(format!(
                "rule \"{}\" reaches other branches, too: change it there, or give the branch a rule of its own",
                rule.key
            ));
        }
        Ok(())
    }

    fn path(&self, subject: Subject<'_>, rule: &Item) -> String {
        subject.path(&format!("/projects/{{id}}/protected_branches/{}", segment(&rule.key)))
    }
}

fn number(word: &str) -> Option<u64> {
    ROLES.iter().find(|(role, _)| *role == word).map(|(_, number)| *number)
}

fn reading<'o>(subject: Subject<'o>, rule: &'o Item, name: &str) -> Option<&'o Observation> {
    rule.readings.as_ref()?.get(subject.catalog.id(&format!("branch_rule.{name}"))?)
}

/// A switch of a rule; none where it is not known.
fn is(subject: Subject<'_>, rule: &Item, name: &str) -> Option<bool> {
    match reading(subject, rule, name)? {
        Observation::Known(value) => Some(*value == Value::Bool(true)),
        Observation::Absent | Observation::Unsupported { .. } => Some(false),
        _ => None,
    }
}
