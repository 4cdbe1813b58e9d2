//! The newest messages of a topic.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::watch;

use super::Body;
use super::clock::is_sound_at;
use super::origin::Reach;
use super::parcel::{Carried, fits, now};
use super::polls::{Polls, Report, Stale};

/// Most messages that are kept of a topic: 1,000.
pub(super) const MAX_KEPT: usize = 1_000;

/// What a topic keeps of its messages (D009, D012).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// Nothing: who comes late has missed it.
    Nothing,
    /// The last one.
    Last,
    /// So many, the newest; 1,000 at most.
    Newest(usize),
}

/// Keeps messages by the time at which they were sent, on whichever node.
pub(super) struct Shelf {
    keep: AtomicUsize,
    /// Whether a message is of the type that the first handle has.
    fits: OnceLock<Fits>,
    kept: Mutex<VecDeque<Arc<dyn Carried>>>,
    pub(super) polls: Polls,
    /// Tells that there is another message, or that the last has become stale or true again.
    pub(super) news: watch::Sender<()>,
}

type Fits = fn(&Arc<dyn Carried>) -> Result<(), String>;

impl Keep {
    pub(super) fn count(self) -> usize {
        match self {
            Keep::Nothing => 0,
            Keep::Last => 1,
            Keep::Newest(count) => count.min(MAX_KEPT),
        }
    }
}

impl Shelf {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Shelf {
            keep: AtomicUsize::new(0),
            fits: OnceLock::new(),
            kept: Mutex::default(),
            polls: Polls::default(),
            news: watch::Sender::new(()),
        })
    }

    /// Keeps messages of this type, unless it has another already.
    pub(super) fn set_type<T: Body>(&self) {
        self.fits.get_or_init(|| fits::<T>);
    }

    /// Whether the message is of the type that is kept; the error says why not. One that is not takes nobody's place.
    pub(super) fn fits(&self, message: &Arc<dyn Carried>) -> Result<(), String> {
        self.fits.get().map_or(Ok(()), |fits| fits(message))
    }

    /// Keeps at least so many from now on.
    pub(super) fn raise(&self, keep: Keep) {
        self.keep.fetch_max(keep.count(), Ordering::AcqRel);
    }

    pub(super) fn keeps(&self) -> usize {
        self.keep.load(Ordering::Acquire)
    }

    /// Puts a message in its place; nothing when it is here already, or older than what is kept.
    pub(super) fn put(&self, message: &Arc<dyn Carried>) {
        if message.head().origin.node.is_some() {
            // A time that is yet to come is that of a clock that is ahead.
            self.polls.sent_elsewhere(message.head().time().elapsed().unwrap_or_default());
        }
        self.put_at(message, now());
    }

    /// What is of a clock that is ahead by far is not kept: it would be the newest for long.
    fn put_at(&self, message: &Arc<dyn Carried>, now: u64) {
        let age = message.head().age();
        if !is_sound_at(age.0, now) {
            return;
        }
        let mut kept = self.kept();
        // Neither is what was sent when this node's own was.
        let sound = kept.partition_point(|other| is_sound_at(other.head().age().0, now));
        let mut gone: Vec<_> = kept.drain(sound..).collect();
        let place = kept.iter().rposition(|other| other.head().age() <= age);
        let is_here = place.is_some_and(|place| kept[place].head().age() == age);
        if !is_here {
            kept.insert(place.map_or(0, |place| place + 1), Arc::clone(message));
        }
        let excess = kept.len().saturating_sub(self.keeps());
        gone.extend(kept.drain(..excess));
        drop(kept);
        if !is_here {
            self.news.send_replace(());
        }
        // The application's code.
        drop(gone);
    }

    pub(super) fn last(&self) -> Option<Arc<dyn Carried>> {
        self.kept().back().cloned()
    }

    /// The newest, so many at most, the oldest of them first.
    pub(super) fn newest(&self, count: usize) -> Vec<Arc<dyn Carried>> {
        let kept = self.kept();
        kept.iter().skip(kept.len().saturating_sub(count)).cloned().collect()
    }

    /// Those of the newest that other nodes may be told, the oldest of them first.
    pub(super) fn newest_for_others(&self, count: usize) -> Vec<Arc<dyn Carried>> {
        let kept = self.kept();
        let told = kept.iter().rev().filter(|message| message.head().origin.reach == Reach::Cluster);
        let mut told: Vec<_> = told.take(count).cloned().collect();
        drop(kept);
        told.reverse();
        told
    }

    /// What is wrong with what is kept.
    pub(super) fn stale(&self) -> Option<Stale> {
        self.polls.stale()
    }

    /// This node has polled, for all nodes or for itself. Returns whether it is news that what is kept has become stale, or true again.
    pub(super) fn polled_here(&self, report: Report, is_shared: bool) -> bool {
        self.tell_if(report.error.is_some(), || self.polls.here(report, is_shared))
    }

    /// Another node has polled.
    pub(super) fn polled_elsewhere(&self, report: Report) {
        self.tell_if(report.error.is_some(), || self.polls.elsewhere(report));
    }

    /// Tells of what is news, or another reason.
    fn tell_if(&self, is_stale: bool, note: impl FnOnce() -> bool) -> bool {
        let is_news = note();
        if is_news || is_stale {
            self.news.send_replace(());
        }
        is_news
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Arc<dyn Carried>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::clock::Stamp;
    use crate::hub::origin::Origin;
    use crate::hub::parcel::{Head, Letter};

    #[test]
    fn a_clock_that_was_ahead_by_far_and_came_back_stops_nothing() {
        let shelf = Shelf::new();
        shelf.raise(Keep::Newest(5));
        let (today, week) = (now(), 7 * 24 * 60 * 60 * 1_000_000);
        let put = |order, now| {
            let stamp = Stamp { at: order, order };
            let letter = Letter::new(Head::new("a".into(), stamp, Origin::default()), "1".into());
            shelf.put_at(&(Arc::new(letter) as _), now);
        };
        put(today, today);
        // Its own clock says that a week has gone, and then it has not.
        put(today + week, today + week);
        put(today + 1, today + 1);
        // And that of another node.
        put(today + week, today + 2);
        let orders: Vec<_> = shelf.newest(9).iter().map(|it| it.head().age().0 - today).collect();
        assert_eq!(orders, [0, 1]);
    }
}
