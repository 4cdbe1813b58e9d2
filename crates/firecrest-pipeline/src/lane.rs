//! A queue whose items know their numbers.

use std::collections::VecDeque;

/// How many empty places a queue keeps when it rests.
const KEPT: usize = 1_024;

/// A queue. Each of its items has a number, one more than that of the item before.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    items: VecDeque<T>,
    /// Number of the first item, or of the next one when there is none.
    head: u64,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        // So far from nought that items may be given back.
        Lane { items: VecDeque::new(), head: 1 << 62 }
    }
}

impl<T> Lane<T> {
    /// Adds one at the end and gives its number.
    pub(crate) fn push_back(&mut self, item: T) -> u64 {
        self.items.push_back(item);
        self.end() - 1
    }

    /// Puts one back where it was taken from.
    pub(crate) fn push_front(&mut self, item: T) {
        self.items.push_front(item);
        self.head -= 1;
    }

    pub(crate) fn pop_front(&mut self) -> Option<T> {
        let item = self.items.pop_front()?;
        self.head += 1;
        Some(item)
    }

    pub(crate) fn pop_back(&mut self) -> Option<T> {
        self.items.pop_back()
    }

    /// The item with this number, when it is there.
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let place = number.checked_sub(self.head)?;
        self.items.get_mut(usize::try_from(place).ok()?)
    }

    /// Number of the first item, or of the next one when there is none.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Number of the item that comes next.
    pub(crate) fn end(&self) -> u64 {
        self.head + self.items.len() as u64
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Takes everything.
    pub(crate) fn take_all(&mut self) -> VecDeque<T> {
        self.head = self.end();
        std::mem::take(&mut self.items)
    }

    /// Gives memory back that a crowd has left behind.
    pub(crate) fn rest(&mut self) {
        if self.items.is_empty() && self.items.capacity() > KEPT {
            self.items = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_numbers() {
        let mut lane = Lane::default();
        let numbers: Vec<_> = ["a", "b", "c"].into_iter().map(|item| lane.push_back(item)).collect();
        assert_eq!(lane.pop_front(), Some("a"));
        assert_eq!((lane.head(), lane.end()), (numbers[1], numbers[2] + 1));
        *lane.get_mut(numbers[2]).unwrap() = "C";
        assert_eq!(lane.get_mut(numbers[0]), None);
        lane.push_front("a");
        assert_eq!(lane.get_mut(numbers[0]), Some(&mut "a"));
        assert_eq!(lane.take_all(), ["a", "b", "C"]);
        assert_eq!((lane.len(), lane.head()), (0, numbers[2] + 1));
    }

    #[test]
    fn an_empty_queue_keeps_little() {
        let mut lane = Lane::default();
        for number in 0..10_000 {
            lane.push_back(number);
        }
        while lane.pop_front().is_some() {}
        lane.rest();
        assert!(lane.items.capacity() <= KEPT);
    }
}
