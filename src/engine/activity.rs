//! The repository activity score, by which portals of InnerSource projects put them in order.
//!
//! Source: InnerSource Patterns, "Repository Activity Score", as SAP works it out.

/// What is known of a repository's life.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Activity {
    /// Forks of it.
    pub forks: u32,
    /// People who follow it.
    pub subscribers: u32,
    /// Stars.
    pub stars: u32,
    /// Issues that are open.
    pub open_issues: u32,
    /// Days since it was last updated.
    pub days_since_update: u32,
    /// Days since it was made.
    pub days_since_creation: u32,
    /// Mean number of commits a week over the last thirteen weeks; none where that is not known.
    pub weekly_commits: Option<f64>,
    /// Its description has more than 30 characters.
    pub described: bool,
    /// It has a CONTRIBUTING file.
    pub contributing: bool,
}

/// The score: 0 and up; beyond 3,000 it grows with the logarithm.
#[allow(clippy::cast_possible_truncation, reason = "far below 2^53")]
pub fn activity_score(activity: Activity) -> i64 {
    let Activity { forks, subscribers, stars, open_issues, days_since_update, days_since_creation, .. } =
        activity;
    let (forks, stars) = (f64::from(forks), f64::from(stars));
    let mut score = 50.0 + 5.0 * forks + f64::from(subscribers) + stars / 3.0 + f64::from(open_issues) / 5.0;
    score *= 1.0 + (100.0 - f64::from(days_since_update.min(100))) / 100.0;
    if let Some(commits) = activity.weekly_commits {
        score *= 1.0 + (commits - 3.0).clamp(0.0, 7.0) / 7.0;
    }
    // What is young gets a head start, which it loses when nothing happens.
    let young = f64::from(365 - days_since_creation.min(365)) / 365.0;
    score += (1000.0 - 2.74 * f64::from(days_since_update.min(365))) * young;
    score += if activity.described { 50.0 } else { 0.0 };
    score += if activity.contributing { 100.0 } else { 0.0 };
    if score > 3000.0 {
        score = 3000.0 + score.ln() * 100.0;
    }
    (score - 50.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(counts: [u32; 6], weekly_commits: Option<f64>, described: bool, contributing: bool) -> i64 {
        let [forks, subscribers, stars, open_issues, days_since_update, days_since_creation] = counts;
        activity_score(Activity {
            forks,
            subscribers,
            stars,
            open_issues,
            days_since_update,
            days_since_creation,
            weekly_commits,
            described,
            contributing,
        })
    }

    #[test]
    fn four_repositories_that_were_worked_out_elsewhere() {
        assert_eq!(score([0, 0, 0, 0, 0, 0], None, false, false), 1050);
        assert_eq!(score([20, 12, 30, 15, 10, 400], Some(5.0), true, true), 528);
        assert_eq!(score([2, 1, 3, 4, 500, 2000], Some(0.0), true, false), 63);
        assert_eq!(score([331, 136, 136, 98, 5, 1500], Some(20.0), true, true), 3843);
    }
}
