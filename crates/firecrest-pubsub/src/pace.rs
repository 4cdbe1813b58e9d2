//! Telling of gaps once in a while: a broker that restarts, or a queue that runs over again and again, makes many.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::Gap;

/// The least time between two gaps of the same kind.
const PAUSE: Duration = Duration::from_secs(1);

/// Most kinds that are remembered: this node's own, and those that other nodes tell of. If there are more, all are forgotten.
const MAX_KINDS: usize = 1_024;

/// When what was told last.
#[derive(Debug, Default)]
pub(crate) struct Paces(Mutex<HashMap<Option<String>, Told>>);

#[derive(Debug)]
struct Told {
    at: Instant,
    /// Whether another waits to be told.
    waits: bool,
}

/// When to tell of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    Now,
    /// After so long; then it is asked again.
    In(Duration),
    /// With the one that waits already.
    Waits,
}

impl Paces {
    /// When to tell of this gap.
    pub(crate) fn of(&self, gap: &Gap) -> Pace {
        let kind = match gap {
            Gap::In => None,
            Gap::Out => Some(String::new()),
            Gap::From(node) => Some(node.name().to_string()),
        };
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MAX_KINDS && !told.contains_key(&kind) {
            told.clear();
        }
        let now = Instant::now();
        let Some(last) = told.get_mut(&kind).filter(|last| now < last.at + PAUSE) else {
            told.insert(kind, Told { at: now, waits: false });
            return Pace::Now;
        };
        if std::mem::replace(&mut last.waits, true) { Pace::Waits } else { Pace::In(last.at + PAUSE - now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Node;

    #[tokio::test(start_paused = true)]
    async fn the_first_is_told_at_once_and_all_others_of_a_second_as_one() {
        let paces = Paces::default();
        assert_eq!(paces.of(&Gap::In), Pace::Now);
        tokio::time::advance(PAUSE / 4).await;
        assert_eq!([Gap::In, Gap::In].map(|gap| paces.of(&gap)), [Pace::In(PAUSE * 3 / 4), Pace::Waits]);
        assert_eq!(paces.of(&Gap::Out), Pace::Now);
        assert_eq!(paces.of(&Gap::From(Node::new("a", 1))), Pace::Now);
        assert_eq!(paces.of(&Gap::From(Node::new("b", 1))), Pace::Now);
        tokio::time::advance(PAUSE * 3 / 4).await;
        assert_eq!([Gap::In, Gap::In].map(|gap| paces.of(&gap)), [Pace::Now, Pace::In(PAUSE)]);
    }
}
