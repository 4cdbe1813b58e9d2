//! The trait every channel implements.

use std::future::Future;

use firecrest_pubsub::Broadcast;

use super::{Context, Event, Join, Joined, MailboxLimits, Outcome, Reason, Rejected};
use crate::Socket;

/// A channel of the socket `S`.
///
/// Its callbacks run one at a time, in the order in which messages arrive. A panic in one of them ends this channel
/// only: [`terminate`](Self::terminate) is called, the client is sent `phx_error` and joins again (spec §3.7).
///
/// The smallest channel there is:
///
/// ```
/// # use firecrest::prelude::*;
/// # struct UserSocket;
/// # impl Socket for UserSocket {
/// #     async fn connect(_: &Connect<'_>) -> Result<Self, Refused> { Ok(UserSocket) }
/// #     fn channels() -> Channels<Self> { Channels::new().route::<Lobby>("lobby") }
/// # }
/// struct Lobby;
///
/// impl Channel<UserSocket> for Lobby {
///     type In = NoEvents;
///     type Info = ();
///
///     async fn join(_request: Join<'_, UserSocket>) -> Result<Joined<Self, ()>, Rejected> {
///         Ok(Lobby.into())
///     }
/// }
/// ```
pub trait Channel<S: Socket>: Sized + Send + 'static {
    /// What clients say: an enum with a variant per event. [`NoEvents`](super::NoEvents) when they say nothing.
    type In: Event;

    /// What the rest of the program says: timers, [handles](super::ChannelHandle). `()` when it says nothing.
    type Info: Send + 'static;

    /// Events whose broadcasts on the channel's topic go to [`handle_out`](Self::handle_out) instead of straight to the
    /// client. Each costs an encoding per subscriber instead of one for all (spec §3.12).
    const INTERCEPT: &'static [&'static str] = &[];

    /// Most deferred replies that may be owed at once; until there are fewer, the channel takes no client events.
    /// Default: 64.
    const MAX_DEFERRED: usize = 64;

    /// Most client messages that wait; at the bound the client's connection is not read. Default: 64.
    const MAX_EVENTS: usize = 64;

    /// Most other messages that wait; at the bound the channel crashes. Default: 1,024.
    const MAX_INFOS: usize = 1_024;

    /// A client wants to join. The reply to it is the first thing the client hears of this channel.
    ///
    /// It runs in the channel's own task: a slow join delays nothing else on the connection. When the connection ends
    /// meanwhile, or the client joins again, the future is dropped.
    fn join(request: Join<'_, S>) -> impl Future<Output = Result<Joined<Self, Self::Info>, Rejected>> + Send;

    /// The client says something. By default nothing is answered.
    fn handle_in(
        &mut self,
        event: Self::In,
        cx: &mut Context<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (event, cx);
        async { Outcome::NoReply }
    }

    /// A broadcast on the channel's topic whose event is in [`INTERCEPT`](Self::INTERCEPT). Nothing reaches the client
    /// unless this pushes it; by default it is pushed unchanged.
    fn handle_out(
        &mut self,
        broadcast: &Broadcast,
        cx: &mut Context<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        async {
            cx.push_payload(broadcast.event(), broadcast.payload());
            Outcome::NoReply
        }
    }

    /// A broadcast on another topic, [subscribed](Context::subscribe) to. By default it is ignored.
    fn handle_broadcast(
        &mut self,
        broadcast: &Broadcast,
        cx: &mut Context<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (broadcast, cx);
        async { Outcome::NoReply }
    }

    /// A message of the program. By default it is logged as unexpected and ignored (C111).
    fn handle_info(
        &mut self,
        info: Self::Info,
        cx: &mut Context<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        drop(info);
        tracing::warn!(topic = cx.topic(), channel = std::any::type_name::<Self>(), "unexpected info");
        async { Outcome::NoReply }
    }

    /// The channel has ended, for whatever reason. What it still pushes arrives after `phx_close` (spec §3.8).
    ///
    /// When the connection has ended or the client has joined again, the callback that is running and this one have five
    /// seconds between them; then the channel is killed, and this may not be called at all (spec §3.6).
    fn terminate(
        &mut self,
        reason: &Reason,
        cx: &mut Context<'_, Self::Info>,
    ) -> impl Future<Output = ()> + Send {
        let _ = (reason, cx);
        async {}
    }

    /// The bounds of the mailbox, as the constants say.
    fn mailbox_limits() -> MailboxLimits {
        MailboxLimits { events: Self::MAX_EVENTS, infos: Self::MAX_INFOS, deferred: Self::MAX_DEFERRED }
    }
}
