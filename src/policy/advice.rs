//! Which packs suit an organization: a few answers in, a reasoned choice out. Nothing is asked here.

use std::sync::Arc;

use super::document::{Policy, Statement};
use super::load::load_text;
use super::pack::{PACKS, PackFile};
use super::problem::Problem;
use crate::catalog::{Catalog, ForgeKind};
use crate::model::{Advice, Constraint, Decision, Layer, Side};

/// How many teams share the forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// One team, or a few.
    Small,
    /// Some dozens of teams or hundreds of repositories.
    Medium,
    /// More than one person can know.
    Large,
}

/// Where the code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forges {
    /// On GitHub.
    Github,
    /// On GitLab.
    Gitlab,
    /// On both.
    Both,
}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Nothing.
    Free,
    /// GitHub Team or Enterprise, GitLab Premium or Ultimate.
    Paid,
    /// The same on a server of one's own.
    OwnServer,
}

/// How people from other teams bring a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From a fork.
    Fork,
    /// From a branch in the same repository.
    Branch,
}

/// Who owns the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entities {
    /// One legal entity.
    One,
    /// Several, under one roof.
    Several,
}

/// What somebody said of their organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// How many teams there are.
    pub size: Size,
    /// Where the code is.
    pub forges: Forges,
    /// What is paid for.
    pub tier: Tier,
    /// Whether law, contract or an auditor asks for proof.
    pub regulated: bool,
    /// How a stranger brings a change.
    pub way: Way,
    /// Who owns the code.
    pub entities: Entities,
}

/// Picks packs.
///
/// # Errors
/// Mistakes of a pack, if it had any: they are tested to have none.
pub fn advise(answers: Answers, catalog: &Catalog) -> Result<Advice, Vec<Problem>> {
    let (mut picks, mut others) = (Vec::new(), Vec::new());
    for pack in PACKS {
        let (picked, why) = reason(pack.name, answers);
        let list = if picked { &mut picks } else { &mut others };
        list.push((pack.name, why.to_owned()));
    }
    let mut loaded: Vec<(&PackFile, Policy)> = Vec::new();
    for pack in PACKS.iter().filter(|p| picks.iter().any(|(name, _)| *name == p.name)) {
        let (policy, _) = load_text(&format!("pack:{}", pack.name), pack.text, &mut catalog.clone())?;
        loaded.push((pack, policy));
    }
    let mut notes = notes(answers);
    if ["innersource", "openssf-scm"].iter().all(|both| picks.iter().any(|(name, _)| name == both)) {
        notes.push("openssf-scm forbids forks of private repositories. One that is of an open type all the same, by its topic, is told by `audit` with both lines.".to_owned());
    }
    notes.extend(paid_for(answers, &loaded, catalog));
    Ok(Advice { notes, decisions: decisions(answers, &loaded, catalog), picks, others })
}

/// Whether a pack is picked, and why, or why not.
fn reason(pack: &str, answers: Answers) -> (bool, &'static str) {
    let Answers { size, forges, tier, regulated, .. } = answers;
    match pack {
        "innersource" => (true, "people find, read and improve what other teams made: the point of it all"),
        "openssf-scm" if regulated => {
            (false, "cis-source-code asks for much the same, by the numbers that auditors know")
        }
        "openssf-scm" if size == Size::Small => {
            (false, "most of it is for more people than you are; scorecard-settings is the short form")
        }
        "openssf-scm" => (true, "the broadest baseline of security, for both forges"),
        "cis-source-code" if regulated => {
            (true, "auditors ask by its numbers, and a report then answers them")
        }
        "cis-source-code" => (false, "openssf-scm or scorecard-settings will do until an auditor asks"),
        "slsa-source" if regulated => {
            (true, "who approves what is proven best where it is asked for by level")
        }
        "slsa-source" => {
            (false, "its levels are worth aiming for once somebody asks where your builds come from")
        }
        "scorecard-settings" if size == Size::Small && !regulated => {
            (true, "a dozen settings that protect the most, and the score that others look up")
        }
        "scorecard-settings" => {
            (false, "what it asks is in the broader packs; take it where the score itself matters")
        }
        "instance-hardening" if tier == Tier::OwnServer && forges != Forges::Github => {
            (true, "you run the server, so what its administrators decide is yours as well")
        }
        "instance-hardening" if tier == Tier::OwnServer => (
            false,
            "this release does not read an enterprise's policies on GitHub; `packs show` lists what to check there by hand",
        ),
        "instance-hardening" => (false, "the server is not yours to harden"),
        "governance-repo" => (true, "whoever can change the policy unseen can change everything unseen"),
        _ => (false, "it is for a purpose of its own"),
    }
}

