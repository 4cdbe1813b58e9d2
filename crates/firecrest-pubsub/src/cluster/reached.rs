//! Whether a subscription has arrived.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Says, once and for good, that a subscription is in effect: from then on no message is missed. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Reached(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    is_set: AtomicBool,
    waiting: Notify,
}

impl Reached {
    /// One that has not been said yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that has been said.
    pub fn already() -> Self {
        let reached = Self::new();
        reached.set();
        reached
    }

    /// Says it. An engine says it too when it has no connection, since there is nothing to wait for then.
    pub fn set(&self) {
        self.0.is_set.store(true, Ordering::Release);
        self.0.waiting.notify_waiters();
    }

    /// Whether it has been said.
    pub fn is_set(&self) -> bool {
        self.0.is_set.load(Ordering::Acquire)
    }

    /// Ready when it has been said.
    pub async fn wait(&self) {
        loop {
            let waiting = self.0.waiting.notified();
            if self.is_set() {
                return;
            }
            waiting.await;
        }
    }
}
