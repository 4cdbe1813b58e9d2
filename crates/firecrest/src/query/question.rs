//! A question that is watched.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Notify, watch};

use super::live::State;

/// A query's question with certain arguments: its answer, and whether that may be out of date.
pub(super) struct Question<A, T> {
    pub(super) args: Arc<A>,
    /// Its receivers are those who watch.
    pub(super) state: watch::Sender<State<T>>,
    is_touched: AtomicBool,
    touched: Notify,
}

impl<A, T> Question<A, T> {
    pub(super) fn new(args: Arc<A>) -> Self {
        Question {
            args,
            state: watch::Sender::new(State::Asked),
            is_touched: AtomicBool::new(false),
            touched: Notify::new(),
        }
    }

    /// The answer may have changed. What this thread did before is seen by the evaluation that follows.
    pub(super) fn touch(&self) {
        if !self.is_touched.swap(true, Ordering::AcqRel) {
            self.touched.notify_one();
        }
    }

    /// Waits until it is touched, or has been.
    pub(super) async fn touched(&self) {
        while !self.is_touched.load(Ordering::Acquire) {
            self.touched.notified().await;
        }
    }

    /// Whatever touched it until now is answered by the evaluation that follows.
    pub(super) fn untouch(&self) {
        self.is_touched.swap(false, Ordering::AcqRel);
    }

    /// The newest answer, if there is one.
    pub(super) fn answer(&self) -> Option<Arc<T>> {
        match &*self.state.borrow() {
            State::Answered { answer, .. } => Some(Arc::clone(answer)),
            State::Asked | State::Failed(_) => None,
        }
    }

    /// There is an answer: another one, or the same and current. Returns whether it was stale.
    pub(super) fn answered(&self, new: Option<T>) -> bool {
        let new = new.map(Arc::new);
        let mut was_stale = false;
        self.state.send_if_modified(|state| match (state, new) {
            (State::Answered { is_stale, .. }, None) => {
                was_stale = std::mem::take(is_stale);
                was_stale
            }
            (state, Some(answer)) => {
                was_stale = matches!(state, State::Answered { is_stale: true, .. });
                *state = State::Answered { answer, is_stale: false };
                true
            }
            (State::Asked | State::Failed(_), None) => false,
        });
        was_stale
    }

    /// The answer is the one before. Returns whether it was current until now.
    pub(super) fn stale(&self) -> bool {
        self.state.send_if_modified(|state| match state {
            State::Answered { is_stale, .. } => !std::mem::replace(is_stale, true),
            State::Asked | State::Failed(_) => false,
        })
    }
}
