//! The answers one connection is waiting for.

use std::collections::VecDeque;

/// The questions of one connection that were not answered yet, in the order they were asked. Empty it holds no memory
/// but its own 32 bytes; it never holds more than the questions in flight.
#[derive(Debug, Default)]
pub(crate) struct Awaited(VecDeque<Question>);

/// What an answer turns out to be. Times are nanoseconds of the run's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Answered a second time.
    Duplicate,
    /// Right, and asked at this time.
    InOrder(u64),
    /// Right, but answers to earlier questions are still missing.
    OutOfOrder(u64),
    /// Nobody ever asked that.
    Unknown,
}

#[derive(Debug)]
struct Question {
    sequence: u64,
    asked_at: u64,
}

impl Awaited {
    /// Remembers a question.
    pub(crate) fn ask(&mut self, sequence: u64, asked_at: u64) {
        self.0.push_back(Question { sequence, asked_at });
    }

    /// Takes the answer to a question off the list; `asked` is how many sequence numbers were given out in all.
    pub(crate) fn answer(&mut self, sequence: u64, asked: u64) -> Answer {
        let position = self.0.iter().position(|question| question.sequence == sequence);
        match position.and_then(|position| self.0.remove(position).map(|question| (position, question))) {
            Some((0, question)) => Answer::InOrder(question.asked_at),
            Some((_, question)) => Answer::OutOfOrder(question.asked_at),
            None if sequence < asked => Answer::Duplicate,
            None => Answer::Unknown,
        }
    }

    /// How many questions are open.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Gives up on all of them; how many that were.
    pub(crate) fn give_up(&mut self) -> usize {
        let open = self.0.len();
        self.0 = VecDeque::new();
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_in_order_out_of_order_twice_and_unasked_are_told_apart() {
        let mut awaited = Awaited::default();
        for sequence in 0..3 {
            awaited.ask(sequence, 100 + sequence);
        }
        assert_eq!(awaited.answer(0, 3), Answer::InOrder(100));
        assert_eq!(awaited.answer(2, 3), Answer::OutOfOrder(102));
        assert_eq!(awaited.answer(2, 3), Answer::Duplicate);
        assert_eq!(awaited.answer(9, 3), Answer::Unknown);
        assert_eq!((awaited.len(), awaited.give_up(), awaited.len()), (1, 1, 0));
        assert_eq!(awaited.answer(1, 3), Answer::Duplicate);
    }
}
