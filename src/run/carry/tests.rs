//! Carrying out on a forge that a test speaks for, by a clock that it winds.

use std::cell::RefCell;
use std::sync::Mutex;

use serde_json::{Value as Json, json};
use tokio::time::Instant;

use super::*;
use crate::forge::{Terms, WritePace};
use crate::model::{Action, Points};

/// Makes things once a second, and counts when. What was made is seen to be there.
struct Forge {
    pace: WritePace,
    begun: Instant,
    made: RefCell<Vec<u64>>,
}

impl Carries for Forge {
    async fn look(&self, changes: &[(usize, &Change)], _: Arc<Stop>) -> Result<Seen, ForgeError> {
        let there = |i: &usize| *i < self.made.borrow().len();
        let seen = |i: &usize| Ok(if there(i) { json!("there") } else { Json::Null });
        Ok(changes.iter().map(|(i, _)| (*i, seen(i))).collect())
    }

    async fn turn(&self, request: &Request, stop: &Stop) -> Result<(), ForgeError> {
        self.pace.turn(request.method == "POST", stop).await.map_err(ForgeError::Transport)
    }

    async fn send(&self, _: &Request) -> Written {
        self.made.borrow_mut().push(self.begun.elapsed().as_secs());
        Written::Taken
    }

    fn was_taken(&self, _: &ForgeError) -> bool {
        false
    }
}

fn plan(count: usize) -> Plan {
    let request = |i: usize| Request {
        method: "POST".into(),
        path: format!("/repos/acme/service-{i}/labels"),
        body: json!({"name": "bug"}),
        reads: BTreeMap::new(),
    };
    let change = |i: usize| Change {
        subject: format!("github:acme/service-{i}"),
        setting: "label.description".into(),
        key: Some("bug".into()),
        action: Action::Create,
        before: Json::Null,
        after: json!("there"),
        origin: "policy.toml:1".into(),
        risk: "routine".into(),
        proposed: false,
        requests: vec![i],
        undo: Vec::new(),
        points: Points::default(),
        irreversible: None,
        complete: false,
    };
    Plan {
        changes: (0..count).map(change).collect(),
        requests: (0..count).map(request).collect(),
        ..serde_json::from_value(json!({
            "format_version": 2, "tool": "", "policy": "", "forges": {}, "changes": [], "requests": [], "deferred": []
        }))
        .unwrap()
    }
}

fn most_within(times: &[u64], seconds: u64) -> usize {
    let from = |(i, at): (usize, &u64)| times[i..].iter().take_while(|t| **t < at + seconds).count();
    times.iter().enumerate().map(from).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_thousand_things_are_made_as_fast_as_the_forge_allows_and_no_faster() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let voice: crate::forge::Voice = {
        let said = Arc::clone(&said);
        Arc::new(move |text: &str| said.lock().unwrap().push(text.to_owned()))
    };
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(1_000);
    let (journal, past) = Journal::open(&folder.path().join("journal"), &plan).unwrap();
    let catalog = Catalog::built_in().unwrap();
    let heard = RefCell::new(0);
    let applier = Applier {
        catalog: &catalog,
        environment: &|_| None,
        terms: Terms::plain(Arc::clone(&voice)),
        forge: "github".into(),
        journal: &journal,
        past: &past,
        coming: &BTreeSet::new(),
        patience: Duration::ZERO,
        watch: &|step| {
            assert_eq!(step.of, 1_000);
            heard.replace(step.done);
        },
    };
    let forge = Forge { pace: WritePace::new(voice), begun: Instant::now(), made: RefCell::default() };
    let changes: Vec<(usize, &Change)> = plan.changes.iter().enumerate().collect();
    let carried = carry(&forge, &applier, &plan, &changes).await;
    assert!(carried.ended.is_none());
    assert!(carried.applied.values().all(|a| *a == Applied::Done) && carried.applied.len() == 1_000);
    let made = forge.made.into_inner();
    assert_eq!((made.len(), *heard.borrow()), (1_000, 1_000));
    assert!(most_within(&made, 60) <= 80 && most_within(&made, 3_600) <= 500);
    assert_eq!(made.last().map(|last| last / 60), Some(68), "it takes an hour and eight minutes");
    assert_eq!(said.lock().unwrap().len(), 2, "what is waited for is said once");
}

/// Says that it will do it, and has done it after so many seconds.
struct Slow {
    after: u64,
    sent: RefCell<Vec<Instant>>,
    looks: RefCell<Vec<u64>>,
}

impl Carries for Slow {
    async fn look(&self, changes: &[(usize, &Change)], _: Arc<Stop>) -> Result<Seen, ForgeError> {
        let since = self.sent.borrow().first().map(Instant::elapsed);
        self.looks.borrow_mut().extend(since.map(|since| since.as_secs()));
        let done = since.is_some_and(|since| since.as_secs() >= self.after);
        Ok(changes.iter().map(|(i, _)| (*i, Ok(if done { json!("there") } else { Json::Null }))).collect())
    }

    async fn turn(&self, _: &Request, _: &Stop) -> Result<(), ForgeError> {
        Ok(())
    }

