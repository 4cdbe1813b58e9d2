//! What a channel does next, made ready for the callback that handles it.

use std::any::{Any, type_name};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use firecrest_pubsub::Broadcast;
use firecrest_wire::{Name, Payload, Ref};

use super::context::Core;
use super::mailbox::Item;
use super::{Channel, Event as _, Outcome, Reason, Stop};
use crate::Socket;
use crate::telemetry::{Handling, Panic, shown_error};

/// One callback, and what it is called with.
///
/// It is made before anything is awaited, so that a channel's task has room for what its callbacks take and for nothing
/// else.
pub(super) enum Work<S: Socket, C: Channel<S>> {
    /// `handle_in`, with the message's ref, and what is told of it.
    Event(C::In, Ref, Option<Box<Handling>>),
    /// None, for the message with this ref: it cannot be read.
    Unreadable(Ref, Result<Outcome, Panic>),
    /// None: the client leaves.
    Leave(Ref),
    /// `handle_out`.
    Intercepted(Arc<Broadcast>),
    /// `handle_broadcast`.
    Subscribed(Arc<Broadcast>),
    /// `handle_info`.
    Info(Box<C::Info>),
    /// None: the channel ends.
    End(Reason),
}

impl<S: Socket, C: Channel<S>> Work<S, C> {
    /// Ready with what is to be done next.
    pub(super) fn poll(core: &mut Core, cx: &mut Context<'_>) -> Poll<Self> {
        loop {
            match ready!(core.poll_next(cx)) {
                Err(reason) => return Poll::Ready(Work::End(reason)),
                Ok(item) => {
                    if let Some(work) = Self::prepare(core, item) {
                        return Poll::Ready(work);
                    }
                }
            }
        }
    }

    fn prepare(core: &Core, item: Item) -> Option<Self> {
        Some(match item {
            Item::Event { event, payload, reference } => Self::event(core, &event, &payload, reference),
            Item::Leave(reference) => Work::Leave(reference),
            Item::Intercepted(broadcast) => Work::Intercepted(broadcast),
            Item::Subscribed(broadcast) => Work::Subscribed(broadcast),
            // Only typed handles and timers send infos: it is always of this type.
            Item::Info(info) => Work::Info(Self::info(info)?),
        })
    }

    fn event(core: &Core, event: &Name, payload: &Payload, reference: Ref) -> Self {
        let Name::Text(name) = event else {
            return Work::Unreadable(reference, Ok(Outcome::Stop(Stop::error("the event is not a string"))));
        };
        // Decoding runs the application's code too.
        match catch_unwind(AssertUnwindSafe(|| C::In::decode(name, payload))) {
            Ok(Ok(decoded)) => {
                let handling = Handling::begin(type_name::<C>(), &core.shared, name, payload);
                Work::Event(decoded, reference, handling)
            }
            Ok(Err(error)) => {
                let reason = format!("event {name:?} is not understood: {}", shown_error(&error));
                Work::Unreadable(reference, Ok(Outcome::Stop(Stop::error(reason))))
            }
            Err(panic) => Work::Unreadable(reference, Err(Panic::new(panic))),
        }
    }

    fn info(info: Box<dyn Any + Send>) -> Option<Box<C::Info>> {
        info.downcast().ok()
    }
}
