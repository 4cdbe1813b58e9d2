//! Who is given what.

use std::cmp::Reverse;

use slab::Slab;

use super::source::{After, State, Subscriber};

/// How items are shared out.
pub(super) enum By<T> {
    /// To who has asked for most.
    Demand,
    /// To everybody.
    Broadcast {
        /// Makes another one.
        clone: fn(&T) -> T,
    },
    /// To whom they belong.
    Partition {
        /// Which partition; nothing: nobody's.
        of: PartitionOf<T>,
    },
}

pub(super) type PartitionOf<T> = std::sync::Arc<dyn Fn(&T) -> Option<usize> + Send + Sync>;

impl<T> By<T> {
    pub(super) fn is_broadcast(&self) -> bool {
        matches!(self, Self::Broadcast { .. })
    }

    /// How much all subscribers together want.
    pub(super) fn wanted(&self, subscribers: &Slab<Subscriber<T>>) -> usize {
        let pending = subscribers.iter().map(|(_, one)| one.pending);
        if self.is_broadcast() { pending.min().unwrap_or(0) } else { pending.sum() }
    }
}

impl<T> State<T> {
    /// Gives what was asked for, as far as it is there.
    pub(super) fn dispatch(&mut self, after: &mut After<T>) {
        if self.is_held {
            return;
        }
        match self.by {
            By::Demand => while self.give_to_most(after) {},
            By::Broadcast { clone } => while self.give_to_all(clone, after) {},
            By::Partition { .. } => {
                let ids: Vec<_> = self.subscribers.iter().map(|(id, _)| id).collect();
                for id in ids {
                    self.give(id, after);
                }
            }
        }
    }

    /// To the subscriber who has asked for most, for longest (G021); whether there was one.
    fn give_to_most(&mut self, after: &mut After<T>) -> bool {
        let asking = self.subscribers.iter().filter(|(_, one)| one.pending > 0);
        let most = asking.max_by_key(|(_, one)| (one.pending, Reverse(one.since))).map(|(id, _)| id);
        most.is_some_and(|id| self.give(id, after))
    }

    /// As much as everybody wants (G024); whether that was anything.
    fn give_to_all(&mut self, clone: fn(&T) -> T, after: &mut After<T>) -> bool {
        let wanted = self.by.wanted(&self.subscribers).min(self.queues[0].len());
        let items: Vec<_> = (0..wanted).filter_map(|_| self.queues[0].pop_front()).collect();
        for (_, one) in &mut self.subscribers {
            let is_wanted = |item: &&T| one.select.as_ref().is_none_or(|select| select(item));
            let own: Vec<T> = items.iter().filter(is_wanted).map(clone).collect();
            // What it does not want is not counted: it has been asked for again (G025).
            one.receive(own, after);
        }
        after.trash.extend(items);
        wanted > 0
    }

    /// As much as one has asked for; whether that was anything.
    fn give(&mut self, id: usize, after: &mut After<T>) -> bool {
        let one = &mut self.subscribers[id];
        let queue = &mut self.queues[one.queue];
        let items: Vec<_> = (0..one.pending.min(queue.len())).filter_map(|_| queue.pop_front()).collect();
        let is_some = one.receive(items, after);
        if is_some {
            self.turn += 1;
            one.since = self.turn;
        }
        is_some
    }
}

impl<T> Subscriber<T> {
    fn receive(&mut self, items: Vec<T>, after: &mut After<T>) -> bool {
        if items.is_empty() {
            return false;
        }
        self.pending -= items.len();
        self.inbox.push_back(items);
        after.wakers.extend(self.waker.take());
        true
    }
}
