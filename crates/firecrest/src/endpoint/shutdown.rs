//! What is done last.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::AbortOnDropHandle;

use super::Endpoint;
use crate::telemetry::{Panic, shown_error};

/// How long each may take, and all of them.
const LIMIT: Duration = Duration::from_secs(5);
const LIMIT_OF_ALL: Duration = Duration::from_secs(10);

/// What is done when the endpoint shuts down. As many as the program registers.
#[derive(Default)]
pub(super) struct Last(Mutex<Vec<Job>>);

type Job = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

impl Endpoint {
    /// Has something done at the end of [`serve`](Self::serve): when connections and their channels have ended, and before counters are
    /// written and the node leaves its cluster. What was registered last comes first, one after the other; each may take five
    /// seconds and all of them ten, then they are dropped. A panic ends only what panics. Each is done once, even if the endpoint is
    /// served again; what is registered meanwhile comes after the others, but what that registers is dropped.
    ///
    /// What is registered stays until then. If it holds the endpoint, neither goes before an end of `serve`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let endpoint = firecrest::Endpoint::builder().build()?;
    /// endpoint.on_shutdown(async || {
    ///     println!("what was begun is finished here");
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_shutdown<F, Fut>(&self, last: F)
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.last().lock().push(Box::new(move || last().boxed()));
    }

    pub(super) async fn shut_down(&self) {
        let end = Instant::now() + LIMIT_OF_ALL;
        // Twice, since each may register another; but not one that registers itself for ever.
        for _ in 0..2 {
            let mut jobs = self.last().take();
            while Instant::now() < end
                && let Some(job) = jobs.pop()
            {
                run(job, end).await;
            }
            forget(jobs);
        }
        forget(self.last().take());
    }
}

/// Runs one, in a task: whatever it does, also when it is dropped, does not end the shutdown.
async fn run(job: Job, end: Instant) {
    let task = AbortOnDropHandle::new(tokio::spawn(async move { job().await }));
    match timeout_at(end.min(Instant::now() + LIMIT), task).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            if let Ok(panic) = error.try_into_panic() {
                let error = shown_error(&Panic::new(panic));
                tracing::error!(error, "a callback of the shutdown panicked");
            }
        }
        Err(_) => {
            tracing::warn!(
                "a callback of the shutdown did not end within {LIMIT:?}, or {LIMIT_OF_ALL:?} for all"
            );
        }
    }
}

/// Drops what there is no time for, elsewhere: it may panic.
fn forget(jobs: Vec<Job>) {
    if !jobs.is_empty() {
        tracing::warn!(count = jobs.len(), "there is no time for some callbacks of the shutdown");
        tokio::spawn(async move { drop(jobs) });
    }
}

impl Last {
    fn take(&self) -> Vec<Job> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
