//! How often a shared view may start anew.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::channel::Reason;
use crate::live::mount::Problem;
use crate::telemetry::meter::{Limit, reached};

/// How often a view may start anew within [`WINDOW`]; once more, and its viewers have to join anew.
const MAX: usize = 5;

const WINDOW: Duration = Duration::from_secs(10);

/// How long a view that ended again waits before it starts, times the ends before.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct Restarts(VecDeque<Instant>);

impl Restarts {
    /// Counts an end, and waits if there were several. The error is one too many.
    pub(super) async fn next(&mut self, reason: &Reason) -> Result<(), Problem> {
        let now = Instant::now();
        self.0.retain(|end| now - *end < WINDOW);
        // The first costs no time.
        let before = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.push_back(now);
        if self.0.len() > MAX {
            reached(Limit::SharedRestarts);
            return Err(Problem::Crashed(format!(
                "it ended {} times in {} s, the last time with {reason:?}",
                self.0.len(),
                WINDOW.as_secs()
            )));
        }
        tokio::time::sleep(PAUSE * before).await;
        Ok(())
    }
}
