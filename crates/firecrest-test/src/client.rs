//! A client's connection, shared by its socket, its channels and the messages on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use firecrest::testing::TestConnection;
use firecrest::wire::client::Heard;
use firecrest::wire::{Message, Name, Payload, Ref};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::inbox::{Describe, Inbox};
use crate::task::{self, Command, Order};

pub(crate) struct Client {
    pub(crate) inbox: Arc<Inbox<Heard>>,
    orders: mpsc::Sender<Order>,
    task: AbortHandle,
    next_ref: AtomicU64,
}

impl Client {
    pub(crate) fn new(connection: TestConnection) -> Arc<Self> {
        let (orders, receiver) = mpsc::channel(1);
        let inbox = Arc::<Inbox<Heard>>::default();
        let task = tokio::spawn(task::run(connection, receiver, Arc::clone(&inbox))).abort_handle();
        Arc::new(Client { inbox, orders, task, next_ref: AtomicU64::new(1) })
    }

    /// Says something and returns the message's ref. For a join, which has no join ref yet, the two are the same.
    ///
    /// # Panics
    /// When the connection is closed, or a mailbox that is full has no room in time.
    pub(crate) async fn send(
        &self,
        wait: Duration,
        join_ref: Option<&Ref>,
        topic: &str,
        event: &str,
        payload: Payload,
    ) -> Ref {
        let reference = Ref::from(self.next_ref.fetch_add(1, Ordering::Relaxed));
        let message = Message {
            join_ref: join_ref.unwrap_or(&reference).clone(),
            reference: reference.clone(),
            topic: Name::from(topic),
            event: Name::from(event),
            payload,
        };
        let sent = timeout(wait, self.order(Command::Send(message))).await;
        let sent = sent.unwrap_or_else(|_| panic!("cannot send {event:?}: a mailbox of this client is full"));
        assert!(sent, "cannot send {event:?}: the connection is closed");
        reference
    }

    /// Hangs up; without effect when the connection is closed already.
    pub(crate) async fn close(&self) {
        self.order(Command::Close).await;
    }

    /// Returns whether it was done.
    async fn order(&self, command: Command) -> bool {
        let (done, when_done) = oneshot::channel();
        self.orders.send((command, done)).await.is_ok() && when_done.await.is_ok()
    }
}

impl Drop for Client {
    /// A client that is dropped vanishes from the network, whatever its channels are busy with.
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Describe for Heard {
    fn describe(&self) -> String {
        let topic = self.topic.as_str().unwrap_or("?");
        let status = self.status.as_ref().map(|status| format!(" {status}")).unwrap_or_default();
        format!("{:?}{status} on {topic:?} with {}", &*self.event, json(&self.payload))
    }
}

/// The payload as JSON. Binary payloads are no JSON: they are shown as text for people.
pub(crate) fn json(payload: &Payload) -> Value {
    match payload {
        Payload::Json(json) => serde_json::from_str(json).expect("the server sends JSON"),
        Payload::Binary(bytes) => Value::String(format!("<{} bytes>", bytes.len())),
    }
}
