//! Handlers of the tests: they note what they are given, and wait for a permit where there is a gate.

use std::sync::{Arc, Mutex};

use firecrest_pipeline::{Job, Pipeline};
use tokio::sync::Semaphore;

/// What a handler has seen.
#[derive(Clone)]
pub(crate) struct Seen<T = u64> {
    begun: Arc<Mutex<Vec<T>>>,
    ended: Arc<Mutex<Vec<T>>>,
    gate: Arc<Semaphore>,
}

impl<T> Seen<T> {
    /// Whose handler goes through.
    pub(crate) fn open() -> Self {
        Self::with(Semaphore::MAX_PERMITS)
    }

    /// Whose handler waits until it is [let through](Self::let_through).
    pub(crate) fn gated() -> Self {
        Self::with(0)
    }

    fn with(permits: usize) -> Self {
        Seen { begun: Arc::default(), ended: Arc::default(), gate: Arc::new(Semaphore::new(permits)) }
    }

    pub(crate) fn let_through(&self, items: usize) {
        self.gate.add_permits(items);
    }
}

impl<T: Clone + Send + 'static> Seen<T> {
    /// What a handler does with an item.
    pub(crate) async fn see(self, item: T) {
        self.begun.lock().unwrap().push(item.clone());
        self.gate.acquire().await.unwrap().forget();
        self.ended.lock().unwrap().push(item);
    }

    /// The handler itself.
    pub(crate) fn handler(
        &self,
    ) -> impl Fn(Job<T>) -> futures_util::future::BoxFuture<'static, Result<(), String>> + use<T> {
        let seen = self.clone();
        move |job| {
            let seen = seen.clone();
            Box::pin(async move {
                seen.see(job.into_item()).await;
                Ok(())
            })
        }
    }

    pub(crate) fn begun(&self) -> Vec<T> {
        self.begun.lock().unwrap().clone()
    }

    pub(crate) fn ended(&self) -> Vec<T> {
        self.ended.lock().unwrap().clone()
    }
}

/// Lets all tasks do what they can do now.
pub(crate) async fn settle() {
    // In paused time the clock stands still while any task can run.
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
}

/// Waits until everything is done.
pub(crate) async fn done<T: Send + 'static>(pipeline: &Pipeline<T>) {
    while pipeline.depth() + pipeline.active() > 0 {
        settle().await;
    }
}

/// Pushes one after the other, whatever becomes of them.
pub(crate) fn push_all<T: Send + 'static>(pipeline: &Pipeline<T>, items: impl IntoIterator<Item = T>) {
    for item in items {
        pipeline.push(item);
    }
}
