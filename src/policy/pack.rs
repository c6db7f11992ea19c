//! The packs that are compiled into the binary, and what each asks for, control by control.

use std::sync::Arc;

use super::document::{Policy, Statement};
use super::load::load_text;
use super::problem::Problem;
use crate::catalog::Catalog;
use crate::model::{Ask, Control, Lenses, Pack, Served, Severity};

/// A pack as it is compiled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackFile {
    /// Its name, as in `pack:NAME`.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub purpose: &'static str,
    /// The policy.
    pub text: &'static str,
}

/// Every pack, those that open doors first.
pub const PACKS: &[PackFile] = &[
    PackFile {
        name: "innersource",
        purpose: "Openness: fourteen types of project and the types of team of a company that works as open source does",
        text: include_str!("../../policies/innersource.toml"),
    },
    PackFile {
        name: "openssf-scm",
        purpose: "Security: the OpenSSF's best practices for source code platforms",
        text: include_str!("../../policies/openssf-scm.toml"),
    },
    PackFile {
        name: "cis-source-code",
        purpose: "Security: the source code section of the CIS supply chain guide, number by number",
        text: include_str!("../../policies/cis-source-code.toml"),
    },
    PackFile {
        name: "slsa-source",
        purpose: "Security: what the levels of the SLSA Source track take of settings",
        text: include_str!("../../policies/slsa-source.toml"),
    },
    PackFile {
        name: "scorecard-settings",
        purpose: "Security: the checks of OpenSSF Scorecard that follow from settings, tier by tier",
        text: include_str!("../../policies/scorecard-settings.toml"),
    },
    PackFile {
        name: "instance-hardening",
        purpose: "Security: what the administrators of a GitLab server of one's own decide",
        text: include_str!("../../policies/instance-hardening.toml"),
    },
    PackFile {
        name: "governance-repo",
        purpose: "Both: the repository that holds the policies is itself open to proposals, and protected",
        text: include_str!("../../policies/governance-repo.toml"),
    },
];

/// The pack of that name.
pub fn pack(name: &str) -> Option<&'static PackFile> {
    PACKS.iter().find(|pack| pack.name == name)
}

impl PackFile {
    /// What it asks for, control by control.
    ///
    /// # Errors
    /// Its mistakes, if it had any: the packs are tested to have none.
    pub fn contents(&self, catalog: &Catalog) -> Result<Pack, Vec<Problem>> {
        let mut catalog = catalog.clone();
        let (policy, _) = load_text(&format!("pack:{}", self.name), self.text, &mut catalog)?;
        let controls = policy.controls.iter().map(|control| served(control, &policy, &catalog)).collect();
        let plain = policy.statements.iter().filter(|s| s.controls.is_empty()).map(|s| ask(s, &catalog));
        Ok(Pack {
            name: self.name,
            purpose: self.purpose,
            controls,
            plain: plain.collect(),
            profiles: policy.profiles.iter().map(|p| Arc::clone(&p.name)).collect(),
            text: self.text,
        })
    }
}

fn served(control: &Arc<Control>, policy: &Policy, catalog: &Catalog) -> Served {
    let lines = || policy.statements.iter().filter(|s| s.controls.contains(control));
    let settings = || lines().map(|s| catalog.get(s.setting));
    let severity = control.severity.or_else(|| settings().map(|s| s.severity).max());
    let of_settings = || settings().flat_map(|s| s.lenses.iter()).collect();
    let lenses: Lenses = control.lenses.unwrap_or_else(of_settings);
    let asks = lines().map(|s| ask(s, catalog)).collect();
    Served { control: Arc::clone(control), severity: severity.unwrap_or(Severity::Medium), lenses, asks }
}

fn ask(statement: &Statement, catalog: &Catalog) -> Ask {
    Ask {
        layer: statement.layer.clone(),
        of: statement.of,
        setting: statement.setting,
        key: statement.key.clone(),
        constraint: statement.constraint.clone(),
        stage: catalog.get(statement.setting).stage,
    }
}
