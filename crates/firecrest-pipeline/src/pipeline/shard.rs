//! A line, its lock, and the workers that sleep beside it.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::line::{Joined, Keys, Line, Waiting};
use super::slots::Slots;
use super::stats::Done;

/// Most items that a worker takes at once, of those that its handler finishes without waiting.
const HAND: usize = 32;

/// A handler that takes longer for a hand is given less, so that others can help.
const QUICK: Duration = Duration::from_micros(50);

/// A line and who works on it.
pub(super) struct Shard<T> {
    state: Mutex<State<T>>,
    /// Told when something was taken, and somebody waits for room.
    room: Notify,
}

struct State<T> {
    line: Line<T>,
    slots: Slots,
    /// Taken, and not done or given back.
    out: usize,
    done: Done,
    /// Workers that sleep, by their number; who slept last is woken first, while it is warm.
    asleep: Vec<usize>,
    wakers: Box<[Option<Waker>]>,
    /// Whether a worker was woken and has not come yet. It wakes the next one when there is more than it takes.
    is_one_coming: bool,
    /// How many wait for room, or more.
    waits_for_room: usize,
    is_closed: bool,
    is_failed: bool,
}

/// What a worker has taken.
pub(super) struct Hand<T> {
    /// Which worker's.
    worker: usize,
    items: VecDeque<Waiting<T>>,
    /// Too old to be worked on.
    pub(super) expired: Vec<T>,
    /// How many to take.
    size: usize,
    /// Whether a slot is taken.
    is_out: bool,
    is_asleep: bool,
    /// What was done since the shard has heard of it.
    pub(super) done: Done,
    finished: usize,
}

impl<T> Shard<T> {
    pub(super) fn new(line: Line<T>, workers: usize, refill: usize) -> Self {
        let state = State {
            line,
            slots: Slots::new(workers, refill),
            out: 0,
            done: Done::default(),
            asleep: Vec::with_capacity(workers),
            wakers: vec![None; workers].into(),
            is_one_coming: false,
            waits_for_room: 0,
            is_closed: false,
            is_failed: false,
        };
        Shard { state: Mutex::new(state), room: Notify::new() }
    }

    /// Adds an item; an error when nothing is taken any more.
    pub(super) fn push(&self, item: T, at: Instant, keys: Keys) -> Result<Joined<T>, T> {
        self.add(self.lock(), item, at, keys)
    }

    /// Adds an item as soon as there is room; an error when nothing is taken any more.
    pub(super) async fn push_wait(&self, item: T, keys: Keys) -> Result<Joined<T>, T> {
        if let Some(state) = self.room(keys, false) {
            return self.add(state, item, Instant::now(), keys);
        }
        loop {
            let mut room = pin!(self.room.notified());
            room.as_mut().enable();
            if let Some(state) = self.room(keys, true) {
                return self.add(state, item, Instant::now(), keys);
            }
            room.await;
        }
    }

    /// Takes a hand of items, after it was told what became of the last one. False when there will be nothing any more.
    pub(super) fn poll_take(
        &self,
        hand: &mut Hand<T>,
        expire_after: Option<Duration>,
        cx: &mut Context<'_>,
    ) -> Poll<bool> {
        let mut state = self.lock();
        state.settle(hand);
        let polled = state.take(hand, expire_after, cx);
        let (call, room, end) = (state.call(), state.room(hand), state.end());
        drop(state);
        wake(call);
        end.into_iter().for_each(Waker::wake);
        (0..room).for_each(|_| self.room.notify_one());
        polled
    }

    /// Gives back what has not been begun, for others; how many that are.
    pub(super) fn give_back(&self, hand: &mut Hand<T>) -> usize {
        let given = hand.items.len();
        if given == 0 {
            return 0;
        }
        let mut state = self.lock();
        state.out = state.out.saturating_sub(given);
        while let Some(waiting) = hand.items.pop_back() {
            state.line.give_back(waiting);
        }
        let call = state.call();
        drop(state);
        wake(call);
        given
    }

    /// Takes nothing any more; workers end when all is done, or before that when it `is_failed`.
    pub(super) fn close(&self, is_failed: bool) {
        let mut state = self.lock();
        state.is_closed = true;
        state.is_failed |= is_failed;
        let all = state.wake_all();
        drop(state);
        all.into_iter().for_each(Waker::wake);
        self.room.notify_waiters();
    }

    /// Takes out all that waits; gives also how many are being worked on, which are given up.
    pub(super) fn empty(&self) -> (Vec<T>, usize) {
        let mut state = self.lock();
        state.slots.give_up();
        (state.line.take_all(), std::mem::take(&mut state.out))
    }

    /// How many wait.
    pub(super) fn depth(&self) -> usize {
        self.lock().line.len()
    }

    /// How many workers are at work.
    pub(super) fn active(&self) -> usize {
        self.lock().slots.active()
    }

    pub(super) fn done(&self) -> Done {
        self.lock().done
    }

