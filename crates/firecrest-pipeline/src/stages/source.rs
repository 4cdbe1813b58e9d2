//! What a producer and its subscribers share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use slab::Slab;
use tokio::sync::Notify;

use super::dispatch::By;
use super::error::End;
use crate::Keep;
use crate::drops::Drops;
use crate::lane::Lane;

/// A producer without its handles.
pub(super) struct Source<T> {
    state: Mutex<State<T>>,
    /// Told when somebody may want something, or nobody any more.
    pub(super) wanted: Notify,
    /// Told when something has left the buffer.
    pub(super) moved: Notify,
    pub(super) drops: Arc<Drops>,
}

pub(super) struct State<T> {
    pub(super) by: By<T>,
    /// What waits: one queue, or one for each partition.
    pub(super) queues: Box<[Lane<T>]>,
    /// How many may wait in each; without end when nothing.
    pub(super) capacity: Option<usize>,
    pub(super) keep: Keep,
    pub(super) subscribers: Slab<Subscriber<T>>,
    /// Whether demand is held back.
    pub(super) is_held: bool,
    /// What who makes the items was told of and has not made yet.
    pub(super) announced: usize,
    pub(super) end: Option<End>,
    /// Handles, those of tasks that make items included.
    pub(super) handles: usize,
    /// Tasks that make items.
    pub(super) feeders: usize,
    /// Numbers the changes of demand: who has waited for longest comes first among equals.
    pub(super) turn: u64,
    /// What the first subscriber asks for at most.
    pub(super) first_max: Option<usize>,
}

/// Somebody who asks.
pub(super) struct Subscriber<T> {
    /// Asked for and not given.
    pub(super) pending: usize,
    /// When that changed.
    pub(super) since: u64,
    /// Given and not fetched, one entry for each time.
    pub(super) inbox: VecDeque<Vec<T>>,
    pub(super) waker: Option<Waker>,
    pub(super) queue: usize,
    /// Whether it wants an item.
    pub(super) select: Option<Select<T>>,
}

pub(super) type Select<T> = Box<dyn Fn(&T) -> bool + Send + Sync>;

/// What is to be done when the lock is free again.
#[must_use]
pub(super) struct After<T> {
    pub(super) wakers: Vec<Waker>,
    pub(super) dropped: u64,
    /// Items that nobody gets: what they do when they are dropped may need the lock.
    pub(super) trash: Vec<T>,
}

impl<T> Default for After<T> {
    fn default() -> Self {
        After { wakers: Vec::new(), dropped: 0, trash: Vec::new() }
    }
}

/// Whoever was given something is woken, even if something panics.
impl<T> Drop for After<T> {
    fn drop(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }
}

impl<T> Source<T> {
    pub(super) fn new(state: State<T>, drops: Arc<Drops>) -> Self {
        Source { state: Mutex::new(state), wanted: Notify::new(), moved: Notify::new(), drops }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, and tells those whom it concerns.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut State<T>, &mut After<T>) -> R) -> R {
        let mut after = After::default();
        let mut state = self.lock();
        let result = change(&mut state, &mut after);
        if state.end.is_some() {
            // There may be nothing more for those who are given nothing now.
            after.wakers.extend(state.subscribers.iter_mut().filter_map(|(_, one)| one.waker.take()));
        }
        drop(state);
        let dropped = after.dropped;
        drop(after);
        self.drops.add(dropped);
        self.wanted.notify_waiters();
        self.moved.notify_waiters();
        result
    }

    /// Ends it, unless it has ended before.
    pub(super) fn end(&self, end: End) {
        self.change(|state, after| state.end(end, after));
    }
}

impl<T> State<T> {
    /// Adds what was made to its queues, and gives what was asked for. Of all that was `made`, some may be for nobody.
    pub(super) fn emit(&mut self, items: Vec<(usize, T)>, made: usize, after: &mut After<T>) {
        self.announced = self.announced.saturating_sub(made);
        for (queue, item) in items {
            if self.is_full(queue) {
                self.dispatch(after);
            }
            if self.is_full(queue) {
                after.dropped += 1;
                if self.keep == Keep::Oldest {
                    after.trash.push(item);
                    continue;
                }
                after.trash.extend(self.queues[queue].pop_front());
            }
            self.queues[queue].push_back(item);
        }
        self.dispatch(after);
    }

    /// Somebody asks for more.
    pub(super) fn ask(&mut self, id: usize, items: usize, after: &mut After<T>) {
        self.turn += 1;
        let Some(subscriber) = self.subscribers.get_mut(id) else { return };
        subscriber.pending = subscriber.pending.saturating_add(items);
        subscriber.since = self.turn;
        self.dispatch(after);
    }

    /// Somebody leaves; what it has not fetched is for others.
    pub(super) fn leave(&mut self, id: usize, rest: Vec<T>, after: &mut After<T>) {
        let Some(subscriber) = self.subscribers.try_remove(id) else { return };
        let unfetched: Vec<T> = rest.into_iter().chain(subscriber.inbox.into_iter().flatten()).collect();
        let is_failed = !matches!(self.end, None | Some(End::Finished));
        if self.by.is_broadcast() || is_failed {
            after.trash.extend(unfetched);
        } else {
            self.give_back(subscriber.queue, unfetched, after);
        }
        self.dispatch(after);
    }

    pub(super) fn end(&mut self, end: End, after: &mut After<T>) {
        if self.end.is_some() {
            return;
        }
        if end != End::Finished {
            self.queues.iter_mut().for_each(|queue| after.trash.extend(queue.take_all()));
        }
        self.is_held = false;
        self.end = Some(end);
        self.dispatch(after);
    }

    /// What should be made now, beyond what waits and what is being made (G011).
    pub(super) fn wanted(&self) -> usize {
        let wanted = match &self.by {
            _ if self.is_held => 0,
            // What waits for one is of no use to another.
            By::Partition { .. } => {
                let own = |one: &Subscriber<T>| one.pending.saturating_sub(self.queues[one.queue].len());
                self.subscribers.iter().map(|(_, one)| own(one)).sum()
            }
            by => by.wanted(&self.subscribers).saturating_sub(self.queues[0].len()),
        };
        wanted.saturating_sub(self.announced)
    }

    /// Whether nobody will ever want anything of those who only make items.
    pub(super) fn is_abandoned(&self) -> bool {
        self.end.is_some() || (self.subscribers.is_empty() && self.handles <= self.feeders)
    }

    fn is_full(&self, queue: usize) -> bool {
        self.capacity.is_some_and(|capacity| self.queues[queue].len() >= capacity)
    }

    /// Puts items back in front of the others. When there are too many then, some are dropped as always.
    fn give_back(&mut self, queue: usize, items: Vec<T>, after: &mut After<T>) {
        let lane = &mut self.queues[queue];
        items.into_iter().rev().for_each(|item| lane.push_front(item));
        while self.capacity.is_some_and(|capacity| self.queues[queue].len() > capacity) {
            after.dropped += 1;
            after.trash.extend(match self.keep {
                Keep::Newest => self.queues[queue].pop_front(),
                Keep::Oldest => self.queues[queue].pop_back(),
            });
        }
    }
}
