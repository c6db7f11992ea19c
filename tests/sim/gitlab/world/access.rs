//! How much somebody may do to a group or project.

use serde_json::Value;

use super::{Holder, HolderKind, Identity, World};

pub const OWNER: u64 = 50;
/// Above every role.
pub const ADMINISTRATOR: u64 = 100;

/// `any` is whoever sees it.
pub fn level_named(role: &str) -> Option<u64> {
    Some(match role {
        "any" => 0,
        "guest" => 10,
        "planner" => 15,
        "reporter" => 20,
        "developer" => 30,
        "maintainer" => 40,
        "owner" => OWNER,
        "admin" => ADMINISTRATOR,
        _ => return None,
    })
}

impl World {
    /// The access level of the caller; none where the subject is hidden from it.
    pub fn level(&self, caller: &Identity, holder: &Holder) -> Option<u64> {
        if caller.administrator && !self.gitlab_com {
            return Some(ADMINISTRATOR);
        }
        if holder.kind == HolderKind::Instance {
            return Some(0);
        }
        // Nobody administers gitlab.com, and who is not told apart may do what owners do.
        if self.gitlab_com && self.identities.is_empty() {
            return Some(OWNER);
        }
        let level = self.membership(caller, holder);
        if level > 0 {
            return Some(level);
        }
        let open = match holder.told("visibility").as_str() {
            Some("public") => true,
            Some("internal") => !self.gitlab_com,
            _ => false,
        };
        // Members of something within a group see the group.
        let within = || {
            let below = self.groups_of(holder, true).chain(self.projects_of(holder, true));
            below.into_iter().any(|below| own(caller, below) > 0)
        };
        (open || holder.kind == HolderKind::Group && within()).then_some(0)
    }

    /// By direct and inherited membership and by invited groups; zero for none.
    fn membership(&self, caller: &Identity, holder: &Holder) -> u64 {
        std::iter::once(holder)
            .chain(self.above(holder))
            .map(|at| own(caller, at).max(self.invited(caller, at)))
            .max()
            .unwrap_or(0)
    }

    fn invited(&self, caller: &Identity, holder: &Holder) -> u64 {
        let shares = holder.told("shared_with_groups");
        let shares = shares.as_array().map_or(&[][..], Vec::as_slice);
        shares
            .iter()
            .filter_map(|share| {
                let group = self.groups.get(share["group_full_path"].as_str()?)?;
                let inside =
                    std::iter::once(group).chain(self.above(group)).map(|at| own(caller, at)).max()?;
                Some(inside.min(share["group_access_level"].as_u64()?))
            })
            .max()
            .unwrap_or(0)
    }
}

fn own(caller: &Identity, holder: &Holder) -> u64 {
    let role = caller.roles.get(&holder.path).copied().unwrap_or(0);
    let member =
        holder.stated_list("/members").iter().find(|member| member["username"] == caller.username.as_str());
    role.max(member.and_then(|member| member["access_level"].as_u64()).unwrap_or(0))
}

/// What a list of members says of each, the highest level of each username once.
pub fn merged<'v>(members: impl Iterator<Item = &'v Value>) -> Vec<Value> {
    let mut merged: Vec<Value> = Vec::new();
    for member in members {
        match merged.iter_mut().find(|known| known["username"] == member["username"]) {
            Some(known) if known["access_level"].as_u64() < member["access_level"].as_u64() => {
                *known = member.clone()
            }
            Some(_) => {}
            None => merged.push(member.clone()),
        }
    }
    merged
}
