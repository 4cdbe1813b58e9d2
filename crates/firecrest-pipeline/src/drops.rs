//! What becomes of items that do not fit: they are counted, and a line in the log says so now and then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

/// Least time between two lines.
const LINE_EVERY: Duration = Duration::from_secs(1);

/// What is kept of more items than a buffer holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The newest: the oldest that waits is dropped for it.
    #[default]
    Newest,
    /// The oldest: the newest is refused.
    Oldest,
}

/// Is told how many were dropped; whether a line in the log shall say so.
pub(crate) type OnDrop = Box<dyn Fn(u64) -> bool + Send + Sync>;

/// Counts what is dropped, and says so once a second at most.
pub(crate) struct Drops {
    name: Box<str>,
    count: AtomicU64,
    /// Counted, and not said.
    unsaid: AtomicU64,
    /// Whether somebody will look for what is unsaid when the second is over.
    is_watched: AtomicBool,
    on_drop: Option<OnDrop>,
    /// Where somebody can look; nothing when it was made outside of a runtime.
    runtime: Option<Handle>,
    /// When it was said last, where nobody can look.
    said: Mutex<Option<Instant>>,
    me: Weak<Drops>,
}

impl Drops {
    pub(crate) fn new(name: &str, on_drop: Option<OnDrop>) -> Arc<Self> {
        Arc::new_cyclic(|me| Drops {
            name: name.into(),
            count: AtomicU64::new(0),
            unsaid: AtomicU64::new(0),
            is_watched: AtomicBool::new(false),
            on_drop,
            runtime: Handle::try_current().ok(),
            said: Mutex::default(),
            me: Weak::clone(me),
        })
    }

    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// So many were dropped. Called without any lock.
    pub(crate) fn add(&self, dropped: u64) {
        if dropped == 0 {
            return;
        }
        self.count.fetch_add(dropped, Ordering::Relaxed);
        self.unsaid.fetch_add(dropped, Ordering::AcqRel);
        match &self.runtime {
            Some(runtime) if !self.is_watched.swap(true, Ordering::AcqRel) => {
                self.say();
                self.watch(runtime);
            }
            None if self.is_due() => {
                self.say();
            }
            _ => {}
        }
    }

    /// Says what has not been said.
    pub(crate) fn say(&self) -> bool {
        let dropped = self.unsaid.swap(0, Ordering::AcqRel);
        // A hook that panics ends nothing, and the line is said.
        let is_said = |hook: &OnDrop| catch_unwind(AssertUnwindSafe(|| hook(dropped))).unwrap_or(true);
        if dropped > 0 && self.on_drop.as_ref().is_none_or(is_said) {
            tracing::warn!(name = &*self.name, dropped, "the buffer is full: items were dropped");
        }
        dropped > 0
    }

    /// Says what comes in the next seconds, each second's together, until one is quiet.
    fn watch(&self, runtime: &Handle) {
        let me = Weak::clone(&self.me);
        runtime.spawn(async move {
            loop {
                sleep(LINE_EVERY).await;
                let Some(drops) = me.upgrade() else { return };
                if drops.say() {
                    continue;
                }
                drops.is_watched.store(false, Ordering::Release);
                // Something may have come before that was seen.
                if drops.unsaid.load(Ordering::Acquire) == 0 || drops.is_watched.swap(true, Ordering::AcqRel)
                {
                    return;
                }
            }
        });
    }

    /// Whether enough time has passed since the last line.
    fn is_due(&self) -> bool {
        let (mut said, now) = (self.said.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
        let is_due = said.is_none_or(|said| now.saturating_duration_since(said) >= LINE_EVERY);
        if is_due {
            *said = Some(now);
        }
        is_due
    }
}

impl Drop for Drops {
    fn drop(&mut self) {
        self.say();
    }
}
