//! A store that does what a test tells it to, and remembers what it was asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use firecrest_tally::{Batch, Store, StoreError, Tally, TallyOptions, WriterId};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

/// What the store does with a commit.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Is away.
    Away,
    /// Adds it, and is away before it can say so.
    AddedAndAway,
    /// Refuses it.
    Refuse,
    /// Takes this long.
    Slow(Duration),
    /// Never answers.
    Hang,
    /// Answers one value too few.
    Short,
    /// Panics.
    Panic,
}

/// Clones are the same store.
#[derive(Clone, Default)]
pub(crate) struct Scripted {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) values: HashMap<String, i64>,
    numbers: HashMap<WriterId, u64>,
    /// What is done with the next commits; those after are added.
    pub(crate) script: VecDeque<Option<Act>>,
    /// What is done with all commits after that.
    pub(crate) always: Option<Act>,
    /// All commits, and when they came.
    pub(crate) commits: Vec<(Instant, Batch)>,
    /// All names that were loaded.
    pub(crate) loads: Vec<String>,
    /// How the next loads end; those after succeed.
    pub(crate) load_script: VecDeque<Act>,
    /// Counters that others have added to.
    changes: VecDeque<String>,
    pub(crate) closed: bool,
}

impl Scripted {
    pub(crate) fn tally(&self) -> Tally {
        self.tally_with(TallyOptions::default())
    }

    pub(crate) fn tally_with(&self, options: TallyOptions) -> Tally {
        Tally::with_store(self.clone(), options)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn will(&self, acts: impl IntoIterator<Item = Act>) {
        self.will_maybe(acts.into_iter().map(Some));
    }

    /// `None` adds.
    pub(crate) fn will_maybe(&self, acts: impl IntoIterator<Item = Option<Act>>) {
        self.state().script.extend(acts);
    }

    pub(crate) fn always(&self, act: impl Into<Option<Act>>) {
        self.state().always = act.into();
    }

    pub(crate) fn value(&self, name: &str) -> i64 {
        self.state().values.get(name).copied().unwrap_or(0)
    }

    /// The numbers of all commits.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.state().commits.iter().map(|(_, batch)| batch.number).collect()
    }

    /// The deltas of all commits.
    pub(crate) fn deltas(&self) -> Vec<Vec<(String, i64)>> {
        let deltas =
            |batch: &Batch| batch.deltas.iter().map(|(name, delta)| (name.to_string(), *delta)).collect();
        self.state().commits.iter().map(|(_, batch)| deltas(batch)).collect()
    }

    /// Somebody else adds to a counter.
    pub(crate) fn other_adds(&self, name: &str, delta: i64) {
        let mut state = self.state();
        *state.values.entry(name.to_owned()).or_default() += delta;
        state.changes.push_back(name.to_owned());
        drop(state);
        self.changed.notify_one();
    }

    async fn act(&self, act: Option<Act>) -> Result<(), StoreError> {
        match act {
            None | Some(Act::Short | Act::AddedAndAway) => Ok(()),
            Some(Act::Away) => Err(StoreError::unavailable("nobody there")),
            Some(Act::Refuse) => Err(StoreError::failed("no")),
            Some(Act::Panic) => panic!("told to"),
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Slow(time)) => {
                sleep(time).await;
                Ok(())
            }
        }
    }
}

impl Store for Scripted {
    async fn load(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        let act = {
            let mut state = self.state();
            state.loads.extend_from_slice(names);
            state.load_script.pop_front()
        };
        self.act(act).await?;
        Ok(names.iter().map(|name| self.value(name)).collect())
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        let act = {
            let mut state = self.state();
            state.commits.push((Instant::now(), batch.clone()));
            state.script.pop_front().unwrap_or_else(|| state.always.clone())
        };
        self.act(act.clone()).await?;
        let mut values = self.state().add(batch);
        match act {
            Some(Act::AddedAndAway) => return Err(StoreError::unavailable("was the answer lost?")),
            Some(Act::Short) => drop(values.pop()),
            _ => {}
        }
        Ok(values)
    }

    fn changes(&self) -> impl Stream<Item = (String, i64)> + Send + 'static {
        unfold(self.clone(), async |store| {
            loop {
                let next = store.state().changes.pop_front();
                match next {
                    Some(name) => return Some(((name.clone(), store.value(&name)), store)),
                    None => store.changed.notified().await,
                }
            }
        })
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.state().closed = true;
        Ok(())
    }
}

impl State {
    fn add(&mut self, batch: &Batch) -> Vec<i64> {
        let last = self.numbers.entry(batch.writer).or_default();
        let fresh = batch.number > *last;
        *last = batch.number.max(*last);
        let add = |(name, delta): &(Arc<str>, i64)| {
            let value = self.values.entry(name.to_string()).or_default();
            *value = if fresh { value.saturating_add(*delta) } else { *value };
            *value
        };
        batch.deltas.iter().map(add).collect()
    }
}

/// Waits for a condition; virtual time passes meanwhile.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..20_000 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(1)).await;
    }
    panic!("waited in vain: {what}");
}
