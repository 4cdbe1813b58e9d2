//! The tasks of a hub: consumers, pollers, bridges, and the graph of its activity.

use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::telemetry::Panic;

/// What metrics call consumers and pollers that the application has not named: patterns and topics may be any number.
pub(super) const UNNAMED: &str = "unnamed";

/// How long tasks may take to end after they were told.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    /// Ends all that there are now; those that begin afterwards have another.
    stop: Mutex<CancellationToken>,
}

impl Tasks {
    /// What ends a task, alone or with all others.
    pub(super) fn token(&self) -> CancellationToken {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).child_token()
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.tracker.spawn(task)
    }

    /// A task that may be dropped at any time, and is when all others end.
    pub(super) fn spawn_until_stop(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        let stop = self.token();
        self.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = task => {}
            }
        })
    }

    /// Ends all tasks, and waits until they have: five seconds at most.
    pub(super) async fn stop(&self) {
        let stop = std::mem::take(&mut *self.stop.lock().unwrap_or_else(PoisonError::into_inner));
        stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(STOP_TIMEOUT, self.tracker.wait()).await.is_err() {
            tracing::warn!("some consumers, pollers or bridges did not end in time");
        }
        self.tracker.reopen();
    }
}

/// Runs code of the application, which may panic.
pub(super) async fn guard<T>(work: impl Future<Output = T>) -> Result<T, Panic> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(Panic::new)
}

/// The beginning of what somebody says, for a log line or a page of statistics.
pub(super) fn shortened(text: &str) -> String {
    text[..text.floor_char_boundary(500)].into()
}
