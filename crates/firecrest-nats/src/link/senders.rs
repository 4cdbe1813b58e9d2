//! Messages that come too late.

use std::collections::HashMap;

use crate::wire::Stamp;

/// Most nodes that are remembered, in all their lives; then all are forgotten, which
/// may let a message in that comes late. Each takes 48 bytes.
const MAX_SENDERS: usize = 4_096;

/// The newest connection of each node that was heard. What comes on an older one was lost already, as far as anybody was told, and
/// would come after newer messages: it is left out.
#[derive(Debug, Default)]
pub(crate) struct Senders(HashMap<u128, u64>);

impl Senders {
    /// Whether something was heard on a newer connection of the same node.
    pub(crate) fn is_late(&mut self, stamp: Stamp) -> bool {
        if self.0.len() >= MAX_SENDERS && !self.0.contains_key(&stamp.sender) {
            self.0.clear();
        }
        let newest = self.0.entry(stamp.sender).or_default();
        *newest = stamp.connection.max(*newest);
        stamp.connection < *newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_on_an_older_connection_is_late() {
        let mut senders = Senders::default();
        let (a, b) = (Stamp::first("a", 1), Stamp::first("b", 1));
        let all = [a, a, b.next(), a.next(), a, a.next().next(), a.next(), b, b.next()];
        let late = all.map(|stamp| senders.is_late(stamp));
        assert_eq!(late, [false, false, false, false, true, false, true, true, false]);
    }

    #[test]
    fn no_more_than_so_many_are_remembered() {
        let mut senders = Senders::default();
        for life in 0..3 * MAX_SENDERS {
            assert!(!senders.is_late(Stamp::first("a", life as u128)));
            assert!(senders.0.len() <= MAX_SENDERS);
        }
    }
}
