//! A channel, as its user sees it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use firecrest_wire::{EncodeError, Payload};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::command::{Answer, Command, PushAnswer, Shared, Unsent};
use crate::{Event, JoinError, PushError, Reply};

/// A channel: one topic on one client. Dropping it leaves the topic.
///
/// All waiting can be given up by dropping the future: a push that was not sent yet is not sent then, a join is undone.
#[derive(Debug)]
pub struct Channel {
    handle: ChannelHandle,
}

/// Pushes to a channel from elsewhere than where its events are read. Clones are the same channel.
#[derive(Clone, Debug)]
pub struct ChannelHandle {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
    timeout: Duration,
}

impl Channel {
    pub(crate) fn new(shared: Arc<Shared>, commands: mpsc::Sender<Command>, timeout: Duration) -> Self {
        Channel { handle: ChannelHandle { shared, commands, timeout } }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        self.handle.topic()
    }

    /// Joins, with the params the channel was made with, and returns the server's reply. Without a connection it waits
    /// for one. From then on the channel is joined again whenever that is needed, until it is left or the server closes
    /// it. Events from before that were not taken are forgotten.
    ///
    /// # Errors
    /// When the server refuses or does not answer in time; the channel is as it was then and may be joined again.
    pub async fn join(&mut self) -> Result<Payload, JoinError> {
        let (answer, answered) = oneshot::channel();
        let command = Command::Join { channel: Arc::clone(&self.handle.shared), answer };
        let mut undo = Undo { handle: &self.handle, armed: true };
        let asked = async {
            self.handle.commands.send(command).await.map_err(|_| JoinError::Disconnected)?;
            answered.await.unwrap_or(Err(JoinError::Disconnected))
        };
        let result = timeout(self.handle.timeout, asked).await;
        undo.armed = result.is_err();
        result.unwrap_or(Err(JoinError::Timeout))
    }

    /// The next event; none when the channel is not joined (any more) and there are no events left.
    ///
    /// Events that are not taken wait in a bounded queue whose oldest give way, see
    /// [`ClientConfig::max_events`](crate::ClientConfig::max_events).
    pub async fn next(&mut self) -> Option<Event> {
        self.handle.shared.queue.next().await
    }

    /// Sends a message and waits for the reply. While the channel is being joined again, the message waits for that.
    ///
    /// # Errors
    /// See [`PushError`]. A reply with status `error` is none.
    pub async fn push(&self, event: &str, payload: &(impl Serialize + ?Sized)) -> Result<Reply, PushError> {
        self.handle.push(event, payload).await
    }

    /// As [`push`](Self::push), with a payload that is encoded already, or binary.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub async fn push_payload(&self, event: &str, payload: Payload) -> Result<Reply, PushError> {
        self.handle.push_payload(event, payload).await
    }

    /// Sends a message and waits for no reply, only until it is accepted for sending: a slow network slows the sender.
    ///
    /// # Errors
    /// When it is not accepted. One that is accepted may still be lost with the connection.
    pub async fn send(&self, event: &str, payload: &(impl Serialize + ?Sized)) -> Result<(), PushError> {
        self.handle.send(event, payload).await
    }

    /// As [`send`](Self::send), with a payload that is encoded already, or binary.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_payload(&self, event: &str, payload: Payload) -> Result<(), PushError> {
        self.handle.send_payload(event, payload).await
    }

    /// Leaves, and waits for the server's answer. Without a connection there is nothing to wait for. The channel may be
    /// joined again.
    ///
    /// # Errors
    /// When the channel was not joined, or the server did not answer; the channel has been left anyway.
    pub async fn leave(&mut self) -> Result<(), PushError> {
        let channel = Arc::clone(&self.handle.shared);
        self.handle.ask(|answer| Command::Leave { channel, answer: Some(answer) }).await
    }

    /// A handle to push from another task. It does not keep the channel joined.
    pub fn handle(&self) -> ChannelHandle {
        self.handle.clone()
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.handle.shared.abandoned.store(true, Ordering::Relaxed);
        self.handle.give_up();
    }
}

impl ChannelHandle {
    /// The topic.
    pub fn topic(&self) -> &str {
        &self.shared.topic
    }

    /// See [`Channel::push`].
    ///
    /// # Errors
    /// As [`Channel::push`].
    pub async fn push(&self, event: &str, payload: &(impl Serialize + ?Sized)) -> Result<Reply, PushError> {
        self.push_payload(event, encode(payload)?).await
    }

    /// See [`Channel::push_payload`].
    ///
    /// # Errors
    /// As [`Channel::push`].
    pub async fn push_payload(&self, event: &str, payload: Payload) -> Result<Reply, PushError> {
        self.ask(|answer| self.unsent(event, payload, PushAnswer::Replied(answer))).await
    }

    /// See [`Channel::send`].
    ///
    /// # Errors
    /// As [`Channel::send`].
    pub async fn send(&self, event: &str, payload: &(impl Serialize + ?Sized)) -> Result<(), PushError> {
        self.send_payload(event, encode(payload)?).await
    }

    /// See [`Channel::send_payload`].
    ///
    /// # Errors
    /// As [`Channel::send`].
    pub async fn send_payload(&self, event: &str, payload: Payload) -> Result<(), PushError> {
        self.ask(|answer| self.unsent(event, payload, PushAnswer::Accepted(answer))).await
    }

    fn unsent(&self, event: &str, payload: Payload, answer: PushAnswer) -> Command {
        let push = Unsent { event: event.to_owned(), payload, answer };
        Command::Push { channel: Arc::clone(&self.shared), push }
    }

    /// Asks the task for something and waits for the answer, all within the timeout.
    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, PushError> {
        let (answer, answered) = oneshot::channel();
        let asked = async {
            self.commands.send(command(answer)).await.map_err(|_| PushError::Disconnected)?;
            answered.await.unwrap_or(Err(PushError::Disconnected))
        };
        timeout(self.timeout, asked).await.unwrap_or(Err(PushError::Timeout))
    }

    /// Leaves without waiting. When the task has no room for this wish, it finds out for itself later.
    fn give_up(&self) {
        let command = Command::Leave { channel: Arc::clone(&self.shared), answer: None };
        let _ = self.commands.try_send(command);
    }
}

/// Leaves a channel whose join was given up.
struct Undo<'a> {
    handle: &'a ChannelHandle,
    armed: bool,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.handle.give_up();
        }
    }
}

fn encode(payload: &(impl Serialize + ?Sized)) -> Result<Payload, EncodeError> {
    Payload::json(payload).map_err(EncodeError::from)
}
