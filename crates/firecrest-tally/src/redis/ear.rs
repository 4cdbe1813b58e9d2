//! Listening.

use std::convert::Infallible;
use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, Value};
use tokio::sync::Notify;

use super::error::explain;
use crate::StoreError;
use crate::remote::{Ear, Message};

/// A connection that is subscribed to the store's channel.
pub(crate) struct RedisEar {
    connection: MultiplexedConnection,
    gone: Arc<Notify>,
}

impl RedisEar {
    /// The connection notifies `gone` when it ends.
    pub(crate) fn new(connection: MultiplexedConnection, gone: Arc<Notify>) -> Self {
        RedisEar { connection, gone }
    }
}

impl Ear for RedisEar {
    async fn lost(&mut self) -> StoreError {
        self.gone.notified().await;
        StoreError::unavailable("the connection was closed")
    }

    async fn ping(&mut self) -> Result<(), StoreError> {
        redis::cmd("PING").exec_async(&mut self.connection).await.map_err(explain)
    }
}

/// What a connection calls with everything that it did not ask for. It reads nothing more until that returns.
pub(crate) fn hear(
    heard: impl Fn(Message<'_>) + Send + Sync + 'static,
    gone: Arc<Notify>,
) -> impl Fn(PushInfo) -> Result<(), Infallible> + Send + Sync + 'static {
    move |push| {
        match push.kind {
            PushKind::Message => published(&push.data, &heard),
            PushKind::Disconnection => gone.notify_one(),
            _ => {}
        }
        Ok(())
    }
}

/// A channel's name and what was published on it.
fn published(data: &[Value], heard: &impl Fn(Message<'_>)) {
    let [_, Value::BulkString(bytes)] = data else { return };
    let message = std::str::from_utf8(bytes).ok().and_then(Message::read);
    message.map_or_else(|| tracing::debug!("something else was published on the counters' channel"), heard);
}
