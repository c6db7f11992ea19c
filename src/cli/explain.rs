//! `explain`: one setting of one subject, from the line that asked to what is seen.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use miette::{IntoDiagnostic, Result, miette};

use super::audit::From;
use super::exit::Exit;
use super::reading::Reading;
use super::{opening, terminal};
use crate::catalog::{Catalog, Demand, ForgeKind, Setting, nearest};
use crate::engine::{Judged, Tally};
use crate::forge::snapshot::{LineReader, for_each};
use crate::model::{Expectation, Finding, Observation, Observed, Subject};
use crate::policy::Policy;
use crate::report::wrapped;
use crate::run::{Auditor, Outcome, Place, sources, wanted, wanted_of_snapshot};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// The subject: `ghec:acme/widgets`, or `acme/widgets`
    subject: String,
    /// The setting: `repository.topics`, or `branch[~default].required_approvals`
    setting: String,
    /// The policy file, or a folder with a policy.toml
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    from: From,
}

/// A subject that was found, with what surrounds it.
struct Found {
    observed: Observed,
    organization: Option<Observed>,
    forge: ForgeKind,
}

impl Explain {
    pub(super) fn run(self) -> Result<Exit> {
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let (setting, key) = self.setting(&catalog)?;
        let places = sources(&policy, &self.from.sources())?;
        let demand = wanted(&policy, &catalog, None);
        let Some(found) = self.find(&places, &policy, &catalog, &demand)? else {
            let help =
                "write it as `audit` names it: organization/repository, or forge:organization/repository";
            return Err(miette!(
                code = "explain::no_subject",
                help = help,
                "no subject is named `{}`",
                self.subject
            ));
        };
        let today = chrono::Local::now().date_naive();
        let auditor = Auditor::new(&policy, &catalog, today, true, None);
        terminal::show(|out| {
            let mut explained =
                Explained { out, catalog: &catalog, policy: &policy, auditor: &auditor, found: &found };
            explained.write(setting, key.as_deref())
        })?;
        Ok(Exit::AsWanted)
    }

    /// The setting, and the key between brackets.
    fn setting<'c>(&self, catalog: &'c Catalog) -> Result<(&'c Setting, Option<String>)> {
        let (plain, key) = match (self.setting.find('['), self.setting.rfind(']')) {
            (Some(open), Some(close)) if open < close => {
                let key = self.setting[open + 1..close].to_owned();
                (format!("{}{}", &self.setting[..open], &self.setting[close + 1..]), Some(key))
            }
            _ => (self.setting.clone(), None),
        };
        let found = catalog.find(&plain);
        let setting = found.ok_or_else(|| {
            let near = nearest(&plain, catalog.settings().map(|s| &*s.key));
            let help = near.map_or_else(
                || "`ispo-scm settings` lists them all".to_owned(),
                |n| format!("did you mean `{n}`?"),
            );
            miette!(code = "explain::no_setting", help = help, "there is no setting `{plain}`")
        })?;
        Ok((setting, key))
    }

    fn find(
        &self,
        places: &[Place],
        policy: &Policy,
        catalog: &Catalog,
        demand: &Demand,
    ) -> Result<Option<Found>> {
        let found: RefCell<Option<Found>> = RefCell::new(None);
        let keep = |observed: &Observed, organization: Option<&Observed>, forge| {
            if observed.subject.is_named_by(&self.subject) && found.borrow().is_none() {
                *found.borrow_mut() =
                    Some(Found { observed: observed.clone(), organization: organization.cloned(), forge });
            }
        };
        let reading = Reading::plain()?;
        let whole = Arc::new(demand.clone());
        let narrow = |observed: &Observed| match observed.subject.is_named_by(&self.subject) {
            true => Arc::clone(&whole),
            false => Arc::default(),
        };
        let live = reading.live(catalog, demand, &narrow);
        for place in places {
            match place {
                Place::Snapshot { name, path } => {
                    let demand = wanted_of_snapshot(demand, catalog);
                    let reader = LineReader::new(catalog, Some(&demand));
                    let named = |o: &Observed| o.subject.is_named_by(&self.subject);
                    let work = |context: &crate::forge::snapshot::Context, subjects: Vec<Observed>| {
                        subjects.into_iter().find(named).map(|o| {
                            let above = context
                                .organizations
                                .get(o.subject.organization())
                                .map(|a| Observed::clone(a));
                            (o, above, context.header.forge_kind())
                        })
                    };
                    for_each(path, &reader, name.as_ref(), work, |one| {
                        if let Some((observed, above, forge)) = one {
                            keep(&observed, above.as_ref(), forge);
                        }
                    })
                    .into_diagnostic()?;
                }
                Place::Github { name, url, organizations, enterprise } => {
                    let path = self.subject.split_once(':').map_or(self.subject.as_str(), |(_, p)| p);
                    let organization = path.split('/').next().unwrap_or(path);
                    let mut asked: Vec<String> = organizations
                        .iter()
                        .filter(|o| o.eq_ignore_ascii_case(organization))
                        .cloned()
                        .collect();
                    // What an enterprise has is not known here; its own word on the name is.
                    if asked.is_empty() && enterprise.is_some() {
                        asked.push(organization.to_owned());
                    }
                    let place = Place::Github {
                        name: Arc::clone(name),
                        url: url.clone(),
                        organizations: asked,
                        enterprise: None,
                    };
                    let mut outcome = Outcome::empty(policy.waivers.len());
                    reading.wait(live.read(&place, &mut outcome, |o, forge, _| keep(o, None, forge)));
                    if let Some(unread) = outcome.unread.first() {
                        return Err(miette!("{} was not read: {}", unread.address, unread.why));
                    }
                }
                Place::Gitlab { name, .. } => {
                    terminal::warn(&format!("forge {name}: this release reads GitLab from snapshots only"));
                }
            }
        }
        Ok(found.into_inner())
    }
}

