//! Ticks of several nodes as one.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::telemetry::meter::{Limit, reached};

/// After how many ticks without a word a node counts as gone.
const PATIENCE: u32 = 2;

/// Ticks of a node that wait, at most: more have come than there were ticks here. They are added up.
const MAX_WAITING: usize = 2;

/// Most other nodes that are counted.
const MAX_NODES: usize = 1_024;

/// What a node counted within a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) messages: u64,
    /// How many are open at its end.
    pub(super) sockets: u64,
}

/// The other nodes. Their ticks do not begin when ours do: each node's wait here, so that one is taken for each of ours,
/// and no point has none or two of them by chance.
#[derive(Default)]
pub(super) struct Merge(HashMap<String, Others>);

#[derive(Default)]
struct Others {
    waiting: VecDeque<Counts>,
    sockets: u64,
    /// For how many of our ticks it has said nothing.
    silent: u32,
}

impl Counts {
    /// Adds what was counted at another time or elsewhere, whatever another node says that it was.
    fn add(&mut self, other: Counts) {
        self.requests = self.requests.saturating_add(other.requests);
        self.messages = self.messages.saturating_add(other.messages);
    }
}

impl Merge {
    /// Another node has counted.
    pub(super) fn add(&mut self, node: &str, counts: Counts) {
        if self.0.len() >= MAX_NODES && !self.0.contains_key(node) {
            reached(Limit::HubNodes);
            return;
        }
        let other = self.0.entry(node.to_owned()).or_default();
        other.silent = 0;
        other.waiting.push_back(counts);
        if other.waiting.len() > MAX_WAITING
            && let Some(oldest) = other.waiting.pop_front()
            && let Some(next) = other.waiting.front_mut()
        {
            next.add(oldest);
        }
    }

    /// Ends a tick: what the others counted in theirs, and how many they are. Who has said nothing for two is not among them any more.
    pub(super) fn take(&mut self) -> (Counts, u64) {
        let mut sum = Counts::default();
        for other in self.0.values_mut() {
            if let Some(counts) = other.waiting.pop_front() {
                sum.add(counts);
                other.sockets = counts.sockets;
            } else {
                other.silent += 1;
            }
        }
        self.0.retain(|_, other| other.silent < PATIENCE);
        sum.sockets = self.0.values().fold(0, |sum, other| sum.saturating_add(other.sockets));
        (sum, self.0.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn requests(requests: u64) -> Counts {
        Counts { requests, messages: 2 * requests, sockets: 7 }
    }

    #[test]
    fn ticks_that_do_not_begin_at_the_same_time_make_even_points() {
        let mut merge = Merge::default();
        merge.add("b", requests(1));
        let mut points = vec![merge.take().0.requests];
        // One comes late, and the next in time.
        points.push(merge.take().0.requests);
        merge.add("b", requests(2));
        merge.add("b", requests(3));
        points.extend([merge.take().0.requests, merge.take().0.requests]);
        assert_eq!(points, [1, 0, 2, 3]);
    }

    #[test]
    fn a_node_that_has_gone_stops_counting_after_two_ticks() {
        let mut merge = Merge::default();
        merge.add("b", requests(1));
        merge.add("c", requests(1));
        assert_eq!(merge.take(), (Counts { requests: 2, messages: 4, sockets: 14 }, 2));
        merge.add("c", requests(1));
        assert_eq!(merge.take().1, 2);
        merge.add("c", requests(1));
        assert_eq!(merge.take(), (requests(1), 1));
    }

    #[test]
    fn however_many_another_node_says_that_they_are() {
        let mut merge = Merge::default();
        let many = Counts { requests: u64::MAX, messages: u64::MAX, sockets: u64::MAX };
        for node in ["b", "c"] {
            (0..=MAX_WAITING).for_each(|_| merge.add(node, many));
        }
        assert_eq!(merge.take(), (many, 2));
    }

    proptest! {
        /// What is counted anywhere is counted once, whenever it comes.
        #[test]
        fn nothing_is_lost_or_counted_twice(ticks in vec(vec((0u8..4, 0u64..100), 0..8), 1..20)) {
            let (mut merge, mut sum, mut total) = (Merge::default(), 0, 0);
            for tick in ticks {
                for (node, count) in tick {
                    merge.add(&node.to_string(), requests(count));
                    total += count;
                }
                sum += merge.take().0.requests;
            }
            for _ in 0..MAX_WAITING {
                sum += merge.take().0.requests;
            }
            prop_assert_eq!(sum, total);
        }
    }
}