    fn add(
        &self,
        mut state: MutexGuard<'_, State<T>>,
        item: T,
        at: Instant,
        keys: Keys,
    ) -> Result<Joined<T>, T> {
        if state.is_closed {
            return Err(item);
        }
        let joined = state.line.push(item, at, keys);
        let call = state.call();
        drop(state);
        wake(call);
        Ok(joined)
    }

    /// Locked, when there is room, or never will be; otherwise notes that somebody `waits` for it.
    fn room(&self, keys: Keys, waits: bool) -> Option<MutexGuard<'_, State<T>>> {
        let mut state = self.lock();
        if state.is_closed || state.line.has_room(keys) {
            return Some(state);
        }
        state.waits_for_room += usize::from(waits);
        None
    }

    /// No code of anybody else runs under the lock, so that it is not poisoned.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    /// What has become of the hand.
    fn settle(&mut self, hand: &mut Hand<T>) {
        if std::mem::take(&mut hand.is_out) {
            self.slots.finish();
            // A hand that was given up may still be finished.
            self.out = self.out.saturating_sub(std::mem::take(&mut hand.finished));
            self.done.add(std::mem::take(&mut hand.done));
        }
    }

    fn take(
        &mut self,
        hand: &mut Hand<T>,
        expire_after: Option<Duration>,
        cx: &mut Context<'_>,
    ) -> Poll<bool> {
        let waker = &mut self.wakers[hand.worker];
        if hand.is_asleep {
            if let Some(waker) = waker {
                // Polled without having been called.
                waker.clone_from(cx.waker());
                return Poll::Pending;
            }
            hand.is_asleep = false;
            self.is_one_coming = false;
        }
        if self.is_failed {
            return Poll::Ready(false);
        }
        if self.slots.is_free() {
            self.fill(hand, expire_after);
            if !hand.items.is_empty() || !hand.expired.is_empty() {
                self.slots.take();
                self.out += hand.items.len();
                hand.is_out = true;
                return Poll::Ready(true);
            }
        }
        if self.is_over() {
            return Poll::Ready(false);
        }
        self.line.rest();
        self.wakers[hand.worker] = Some(cx.waker().clone());
        self.asleep.push(hand.worker);
        hand.is_asleep = true;
        Poll::Pending
    }

    fn fill(&mut self, hand: &mut Hand<T>, expire_after: Option<Duration>) {
        let size = if self.line.is_plain() { hand.size } else { 1 };
        let now = expire_after.map(|_| Instant::now());
        while hand.items.len() < size && hand.expired.len() < HAND {
            let Some(waiting) = self.line.pop() else { return };
            match (now, expire_after) {
                (Some(now), Some(limit)) if now.saturating_duration_since(waiting.at) > limit => {
                    hand.expired.push(waiting.item);
                }
                _ => hand.items.push_back(waiting),
            }
        }
    }

    /// Somebody who sleeps, when there is something to do and nobody else on the way.
    fn call(&mut self) -> Option<Waker> {
        if self.is_one_coming || !self.slots.is_free() || self.line.len() == 0 {
            return None;
        }
        let worker = self.asleep.pop()?;
        self.is_one_coming = true;
        self.wakers[worker].take()
    }

    /// How many who wait for room may look for it.
    fn room(&mut self, hand: &Hand<T>) -> usize {
        let room = self.waits_for_room.min(hand.items.len() + hand.expired.len());
        self.waits_for_room -= room;
        room
    }

    /// Everybody, when nothing will come any more.
    fn end(&mut self) -> Vec<Waker> {
        if self.is_over() { self.wake_all() } else { Vec::new() }
    }

    /// Whether nothing will come any more: what is in somebody's hand may still be given back.
    fn is_over(&self) -> bool {
        self.is_closed && self.line.len() == 0 && self.out == 0
    }

    fn wake_all(&mut self) -> Vec<Waker> {
        let (asleep, wakers) = (&mut self.asleep, &mut self.wakers);
        asleep.drain(..).filter_map(|worker| wakers[worker].take()).collect()
    }
}

impl<T> Hand<T> {
    pub(super) fn new(worker: usize) -> Self {
        Hand {
            worker,
            items: VecDeque::new(),
            expired: Vec::new(),
            size: 1,
            is_out: false,
            is_asleep: false,
            done: Done::default(),
            finished: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// The next item to work on.
    pub(super) fn next(&mut self) -> Option<Waiting<T>> {
        let waiting = self.items.pop_front()?;
        self.finished += 1;
        Some(waiting)
    }

    /// How long it took, and whether the handler had to wait: how much to take next time.
    pub(super) fn adapt(&mut self, took: Duration, has_waited: bool) {
        self.size = match (has_waited, took > QUICK) {
            (true, _) => 1,
            (false, true) => (self.size / 2).max(1),
            (false, false) => (self.size * 2).min(HAND),
        };
    }
}

fn wake(call: Option<Waker>) {
    if let Some(waker) = call {
        waker.wake();
    }
}
