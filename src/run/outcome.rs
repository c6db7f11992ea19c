//! What a run came to, before anybody shows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::baseline::Agreed;
use super::home::Home;
use super::portal::Listed;
use crate::engine::{Danger, Held, Journey, Members, Tally, mark_systemic};
use crate::forge::snapshot::Gap;
use crate::model::{Expectation, Finding, SettingId, Subject};
use crate::policy::Problem;

/// What a run asked of its forges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// REST requests.
    pub rest: u64,
    /// GraphQL requests.
    pub graphql: u64,
    /// GraphQL points that the forge says they cost.
    pub points: u64,
    /// Answers that the forge said had not changed.
    pub not_modified: u64,
}

/// Between what times forges were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadTime {
    /// No answer is older.
    pub began: DateTime<Utc>,
    /// None is newer.
    pub ended: DateTime<Utc>,
}

/// An organization, or a whole forge, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its address.
    pub address: String,
    /// Why, and what to do.
    pub why: String,
}

impl From<Gap> for Unread {
    fn from(gap: Gap) -> Self {
        Self { address: gap.address, why: gap.why }
    }
}

/// A subject that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedAt {
    /// Its address.
    pub subject: Arc<Subject>,
    /// Whether it is known what the policy wants of it: its profiles, and who owns it.
    pub whole: bool,
    /// The profiles that it was judged by.
    pub profiles: Vec<Arc<str>>,
}

/// Everything that a run found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The counts.
    pub tally: Tally,
    /// The findings, in the order of the subjects.
    pub findings: Vec<Finding>,
    /// The subjects that the findings are about, those that conform and those that were left out too.
    pub looked_at: Vec<LookedAt>,
    /// What was agreed before, where the run was held against a baseline.
    pub agreed: Option<Agreed>,
    /// The journeys through the repositories, where they were asked for.
    pub journeys: Vec<Journey>,
    /// What the repositories of each profile have, where journeys were asked for.
    pub held: Held,
    /// The repositories that a portal is to show, where that was asked for.
    pub listed: Vec<Listed>,
    /// How many repositories are of each profile.
    pub profiles: BTreeMap<Arc<str>, u64>,
    /// Repositories that are of no profile.
    pub unprofiled: Vec<Arc<Subject>>,
    /// Profiles whose selector could not be decided, and for how many repositories.
    pub undecided: BTreeMap<Arc<str>, u64>,
    /// Repositories of which it could not be told which team owns them.
    pub owner_unknown: u64,
    /// The lines of the policy that settle a contradiction, or are in the way on purpose, by line and setting; each
    /// with how many subjects it reaches.
    pub decided: BTreeMap<(String, SettingId), (Arc<Expectation>, u64)>,
    /// How the repository is guarded that the policy is kept in, where it was among those judged.
    pub home: Option<Home>,
    /// How many controls of the policy people check by hand.
    pub by_hand: usize,
    /// Only part of what the policy is about was looked at, on the user's word.
    pub partial: bool,
    /// Some answers never came, and `--resume` goes on from here: this run is not the last word.
    pub resumable: bool,
    /// What could not be read at all.
    pub unread: Vec<Unread>,
    /// For each waiver of the policy: whether a subject of its name was seen.
    pub waivers_named: Vec<bool>,
    /// For each waiver of the policy: whether it covered a departure.
    pub waivers_used: Vec<bool>,
    /// Wishes that cannot be met together, found while resolving.
    pub problems: Vec<Problem>,
    /// What it cost.
    pub requests: Requests,
    /// When live forges were read, where any was.
    pub read: Option<ReadTime>,
    /// Of what is planned, what may lock somebody out, as far as can be seen.
    pub unproven: Vec<Danger>,
    /// The login of whoever asked last, where it was told.
    pub acting: Option<String>,
}

impl Outcome {
    /// Nothing yet, with room for so many waivers.
    pub fn empty(waivers: usize) -> Self {
        Self { waivers_named: vec![false; waivers], waivers_used: vec![false; waivers], ..Self::default() }
    }

    /// Marks the findings that have one cause for many, once all of them are there.
    pub fn mark_systemic(&mut self) {
        let looked = self.looked_at.iter().filter(|l| !l.profiles.is_empty());
        let members = Members::new(looked.map(|l| (&*l.subject, &*l.profiles)));
        mark_systemic(&mut self.findings, &members);
    }

    /// Adds what a later part of the run found.
    pub fn add(&mut self, part: Self) {
        self.tally = self.tally.plus(part.tally);
        self.findings.extend(part.findings);
        self.looked_at.extend(part.looked_at);
        self.journeys.extend(part.journeys);
        self.held.add(part.held);
        self.listed.extend(part.listed);
        for (name, count) in part.profiles {
            *self.profiles.entry(name).or_default() += count;
        }
        for (place, (wish, count)) in part.decided {
            self.decided.entry(place).or_insert_with(|| (wish, 0)).1 += count;
        }
        for (name, count) in part.undecided {
            *self.undecided.entry(name).or_default() += count;
        }
        self.unprofiled.extend(part.unprofiled);
        self.owner_unknown += part.owner_unknown;
        self.partial |= part.partial;
        self.unread.extend(part.unread);
        self.unproven.extend(part.unproven);
        self.home = part.home.or(self.home.take());
        self.acting = part.acting.or(self.acting.take());
        for (have, more) in self.waivers_named.iter_mut().zip(part.waivers_named) {
            *have |= more;
        }
        for (have, more) in self.waivers_used.iter_mut().zip(part.waivers_used) {
            *have |= more;
        }
        for problem in part.problems {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
        self.requests.rest += part.requests.rest;
        self.requests.graphql += part.requests.graphql;
        self.requests.points += part.requests.points;
        self.requests.not_modified += part.requests.not_modified;
    }
}
