//! What waits for one who listens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::parcel::Carried;
use crate::telemetry::meter::{Count, Limit, Waiting, add, reached};

/// How many messages wait for one who listens, unless it says otherwise.
pub(super) const CAPACITY: usize = 1_024;

/// How much room is kept when nothing waits.
const IDLE_ROOM: usize = 64;

/// Messages that wait, the oldest first. When there is no room the oldest is dropped, and counted.
pub(super) struct Queue(Mutex<State>);

struct State {
    waiting: VecDeque<Arc<dyn Carried>>,
    capacity: usize,
    missed: u64,
    /// Whether messages are dropped on purpose.
    is_sampled: bool,
    waker: Option<Waker>,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Queue(Mutex::new(State {
            waiting: VecDeque::new(),
            capacity: capacity.max(1),
            missed: 0,
            is_sampled: false,
            waker: None,
        })))
    }

    pub(super) fn push(&self, message: Arc<dyn Carried>) {
        let mut state = self.state();
        let is_full = state.waiting.len() >= state.capacity;
        let oldest = if is_full { state.waiting.pop_front() } else { None };
        state.missed += u64::from(is_full);
        state.waiting.push_back(message);
        let (waker, is_sampled) = (state.waker.take(), state.is_sampled);
        drop(state);
        if is_full && is_sampled {
            add(Count::HubSampled, 1);
        } else if is_full {
            reached(Limit::HubQueue);
            add(Count::HubFull, 1);
        }
        // Dropping it runs the application's code, and so may waking: not while it is locked.
        drop(oldest);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn poll_pop(&self, cx: &mut Context<'_>) -> Poll<Arc<dyn Carried>> {
        let mut state = self.state();
        if let Some(message) = state.waiting.pop_front() {
            if state.waiting.is_empty() && state.waiting.capacity() > IDLE_ROOM {
                state.waiting.shrink_to(IDLE_ROOM);
            }
            return Poll::Ready(message);
        }
        let before = state.waker.replace(cx.waker().clone());
        drop(state);
        drop(before);
        Poll::Pending
    }

    pub(super) fn set_capacity(&self, capacity: usize) {
        let mut state = self.state();
        state.capacity = capacity.max(1);
        let excess = state.waiting.len().saturating_sub(state.capacity);
        state.missed += excess as u64;
        let oldest: Vec<_> = state.waiting.drain(..excess).collect();
        drop(state);
        drop(oldest);
    }

    /// Drops all that waits: nobody is there to take it.
    pub(super) fn clear(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        drop(waiting);
    }

    /// Keeps the newest few on purpose.
    pub(super) fn sample(&self, at_most: usize) {
        self.state().is_sampled = true;
        self.set_capacity(at_most);
    }

    pub(super) fn len(&self) -> usize {
        self.state().waiting.len()
    }

    pub(super) fn missed(&self) -> u64 {
        self.state().missed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting for Queue {
    fn waiting(&self) -> usize {
        self.len()
    }
}
