//! What users hold.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::builder::Builder;
use super::core::Core;
use super::pushed::Pushed;
use super::stats::Stats;

/// How long handlers that were given up have to notice.
const MOMENT: Duration = Duration::from_millis(100);

/// A bounded queue and the workers behind it. Clones are the same pipeline. When the last one is dropped, nothing comes in any
/// more; what waits is still worked on.
pub struct Pipeline<T> {
    intake: Arc<Intake<T>>,
}

/// Closes the pipeline when nobody can push any more. Workers do not hold it.
struct Intake<T> {
    core: Arc<Core<T>>,
}

/// How a drain has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Items that waited, or were being worked on, when there was no more time. They are lost.
    pub left: usize,
}

impl<T: Send + 'static> Pipeline<T> {
    /// A pipeline that has not been started. Its metrics have the label `pipeline` with this name.
    pub fn builder(name: impl Into<String>) -> Builder<T> {
        Builder::new(name.into())
    }
}

impl<T> Pipeline<T> {
    pub(super) fn new(core: Arc<Core<T>>) -> Self {
        Pipeline { intake: Arc::new(Intake { core }) }
    }

    /// Hands over an item and returns at once, whatever the workers do (G043).
    ///
    /// # Panics
    /// When a function for a key does.
    pub fn push(&self, item: T) -> Pushed<T> {
        self.core().push(item)
    }

    /// Hands over an item as soon as there is room: who pushes is as fast as the workers are. Neither is anything dropped for it,
    /// nor is it refused, unless others [push](Self::push) without waiting. Items of one task keep their order. Where
    /// keys have a [capacity](Builder::key_capacity) of their own, the room of one key may be seen late.
    ///
    /// # Panics
    /// When a function for a key does.
    pub async fn push_wait(&self, item: T) -> Pushed<T> {
        self.core().push_wait(item).await
    }

    /// How many items wait; those that a worker has in hand do not.
    pub fn depth(&self) -> usize {
        self.core().depth()
    }

    /// How many workers are at work.
    pub fn active(&self) -> usize {
        self.core().active()
    }

    /// How many items were lost without having been worked on: dropped, refused or expired.
    pub fn dropped(&self) -> u64 {
        self.core().dropped().lost()
    }

    /// Everything that is counted.
    pub fn stats(&self) -> Stats {
        self.core().stats()
    }

    /// Takes nothing in any more. What waits is still worked on.
    pub fn close(&self) {
        self.core().close();
    }

    /// Takes nothing in any more and waits until everything is done (G050), until the deadline: what is left then is given up,
    /// handlers included, and how much that is, is told, counted and logged.
    pub async fn drain(&self, deadline: Duration) -> Drained {
        let core = self.core();
        core.close();
        if timeout(deadline, core.tasks.wait()).await.is_err() {
            core.abort();
            let _ = timeout(MOMENT, core.tasks.wait()).await;
        }
        let left = core.discard();
        core.meters.left.increment(left as u64);
        core.drops.say();
        if left > 0 {
            tracing::warn!(pipeline = &*core.name, left, "there was no time for all items");
        }
        Drained { left }
    }

    /// Ready when there were too many [restarts](crate::Restart) (G038): nothing new is begun any more. What waits is told by
    /// [`drain`](Self::drain).
    pub async fn failed(&self) {
        self.core().failed.cancelled().await;
    }

    fn core(&self) -> &Core<T> {
        &self.intake.core
    }
}

impl<T> Clone for Pipeline<T> {
    fn clone(&self) -> Self {
        Pipeline { intake: Arc::clone(&self.intake) }
    }
}

impl<T> std::fmt::Debug for Pipeline<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pipeline").field("name", &self.core().name).field("stats", &self.stats()).finish()
    }
}

impl<T> Drop for Intake<T> {
    fn drop(&mut self) {
        self.core.close();
    }
}
