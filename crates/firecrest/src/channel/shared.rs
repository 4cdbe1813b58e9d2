//! What a channel instance shares with its connection, the topic and its handles.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use compact_str::CompactString;
use firecrest_pubsub::{Broadcast, Subscriber, SubscriberId, Subscription};
use firecrest_wire::serializer::Outgoing;
use firecrest_wire::{EncodeError, NameRef, Payload, Ref, Text};

use super::mailbox::{Item, Mailbox};
use super::{MailboxLimits, Reply};
use crate::Endpoint;
use crate::connection::{Shared as Connection, flush};
use crate::telemetry::meter::ChannelMeters;

/// One joined channel: a topic on a connection.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) connection: Arc<Connection>,
    /// A copy: a slice of the join's frame would keep all of it in memory.
    pub(crate) topic: CompactString,
    /// As the join carried it, maybe null: `phx_close`, `phx_error` and the check of later messages (spec §2.5).
    pub(crate) join_ref: Ref,
    /// The join ref, or the join's ref where there was none: pushes and replies (spec §2.5).
    pub(crate) push_ref: Ref,
    /// Events that go to `handle_out` instead of straight to the client.
    pub(crate) intercepts: &'static [&'static str],
    pub(crate) mailbox: Mailbox,
    /// What is measured of all channels of its type.
    pub(crate) meters: &'static ChannelMeters,
    /// Owner of the channel's subscriptions.
    pub(crate) id: SubscriberId,
    /// Whether the client need not be told any more that this instance has ended.
    told: AtomicBool,
}

impl Shared {
    pub(crate) fn new(
        connection: Arc<Connection>,
        topic: &str,
        join_ref: Ref,
        reference: &Ref,
        intercepts: &'static [&'static str],
        limits: MailboxLimits,
        meters: &'static ChannelMeters,
    ) -> Self {
        let push_ref = if join_ref.is_null() { reference.clone() } else { join_ref.clone() };
        let mailbox = Mailbox::new(limits);
        let id = SubscriberId::unique();
        Shared {
            connection,
            topic: topic.into(),
            join_ref,
            push_ref,
            intercepts,
            mailbox,
            meters,
            id,
            told: AtomicBool::new(false),
        }
    }

    /// Whether a message with this join ref is for this instance (spec §3.3).
    pub(crate) fn accepts(&self, join_ref: &Ref) -> bool {
        join_ref.is_null() || *join_ref == self.join_ref
    }

    pub(crate) fn push(&self, event: &str, payload: &Payload) -> Result<(), EncodeError> {
        let null = Ref::null();
        let message =
            Outgoing { join_ref: &self.push_ref, reference: &null, topic: &self.topic, event, payload };
        self.connection.send(&message)
    }

    pub(crate) fn reply(&self, reference: &Ref, reply: Reply) -> Result<(), EncodeError> {
        self.connection.reply(&self.push_ref, reference, self.name(), reply.status, &reply.payload?)
    }

    /// Tells the client that this instance has ended in an orderly way.
    pub(crate) fn send_close(&self) {
        self.send_end("phx_close", "{}");
    }

    /// Tells the client that this instance has crashed (C133).
    pub(crate) fn send_error(&self) {
        self.send_end("phx_error", r#"{"reason":"channel_crash"}"#);
    }

    /// Says that the client need not be told of the end: it has been, or there never was a channel.
    pub(crate) fn set_told(&self) {
        self.told.store(true, Ordering::Release);
    }

    /// Whether [`set_told`](Self::set_told).
    pub(crate) fn is_told(&self) -> bool {
        self.told.load(Ordering::Acquire)
    }

    /// Takes no more messages. From `announce` on, which tells the client, the topic counts as not joined (spec §3.8).
    pub(crate) fn end(&self, announce: impl FnOnce(&Shared)) {
        flush::scope(|| {
            for item in self.mailbox.end(|| announce(self)) {
                self.answer_unmatched(item);
            }
        });
    }

    fn send_end(&self, event: &str, json: &'static str) {
        self.set_told();
        let payload = Payload::Json(Text::from(json));
        let message = Outgoing {
            join_ref: &self.join_ref,
            reference: &self.join_ref,
            topic: &self.topic,
            event,
            payload: &payload,
        };
        // A JSON object always has a form.
        let _ = self.connection.send(&message);
    }

    /// Answers what was sent to this instance but came too late, as if it was not joined (spec §3.3, §3.9).
    pub(crate) fn answer_unmatched(&self, item: Item) {
        match item {
            Item::Event { reference, .. } => self.connection.reply_unmatched(&reference, self.name()),
            Item::Leave(reference) => {
                self.connection.reply_json(&self.join_ref, &reference, self.name(), "ok", "{}");
            }
            Item::Intercepted(_) | Item::Subscribed(_) | Item::Info(_) => {}
        }
    }

    /// The topic as replies echo it.
    pub(crate) fn name(&self) -> NameRef<'_> {
        NameRef::Text(&self.topic)
    }
}

/// The channel's subscription to its own topic: straight to the client, unless intercepted (spec §2.7).
impl Subscriber for Shared {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        if self.intercepts.contains(&broadcast.event()) {
            self.mailbox.push_or_crash(Item::Intercepted(Arc::clone(broadcast)));
        } else {
            self.connection.forward(broadcast);
        }
    }
}

/// The channel's subscription to another topic: into the mailbox (spec §3.11).
pub(crate) struct Foreign(Arc<Shared>);

impl Foreign {
    /// Subscribes a channel to another topic, unless it is already.
    pub(crate) fn subscribe(
        shared: &Arc<Shared>,
        endpoint: &Endpoint,
        topic: &str,
        subscriptions: &mut Vec<Subscription>,
    ) {
        if subscriptions.iter().all(|subscription| subscription.topic() != topic) {
            let foreign = Arc::new(Foreign(Arc::clone(shared)));
            subscriptions.push(endpoint.pubsub().subscribe(topic, shared.id, foreign));
        }
    }
}

impl Subscriber for Foreign {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        self.0.mailbox.push_or_crash(Item::Subscribed(Arc::clone(broadcast)));
    }
}
