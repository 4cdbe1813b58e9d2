//! A channel's mailbox: small while empty, bounded, closed from outside.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};

use firecrest_pubsub::Broadcast;
use firecrest_wire::{Name, Payload, Ref};

use super::Reason;
use crate::fifo::Fifo;
use crate::sync::{AtomicBool, Mutex, MutexGuard};
use crate::telemetry::meter::{Limit, reached};

/// The bounds of a channel's mailbox, in items.
///
/// Worst-case memory: `events` times the largest frame a client may send, plus 64 bytes per item. The bound on events
/// slows the client down: its connection is not read until there is room, heartbeats included, so that a client kept
/// waiting for longer than its heartbeat timeout reconnects. At the bound on the rest the channel crashes
/// with the reason `mailbox overflow`, counted by the metric `firecrest_mailbox_overflows_total`: its client rejoins and
/// starts from a known state instead of having missed something silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxLimits {
    /// Most client messages that wait. Default: 64.
    pub events: usize,
    /// Most other messages that wait: intercepted broadcasts, subscribed topics, infos. Default: 1,024.
    pub infos: usize,
    /// Most deferred replies that are owed. Until there are fewer, no event is taken out. Default: 64.
    pub deferred: usize,
}

impl Default for MailboxLimits {
    fn default() -> Self {
        MailboxLimits { events: 64, infos: 1_024, deferred: 64 }
    }
}

/// Something for a channel to handle.
#[derive(Debug)]
pub(crate) enum Item {
    /// A client's message.
    Event {
        /// The event.
        event: Name,
        /// The payload.
        payload: Payload,
        /// The message's ref.
        reference: Ref,
    },
    /// The client leaves; with the ref of its message.
    Leave(Ref),
    /// A broadcast on the channel's own topic whose event it intercepts.
    Intercepted(Arc<Broadcast>),
    /// A broadcast on another topic the channel subscribed to.
    Subscribed(Arc<Broadcast>),
    /// A message of the program; of the channel's `Info` type.
    Info(Box<dyn Any + Send>),
}

impl Item {
    fn is_from_client(&self) -> bool {
        matches!(self, Item::Event { .. } | Item::Leave(_))
    }
}

/// Why an item was not taken.
#[derive(Debug)]
pub(crate) enum PushError {
    /// No room; the item comes back.
    Full(Item),
    /// The channel has ended; the item comes back.
    Closed(Item),
}

#[derive(Debug)]
pub(crate) struct Mailbox {
    limits: MailboxLimits,
    /// Whether the channel takes nothing any more. Written under the lock, read without.
    ended: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    queue: Fifo<Item>,
    /// How many items in the queue are from the client.
    from_client: usize,
    /// How many deferred replies are owed.
    deferred: usize,
    /// Why the channel has to end; set once.
    closing: Option<Reason>,
    /// Whether the channel's join has begun; until then it waits for the one it replaces.
    started: bool,
    /// Whether the channel takes nothing any more.
    ended: bool,
    /// The channel's, when it waits for an item.
    receiver: Option<Waker>,
    /// The connection's, when it waits for room.
    sender: Option<Waker>,
}

impl Mailbox {
    pub(crate) fn new(MailboxLimits { events, infos, deferred }: MailboxLimits) -> Self {
        // Without room for one of each nothing would ever be taken.
        let limits = MailboxLimits { events: events.max(1), infos: infos.max(1), deferred: deferred.max(1) };
        Mailbox { limits, ended: AtomicBool::new(false), state: Mutex::default() }
    }

    /// Queues an item.
    pub(crate) fn push(&self, item: Item) -> Result<(), PushError> {
        self.lock().push(item, &self.limits)
    }

    /// Ready when there is room for a message of the client, or when the channel has ended.
    ///
    /// Only the connection sends such messages, so that after this its next push is not refused as full.
    pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.ended || state.from_client < self.limits.events {
            return Poll::Ready(());
        }
        state.sender = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Queues an item that no client sent; an overflow makes the channel crash.
    pub(crate) fn push_or_crash(&self, item: Item) {
        if let Err(PushError::Full(_)) = self.push(item)
            && self.close(Reason::Crashed("mailbox overflow".into()))
        {
            reached(Limit::ChannelInfos);
            metrics::counter!("firecrest_mailbox_overflows_total").increment(1);
        }
    }

    /// Tells the channel to end, before anything that waits. The first reason counts: returns whether this was it.
    pub(crate) fn close(&self, reason: Reason) -> bool {
        let mut state = self.lock();
        let first = state.closing.is_none();
        if first {
            state.closing = Some(reason);
        }
        state.wake_receiver();
        first
    }

    /// Takes the next item, or the reason to end; items that wait are left then. While too many replies are owed, client events stay where they are.
    pub(crate) fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Result<Item, Reason>> {
        let mut state = self.lock();
        if let Some(reason) = state.closing.clone() {
            return Poll::Ready(Err(reason));
        }
        let events = state.deferred < self.limits.deferred;
        let wanted = |item: &Item| events || !matches!(item, Item::Event { .. });
        if let Some(item) = state.queue.take_first(wanted) {
            state.taken(&item, &self.limits);
            return Poll::Ready(Ok(item));
        }
        register(&mut state.receiver, cx);
        Poll::Pending
    }

