//! Whether anybody wants it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::worker::guarded;

/// Longest time to find out; after that somebody may be listening.
const WITHIN: Duration = Duration::from_secs(5);

/// Finds out whether anybody listens; nothing when it could not.
type Check<T> = Box<dyn Fn(&T) -> BoxFuture<'static, Option<bool>> + Send + Sync>;

/// Asks whether anybody wants an item, before it is worked on (G061).
pub(super) struct Listeners<T>(Check<T>);

impl<T> Listeners<T> {
    pub(super) fn new<L, F, E>(check: L) -> Self
    where
        L: Fn(&T) -> F + Send + Sync + 'static,
        F: Future<Output = Result<bool, E>> + Send + 'static,
        E: 'static,
    {
        Listeners(Box::new(move |item| check(item).map(Result::ok).boxed()))
    }

    /// On doubt there is somebody. The item is not looked at any more when this has returned.
    pub(super) fn any(&self, item: &T) -> impl Future<Output = bool> + Send + use<T> {
        let asked = catch_unwind(AssertUnwindSafe(|| (self.0)(item)));
        async move {
            let Ok(asked) = asked else { return true };
            guarded(Some(WITHIN), asked).await.ok().flatten().unwrap_or(true)
        }
    }
}