struct Explained<'a> {
    out: &'a mut dyn Write,
    catalog: &'a Catalog,
    policy: &'a Policy,
    auditor: &'a Auditor<'a>,
    found: &'a Found,
}

impl Explained<'_> {
    fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        let lines = wrapped(text, terminal::width(), "            ");
        writeln!(self.out, "{label:<12}{}", lines.join("\n").trim_start())
    }

    fn write(&mut self, setting: &Setting, key: Option<&str>) -> io::Result<()> {
        let found = self.found;
        let subject: &Subject = &found.observed.subject;
        let resolution = self.auditor.resolver().resolve(&found.observed);
        let resolved = &resolution.resolved;
        let named = |names: &[Arc<str>]| names.iter().map(|n| &**n).collect::<Vec<_>>().join(", ");
        writeln!(self.out, "{subject}\n")?;
        if resolution.left_out {
            self.line("left out", "it is archived, and no profile asks for archived repositories")?;
        }
        self.line(
            "profiles",
            &if resolved.profiles.is_empty() { "none".to_owned() } else { named(&resolved.profiles) },
        )?;
        if !resolution.undecided.is_empty() {
            self.line(
                "undecided",
                &format!("{}: what they select by is unknown", named(&resolution.undecided)),
            )?;
        }
        if !self.policy.teams.is_empty() {
            self.line(
                "owned by",
                &if resolved.owners.is_empty() {
                    "no team of the policy".to_owned()
                } else {
                    named(&resolved.owners)
                },
            )?;
        }
        let asked = |e: &&Arc<Expectation>| {
            e.setting == setting.id && key.is_none_or(|k| e.key.as_deref() == Some(k))
        };
        let wishes: Vec<Arc<Expectation>> = resolved.expectations.iter().filter(asked).cloned().collect();
        let judged = Judged {
            observed: &found.observed,
            organization: found.organization.as_ref(),
            forge: found.forge,
            owners: &resolved.owners,
        };
        if wishes.is_empty() {
            writeln!(self.out)?;
            self.line("wanted", &format!("nothing: no line of the policy asks for {} here", setting.key))?;
            let keyed = self.catalog.is_keyed(setting);
            if !keyed || key.is_some() {
                for (item, seen) in self.auditor.judge().observe(setting, key, judged) {
                    self.seen(item.as_deref(), &seen.observation, &seen.sources)?;
                }
            }
            return Ok(());
        }
        let mut findings = Vec::new();
        self.auditor.judge().judge(&wishes, judged, &mut Tally::default(), &mut findings);
        for wish in &wishes {
            writeln!(self.out)?;
            self.wish(setting, wish)?;
            for finding in findings.iter().filter(|f| Arc::ptr_eq(&f.expectation, wish)) {
                self.finding(finding)?;
            }
        }
        Ok(())
    }

    fn wish(&mut self, setting: &Setting, wish: &Expectation) -> io::Result<()> {
        let name = match &wish.key {
            Some(key) => format!("{}[{key}].{}", setting.group, setting.name()),
            None => setting.key.to_string(),
        };
        self.line("setting", &name)?;
        self.line("wanted", &format!("{} ({})", wish.constraint, wish.severity))?;
        self.line("  by", &format!("{} ({})", wish.origin, wish.layer))?;
        if let Some(why) = &wish.why {
            self.line("  because", why)?;
        }
        for control in &wish.controls {
            self.line("  control", &format!("{}: {}", control.name, control.title))?;
            if let Some(remedy) = &control.remedy {
                self.line("  remedy", remedy)?;
            }
            if let Some(pattern) = &control.pattern {
                self.line("  pattern", &format!("{}, {}", pattern.name, pattern.link))?;
            }
        }
        for also in &wish.also {
            self.line("  with", &also.to_string())?;
        }
        for over in &wish.overridden {
            let wanted = over.constraint.as_ref().map_or("unmanaged".to_owned(), ToString::to_string);
            self.line("  over", &format!("{wanted}, by {} ({})", over.origin, over.layer))?;
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.seen(finding.item.as_deref(), &finding.observed, &finding.sources)?;
        let mut verdict = finding.verdict.to_string();
        if let Some(reason) = &finding.reason {
            verdict.push_str(&format!(": {reason}"));
        }
        if let Some(waiver) = finding.waiver.and_then(|i| self.policy.waivers.get(i)) {
            verdict.push_str(&format!(
                " ({} until {}, {}: {})",
                waiver.owner, waiver.expires, waiver.origin, waiver.reason
            ));
        }
        self.line("verdict", &verdict)
    }

    fn seen(&mut self, item: Option<&str>, observation: &Observation, sources: &[String]) -> io::Result<()> {
        let seen = match observation {
            Observation::Known(value) => value.to_string(),
            Observation::Absent => "absent".to_owned(),
            Observation::Unknown { needs } => format!("unknown: needs {needs}"),
            Observation::Unsupported { why } => format!("not applicable: {why}"),
            Observation::Bound { value, needs } => format!("{value}, or stricter: the rest needs {needs}"),
        };
        let seen = item.map_or_else(|| seen.clone(), |item| format!("{seen} (branch {item})"));
        self.line("observed", &seen)?;
        sources.iter().try_for_each(|source| self.line("  from", source))
    }
}
