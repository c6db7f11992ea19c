//! Adds a run: what is new begins with it, what is gone ends with it, and of the rest nothing is written.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{History, HistoryError};
use crate::catalog::Catalog;
use crate::engine::{FEWEST, hindrances, summary};
use crate::model::{Finding, Observation, Verdict};
use crate::run::Outcome;
use crate::run::looked::Looked;

/// What became of a run that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is the run of that number.
    Run(i64),
    /// The run of that number says the same, on the same day.
    AlreadyThere(i64),
}

/// What a history keeps of a run beside its findings.
#[derive(Debug, Clone, Copy)]
pub struct RunNumbers<'a> {
    /// The day.
    pub day: NaiveDate,
    /// What it was limited to; empty where it was of everything.
    pub scope: &'a str,
    /// The digest of the policy.
    pub policy: &'a str,
}

/// A finding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Row {
    subject: String,
    setting: String,
    key: Option<String>,
    verdict: String,
    severity: String,
    observed: String,
}

impl History {
    /// Adds a run, unless the last one of its scope says the same on the same day.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(
        &mut self,
        run: RunNumbers<'_>,
        outcome: &Outcome,
        catalog: &Catalog,
    ) -> Result<Added, HistoryError> {
        let path = self.path.clone();
        let failed = |source| HistoryError::Sqlite { path: path.clone(), source };
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let added = add(&transaction, run, outcome, catalog).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(added)
    }
}

fn add(
    transaction: &Transaction<'_>,
    run: RunNumbers<'_>,
    outcome: &Outcome,
    catalog: &Catalog,
) -> rusqlite::Result<Added> {
    let mut rows: Vec<Row> = outcome.findings.iter().filter_map(|f| row(f, catalog)).collect();
    rows.sort();
    let (day, digest) = (run.day.to_string(), digest(run, outcome, &rows));
    let sql = "SELECT id, digest FROM runs WHERE scope = ?1 ORDER BY id DESC LIMIT 1";
    let last: Option<(i64, String)> =
        transaction.query_row(sql, [run.scope], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if let Some((id, last)) = last
        && last == digest
    {
        return Ok(Added::AlreadyThere(id));
    }
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let tally = outcome.tally;
    let journeys = summary(&outcome.journeys).filter(|s| s.repositories >= FEWEST);
    let share = hindrances(&outcome.findings, &outcome.journeys).1;
    let share = journeys.as_ref().map(|_| share.above + share.profile);
    transaction.execute(
        "INSERT INTO runs (day, scope, digest, policy, release, unread, subjects, conforms, drift, waived, unknown,
         not_applicable, repositories, friction, friction_p90, gated, systemic, began, ended)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        params![
            day,
            run.scope,
            digest,
            run.policy,
            env!("CARGO_PKG_VERSION"),
            number(outcome.unread.len() as u64),
            number(tally.subjects),
            number(tally.conforms),
            number(tally.drift),
            number(tally.waived),
            number(tally.unknown),
            number(tally.not_applicable),
            journeys.as_ref().map(|s| number(s.repositories as u64)),
            journeys.as_ref().map(|s| s.median),
            journeys.as_ref().map(|s| s.p90),
            journeys.as_ref().map(|s| number(s.gated as u64)),
            share,
            outcome.read.map(|read| moment(read.began)),
            outcome.read.map(|read| moment(read.ended)),
        ],
    )?;
    let id = transaction.last_insert_rowid();
    let looked = Looked::of(outcome, run.scope.is_empty());
    let mut open = open(transaction, run.scope)?;
    let sql = "INSERT INTO findings (scope, subject, setting, key, verdict, severity, observed, first)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut insert = transaction.prepare(sql)?;
    let named: HashSet<(String, String, Option<String>)> =
        rows.iter().map(|r| (r.subject.clone(), r.setting.clone(), r.key.clone())).collect();
    for row in rows {
        if open.remove(&row).is_none() {
            let Row { subject, setting, key, verdict, severity, observed } = row;
            insert.execute(params![run.scope, subject, setting, key, verdict, severity, observed, id])?;
        }
    }
    let mut close = transaction.prepare("UPDATE findings SET until = ?1 WHERE id = ?2")?;
    for (row, finding) in open {
        // What was not looked at may still be as it was.
        let changed = named.contains(&(row.subject.clone(), row.setting, row.key));
        if changed || looked.tells_of(&row.subject) {
            close.execute(params![id, finding])?;
        }
    }
    Ok(Added::Run(id))
}

/// A time as it is kept.
fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The findings of which the last run of the scope said the same, with their numbers.
fn open(transaction: &Transaction<'_>, scope: &str) -> rusqlite::Result<HashMap<Row, i64>> {
    let sql = "SELECT id, subject, setting, key, verdict, severity, observed FROM findings
               WHERE scope = ?1 AND until IS NULL";
    let mut select = transaction.prepare(sql)?;
    let mut open = HashMap::new();
    let mut rows = select.query([scope])?;
    while let Some(row) = rows.next()? {
        let kept = Row {
            subject: row.get(1)?,
            setting: row.get(2)?,
            key: row.get(3)?,
            verdict: row.get(4)?,
            severity: row.get(5)?,
            observed: row.get(6)?,
        };
        open.insert(kept, row.get(0)?);
    }
    Ok(open)
}

/// What is kept of a finding that is worth a word.
fn row(finding: &Finding, catalog: &Catalog) -> Option<Row> {
    if !matches!(finding.verdict, Verdict::Drift | Verdict::Waived | Verdict::Unknown) {
        return None;
    }
    let observed = match (&finding.observed, finding.verdict) {
        // Why it cannot be seen may be said in other words tomorrow.
        (_, Verdict::Unknown) => json!({"unknown": true}),
        (Observation::Known(value), _) => json!({"known": value.to_json()}),
        (Observation::Bound { value, .. }, _) => json!({"at_least_as_strict_as": value.to_json()}),
        _ => json!({"absent": true}),
    };
    Some(Row {
        subject: finding.subject.to_string(),
        setting: catalog.get(finding.expectation.setting).key.to_string(),
        key: finding.key().map(str::to_owned),
        verdict: finding.verdict.word().to_owned(),
        severity: finding.expectation.severity.word().to_owned(),
        observed: observed.to_string(),
    })
}

/// A digest of all that a run says, but for what it asked.
fn digest(run: RunNumbers<'_>, outcome: &Outcome, rows: &[Row]) -> String {
    let mut digest = Sha256::new();
    let RunNumbers { day, scope, policy } = run;
    let unread: Vec<_> = outcome.unread.iter().map(|u| (&u.address, &u.why)).collect();
    digest.update(format!("{day} {scope:?} {policy} {:?} {unread:?}", outcome.tally));
    rows.iter().for_each(|row| digest.update(format!("{row:?}")));
    format!("{:x}", digest.finalize())
}