fn notes(answers: Answers) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |text: &str| notes.push(text.to_owned());
    if answers.regulated {
        note(
            "Give the regulated repositories the topic `regulated`, and leave the others open: two reviews, signatures and bound administrators are then asked where they are owed.",
        );
    }
    if answers.entities == Entities::Several {
        note(
            "Agree on an InnerSource licence between the legal entities, and give what one of them has to keep to itself the topic `contained`. Where they have an organization or group each, write what differs under [organization.\"FORGE:NAME\"].",
        );
    }
    if answers.way == Way::Branch {
        note(
            "A stranger who brings a change from a branch needs a right to write. Let people join a team by themselves, or the fork stays the only way in that nobody has to grant.",
        );
    }
    if answers.way == Way::Fork && answers.forges != Forges::Github {
        note(
            "On GitLab a fork needs a namespace to go to: personal ones, or a group in which everybody may create projects.",
        );
    }
    if answers.size == Size::Small {
        note(
            "A team of a few may name its people instead of teams: [team.NAME] type = \"small\" takes that demand back.",
        );
    }
    if answers.size == Size::Large {
        note(
            "Begin with `audit` and `friction`, and look at what one setting of the organization would mend, before you plan repository by repository.",
        );
    }
    notes
}

/// What takes a plan that is not paid for.
fn paid_for(answers: Answers, loaded: &[(&PackFile, Policy)], catalog: &Catalog) -> Option<String> {
    if answers.tier != Tier::Free {
        return None;
    }
    let forges: &[ForgeKind] = match answers.forges {
        Forges::Github => &[ForgeKind::Github],
        Forges::Gitlab => &[ForgeKind::Gitlab],
        Forges::Both => &[ForgeKind::Github, ForgeKind::Gitlab],
    };
    let paid = |statement: &&Statement| {
        let setting = catalog.get(statement.setting);
        let tier = |forge: &ForgeKind| setting.on(*forge).binding()?.tier.clone();
        forges.iter().filter_map(tier).any(|tier| &*tier != "free")
    };
    let lines = loaded.iter().flat_map(|(_, policy)| policy.statements.iter()).filter(paid).count();
    (lines > 0).then(|| {
        format!("{lines} lines are about settings that take a paid plan. They are reported as not applicable, never as drift.")
    })
}

/// What two of the packs want that cannot be had together, once for each setting and pair of packs.
fn decisions(answers: Answers, loaded: &[(&PackFile, Policy)], catalog: &Catalog) -> Vec<Decision> {
    let mut found: Vec<Decision> = Vec::new();
    for (i, (first, one)) in loaded.iter().enumerate() {
        for (second, other) in &loaded[i + 1..] {
            for (a, b) in one.statements.iter().flat_map(|a| other.statements.iter().map(move |b| (a, b))) {
                let (Some(x), Some(y)) = (&a.constraint, &b.constraint) else { continue };
                let known = |d: &Decision| {
                    d.of == a.of
                        && d.setting == a.setting
                        && d.key == a.key
                        && d.sides[0].pack == first.name
                        && d.sides[1].pack == second.name
                };
                let same = a.setting == b.setting && a.key == b.key && a.of == b.of;
                if !same || !may_meet(&a.layer, &b.layer) || x.and(y).is_ok() || found.iter().any(known) {
                    continue;
                }
                let sides = [side(first.name, a, x), side(second.name, b, y)];
                let answered = answered(&catalog.get(a.setting).key, answers, &sides);
                let (of, setting, key) = (a.of, a.setting, a.key.clone());
                found.push(Decision { of, setting, key, sides, answered });
            }
        }
    }
    found
}

/// Whether both reach whatever there is. Types of project meet in some repositories alone, and an audit tells which.
fn may_meet(a: &Layer, b: &Layer) -> bool {
    *a == Layer::General && *b == Layer::General
}

fn side(pack: &'static str, statement: &Statement, constraint: &Constraint) -> Side {
    Side {
        pack,
        layer: statement.layer.clone(),
        constraint: constraint.clone(),
        control: statement.controls.first().map(|c| Arc::clone(&c.name)),
        why: statement.why.clone(),
    }
}

/// The side that the answers speak for: whoever wants forks keeps them open.
fn answered(setting: &str, answers: Answers, sides: &[Side; 2]) -> Option<usize> {
    let of = |pack: &str| sides.iter().position(|s| s.pack == pack);
    match setting {
        "organization.members_can_fork_private_repositories"
        | "organization.prevent_forking_outside_group"
            if answers.way == Way::Fork =>
        {
            of("innersource")
        }
        "organization.default_repository_permission" if answers.entities == Entities::One => {
            of("innersource")
        }
        "branch.require_up_to_date" if !answers.regulated => of("innersource"),
        _ => None,
    }
}
