//! What is done last.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use super::Endpoint;
use crate::hub::guard;
use crate::telemetry::shown_error;

/// How long each may take.
const LIMIT: Duration = Duration::from_secs(5);

/// What is done when the endpoint shuts down. As many as the program registers.
#[derive(Default)]
pub(super) struct Last(Mutex<Vec<Job>>);

type Job = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

impl Endpoint {
    /// Has something done at the end of [`serve`](Self::serve): when connections and their channels have ended, and before counters are
    /// written and the node leaves its cluster. What was registered last comes first, one after the other; each may take five
    /// seconds, then it is dropped. A panic ends only what panics. Each is done once, even if the endpoint is served again.
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
        // The lock is given up before each begins: it may register another.
        while let Some(job) = self.next_last() {
            match timeout(LIMIT, guard(async { job().await })).await {
                Ok(Ok(())) => {}
                Ok(Err(panic)) => {
                    tracing::error!(error = shown_error(&panic), "a callback of the shutdown panicked");
                }
                Err(_) => tracing::warn!("a callback of the shutdown did not end within {LIMIT:?}"),
            }
        }
    }

    fn next_last(&self) -> Option<Job> {
        self.last().lock().pop()
    }
}

impl Last {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
