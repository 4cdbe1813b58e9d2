//! What has been added and is not written yet.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use crate::cell::Cell;
use crate::{MAX_BATCH, TallyError};

/// A commit to come, for all who wait for it: they are woken together and cost nothing but their own futures.
#[derive(Default)]
pub(crate) struct Round {
    waiting: AtomicUsize,
    outcome: OnceLock<Result<(), TallyError>>,
    concluded: Notify,
}

impl Round {
    /// How many increments wait for it.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits until it is known how the commit went.
    pub(crate) async fn outcome(&self) -> Result<(), TallyError> {
        // Made before looking: from here on it hears of the conclusion.
        let concluded = self.concluded.notified();
        if self.outcome.get().is_none() {
            concluded.await;
        }
        self.outcome.get().cloned().unwrap_or(Err(TallyError::Closed))
    }

    /// How the commit went. Only the first time counts: whether it was.
    pub(crate) fn conclude(&self, outcome: Result<(), TallyError>) -> bool {
        let first = self.outcome.set(outcome).is_ok();
        if first {
            self.concluded.notify_waiters();
        }
        first
    }
}

/// Counters that are committed together, [`MAX_BATCH`] at most.
pub(crate) struct Gathered {
    pub(crate) cells: Vec<Arc<Cell>>,
    pub(crate) round: Arc<Round>,
    /// Whether somebody wants it to be committed at once.
    urgent: bool,
}

/// When the writer has something to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Due {
    /// Nothing has been added.
    Never,
    /// When the interval has passed.
    Later,
    /// At once.
    Now,
}

/// The marked counters, each once, in order. There are never more in here than there are counters.
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Rung when [`Queue::due`] may have changed; one listens.
    pub(crate) bell: Notify,
    closing: Notify,
    /// How many increments that wait for a commit make it due.
    commit_size: usize,
}

#[derive(Default)]
struct State {
    closed: bool,
    gathered: VecDeque<Gathered>,
    /// What is being committed.
    under_way: Option<Arc<Round>>,
}

impl Queue {
    pub(crate) fn new(commit_size: usize) -> Self {
        Queue { state: Mutex::default(), bell: Notify::new(), closing: Notify::new(), commit_size }
    }

    /// Puts a counter in, which must not be in here, and returns the round that it will be committed in.
    pub(crate) fn push(&self, cell: Arc<Cell>) -> Result<Arc<Round>, TallyError> {
        let mut state = self.state();
        if state.closed {
            return Err(TallyError::Closed);
        }
        Ok(self.append(&mut state, cell))
    }

    /// Puts a counter in again that had been taken out, even when the queue is closed.
    pub(crate) fn push_back(&self, cell: Arc<Cell>) -> Arc<Round> {
        self.append(&mut self.state(), cell)
    }

    /// Says that one more increment waits for a round.
    pub(crate) fn join(&self, round: &Round) {
        let before = round.waiting.fetch_add(1, Ordering::Relaxed);
        if before + 1 == self.commit_size {
            self.bell.notify_one();
        }
    }

    /// When the first counters should be committed.
    pub(crate) fn due(&self) -> Due {
        let state = self.state();
        match state.gathered.front() {
            None => Due::Never,
            Some(first) if state.closed || first.urgent || first.cells.len() == MAX_BATCH => Due::Now,
            Some(first) if first.round.waiting() >= self.commit_size => Due::Now,
            Some(_) => Due::Later,
        }
    }

    /// Takes the first counters out: they are under way until [`Queue::conclude`].
    pub(crate) fn take(&self) -> Option<Gathered> {
        let mut state = self.state();
        let first = state.gathered.pop_front();
        state.under_way = first.as_ref().map(|first| Arc::clone(&first.round));
        first
    }

    /// What was under way has succeeded or failed.
    pub(crate) fn conclude(&self, round: &Round, outcome: Result<(), TallyError>) {
        self.state().under_way = None;
        round.conclude(outcome);
    }

    /// Has everything committed at once that has been added so far, and returns the rounds to wait for.
    pub(crate) fn hurry(&self) -> Vec<Arc<Round>> {
        let mut state = self.state();
        let State { gathered, under_way, .. } = &mut *state;
        gathered.iter_mut().for_each(|gathered| gathered.urgent = true);
        self.bell.notify_one();
        under_way.iter().chain(gathered.iter().map(|gathered| &gathered.round)).cloned().collect()
    }

    /// Lets no more in.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.closing.notify_waiters();
        self.bell.notify_one();
    }

    /// Tells all who wait that nobody will write.
    pub(crate) fn abandon(&self) {
        let mut state = self.state();
        let rounds = state.under_way.take().into_iter();
        let gathered = std::mem::take(&mut state.gathered);
        drop(state);
        for round in rounds.chain(gathered.into_iter().map(|gathered| gathered.round)) {
            round.conclude(Err(TallyError::Closed));
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Waits until it is closed.
    pub(crate) async fn closed(&self) {
        let closing = self.closing.notified();
        if !self.is_closed() {
            closing.await;
        }
    }

    fn append(&self, state: &mut State, cell: Arc<Cell>) -> Arc<Round> {
        if let Some(last) = state.gathered.back_mut().filter(|last| last.cells.len() < MAX_BATCH) {
            last.cells.push(cell);
            if last.cells.len() == MAX_BATCH {
                self.bell.notify_one();
            }
            return Arc::clone(&last.round);
        }
        let round = Arc::<Round>::default();
        state.gathered.push_back(Gathered { cells: vec![cell], round: Arc::clone(&round), urgent: false });
        self.bell.notify_one();
        round
    }

    /// Nothing in here panics halfway, so poison means nothing.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
