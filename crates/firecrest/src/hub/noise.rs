//! Saying a thing once a second at most.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the same is no news.
const PAUSE: Duration = Duration::from_secs(1);

/// When what was last said.
#[derive(Default)]
pub(super) struct Noise(Mutex<HashMap<&'static str, Instant>>);

impl Noise {
    /// Whether it is worth a line in the log: it was not said in the last second.
    pub(super) fn is_news(&self, what: &'static str) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_news = said.get(what).is_none_or(|last| now - *last >= PAUSE);
        if is_news {
            said.insert(what, now);
        }
        is_news
    }
}
