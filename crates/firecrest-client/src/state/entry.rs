//! One channel, as the task knows it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use firecrest_wire::{Payload, Ref};
use tokio::time::Instant;

use crate::command::{JoinAnswer, Shared, Unsent};
use crate::{Backoff, Event, JoinError, PushError};

/// A channel that is joined or wants to be.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) shared: Arc<Shared>,
    pub(super) phase: Phase,
    /// That of the last join that was sent.
    pub(super) join_ref: Ref,
    /// Who waits for the first join; none when that was successful.
    pub(super) first: Option<JoinAnswer>,
    /// What was pushed while the channel was not joined; at most `max_unsent`.
    pub(super) unsent: VecDeque<Unsent>,
    failures: usize,
}

/// How far a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// For the next connection, or on this one until that time.
    Waiting(Option<Instant>),
    /// For the answer to a join, until that time.
    Joining(Instant),
    Joined,
}

impl Entry {
    pub(super) fn new(shared: Arc<Shared>, first: JoinAnswer) -> Self {
        Entry {
            shared,
            phase: Phase::Waiting(None),
            join_ref: Ref::null(),
            first: Some(first),
            unsent: VecDeque::new(),
            failures: 0,
        }
    }

    /// Whether nobody wants this channel any more, though the wish to leave got lost.
    pub(super) fn is_abandoned(&self) -> bool {
        self.shared.abandoned.load(Ordering::Relaxed)
            || self.first.as_ref().is_some_and(JoinAnswer::is_closed)
    }

    /// Whether a message with this join ref is for the present instance (spec §3.18).
    pub(super) fn accepts(&self, join_ref: &Ref) -> bool {
        join_ref.as_text().is_empty() || *join_ref == self.join_ref
    }

    /// When something has to be done.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting(until) => until,
            Phase::Joining(until) => Some(until),
            Phase::Joined => None,
        }
    }

    pub(super) fn joined(&mut self, reply: Payload) {
        self.phase = Phase::Joined;
        self.failures = 0;
        match self.first.take() {
            Some(first) => {
                self.shared.queue.open();
                // Who gave up waiting has also asked to leave.
                let _ = first.send(Ok(reply));
            }
            None => self.shared.queue.push(Event::Rejoined(reply)),
        }
    }

    /// Waits before the next join.
    pub(super) fn retry(&mut self, backoff: &Backoff, now: Instant) {
        self.phase = Phase::Waiting(Some(now + backoff.delay(self.failures)));
        self.failures = self.failures.saturating_add(1);
    }

    /// Keeps a message for after the next join.
    pub(super) fn keep(&mut self, push: Unsent, max_unsent: usize) {
        if self.unsent.len() >= max_unsent {
            self.unsent.retain(|push| !push.answer.is_given_up());
        }
        if self.unsent.len() >= max_unsent {
            return push.answer.fail(PushError::Full);
        }
        self.unsent.push_back(Unsent { answer: push.answer.accepted(), ..push });
    }

    /// Tells everybody concerned that the channel is no more.
    pub(super) fn end(mut self, join_error: JoinError, push_error: fn() -> PushError) {
        if let Some(first) = self.first.take() {
            // Who gave up waiting is not interested.
            let _ = first.send(Err(join_error));
        }
        self.unsent.drain(..).for_each(|push| push.answer.fail(push_error()));
        self.shared.queue.close();
    }
}
