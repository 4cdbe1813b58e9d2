//! A channel's timers: messages to itself, later.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::telemetry::meter::{Limit, reached};

/// Most timers a channel may have pending: 1,000. At the bound the channel crashes.
pub(crate) const MAX_TIMERS: usize = 1_000;

/// A pending timer, as returned by [`send_after`](super::Context::send_after).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timer(u64);

struct Entry {
    due: Instant,
    timer: Timer,
    info: Box<dyn Any + Send>,
}

/// Pending timers, none of which costs a task of its own.
#[derive(Default)]
pub(crate) struct Timers {
    entries: Vec<Entry>,
    next: u64,
    /// Runs until the earliest entry is due; made for the first timer.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timers {
    /// Adds a timer, or none at the bound.
    pub(crate) fn add(&mut self, after: Duration, info: Box<dyn Any + Send>) -> Option<Timer> {
        if self.entries.len() >= MAX_TIMERS {
            reached(Limit::Timers);
            return None;
        }
        self.next += 1;
        let timer = Timer(self.next);
        self.entries.push(Entry { due: Instant::now() + after, timer, info });
        Some(timer)
    }

    pub(crate) fn cancel(&mut self, timer: Timer) -> bool {
        let at = self.entries.iter().position(|entry| entry.timer == timer);
        at.map(|at| self.entries.swap_remove(at)).is_some()
    }

    /// Ready with the message of the earliest timer once it is due.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Box<dyn Any + Send>> {
        let earliest = self.entries.iter().enumerate().min_by_key(|(_, entry)| (entry.due, entry.timer.0));
        let Some((at, due)) = earliest.map(|(at, entry)| (at, entry.due)) else {
            self.sleep = None;
            return Poll::Pending;
        };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if sleep.deadline() != due {
            sleep.as_mut().reset(due);
        }
        sleep.as_mut().poll(cx).map(|()| self.entries.swap_remove(at).info)
    }
}

impl std::fmt::Debug for Timers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timers").field("pending", &self.entries.len()).finish()
    }
}
