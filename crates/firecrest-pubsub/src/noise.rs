//! Saying a thing once instead of a thousand times.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the same is no news.
const PAUSE: Duration = Duration::from_secs(60);

/// When what was last said, so that the log says it once a minute instead of a thousand times a second.
#[derive(Debug, Default)]
pub struct Noise(Mutex<HashMap<&'static str, Instant>>);

impl Noise {
    /// Whether it is worth a line in the log: it was not said in the last minute.
    pub fn is_news(&self, what: &'static str) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_news = said.get(what).is_none_or(|last| now - *last >= PAUSE);
        if is_news {
            said.insert(what, now);
        }
        is_news
    }
}