    async fn send(&self, _: &Request) -> Written {
        self.sent.borrow_mut().push(Instant::now());
        Written::Promised
    }

    fn was_taken(&self, _: &ForgeError) -> bool {
        false
    }
}

/// What comes of one change that takes so many seconds, where so many are waited; and when it was looked at.
async fn slowly(forge: &Slow, patience: u64, journal: &Journal, past: &Past) -> Option<Applied> {
    let catalog = Catalog::built_in().unwrap();
    let applier = Applier {
        catalog: &catalog,
        environment: &|_| None,
        terms: Terms::plain(Arc::new(|_: &str| {})),
        forge: "github".into(),
        journal,
        past,
        coming: &BTreeSet::new(),
        patience: Duration::from_secs(patience),
        watch: &|_| {},
    };
    let plan = plan(1);
    let changes: Vec<(usize, &Change)> = plan.changes.iter().enumerate().collect();
    let carried = carry(forge, &applier, &plan, &changes).await;
    assert!(carried.ended.is_none());
    carried.applied.get(&0).cloned()
}

fn slow(after: u64) -> Slow {
    Slow { after, sent: RefCell::default(), looks: RefCell::default() }
}

#[tokio::test(start_paused = true)]
async fn what_a_forge_does_in_its_own_time_is_waited_for_ever_longer_and_with_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    for (name, after, patience, looks, outcome) in [
        ("at-once", 0, 60, vec![0], Applied::Done),
        ("soon", 5, 60, vec![0, 1, 3, 7], Applied::Done),
        ("at the end", 60, 60, vec![0, 1, 3, 7, 15, 31, 60], Applied::Done),
        (
            "never",
            999,
            60,
            vec![0, 1, 3, 7, 15, 31, 60],
            Applied::UnderWay { now: "absent".into(), seconds: 60 },
        ),
        ("impatient", 5, 0, vec![0], Applied::UnderWay { now: "absent".into(), seconds: 0 }),
    ] {
        let (journal, past) = Journal::open(&folder.path().join(name), &plan(1)).unwrap();
        let forge = slow(after);
        assert_eq!(slowly(&forge, patience, &journal, &past).await, Some(outcome), "{name}");
        assert_eq!(*forge.looks.borrow(), looks, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_is_not_sent_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let forge = slow(90);
    {
        let (journal, past) = Journal::open(&path, &plan(1)).unwrap();
        let under_way = Applied::UnderWay { now: "absent".into(), seconds: 60 };
        assert_eq!(slowly(&forge, 60, &journal, &past).await, Some(under_way));
    }
    let (journal, past) = Journal::open(&path, &plan(1)).unwrap();
    assert_eq!(past.to_take_back(), [0], "it may come yet");
    assert_eq!(slowly(&forge, 60, &journal, &past).await, Some(Applied::Done));
    assert_eq!(forge.sent.borrow().len(), 1);
}

/// Does after so many seconds what it promised to somebody before, and takes away what it is asked to.
struct Late {
    comes: u64,
    begun: Instant,
    removed: RefCell<bool>,
}

impl Carries for Late {
    async fn look(&self, changes: &[(usize, &Change)], _: Arc<Stop>) -> Result<Seen, ForgeError> {
        let there = self.begun.elapsed().as_secs() >= self.comes && !*self.removed.borrow();
        Ok(changes.iter().map(|(i, _)| (*i, Ok(if there { json!("there") } else { Json::Null }))).collect())
    }

    async fn turn(&self, _: &Request, _: &Stop) -> Result<(), ForgeError> {
        Ok(())
    }

    async fn send(&self, _: &Request) -> Written {
        self.removed.replace(true);
        Written::Taken
    }

    fn was_taken(&self, _: &ForgeError) -> bool {
        false
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_not_come_yet_is_waited_for_and_never_said_to_be_back() {
    let catalog = Catalog::built_in().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut made = plan(1);
    made.changes[0].undo = vec![0];
    made.undo = made.requests.clone();
    let mut past = Past::default();
    past.outcomes.insert(0, Applied::UnderWay { now: "absent".into(), seconds: 60 });
    let (back, coming) = (made.reversed(&past.to_take_back()), past.coming(&made));
    let cases = [("soon", 5, Applied::Done), ("never", 999, Applied::Awaited { seconds: 60 })];
    for (name, comes, outcome) in cases {
        let (journal, past) = Journal::open(&folder.path().join(name), &back).unwrap();
        let applier = Applier {
            catalog: &catalog,
            environment: &|_| None,
            terms: Terms::plain(Arc::new(|_: &str| {})),
            forge: "github".into(),
            journal: &journal,
            past: &past,
            coming: &coming,
            patience: Duration::from_secs(60),
            watch: &|_| {},
        };
        let forge = Late { comes, begun: Instant::now(), removed: RefCell::new(false) };
        let changes: Vec<(usize, &Change)> = back.changes.iter().enumerate().collect();
        let carried = carry(&forge, &applier, &back, &changes).await;
        assert_eq!(carried.applied.get(&0), Some(&outcome), "{name}");
        assert_eq!(*forge.removed.borrow(), outcome == Applied::Done, "{name}");
    }
}
