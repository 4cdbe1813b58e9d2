//! What polls of a topic have found out, on this node and on others.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A poll has failed: what a topic holds may not be true any more (D008).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stale {
    /// When the value was last known to be true, or the first poll began when there was none.
    pub since: SystemTime,
    /// What the last poll says.
    pub error: String,
}

/// What came of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// Which of two is the newer, by the hub's [clock](super::clock::Clock).
    pub(super) order: u64,
    /// When what the topic holds was last known to be true, or should have been for the first time.
    pub(super) true_at: SystemTime,
    /// Why it is not known to be.
    pub(super) error: Option<String>,
    /// How long nobody need ask again, or may.
    pub(super) rest: Duration,
}

/// The newest report, and who asks.
#[derive(Default)]
pub(super) struct Polls(Mutex<State>);

#[derive(Default)]
struct State {
    newest: Option<(Report, Instant)>,
    /// Whether all nodes are told such reports, so that one who comes late may hear it too: it will hear the next.
    is_shared: bool,
    /// Until when it is left to another node to ask.
    left_until: Option<Instant>,
    /// When another node is known to have asked, or has sent what is kept.
    elsewhere: Option<Instant>,
}

impl Polls {
    /// This node has asked, for all nodes or for itself. Returns whether it is news that it has become stale, or true again.
    pub(super) fn here(&self, report: Report, is_shared: bool) -> bool {
        self.state().note(report, is_shared)
    }

    /// Another node has asked, and is to be left to do so again. Nothing when something newer is known.
    pub(super) fn elsewhere(&self, report: Report) -> bool {
        let mut state = self.state();
        if state.newest.as_ref().is_some_and(|(newest, _)| newest.order >= report.order) {
            return false;
        }
        let now = Instant::now();
        state.elsewhere = Some(now);
        state.left_until = now.checked_add(report.rest);
        state.note(report, true)
    }

    /// Another node asks, and takes so long at most.
    pub(super) fn asked_elsewhere(&self, most: Duration) {
        let mut state = self.state();
        state.left_until = state.left_until.max(Instant::now().checked_add(most));
    }

    /// Another node has sent what is kept so long ago.
    pub(super) fn sent_elsewhere(&self, ago: Duration) {
        let mut state = self.state();
        state.elsewhere = state.elsewhere.max(Instant::now().checked_sub(ago));
    }

    /// How long to leave it to another node, if one asks every so often.
    pub(super) fn left(&self, interval: Duration) -> Duration {
        let State { left_until, elsewhere, .. } = *self.state();
        let due = elsewhere.and_then(|at| at.checked_add(interval)).max(left_until);
        due.map(|due| due.saturating_duration_since(Instant::now())).unwrap_or_default()
    }

    /// What is wrong, if anything is.
    pub(super) fn stale(&self) -> Option<Stale> {
        let state = self.state();
        let (newest, _) = state.newest.as_ref()?;
        Some(Stale { since: newest.true_at, error: newest.error.clone()? })
    }

    /// When what the topic holds was last known to be true.
    pub(super) fn true_at(&self) -> Option<SystemTime> {
        self.state().newest.as_ref().map(|(newest, _)| newest.true_at)
    }

    /// The newest report, if all nodes are told such, with what is left of the rest.
    pub(super) fn shared(&self) -> Option<Report> {
        let (newest, at) = Some(self.state()).filter(|state| state.is_shared)?.newest.clone()?;
        Some(Report { rest: newest.rest.saturating_sub(at.elapsed()), ..newest })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note(&mut self, report: Report, is_shared: bool) -> bool {
        self.is_shared = is_shared;
        let is_stale = report.error.is_some();
        let was = self.newest.replace((report, Instant::now()));
        was.is_some_and(|(was, _)| was.error.is_some()) != is_stale
    }
}
