//! Counters with a row for each thread, to which nobody else writes.

use std::cell::Cell;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Limit;
use crate::connection::Transport;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// Messages of clients.
    MessagesIn,
    /// Frames that were written to clients.
    MessagesOut,
    /// Bytes that clients have sent, after the handshake.
    BytesIn,
    /// Bytes that were written to clients, after the handshake.
    BytesOut,
    /// Broadcasts that were handed out on this node.
    Broadcasts,
    /// Subscriptions that they were handed to.
    Deliveries,
    /// WebSockets that were opened, and those that are closed again.
    WebSocketsOpened,
    WebSocketsClosed,
    /// Long-poll sessions, likewise.
    LongPollsOpened,
    LongPollsClosed,
    /// Joined channels, likewise.
    ChannelsOpened,
    ChannelsClosed,
    /// Joined live views, likewise.
    ViewsOpened,
    ViewsClosed,
    /// Messages of the hub that were sent on this node, those that came from others, and those that went there.
    HubLocal,
    HubIn,
    HubOut,
    /// Messages of the hub that were dropped because nobody took them in time, and those that were dropped on purpose.
    HubFull,
    HubSampled,
    /// Not a counter: the first of those of [`Limit`].
    Limits,
}

/// How many counters there are.
const SIZE: usize = Count::Limits as usize + Limit::ALL.len();

/// The counts of one thread.
#[repr(align(128))]
struct Row {
    counts: [AtomicU64; SIZE],
    /// Different from that of other rows.
    number: usize,
}

/// All rows that there are. There were never more threads at once, for a row is used again when its thread has ended.
struct Rows {
    all: Vec<&'static Row>,
    free: Vec<&'static Row>,
}

static ROWS: Mutex<Rows> = Mutex::new(Rows { all: Vec::new(), free: Vec::new() });

/// What threads count that are ending and have no row any more.
static ENDING: Row = Row::new(0);

thread_local! {
    /// This thread's row, from its first count on. It has no destructor, so that it is found without asking for one.
    static ROW: Cell<Option<&'static Row>> = const { Cell::new(None) };

    /// Gives the row back.
    static SEAT: Seat = const { Seat };
}

/// A thread's hold of its row.
struct Seat;

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(row) = ROW.take() {
            rows().free.push(row);
        }
    }
}

/// Adds to a counter.
#[inline]
pub(crate) fn add(count: Count, by: u64) {
    add_at(count as usize, by);
}

/// Adds one to the counter of a limit.
pub(super) fn add_limit(limit: Limit) {
    add_at(Count::Limits as usize + limit as usize, 1);
}

#[inline]
fn add_at(at: usize, by: u64) {
    match ROW.get() {
        Some(row) => row.add(at, by),
        None => add_first(at, by),
    }
}

#[cold]
fn add_first(at: usize, by: u64) {
    match sit_down() {
        Some(row) => row.add(at, by),
        None => drop(ENDING.counts[at].fetch_add(by, Relaxed)),
    }
}

/// A row for this thread; none when it is ending.
fn sit_down() -> Option<&'static Row> {
    SEAT.try_with(|_| ()).ok()?;
    let mut rows = rows();
    let row = rows.free.pop().unwrap_or_else(|| {
        let row: &'static Row = Box::leak(Box::new(Row::new(rows.all.len())));
        rows.all.push(row);
        row
    });
    ROW.set(Some(row));
    Some(row)
}

/// A number that few other threads have at the same time.
#[inline]
pub(super) fn number() -> usize {
    ROW.get().map_or(0, |row| row.number)
}

/// What was counted since the process began.
pub(crate) fn total(count: Count) -> u64 {
    total_at(count as usize)
}

/// As [`total`], for a limit.
pub(super) fn total_of(limit: Limit) -> u64 {
    total_at(Count::Limits as usize + limit as usize)
}

fn total_at(at: usize) -> u64 {
    let rows = rows();
    let rows = rows.all.iter().copied().chain([&ENDING]);
    rows.map(|row| row.counts[at].load(Relaxed)).fold(0, u64::wrapping_add)
}

fn rows() -> MutexGuard<'static, Rows> {
    ROWS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Row {
    const fn new(number: usize) -> Self {
        Row { counts: [const { AtomicU64::new(0) }; SIZE], number }
    }

    /// By the thread whose row it is: no other writes in between.
    #[inline]
    fn add(&self, at: usize, by: u64) {
        let count = &self.counts[at];
        count.store(count.load(Relaxed).wrapping_add(by), Relaxed);
    }
}

/// Counted as open as long as it is kept.
#[derive(Debug)]
pub(crate) struct Open(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    WebSocket,
    LongPoll,
    Channel,
    View,
}

impl Open {
    /// A connection; nothing for those of the test kit.
    pub(crate) fn connection(transport: Transport) -> Option<Self> {
        match transport {
            Transport::WebSocket => Some(Open::new(Kind::WebSocket)),
            Transport::LongPoll => Some(Open::new(Kind::LongPoll)),
            Transport::Test => None,
        }
    }

    /// A joined channel.
    pub(crate) fn channel() -> Self {
        Open::new(Kind::Channel)
    }

    /// A joined live view.
    pub(crate) fn view() -> Self {
        Open::new(Kind::View)
    }

    fn new(kind: Kind) -> Self {
        add(kind.counts().0, 1);
        Open(kind)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        add(self.0.counts().1, 1);
    }
}

impl Kind {
    fn counts(self) -> (Count, Count) {
        match self {
            Kind::WebSocket => (Count::WebSocketsOpened, Count::WebSocketsClosed),
            Kind::LongPoll => (Count::LongPollsOpened, Count::LongPollsClosed),
            Kind::Channel => (Count::ChannelsOpened, Count::ChannelsClosed),
            Kind::View => (Count::ViewsOpened, Count::ViewsClosed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing else in these tests counts deliveries in such numbers.
    #[test]
    fn what_threads_count_is_added_up_even_after_they_have_ended() {
        const EACH: u64 = 1 << 40;
        let before = total(Count::Deliveries);
        let threads: Vec<_> = (0..8)
            .map(|_| std::thread::spawn(|| (0..100).for_each(|_| add(Count::Deliveries, EACH))))
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!((total(Count::Deliveries) - before) / EACH, 800);
    }

    #[test]
    fn a_thread_that_has_ended_leaves_its_row_to_the_next() {
        let row = || {
            add(Count::BytesIn, 0);
            number()
        };
        let rows: std::collections::HashSet<usize> =
            (0..200).map(|_| std::thread::spawn(row).join().unwrap()).collect();
        // Other tests' threads come and go meanwhile.
        assert!(rows.len() < 100, "{}", rows.len());
    }

    #[test]
    fn what_is_open_is_closed_when_it_is_dropped() {
        let before = (total(Count::LongPollsOpened), total(Count::LongPollsClosed));
        let open = Open::connection(Transport::LongPoll);
        assert!(total(Count::LongPollsOpened) > before.0);
        drop(open);
        assert!(total(Count::LongPollsClosed) > before.1);
        assert!(Open::connection(Transport::Test).is_none());
    }
}
