//! What the runs of a history come to: how the numbers move, how long departures stay, and what comes back.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, params};

use super::{History, HistoryError};
use crate::run::ReadTime;

/// A run of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    /// Its number.
    pub number: i64,
    /// What it was limited to; empty where it was of everything.
    pub scope: String,
    /// Its day.
    pub day: NaiveDate,
    /// Organizations, and whole forges, that were not read.
    pub unread: i64,
    /// Subjects that were judged.
    pub subjects: i64,
    /// Findings of drift.
    pub drift: i64,
    /// Those that are waived.
    pub waived: i64,
    /// What could not be seen.
    pub unknown: i64,
    /// Expectations that were judged one way or the other.
    pub judged: i64,
    /// Expectations that apply.
    pub applicable: i64,
    /// The friction that half of the repositories do not exceed, 0 to 95; none where it was not known.
    pub friction: Option<f64>,
    /// The friction that nine of ten do not exceed.
    pub friction_p90: Option<f64>,
    /// Repositories with a closed door somewhere.
    pub gated: Option<i64>,
    /// The systemic share, 0 to 1.
    pub systemic: Option<f64>,
    /// Departures of known age that were there until this run, and not with it.
    pub mended: usize,
    /// For how many days these were there, on average; none where there are none.
    pub mean_days: Option<f64>,
    /// The digest of the policy.
    pub policy: String,
    /// When the forges were read; none where what was judged came from files, or an older release added the run.
    pub read: Option<ReadTime>,
}

/// A setting of which departures came back after they had gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The setting's key.
    pub setting: String,
    /// How often one came back.
    pub returns: usize,
    /// Of how many subjects and items.
    pub places: usize,
}

/// How a company's set-up moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The runs, the oldest first.
    pub runs: Vec<PastRun>,
    /// Departures that began after the first run and have gone: for how many days they were there, on average.
    pub mean_days: Option<f64>,
    /// How many these are.
    pub mended: usize,
    /// Departures that were there in the first run and have gone: nobody knows for how long they had been there.
    pub mended_of_unknown_age: usize,
    /// Departures that are there.
    pub open: usize,
    /// What came back, the most often first.
    pub repeats: Vec<Repeat>,
    /// What other runs in the file were limited to, and how many there are of each.
    pub scopes: Vec<(String, usize)>,
}

/// A finding as a run of a history had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFinding {
    /// The subject's address.
    pub subject: String,
    /// The setting's key.
    pub setting: String,
    /// The item's key.
    pub key: Option<String>,
    /// `drift`, `waived` or `unknown`.
    pub verdict: String,
    /// The severity.
    pub severity: String,
    /// What was seen, as JSON.
    pub observed: String,
}

/// For how long something departed: from one run until another, if it has gone.
type Stay = (i64, Option<i64>);

