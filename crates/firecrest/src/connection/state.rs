//! Whom a message is for (spec §3.3).

use std::sync::Arc;
use std::task::{Context, Poll};

use firecrest_pubsub::Subscription;
use firecrest_wire::websocket::CloseCode;
use firecrest_wire::{Message, Name, Ref};
use tokio::task::JoinHandle;

use super::{CloseReason, Shared};
use crate::channel::{self, Item, Predecessor, PushError, Start};
use crate::endpoint::Registration;
use crate::socket::{Bound, ConnectedSocket};
use crate::telemetry::meter::{Count, Limit, add, reached};

/// A client's connection: its joined channels and the decision who gets what.
pub(crate) struct Connection {
    shared: Arc<Shared>,
    socket: Arc<dyn ConnectedSocket>,
    channels: Vec<Slot>,
    /// A message that has to wait. Until it is in, no other is taken: that is the back-pressure.
    blocked: Option<Box<Blocked>>,
    /// Whether it was logged that the client tried to join a topic without a route: a client can try often.
    warned: bool,
    /// Whether it was counted that the connection has ended.
    ended: bool,
    /// The subscription to the socket's id.
    id: Option<Subscription>,
    _registration: Registration,
}

/// A joined channel.
struct Slot {
    channel: Arc<channel::Shared>,
    task: JoinHandle<()>,
    /// Whether the client has asked to leave.
    leaving: bool,
    /// Whether it is not counted with the others.
    is_apart: bool,
}

enum Blocked {
    /// An item waits for room in a mailbox.
    Item(Arc<channel::Shared>, Item),
    /// A join waits because another on its topic has not even begun. So there is one that waits at most, however often a
    /// client joins.
    Join(Arc<channel::Shared>, Message),
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Dispatch {
    /// It was taken; the next one may come.
    Done,
    /// It waits. None may come before [`Connection::poll_room`] is ready.
    Blocked,
}

impl Connection {
    pub(crate) fn new(shared: Arc<Shared>, socket: Arc<dyn ConnectedSocket>) -> Self {
        let id = socket.id().map(|id| socket.endpoint().pubsub().subscribe(&id, shared.id, shared.clone()));
        let registration = socket.endpoint().registry().register(Arc::clone(&shared));
        Connection {
            shared,
            socket,
            channels: Vec::new(),
            blocked: None,
            warned: false,
            ended: false,
            id,
            _registration: registration,
        }
    }

    /// The id of its socket.
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_ref().map(Subscription::topic)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Takes a message of the client.
    pub(crate) fn dispatch(&mut self, message: Message) -> Dispatch {
        debug_assert!(self.blocked.is_none(), "no message may come before the last one is in");
        add(Count::MessagesIn, 1);
        self.hand_over(message)
    }

    fn hand_over(&mut self, message: Message) -> Dispatch {
        let (topic, event) = (message.topic.as_str(), message.event.as_str());
        if topic == Some("phoenix") && event == Some("heartbeat") {
            self.shared.reply_json(&Ref::null(), &message.reference, (&message.topic).into(), "ok", "{}");
            return Dispatch::Done;
        }
        match (self.joined(topic), event) {
            (_, Some("phx_join")) => self.join(message),
            (Some(at), Some("phx_leave")) => self.leave(at, &message),
            (None, Some("phx_leave")) => self.leave_unjoined(&message),
            (Some(at), _) => self.forward(at, message),
            (None, _) => {
                self.shared.reply_unmatched(&message.reference, (&message.topic).into());
                Dispatch::Done
            }
        }
    }

    /// Ready when the next message may be taken.
    pub(crate) fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let ready = match self.blocked.as_deref() {
            None => return Poll::Ready(()),
            Some(Blocked::Item(channel, _)) => channel.mailbox.poll_room(cx),
            Some(Blocked::Join(channel, _)) => channel.mailbox.poll_started(cx),
        };
        if ready.is_pending() {
            return Poll::Pending;
        }
        let dispatched = match self.blocked.take().map(|blocked| *blocked) {
            Some(Blocked::Item(channel, item)) => self.push(&channel, item),
            Some(Blocked::Join(_, message)) => self.hand_over(message),
            None => Dispatch::Done,
        };
        match dispatched {
            Dispatch::Done => Poll::Ready(()),
            Dispatch::Blocked => self.poll_room(cx),
        }
    }

    /// Ends all channels.
    pub(crate) fn close(&mut self, reason: CloseReason) {
        self.shared.outbox.close(reason);
        if !std::mem::replace(&mut self.ended, true) {
            let first = self.shared.outbox.closed().unwrap_or(reason);
            metrics::counter!("firecrest_sockets_closed_total", "reason" => first.as_str()).increment(1);
            if first == CloseReason::Protocol(CloseCode::MESSAGE_TOO_BIG) {
                reached(Limit::MessageSize);
            }
        }
        if reason == CloseReason::SlowReader {
            // Not where the bound was reached: others wait there, for a lock or for their part of a broadcast.
            metrics::counter!("firecrest_slow_readers_total").increment(1);
            tracing::warn!(
                transport = self.shared.transport.as_str(),
                "a client read too slowly: closed its connection"
            );
        }
        for slot in self.channels.drain(..) {
            slot.channel.mailbox.close(reason.reason());
        }
        self.blocked = None;
    }

