//! What the tests ask about.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest::query::Query;
use tokio::time::sleep;

/// Numbers by their key, how a question about one goes, and how often one was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<u32, i64>,
    asked: HashMap<u32, usize>,
    running: usize,
    mood: Mood,
    pace: Duration,
}

/// How asking goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Well,
    Failing,
    Panicking,
    Hanging,
}

#[derive(Debug)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the facts are not at hand")
    }
}

impl std::error::Error for Refused {}

impl Facts {
    pub(crate) fn query(&self) -> Query<u32, i64> {
        let facts = self.clone();
        Query::new("facts", move |key| facts.clone().ask(key))
    }

    /// Looks first and answers later: what changes meanwhile is not in the answer.
    async fn ask(self, key: u32) -> Result<i64, Refused> {
        let (number, mood, pace) = self.look(key);
        let _running = Running(self);
        sleep(pace).await;
        match mood {
            Mood::Well => Ok(number),
            Mood::Failing => Err(Refused),
            Mood::Panicking => panic!("on purpose"),
            Mood::Hanging => std::future::pending().await,
        }
    }

    fn look(&self, key: u32) -> (i64, Mood, Duration) {
        let mut known = self.0.lock().unwrap();
        known.running += 1;
        *known.asked.entry(key).or_default() += 1;
        (known.numbers.get(&key).copied().unwrap_or(0), known.mood, known.pace)
    }

    pub(crate) fn set(&self, key: u32, number: i64) {
        self.0.lock().unwrap().numbers.insert(key, number);
    }

    pub(crate) fn get(&self, key: u32) -> i64 {
        self.0.lock().unwrap().numbers.get(&key).copied().unwrap_or(0)
    }

    /// How asking goes from now on.
    pub(crate) fn mood(&self, mood: Mood) {
        self.0.lock().unwrap().mood = mood;
    }

    /// How long asking takes from now on.
    pub(crate) fn pace(&self, pace: Duration) {
        self.0.lock().unwrap().pace = pace;
    }

    /// How often this was asked.
    pub(crate) fn asked(&self, key: u32) -> usize {
        self.0.lock().unwrap().asked.get(&key).copied().unwrap_or(0)
    }

    /// How many evaluations are on their way.
    pub(crate) fn running(&self) -> usize {
        self.0.lock().unwrap().running
    }
}

struct Running(Facts);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().running -= 1;
    }
}

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Long enough for whatever happens by itself, except for retries.
pub(crate) async fn settle() {
    sleep(ms(500)).await;
}
