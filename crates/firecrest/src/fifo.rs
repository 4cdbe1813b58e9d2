//! A queue for where mostly nothing waits, or one thing.

use std::collections::VecDeque;

/// A queue that holds its first item itself: as long as no second one waits it allocates nothing. What the others need is
/// given back with the last of them.
#[derive(Debug)]
pub(crate) struct Fifo<T> {
    first: Option<T>,
    rest: VecDeque<T>,
}

impl<T> Fifo<T> {
    pub(crate) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn first(&self) -> Option<&T> {
        self.first.as_ref()
    }

    /// All but the first.
    pub(crate) fn rest(&self) -> &VecDeque<T> {
        &self.rest
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.first.is_none() {
            self.first = Some(item);
        } else {
            self.rest.push_back(item);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.pop_if(|_| true)
    }

    /// Takes the first item, if it is as wanted.
    pub(crate) fn pop_if(&mut self, wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        let item = self.first.take_if(|first| wanted(first))?;
        if let Some(next) = self.rest.pop_front() {
            self.first = Some(next);
            self.give_back();
        }
        Some(item)
    }

    /// Takes the first item that is as wanted.
    pub(crate) fn take_first(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        if self.first.as_ref().is_none_or(&wanted) {
            return self.pop();
        }
        let at = self.rest.iter().position(wanted)?;
        let item = self.rest.remove(at);
        self.give_back();
        item
    }

    /// Gives up all but the first.
    pub(crate) fn truncate(&mut self) {
        self.rest = VecDeque::new();
    }

    /// Everything in order; nothing is left.
    pub(crate) fn take(&mut self) -> VecDeque<T> {
        let mut all = std::mem::take(&mut self.rest);
        if let Some(first) = self.first.take() {
            all.push_front(first);
        }
        all
    }

    /// Gives the memory back with the last of the rest.
    fn give_back(&mut self) {
        if self.rest.is_empty() {
            self.rest = VecDeque::new();
        }
    }
}

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Fifo { first: None, rest: VecDeque::new() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Push(u8),
        Pop,
        TakeEven,
        Take,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => any::<u8>().prop_map(Step::Push),
            2 => Just(Step::Pop),
            2 => Just(Step::TakeEven),
            1 => Just(Step::Take),
        ];
        proptest::collection::vec(step, 0..60)
    }

    proptest! {
        #[test]
        fn it_is_a_queue_and_keeps_no_memory(steps in steps()) {
            let (mut fifo, mut model) = (Fifo::default(), VecDeque::new());
            for step in steps {
                match step {
                    Step::Push(item) => {
                        fifo.push(item);
                        model.push_back(item);
                    }
                    Step::Pop => prop_assert_eq!(fifo.pop(), model.pop_front()),
                    Step::TakeEven => {
                        let expected = model.iter().position(|item| item % 2 == 0).and_then(|at| model.remove(at));
                        prop_assert_eq!(fifo.take_first(|item| item % 2 == 0), expected);
                    }
                    Step::Take => prop_assert_eq!(fifo.take(), std::mem::take(&mut model)),
                }
                prop_assert_eq!((fifo.len(), fifo.is_empty()), (model.len(), model.is_empty()));
                prop_assert!(fifo.len() > 1 || fifo.rest.capacity() == 0);
            }
        }
    }
}
