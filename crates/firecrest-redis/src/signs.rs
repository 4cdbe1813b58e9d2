//! What can be seen of a connection without asking.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redis::PushInfo;
use tokio::sync::Notify;

/// What a connection shows by itself.
#[derive(Default)]
pub(crate) struct Signs {
    /// Grows with everything that comes without being asked for.
    life: AtomicU64,
    ended: Notify,
}

/// Notifies when it is dropped: with the connection's task, however that ends.
struct End(Arc<Signs>);

impl Signs {
    /// What a connection calls with everything that it did not ask for. Nothing is queued: while this runs, nothing is read.
    pub(crate) fn watch(
        self: &Arc<Self>,
        hear: impl Fn(PushInfo) + Send + Sync + 'static,
    ) -> impl Fn(PushInfo) -> Result<(), Infallible> + Send + Sync + 'static {
        let end = End(Arc::clone(self));
        move |push| {
            end.0.life.fetch_add(1, Ordering::Relaxed);
            hear(push);
            Ok(())
        }
    }

    /// Grows with everything that comes without being asked for.
    pub(crate) fn life(&self) -> u64 {
        self.life.load(Ordering::Relaxed)
    }

    /// Ready when the connection has ended. For one who waits.
    pub(crate) async fn ended(&self) {
        self.ended.notified().await;
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.0.ended.notify_one();
    }
}
