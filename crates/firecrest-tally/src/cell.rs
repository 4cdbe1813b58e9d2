//! A counter in memory.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::TallyError;
use crate::queue::{Queue, Round};

/// A counter: its value with everything that was added here, and what of that is written.
///
/// What is not written is the difference of the value and the books' `written`, so adding is one atomic operation. Who adds
/// looks afterwards whether the counter is marked, and the writer takes the mark away before it reads the value, in one order
/// that all agree on (`SeqCst`): what the writer did not see has found the mark gone and marks the counter anew.
pub(crate) struct Cell {
    name: Arc<str>,
    value: AtomicI64,
    /// Whether it is in the queue. Written under the books' lock.
    marked: AtomicBool,
    books: Mutex<Books>,
}

struct Books {
    /// What the store has, or will have when the commit under way succeeds.
    written: i64,
    /// What somebody waits for, of what is not written.
    waiting: i64,
    /// The round that will write it, while it is marked.
    round: Option<Arc<Round>>,
}

/// What a commit takes from a counter.
pub(crate) struct Taken {
    pub(crate) cell: Arc<Cell>,
    /// What is not written. It may be 0 when what somebody waits for and what nobody waits for make up for each other.
    pub(crate) delta: i64,
    /// The part of it that somebody waits for.
    waiting: i64,
}

impl Cell {
    pub(crate) fn new(name: Arc<str>, value: i64) -> Self {
        let books = Books { written: value, waiting: 0, round: None };
        Cell { name, value: AtomicI64::new(value), marked: AtomicBool::new(false), books: Mutex::new(books) }
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub(crate) fn value(&self) -> i64 {
        self.value.load(Ordering::SeqCst)
    }

    /// Adds what nobody waits for; the value stays at the end of `i64`.
    #[inline]
    pub(crate) fn add_later(self: &Arc<Self>, by: i64, queue: &Queue) {
        let before = self.change(|value| value.saturating_add(by));
        if before.checked_add(by).is_none() {
            self.saturated(before);
        }
        if !self.marked.load(Ordering::SeqCst) {
            self.mark_later(queue);
        }
    }

    /// Adds what somebody waits for: the value afterwards, and the round to wait for.
    pub(crate) fn add(self: &Arc<Self>, by: i64, queue: &Queue) -> Result<(i64, Arc<Round>), TallyError> {
        let mut books = self.books();
        let waiting = books.waiting.checked_add(by).ok_or(TallyError::Overflow)?;
        let round = match &books.round {
            Some(round) => Arc::clone(round),
            None => self.mark(&mut books, queue.push(Arc::clone(self))?),
        };
        let add = |value: i64| value.checked_add(by);
        let before = self.value.fetch_update(Ordering::SeqCst, Ordering::Relaxed, add);
        let value = before.ok().and_then(add).ok_or(TallyError::Overflow)?;
        books.waiting = waiting;
        queue.join(&round);
        Ok((value, round))
    }

    /// Takes what is not written, and the mark; `None` if there is nothing.
    pub(crate) fn take(self: &Arc<Self>, queue: &Queue) -> Option<Taken> {
        let mut books = self.books();
        books.round = None;
        self.marked.store(false, Ordering::SeqCst);
        let delta = self.value().saturating_sub(books.written);
        let waiting = std::mem::take(&mut books.waiting);
        books.written = books.written.saturating_add(delta);
        // From one end of i64 to the other it is more than one delta can say.
        if delta == i64::MAX || delta == i64::MIN {
            self.mark(&mut books, queue.push_back(Arc::clone(self)));
        }
        drop(books);
        (delta != 0 || waiting != 0).then(|| Taken { cell: Arc::clone(self), delta, waiting })
    }

    /// Learns what the store has, from a commit or from others: what is not written comes on top.
    pub(crate) fn learn(&self, stored: i64) {
        let mut books = self.books();
        if books.written != stored {
            let written = std::mem::replace(&mut books.written, stored);
            self.change(|value| stored.saturating_add(value.saturating_sub(written)));
        }
    }

    fn mark(&self, books: &mut Books, round: Arc<Round>) -> Arc<Round> {
        self.marked.store(true, Ordering::SeqCst);
        books.round = Some(Arc::clone(&round));
        round
    }

    #[cold]
    fn mark_later(self: &Arc<Self>, queue: &Queue) {
        let mut books = self.books();
        if books.round.is_some() {
            return;
        }
        match queue.push(Arc::clone(self)) {
            Ok(round) => {
                self.mark(&mut books, round);
            }
            Err(_) => tracing::debug!(counter = &*self.name, "added to a counter that has been closed"),
        }
    }

    /// Changes the value, and returns the one before.
    #[inline]
    fn change(&self, next: impl Fn(i64) -> i64) -> i64 {
        // Not `fetch_add`, which wraps, if only until it is put right.
        let before = self.value.fetch_update(Ordering::SeqCst, Ordering::Relaxed, |value| Some(next(value)));
        match before {
            Ok(before) | Err(before) => before,
        }
    }

    #[cold]
    fn saturated(&self, before: i64) {
        if before != i64::MAX && before != i64::MIN {
            tracing::warn!(counter = &*self.name, "a counter is at the end of 64 bits and stays there");
        }
    }

    /// Whoever holds them does not panic, so poison means nothing.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// The commit has been refused: what somebody waited for is taken back; the rest is tried again if there is a queue for it.
    /// What remains is returned.
    pub(crate) fn give_back(&self, again: Option<&Queue>) -> i64 {
        let cell = &self.cell;
        let mut books = cell.books();
        books.written = books.written.saturating_sub(self.delta);
        cell.change(|value| value.saturating_sub(self.waiting));
        let rest = self.delta.saturating_sub(self.waiting);
        if let Some(queue) = again.filter(|_| rest != 0 && books.round.is_none()) {
            cell.mark(&mut books, queue.push_back(Arc::clone(cell)));
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    /// Where two threads meet, without going to sleep: they go on at nearly the same moment.
    #[derive(Default)]
    struct Meeting(AtomicUsize);

    impl Meeting {
        fn meet(&self) {
            let arrived = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            while self.0.load(Ordering::SeqCst) < arrived.next_multiple_of(2) {
                thread::yield_now();
            }
        }
    }

    #[test]
    fn what_is_added_while_a_counter_is_taken_is_taken_or_marks_it_again() {
        const ROUNDS: usize = 100_000;
        let (cell, queue, meeting) =
            (Arc::new(Cell::new("visits".into(), 0)), Queue::new(1), Meeting::default());
        let take = || {
            queue.take();
            cell.take(&queue).map_or(0, |taken| taken.delta)
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..ROUNDS {
                    cell.add_later(1, &queue);
                    meeting.meet();
                    // At another moment of the taking each time.
                    (0..round % 200).for_each(|_| std::hint::spin_loop());
                    cell.add_later(1, &queue);
                    meeting.meet();
                    meeting.meet();
                }
            });
            let (mut written, mut lost) = (0, 0);
            for _ in 0..ROUNDS {
                meeting.meet();
                written += take();
                meeting.meet();
                let marked = cell.books().round.is_some();
                lost += usize::from(!marked && written != cell.value());
                written += take();
                meeting.meet();
            }
            assert_eq!((lost, written), (0, cell.value()));
        });
    }
}