    fn find(&self, topic: Option<&str>) -> Option<usize> {
        let topic = topic?;
        self.channels.iter().position(|slot| slot.channel.topic == topic)
    }

    /// Where the channel of a topic is. One that has ended is none, even for stale messages (spec §3.3).
    fn joined(&mut self, topic: Option<&str>) -> Option<usize> {
        let at = self.find(topic)?;
        if !self.channels[at].channel.mailbox.has_ended() {
            return Some(at);
        }
        // While `terminate` runs it is kept: the next join waits for it.
        if self.channels[at].task.is_finished() {
            self.channels.swap_remove(at);
        }
        None
    }

    fn join(&mut self, message: Message) -> Dispatch {
        let Message { join_ref, reference, topic, payload, .. } = message;
        let routed = topic.as_str().and_then(|topic| Some((topic, self.socket.route(topic)?)));
        let Some((name, route)) = routed else {
            if !std::mem::replace(&mut self.warned, true) {
                tracing::warn!(
                    ?topic,
                    "ignored a join to a topic without a route; further ones are not logged"
                );
            }
            self.shared.reply_unmatched(&reference, (&topic).into());
            return Dispatch::Done;
        };
        self.channels.retain(|slot| !slot.task.is_finished());
        let predecessor = match self.find(Some(name)) {
            Some(at) if !self.channels[at].channel.mailbox.has_started() => {
                let channel = Arc::clone(&self.channels[at].channel);
                let event = Name::from("phx_join");
                let message = Message { join_ref, reference, topic, event, payload };
                self.blocked = Some(Box::new(Blocked::Join(channel, message)));
                return Dispatch::Blocked;
            }
            found => found.map(|at| self.replace(at)),
        };
        let bound = self.socket.bound(route);
        if self.is_full(bound) {
            reached(Limit::Channels);
            let reason = r#"{"reason":"too many channels joined"}"#;
            self.shared.reply_json(&join_ref, &reference, (&topic).into(), "error", reason);
            return Dispatch::Done;
        }
        let channel = self.socket.channel(route, &self.shared, name, join_ref, &reference);
        let start = Start { shared: Arc::clone(&channel), payload, reference, route, predecessor };
        let task = Arc::clone(&self.socket).start(start);
        if self.channels.len() == self.channels.capacity() {
            // Most connections join one or two channels; doubling from four would cost more than the channel itself.
            self.channels.reserve_exact(self.channels.len().max(1));
        }
        self.channels.push(Slot { channel, task, leaving: false, is_apart: bound.is_apart });
        Dispatch::Done
    }

    /// Takes an instance out of the way of a new one on the same topic (spec §3.6).
    fn replace(&mut self, at: usize) -> Predecessor {
        let Slot { channel, task, .. } = self.channels.swap_remove(at);
        channel.mailbox.close(channel::Reason::DuplicateJoin);
        Predecessor { shared: channel, task }
    }

    fn is_full(&mut self, bound: Bound) -> bool {
        if self.count(bound.is_apart) >= bound.channels {
            // One that has ended takes no place while its `terminate` runs. Nobody will tell it later to end in time.
            self.channels.retain(|Slot { channel, .. }| {
                let ended = channel.mailbox.has_ended();
                if ended {
                    channel.mailbox.close(channel::Reason::Closed);
                }
                !ended
            });
        }
        self.count(bound.is_apart) >= bound.channels
    }

    fn count(&self, is_apart: bool) -> usize {
        self.channels.iter().filter(|slot| slot.is_apart == is_apart).count()
    }

    fn leave(&mut self, at: usize, message: &Message) -> Dispatch {
        let slot = &mut self.channels[at];
        if !slot.channel.accepts(&message.join_ref) {
            return Dispatch::Done;
        }
        if std::mem::replace(&mut slot.leaving, true) && !slot.channel.mailbox.has_ended() {
            // A second leave before the close is swallowed (spec §3.8).
            return Dispatch::Done;
        }
        let channel = Arc::clone(&slot.channel);
        self.push(&channel, Item::Leave(message.reference.clone()))
    }

    fn leave_unjoined(&self, message: &Message) -> Dispatch {
        self.shared.reply_json(&message.join_ref, &message.reference, (&message.topic).into(), "ok", "{}");
        Dispatch::Done
    }

    fn forward(&mut self, at: usize, message: Message) -> Dispatch {
        let Message { join_ref, reference, event, payload, .. } = message;
        let channel = Arc::clone(&self.channels[at].channel);
        if !channel.accepts(&join_ref) {
            return Dispatch::Done;
        }
        self.push(&channel, Item::Event { event, payload, reference })
    }

    fn push(&mut self, channel: &Arc<channel::Shared>, item: Item) -> Dispatch {
        match channel.mailbox.push(item) {
            Ok(()) => Dispatch::Done,
            Err(PushError::Full(item)) => {
                reached(Limit::ChannelEvents);
                self.blocked = Some(Box::new(Blocked::Item(Arc::clone(channel), item)));
                Dispatch::Blocked
            }
            Err(PushError::Closed(item)) => {
                channel.answer_unmatched(item);
                Dispatch::Done
            }
        }
    }
}

impl Drop for Connection {
    /// However the connection ends, its channels end with it.
    fn drop(&mut self) {
        self.close(CloseReason::Lost);
    }
}
