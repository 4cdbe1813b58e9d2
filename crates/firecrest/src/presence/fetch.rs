//! What an application adds to presences.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::telemetry::{Panic, shown_error};

/// What is added to presences, by their keys: members that stand beside `metas`. One of that name is left out.
pub type Members = HashMap<Arc<str>, Map<String, Value>>;

/// Completes presences before anybody sees them (P065), with one query for many keys.
///
/// It is asked once for a list, once for all newcomers whose state it can be, and for those who join and those who leave in a diff, all of
/// it concurrently; what it says is released in the order of the changes (P067), so that it delays what clients of the topic see.
/// When it panics or takes longer than [`fetch_timeout`](super::PresenceOptions::fetch_timeout), presences are shown as they are.
///
/// An `async` closure or function of the topic and the keys is one:
///
/// ```
/// use std::sync::Arc;
/// use firecrest::presence::{Members, PresenceOptions};
/// use serde_json::{Map, json};
///
/// async fn names(_topic: Arc<str>, keys: Vec<Arc<str>>) -> Members {
///     let name = |key: &Arc<str>| Map::from_iter([("name".to_owned(), json!(format!("user {key}")))]);
///     keys.iter().map(|key| (key.clone(), name(key))).collect()
/// }
///
/// let options = PresenceOptions::new().fetch("room:*", names);
/// ```
pub trait Fetch: Send + Sync + 'static {
    /// The members of these keys, each of which comes once. Those of others are left out.
    fn fetch(&self, topic: Arc<str>, keys: Vec<Arc<str>>) -> impl Future<Output = Members> + Send;
}

impl<F, A> Fetch for F
where
    F: Fn(Arc<str>, Vec<Arc<str>>) -> A + Send + Sync + 'static,
    A: Future<Output = Members> + Send,
{
    fn fetch(&self, topic: Arc<str>, keys: Vec<Arc<str>>) -> impl Future<Output = Members> + Send {
        self(topic, keys)
    }
}

/// A [`Fetch`] of any type.
pub(super) trait AnyFetch: Send + Sync + 'static {
    fn fetch_any(&self, topic: Arc<str>, keys: Vec<Arc<str>>) -> BoxFuture<'_, Members>;
}

impl<F: Fetch> AnyFetch for F {
    fn fetch_any(&self, topic: Arc<str>, keys: Vec<Arc<str>>) -> BoxFuture<'_, Members> {
        Box::pin(self.fetch(topic, keys))
    }
}

/// Asks for members; nothing for nobody, and when there is no answer in time.
pub(super) async fn ask(
    fetch: &dyn AnyFetch,
    topic: &Arc<str>,
    keys: Vec<Arc<str>>,
    within: Duration,
) -> Members {
    if keys.is_empty() {
        return Members::new();
    }
    // A future may be made by ordinary code that panics, so it is made inside the guard.
    let asking = AssertUnwindSafe(async { fetch.fetch_any(topic.clone(), keys).await }).catch_unwind();
    let reason = match timeout(within, asking).await {
        Ok(Ok(members)) => return members,
        Ok(Err(panic)) => {
            let error = Panic::new(panic);
            tracing::error!(topic = &**topic, error = shown_error(&error), "fetching presences panicked");
            "panic"
        }
        Err(_) => {
            tracing::warn!(topic = &**topic, "fetching presences took too long");
            "timeout"
        }
    };
    metrics::counter!("firecrest_presence_fetch_failures_total", "reason" => reason).increment(1);
    Members::new()
}