    /// Counts a reply that is owed.
    pub(crate) fn defer(&self) {
        let mut state = self.lock();
        state.deferred += 1;
        if state.deferred == self.limits.deferred {
            reached(Limit::ChannelDeferred);
        }
    }

    /// Counts a reply that is owed no more.
    pub(crate) fn settle(&self) {
        let mut state = self.lock();
        state.deferred -= 1;
        state.wake_receiver();
    }

    /// Ready when the channel is told to end.
    pub(crate) fn poll_closing(&self, cx: &mut Context<'_>) -> Poll<Reason> {
        let mut state = self.lock();
        match &state.closing {
            Some(reason) => Poll::Ready(reason.clone()),
            None => {
                register(&mut state.receiver, cx);
                Poll::Pending
            }
        }
    }

    /// Takes nothing more from now on, and gives back what waits.
    ///
    /// `announce` tells the client. It runs while the mailbox is locked: to the connection the channel has ended from
    /// exactly then on.
    pub(crate) fn end(&self, announce: impl FnOnce()) -> VecDeque<Item> {
        let mut state = self.lock();
        state.ended = true;
        announce();
        self.ended.store(true, Ordering::Release);
        if let Some(sender) = state.sender.take() {
            sender.wake();
        }
        state.queue.take()
    }

    /// Says that the join has begun.
    pub(crate) fn start(&self) {
        let mut state = self.lock();
        state.started = true;
        if let Some(sender) = state.sender.take() {
            sender.wake();
        }
    }

    pub(crate) fn has_started(&self) -> bool {
        let state = self.lock();
        state.started || state.ended
    }

    /// Ready when the join has begun, or the channel has ended.
    pub(crate) fn poll_started(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.started || state.ended {
            return Poll::Ready(());
        }
        state.sender = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// The state stays consistent whatever panics, so poison means nothing here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the task's waker into its slot. It is mostly there already.
fn register(slot: &mut Option<Waker>, cx: &mut Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

impl State {
    fn push(&mut self, item: Item, limits: &MailboxLimits) -> Result<(), PushError> {
        if self.ended {
            return Err(PushError::Closed(item));
        }
        let (waiting, limit) = match item.is_from_client() {
            true => (self.from_client, limits.events),
            false => (self.queue.len() - self.from_client, limits.infos),
        };
        if waiting >= limit {
            return Err(PushError::Full(item));
        }
        self.from_client += usize::from(item.is_from_client());
        self.queue.push(item);
        self.wake_receiver();
        Ok(())
    }

    /// Keeps the books after an item was taken out.
    fn taken(&mut self, item: &Item, limits: &MailboxLimits) {
        self.from_client -= usize::from(item.is_from_client());
        // Not for every single item: the connection would be woken as often.
        if self.from_client <= limits.events / 2
            && let Some(sender) = self.sender.take()
        {
            sender.wake();
        }
    }

    fn wake_receiver(&mut self) {
        if let Some(receiver) = &self.receiver {
            receiver.wake_by_ref();
        }
    }
}

#[cfg(test)]
#[cfg(firecrest_loom)]
mod models;

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Item {
        Item::Event { event: Name::from("e"), payload: Payload::empty(), reference: Ref::null() }
    }

    fn info() -> Item {
        Item::Info(Box::new(()))
    }

    fn take(mailbox: &Mailbox) -> Option<Result<Item, Reason>> {
        match mailbox.poll_take(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(taken) => Some(taken),
            Poll::Pending => None,
        }
    }

    fn small() -> Mailbox {
        Mailbox::new(MailboxLimits { events: 2, infos: 2, deferred: 1 })
    }

    #[test]
    fn events_and_infos_have_bounds_of_their_own() {
        let mailbox = small();
        (0..2).for_each(|_| mailbox.push(event()).unwrap());
        assert!(matches!(mailbox.push(event()), Err(PushError::Full(_))));
        (0..2).for_each(|_| mailbox.push(info()).unwrap());
        assert!(matches!(mailbox.push(info()), Err(PushError::Full(_))));
    }

    #[test]
    fn room_is_announced_when_a_client_message_is_taken() {
        let mailbox = small();
        let room = |mailbox: &Mailbox| mailbox.poll_room(&mut Context::from_waker(Waker::noop())).is_ready();
        (0..2).for_each(|_| mailbox.push(event()).unwrap());
        assert!(!room(&mailbox));
        assert!(take(&mailbox).is_some());
        assert!(room(&mailbox));
    }

    #[test]
    fn events_wait_while_too_many_replies_are_owed() {
        let mailbox = small();
        mailbox.defer();
        mailbox.push(event()).unwrap();
        mailbox.push(info()).unwrap();
        assert!(matches!(take(&mailbox), Some(Ok(Item::Info(_)))));
        assert!(take(&mailbox).is_none());
        mailbox.settle();
        assert!(matches!(take(&mailbox), Some(Ok(Item::Event { .. }))));
    }

    #[test]
    fn an_overflow_of_infos_ends_the_channel() {
        let mailbox = small();
        (0..3).for_each(|_| mailbox.push_or_crash(info()));
        assert!(matches!(take(&mailbox), Some(Err(Reason::Crashed(_)))));
    }

    #[test]
    fn what_waits_comes_back_at_the_end() {
        let mailbox = small();
        mailbox.push(event()).unwrap();
        assert_eq!(mailbox.end(|| ()).len(), 1);
        assert!(matches!(mailbox.push(event()), Err(PushError::Closed(_))));
    }
}