impl History {
    /// How the numbers of one scope moved; the empty scope is everything.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn trend(&self, scope: &str) -> Result<Trend, HistoryError> {
        let read = || -> rusqlite::Result<Trend> {
            let mut runs = self.runs(scope)?;
            let stays = self.stays(scope)?;
            let days: HashMap<i64, NaiveDate> = runs.iter().map(|run| (run.number, run.day)).collect();
            let first = runs.first().map(|run| run.number);
            let (mut lengths, mut unknown_age, mut open) = (Vec::new(), 0, 0);
            let mut repeats: BTreeMap<String, (usize, usize)> = BTreeMap::new();
            let mut ended: HashMap<i64, Vec<i64>> = HashMap::new();
            for ((_, setting, _), stays) in &stays {
                for (from, until) in stays {
                    match until {
                        None => open += 1,
                        Some(_) if Some(*from) == first => unknown_age += 1,
                        Some(until) => {
                            if let (Some(from), Some(day)) = (days.get(from), days.get(until)) {
                                let length = (*day - *from).num_days().max(0);
                                ended.entry(*until).or_default().push(length);
                                lengths.push(length);
                            }
                        }
                    }
                }
                if stays.len() > 1 {
                    let (returns, places) = repeats.entry(setting.clone()).or_default();
                    *returns += stays.len() - 1;
                    *places += 1;
                }
            }
            let mut repeats: Vec<Repeat> = repeats
                .into_iter()
                .map(|(setting, (returns, places))| Repeat { setting, returns, places })
                .collect();
            repeats.sort_by(|a, b| b.returns.cmp(&a.returns).then_with(|| a.setting.cmp(&b.setting)));
            let mean = |all: &[i64]| all.iter().sum::<i64>() as f64 / all.len() as f64;
            for run in &mut runs {
                let lengths = ended.get(&run.number);
                (run.mended, run.mean_days) =
                    (lengths.map_or(0, Vec::len), lengths.map(|lengths| mean(lengths)));
            }
            Ok(Trend {
                mean_days: (!lengths.is_empty()).then(|| mean(&lengths)),
                mended: lengths.len(),
                mended_of_unknown_age: unknown_age,
                open,
                repeats,
                scopes: self.scopes(scope)?,
                runs,
            })
        };
        read().map_err(|source| self.failed(source))
    }

    fn runs(&self, scope: &str) -> rusqlite::Result<Vec<PastRun>> {
        let sql = format!("SELECT {RUN} FROM runs WHERE scope = ?1 ORDER BY id");
        let mut select = self.connection.prepare(&sql)?;
        let runs = select.query_map([scope], past_run)?;
        runs.collect()
    }

    fn scopes(&self, but: &str) -> rusqlite::Result<Vec<(String, usize)>> {
        let sql = "SELECT scope, count(*) FROM runs WHERE scope != ?1 GROUP BY scope ORDER BY scope";
        let mut select = self.connection.prepare(sql)?;
        let scopes = select.query_map([but], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        scopes.map(|s| s.map(|(scope, n)| (scope, usize::try_from(n).unwrap_or_default()))).collect()
    }

    /// When each item of each subject departed. A value that changes while it departs is one stay; what could not be
    /// seen for a while is neither gone nor back.
    #[expect(clippy::type_complexity, reason = "what it is known by, and its stays")]
    fn stays(&self, scope: &str) -> rusqlite::Result<BTreeMap<(String, String, Option<String>), Vec<Stay>>> {
        let sql = "SELECT subject, setting, key, first, until, verdict FROM findings
                   WHERE scope = ?1 ORDER BY subject, setting, key, first";
        let mut select = self.connection.prepare(sql)?;
        let mut rows = select.query([scope])?;
        let mut all: BTreeMap<_, Vec<(Stay, bool)>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let verdict: String = row.get(5)?;
            let stays = all.entry((row.get(0)?, row.get(1)?, row.get(2)?)).or_default();
            let (from, until): Stay = (row.get(3)?, row.get(4)?);
            let departs = verdict != "unknown";
            match stays.last_mut() {
                Some(((_, last), known)) if *last == Some(from) => {
                    *last = until;
                    *known |= departs;
                }
                _ => stays.push(((from, until), departs)),
            }
        }
        let known = |stays: Vec<(Stay, bool)>| -> Vec<Stay> {
            stays.into_iter().filter_map(|(stay, departs)| departs.then_some(stay)).collect()
        };
        Ok(all.into_iter().map(|(key, stays)| (key, known(stays))).filter(|(_, s)| !s.is_empty()).collect())
    }

    /// The findings that a run had; without a number, the last one of everything.
    ///
    /// # Errors
    /// When there is no such run, or the file cannot be read.
    pub fn findings(&self, number: Option<i64>) -> Result<(PastRun, Vec<KnownFinding>), HistoryError> {
        let read = || -> rusqlite::Result<Option<(PastRun, Vec<KnownFinding>)>> {
            let sql = format!(
                "SELECT {RUN} FROM runs WHERE id = ?1 OR (?1 IS NULL AND scope = '') ORDER BY id DESC LIMIT 1"
            );
            let mut select = self.connection.prepare(&sql)?;
            let mut rows = select.query(params![number])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let run = past_run(row)?;
            let sql = "SELECT subject, setting, key, verdict, severity, observed FROM findings
                       WHERE scope = ?1 AND first <= ?2 AND (until IS NULL OR until > ?2)
                       ORDER BY subject, setting, key";
            let mut select = self.connection.prepare(sql)?;
            let findings = select.query_map(params![run.scope, run.number], |row| {
                Ok(KnownFinding {
                    subject: row.get(0)?,
                    setting: row.get(1)?,
                    key: row.get(2)?,
                    verdict: row.get(3)?,
                    severity: row.get(4)?,
                    observed: row.get(5)?,
                })
            })?;
            let findings = findings.collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(Some((run, findings)))
        };
        let found = read().map_err(|source| self.failed(source))?;
        found.ok_or_else(|| super::HistoryError::NoRun {
            path: self.path.clone(),
            number: number.unwrap_or_default(),
        })
    }
}

/// The columns that a run is made of, in the order in which they are read.
const RUN: &str =
    "id, day, unread, subjects, conforms, drift, waived, unknown, friction, friction_p90, gated, systemic,
                   scope, policy, began, ended";

fn past_run(row: &Row<'_>) -> rusqlite::Result<PastRun> {
    let wrong = |column: usize| {
        move |e: chrono::ParseError| {
            rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e))
        }
    };
    let day = row.get::<_, String>(1)?.parse().map_err(wrong(1))?;
    let time = |column: usize| -> rusqlite::Result<Option<DateTime<Utc>>> {
        row.get::<_, Option<String>>(column)?.map(|time| time.parse().map_err(wrong(column))).transpose()
    };
    let read = time(14)?.zip(time(15)?).map(|(began, ended)| ReadTime { began, ended });
    let (conforms, drift, waived, unknown): (i64, i64, i64, i64) =
        (row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?);
    let judged = conforms + drift + waived;
    Ok(PastRun {
        number: row.get(0)?,
        scope: row.get(12)?,
        day,
        unread: row.get(2)?,
        subjects: row.get(3)?,
        drift,
        waived,
        unknown,
        judged,
        applicable: judged + unknown,
        friction: row.get(8)?,
        friction_p90: row.get(9)?,
        gated: row.get(10)?,
        systemic: row.get(11)?,
        mended: 0,
        mean_days: None,
        policy: row.get(13)?,
        read,
    })
}
