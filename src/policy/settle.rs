//! Settles one setting: out of all that reaches a subject, one expectation, and whom it overrode.

use std::sync::Arc;

use super::contradiction::contradiction;
use super::document::{Policy, Statement};
use super::problem::Problem;
use crate::catalog::Catalog;
use crate::model::{Constraint, Control, Expectation, Layer, Origin, Overridden, Standing};

/// Settles the settings of one subject, and keeps what cannot be settled.
pub(super) struct Settling<'p> {
    pub policy: &'p Policy,
    pub catalog: &'p Catalog,
    pub problems: Vec<Problem>,
}

impl<'p> Settling<'p> {
    /// One expectation out of all statements about one setting, or none where it was taken back.
    pub(super) fn settle(&mut self, all: &[&'p Statement]) -> Option<Expectation> {
        let mut ranks: Vec<u8> = all.iter().map(|s| s.layer.rank()).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut settled: Option<Settled<'p>> = None;
        for rank in ranks {
            let layer: Vec<&Statement> = all.iter().filter(|s| s.layer.rank() == rank).copied().collect();
            settled = match (self.within_layer(&layer), settled) {
                (Some(step), Some(earlier)) => Some(self.lay_over(step, earlier)),
                (step, earlier) => step.or(earlier),
            };
        }
        let floors = all.iter().filter(|s| s.floor).map(|s| Settled::of(s)).collect();
        let floor = self.together(floors);
        let least = floor.as_ref().and_then(|f| f.constraint.clone());
        let settled = match (settled, floor) {
            (Some(above), Some(floor)) => self.under(above, floor),
            (above, floor) => above.or(floor)?,
        };
        for problem in &settled.problems {
            if !self.problems.contains(problem) {
                self.problems.push(problem.clone());
            }
        }
        let setting = self.catalog.get(settled.lead.setting);
        let severity = settled.chain().find_map(|s| s.severity).unwrap_or(setting.severity);
        let why = settled.chain().find_map(|s| s.why.clone());
        let fix = settled.chain().find_map(|s| s.fix.clone());
        let lenses = settled.chain().flat_map(|s| s.lenses().unwrap_or(setting.lenses).iter()).collect();
        let mut controls: Vec<Arc<Control>> = Vec::new();
        for control in settled.chain().flat_map(|s| &s.controls) {
            if !controls.contains(control) {
                controls.push(Arc::clone(control));
            }
        }
        let standing = Standing {
            owner: settled.chain().find_map(|s| s.owner.clone()),
            healthy: settled.chain().any(|s| s.healthy),
            decides: settled.decides.clone(),
        };
        Some(Expectation {
            setting: setting.id,
            key: settled.lead.key.clone(),
            constraint: settled.constraint?,
            severity,
            lenses,
            stage: setting.stage,
            why,
            fix,
            layer: settled.lead.layer.clone(),
            origin: settled.lead.origin.clone(),
            also: settled.also,
            overridden: settled.overridden,
            floor: least,
            watched: false,
            named: None,
            controls,
            standing,
        })
    }

    /// Within one layer, what each profile (or team, or address) comes to is laid over what those
    /// come to that it prevails over; what then nothing prevails over must hold together.
    fn within_layer(&self, layer: &[&'p Statement]) -> Option<Settled<'p>> {
        let mut names: Vec<&Layer> = Vec::new();
        for statement in layer {
            if !names.contains(&&statement.layer) {
                names.push(&statement.layer);
            }
        }
        let policy = self.policy;
        let prevails = |a: &Layer, b: &Layer| match (a, b) {
            (Layer::Profile(a), Layer::Profile(b)) => policy.prevails_over(a, b),
            _ => false,
        };
        // Whoever prevails over another also prevails over all below it, so it has more below it.
        names.sort_by_key(|name| names_below(name, layer, prevails));
        let mut done: Vec<(&Layer, Settled<'p>)> = Vec::new();
        for name in names {
            let own: Vec<&Statement> = layer.iter().filter(|s| s.layer == *name).copied().collect();
            let Some(own) = self.by_rank(&own) else { continue };
            let below = |(other, _): &&(&Layer, Settled<'p>)| prevails(name, other);
            let nearest: Vec<Settled<'p>> = done
                .iter()
                .filter(below)
                .filter(|(other, _)| !done.iter().filter(below).any(|(n, _)| prevails(n, other)))
                .map(|(_, settled)| settled.clone())
                .collect();
            let own = match self.together(nearest) {
                Some(earlier) => self.lay_over(own, earlier),
                None => own,
            };
            done.push((name, own));
        }
        let top = done.iter().filter(|(name, _)| !done.iter().any(|(other, _)| prevails(other, name)));
        let top = top.map(|(_, settled)| settled.clone()).collect();
        self.together(top)
    }

    /// What several files say in the same layer: each over those that it extends.
    fn by_rank(&self, own: &[&'p Statement]) -> Option<Settled<'p>> {
        let mut ranks: Vec<u32> = own.iter().map(|s| s.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut settled: Option<Settled<'p>> = None;
        for rank in ranks {
            let files = own.iter().filter(|s| s.rank == rank).map(|s| Settled::of(s)).collect();
            settled = match (self.together(files), settled) {
                (Some(step), Some(earlier)) => Some(self.lay_over(step, earlier)),
                (step, earlier) => step.or(earlier),
            };
        }
        settled
    }

    /// Steps of which none prevails over another: all of them hold.
    fn together(&self, steps: Vec<Settled<'p>>) -> Option<Settled<'p>> {
        let (asking, taking_back): (Vec<_>, Vec<_>) = steps.into_iter().partition(|s| s.constraint.is_some());
        let mut steps = asking.into_iter().chain(taking_back);
        let mut settled = steps.next()?;
        for other in steps {
            let (Some(have), Some(more)) = (&settled.constraint, &other.constraint) else { continue };
            match have.and(more) {
                Ok(both) => {
                    // The stricter one is the one to blame.
                    let (mut lead, beside) =
                        if both == *more && both != *have { (other, settled) } else { (settled, other) };
                    lead.constraint = Some(both);
                    lead.also.push(beside.lead.origin.clone());
                    lead.also.extend(beside.also);
                    lead.beside.push(beside.lead);
                    lead.overridden.extend(beside.overridden);
                    lead.unmanaged |= beside.unmanaged;
                    lead.problems.extend(beside.problems);
                    settled = lead;
                }
                Err(_) => {
                    settled.problems.push(self.contradiction(&settled, &other));
                    settled.against.extend(other.chain().map(overridden));
                }
            }
        }
        Some(settled)
    }

    /// A later step over an earlier one.
    fn lay_over(&self, mut later: Settled<'p>, earlier: Settled<'p>) -> Settled<'p> {
        if let (Some(add), Some(before), false) = (&later.constraint, &earlier.constraint, later.unmanaged) {
            match add.over(before) {
                Ok(combined) if combined != *add => {
                    // An addition does not set aside what it adds to.
                    later.also.push(earlier.lead.origin.clone());
                    later.also.extend(earlier.also);
                    later.constraint = Some(combined);
                    later.overridden = earlier.overridden;
                    later.unmanaged = earlier.unmanaged;
                    later.problems.extend(earlier.problems);
                    return later;
                }
                // What could not be settled earlier is settled by what takes its place.
                Ok(_) if !earlier.problems.is_empty() => {
                    later.decides.extend(earlier.chain().map(overridden));
                    later.decides.extend(earlier.against.iter().cloned());
                }
                Ok(_) => {}
                Err(_) => later.problems.push(self.contradiction(&later, &earlier)),
            }
        }
        if later.decides.is_empty() {
            later.decides = earlier.decides.clone();
        }
        later.overridden.extend(earlier.chain().map(overridden));
        later.overridden.extend(earlier.overridden);
        later.unmanaged |= earlier.unmanaged;
        later
    }

    /// What the layers came to, held against the floor.
    fn under(&self, above: Settled<'p>, mut floor: Settled<'p>) -> Settled<'p> {
        let Some(least) = &floor.constraint else { return above };
        let Some(wanted) = &above.constraint else { return floor };
        if wanted.is_within(least) {
            return above;
        }
        match wanted.and(least) {
            // What only adds, or is itself a floor, keeps to the floor by being held with it.
            Ok(both) if above.lead.floor || least.contains.is_some() || wanted.contains.is_some() => {
                let also = above.also.iter().chain([&floor.lead.origin]).cloned().collect();
                Settled { constraint: Some(both), also, ..above }
            }
            _ => {
                floor.problems.push(self.contradiction(&above, &floor));
                floor
            }
        }
    }

    fn contradiction(&self, a: &Settled<'p>, b: &Settled<'p>) -> Problem {
        let shown = |s: &Settled<'p>| s.constraint.as_ref().map(Constraint::to_string).unwrap_or_default();
        contradiction(self.policy, self.catalog, (a.lead, shown(a)), (b.lead, shown(b)))
    }
}

fn overridden(statement: &Statement) -> Overridden {
    Overridden {
        layer: statement.layer.clone(),
        constraint: statement.constraint.clone(),
        origin: statement.origin.clone(),
        controls: statement.controls.clone(),
    }
}

fn names_below(name: &Layer, layer: &[&Statement], prevails: impl Fn(&Layer, &Layer) -> bool) -> usize {
    let mut below: Vec<&Layer> =
        layer.iter().map(|s| &s.layer).filter(|other| prevails(name, other)).collect();
    below.sort_unstable();
    below.dedup();
    below.len()
}

/// The outcome so far of settling one setting.
#[derive(Clone)]
struct Settled<'s> {
    constraint: Option<Constraint>,
    lead: &'s Statement,
    also: Vec<Origin>,
    beside: Vec<&'s Statement>,
    overridden: Vec<Overridden>,
    /// On the way everything earlier was taken back: an addition adds to nothing before that.
    unmanaged: bool,
    /// What of it cannot be had together.
    problems: Vec<Problem>,
    /// The lines that it cannot be had together with.
    against: Vec<Overridden>,
    /// The lines that could not be had together, where it settles that.
    decides: Vec<Overridden>,
}

impl<'s> Settled<'s> {
    /// The outcome of one statement by itself.
    fn of(lead: &'s Statement) -> Self {
        let constraint = lead.constraint.clone();
        let unmanaged = constraint.is_none();
        Self {
            constraint,
            lead,
            also: Vec::new(),
            beside: Vec::new(),
            overridden: Vec::new(),
            unmanaged,
            problems: Vec::new(),
            against: Vec::new(),
            decides: Vec::new(),
        }
    }

    /// The statements that say something about the result, the leading one first.
    fn chain(&self) -> impl Iterator<Item = &'s Statement> + '_ {
        std::iter::once(self.lead).chain(self.beside.iter().copied())
    }
}
