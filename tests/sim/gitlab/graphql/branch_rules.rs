//! Branch rules: protected branches with the approvals and checks that go with them.

use serde_json::{Value, json};

use super::lists::{self, user};
use super::names::{gid, object};
use super::root::Scene;
use crate::sim::gitlab::world::{Holder, Tier};
use crate::sim::graphql::Answer;
use crate::sim::world::fnmatch;

pub fn listed<'w>(scene: Scene<'w>, project: &'w Holder, level: u64) -> Answer<'w> {
    let of = |suffix: &str| lists::items(scene, project, level, suffix);
    // Rules that may not be read are taken out of the list, which then looks as if none were there.
    let Some(mut branches) = of("/protected_branches") else { return Answer::page(std::iter::empty()) };
    branches.sort_by_key(|branch| branch["name"].as_str().unwrap_or_default().to_owned());
    let approvals = of("/approval_rules").unwrap_or_default();
    let checks = of("/external_status_checks").unwrap_or_default();
    let everywhere = |rule: &&Value| {
        rule["applies_to_all_protected_branches"] != true
            && rule["protected_branches"].as_array().is_none_or(Vec::is_empty)
    };
    let protected = |rule: &&Value| rule["applies_to_all_protected_branches"] == true;
    let paid = scene.world.tier > Tier::Free;
    let mut rules = Vec::new();
    let mut tell = |name: &str, branch: Option<&Value>, approvals: Vec<&Value>, checks: Vec<&Value>| {
        rules.push(rule(scene, project, name, branch, &approvals, &checks));
    };
    let (all, all_checks): (Vec<&Value>, Vec<&Value>) =
        (approvals.iter().filter(everywhere).collect(), checks.iter().filter(everywhere).collect());
    if paid && !(all.is_empty() && all_checks.is_empty()) {
        tell("All branches", None, all, all_checks);
    }
    let of_protected: Vec<&Value> = approvals.iter().filter(protected).collect();
    if paid && !of_protected.is_empty() {
        tell("All protected branches", None, of_protected, Vec::new());
    }
    for branch in &branches {
        let names = |rule: &&Value| {
            let named = rule["protected_branches"].as_array();
            named.is_some_and(|named| {
                named.iter().any(|named| named["id"] == branch["id"] || named["name"] == branch["name"])
            }) && rule["applies_to_all_protected_branches"] != true
        };
        let name = branch["name"].as_str().unwrap_or_default();
        tell(
            name,
            Some(branch),
            approvals.iter().filter(names).collect(),
            checks.iter().filter(names).collect(),
        );
    }
    Answer::page(rules.into_iter().map(Answer::Value))
}

fn rule(
    scene: Scene<'_>,
    project: &Holder,
    name: &str,
    branch: Option<&Value>,
    approvals: &[&Value],
    checks: &[&Value],
) -> Value {
    let default = project.default_branch();
    let matches =
        !project.files.is_empty() && (branch.is_none() || fnmatch(name, &default) || name == default);
    let paid = scene.world.tier > Tier::Free;
    json!({
        "id": branch.map_or_else(|| gid("Projects::CustomBranchRule", &json!(project.id)), |branch| gid("Projects::BranchRule", &branch["id"])),
        "name": name,
        "isDefault": branch.is_some() && name == default,
        "isProtected": branch.is_some(),
        "isGroupLevel": branch.is_some_and(|branch| branch["inherited"] == true),
        "matchingBranchesCount": u64::from(matches),
        "branchProtection": branch.map(|branch| protection(scene, branch)),
        "approvalRules": paid.then(|| approvals.iter().map(|rule| approval(rule)).collect::<Vec<_>>()),
        "externalStatusChecks": (scene.world.tier == Tier::Ultimate)
            .then(|| checks.iter().map(|check| Value::Object(object("MergeRequests::ExternalStatusCheck", check))).collect::<Vec<_>>()),
        "squashOption": null,
    })
}

fn protection(scene: Scene<'_>, branch: &Value) -> Value {
    let levels =
        |key: &str| -> Vec<Value> { branch[key].as_array().into_iter().flatten().map(level).collect() };
    let paid = scene.world.tier > Tier::Free;
    json!({
        "allowForcePush": branch["allow_force_push"],
        "codeOwnerApprovalRequired": paid && branch["code_owner_approval_required"] == true,
        "isGroupLevel": branch["inherited"] == true,
        "pushAccessLevels": levels("push_access_levels"),
        "mergeAccessLevels": levels("merge_access_levels"),
        "unprotectAccessLevels": paid.then(|| levels("unprotect_access_levels")),
    })
}

fn level(level: &Value) -> Value {
    let named = |kind: &str, key: &str| match &level[key] {
        Value::Null => Value::Null,
        id => {
            json!({ "id": gid(kind, id), "name": level["name"], "username": level["username"], "title": level["title"] })
        }
    };
    json!({
        "accessLevel": level["access_level"],
        "accessLevelDescription": level["access_level_description"],
        "user": named("User", "user_id"),
        "group": named("Group", "group_id"),
        "deployKey": named("DeployKey", "deploy_key_id"),
    })
}

fn approval(rule: &Value) -> Value {
    let users = |key: &str| -> Vec<Value> { rule[key].as_array().into_iter().flatten().map(user).collect() };
    let kind = if rule["report_type"].is_string() {
        "report_approver"
    } else {
        rule["rule_type"].as_str().unwrap_or("regular")
    };
    json!({
        "id": gid("ApprovalProjectRule", &rule["id"]),
        "name": rule["name"],
        "type": kind.to_uppercase(),
        "approvalsRequired": rule["approvals_required"],
        "eligibleApprovers": users("eligible_approvers"),
    })
}
