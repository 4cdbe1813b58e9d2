//! A client, as its user sees it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use firecrest_wire::{Payload, Text};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use crate::command::{Command, Shared};
use crate::queue::Queue;
use crate::task::{self, Status};
use crate::{Channel, ClientConfig, CloseInfo, ConnectError, socket};

/// Most wishes of handles that wait for the task; who wants more waits too.
const MAX_COMMANDS: usize = 64;

/// A connection to a server, made again whenever it is lost. Clones are the same connection.
///
/// It ends with [`disconnect`](Self::disconnect), or when all clones and all channels are dropped.
#[derive(Clone, Debug)]
pub struct Client {
    config: Arc<ClientConfig>,
    commands: mpsc::Sender<Command>,
    status: watch::Receiver<Status>,
}

impl Client {
    /// Connects. Needs a tokio runtime, as everything here.
    ///
    /// # Errors
    /// When that fails. There is no second attempt: only a connection that once worked is made again.
    pub async fn connect(config: ClientConfig) -> Result<Client, ConnectError> {
        let socket = socket::connect(&config).await?;
        let config = Arc::new(config);
        let (commands, received) = mpsc::channel(MAX_COMMANDS);
        let (sender, status) = watch::channel(Status::default());
        tokio::spawn(task::run(Arc::clone(&config), socket, received, sender));
        Ok(Client { config, commands, status })
    }

    /// A channel of this topic. It is not joined yet. The params travel with every join.
    #[expect(clippy::needless_pass_by_value, reason = "it reads best with a `json!` in place")]
    pub fn channel(&self, topic: impl Into<String>, params: Value) -> Channel {
        let params = Payload::Json(Text::from(params.to_string()));
        self.channel_with(topic, params)
    }

    /// As [`channel`](Self::channel), with params that are encoded already, or binary.
    pub fn channel_with(&self, topic: impl Into<String>, params: Payload) -> Channel {
        let queue = Queue::new(self.config.max_events, self.config.max_event_bytes);
        let shared = Shared { topic: topic.into(), params, queue, abandoned: AtomicBool::new(false) };
        Channel::new(Arc::new(shared), self.commands.clone(), self.config.timeout)
    }

    /// Whether there is a connection right now.
    pub fn is_connected(&self) -> bool {
        self.status.borrow().connected
    }

    /// Waits until there is a connection. Returns false when there will never be one again.
    pub async fn connected(&self) -> bool {
        self.status.clone().wait_for(|status| status.connected).await.is_ok()
    }

    /// Waits until the present connection ends, and says how. The connection is the one at the time of the call, not at
    /// that of the first `await`; without a connection it is the next. On a client that has been disconnected it returns
    /// at once.
    pub fn closed(&self) -> impl Future<Output = CloseInfo> + use<> {
        let mut status = self.status.clone();
        let seen = status.borrow_and_update().closes;
        async move {
            // An error means that the task has ended, and the last close is that of its end.
            let _ = status.wait_for(|status| status.closes > seen).await;
            status
                .borrow()
                .last_close
                .clone()
                .unwrap_or_else(|| CloseInfo::new(None, "the client's task was cancelled"))
        }
    }

    /// Disconnects for good: sends what has been accepted, closes with code 1000, ends all channels. Returns when that is
    /// done, after 5 s at most.
    pub async fn disconnect(&self) {
        let (done, finished) = oneshot::channel();
        if self.commands.send(Command::Disconnect { done }).await.is_ok() {
            // An error means that the task has ended meanwhile, which is what was asked for.
            let _ = finished.await;
        }
    }
}
