//! When a worker may take something.

/// The demand of all workers of a line: a worker that takes something uses one up, and those that have finished ask again
/// together, when there are enough of them (G037).
#[derive(Debug)]
pub(super) struct Slots {
    /// Asked for and not given.
    demand: usize,
    /// Finished and not asked for again.
    finished: usize,
    /// At work.
    active: usize,
    /// How many must have finished.
    refill: usize,
}

impl Slots {
    pub(super) fn new(max: usize, refill: usize) -> Self {
        Slots { demand: max, finished: 0, active: 0, refill: refill.clamp(1, max) }
    }

    pub(super) fn is_free(&self) -> bool {
        self.demand > 0
    }

    pub(super) fn active(&self) -> usize {
        self.active
    }

    pub(super) fn take(&mut self) {
        self.demand -= 1;
        self.active += 1;
    }

    /// Whoever is at work is not counted any more.
    pub(super) fn give_up(&mut self) {
        self.active = 0;
    }

    /// One has finished.
    pub(super) fn finish(&mut self) {
        // What was given up may still finish.
        self.active = self.active.saturating_sub(1);
        self.finished += 1;
        if self.finished >= self.refill {
            self.demand += std::mem::take(&mut self.finished);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is asked for after each of `workers` has finished.
    fn asked(workers: usize, refill: usize) -> Vec<usize> {
        let mut slots = Slots::new(workers, refill);
        (0..workers).for_each(|_| slots.take());
        let finish = |_| {
            slots.finish();
            slots.demand
        };
        (0..workers).map(finish).collect()
    }

    #[test]
    fn g037_those_that_have_finished_ask_again_together() {
        assert_eq!(asked(10, 5), [0, 0, 0, 0, 5, 5, 5, 5, 5, 10]);
        assert_eq!(asked(3, 2), [0, 2, 2]);
    }

    #[test]
    fn g037_without_a_minimum_each_asks_for_itself() {
        assert_eq!(asked(3, 0), [1, 2, 3]);
    }
}
