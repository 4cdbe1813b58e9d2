//! What has been heard already.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Most lives of nodes that are remembered, the last ones: 1,024, of some 600 bytes each. Beyond it a life that is heard of again
/// counts as new.
const MAX_LIVES: usize = 1_024;

/// How far behind the highest number one may come: 4,096, as many as there may be while a large message is sent.
const WINDOW: u64 = 4_096;

/// Which numbers each node has used: a message that somebody repeats is not heard again.
#[derive(Default)]
pub(super) struct Heard(Mutex<VecDeque<Life>>);

struct Life {
    life: u128,
    /// The highest number that was heard.
    highest: u64,
    /// Which of the numbers within the window were heard, each at its remainder.
    bits: Box<[u64; WINDOW as usize / 64]>,
}

impl Heard {
    /// Whether this number of a node's life is heard for the first time, and not too late.
    pub(super) fn is_new(&self, life: u128, number: u64) -> bool {
        let mut lives = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lives.iter_mut().rev().find(|known| known.life == life) {
            return known.is_new(number);
        }
        if lives.len() >= MAX_LIVES {
            lives.pop_front();
        }
        let mut new = Life { life, highest: number, bits: Box::new([0; _]) };
        let is_new = new.set(number);
        lives.push_back(new);
        is_new
    }
}

impl Life {
    fn is_new(&mut self, number: u64) -> bool {
        if number > self.highest {
            let passed = (self.highest + 1..=number).rev().take(self.bits.len() * 64);
            passed.for_each(|number| self.clear(number));
            self.highest = number;
        }
        self.highest - number < WINDOW && self.set(number)
    }

    /// Whether it was not set.
    fn set(&mut self, number: u64) -> bool {
        let (word, bit) = at(number);
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        is_new
    }

    fn clear(&mut self, number: u64) {
        let (word, bit) = at(number);
        self.bits[word] &= !bit;
    }
}

/// Where the bit of a number is.
#[allow(clippy::cast_possible_truncation, reason = "a remainder of 4,096 fits into everything")]
fn at(number: u64) -> (usize, u64) {
    let at = number % WINDOW;
    ((at / 64) as usize, 1 << (at % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Nothing is heard twice, and what is not too late is heard.
        #[test]
        fn each_number_is_new_once(
            base in prop_oneof![Just(0), Just(u64::MAX - 3 * WINDOW)],
            steps in proptest::collection::vec(prop_oneof![0..300u64, 0..3 * WINDOW], 1..300),
        ) {
            let numbers: Vec<_> = steps.into_iter().map(|step| base + step).collect();
            let (heard, mut known, mut highest) = (Heard::default(), HashSet::new(), numbers[0]);
            for number in numbers {
                highest = highest.max(number);
                let expected = highest - number < WINDOW && known.insert(number);
                prop_assert_eq!(heard.is_new(7, number), expected, "{}", number);
            }
        }
    }

    #[test]
    fn each_life_has_numbers_of_its_own_and_the_oldest_is_forgotten() {
        let heard = Heard::default();
        assert!(heard.is_new(1, 5) && heard.is_new(2, 5) && !heard.is_new(1, 5));
        assert!(heard.is_new(1, u64::MAX) && !heard.is_new(1, 5) && !heard.is_new(1, u64::MAX));
        for life in 3..3 + MAX_LIVES as u128 {
            assert!(heard.is_new(life, 1));
        }
        assert!(heard.is_new(1, 5));
        assert_eq!(heard.0.lock().unwrap().len(), MAX_LIVES);
    }
}
