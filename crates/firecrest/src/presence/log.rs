//! What presence writes to the log, which is never more than a few lines a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use firecrest_presence::Event;
use tokio::time::{Duration, Instant};

/// Most lines of a kind in a [`PERIOD`]; those beyond are left out.
const MAX_LINES: u32 = 10;

const PERIOD: Duration = Duration::from_secs(60);

/// How many lines of which kind there were lately.
#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<HashMap<&'static str, (Instant, u32)>>);

impl Lines {
    /// Whether one more may be written.
    pub(super) fn has_room(&self, kind: &'static str) -> bool {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (since, count) = lines.entry(kind).or_insert((now, 0));
        if now >= *since + PERIOD {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        if *count == MAX_LINES + 1 {
            tracing::warn!("presence: {kind}: more of this is not written for {PERIOD:?}");
        }
        *count <= MAX_LINES
    }

    pub(super) fn event(&self, event: &Event) {
        let kind = match event {
            Event::Up(_) => "a node is up",
            Event::Down(_) => "a node is silent, its rows are hidden",
            Event::Forgotten(_) => "a node is gone",
            Event::DuplicateName(_) => "another node has the name of this one",
            Event::SnapshotTooLarge(_) => "the rows of a node are too many to be taken",
            Event::TooManyRows(_) => "a node has more rows than are listed",
            _ => "something has happened",
        };
        if !self.has_room(kind) {
            return;
        }
        // Whatever a node calls itself stays on its line.
        match event {
            Event::Up(node) | Event::Forgotten(node) => {
                tracing::info!(node = ?node.name(), "presence: {kind}");
            }
            Event::Down(node) => tracing::warn!(node = ?node.name(), "presence: {kind}"),
            Event::DuplicateName(node) | Event::SnapshotTooLarge(node) | Event::TooManyRows(node) => {
                tracing::error!(node = ?node.name(), "presence: {kind}");
            }
            event => tracing::info!(?event, "presence: {kind}"),
        }
    }
}
