//! The trait every shared view implements.

use std::future::Future;

use firecrest_pubsub::Broadcast;

use super::{Shared, SharedOptions, Start, Viewer};
use crate::channel::{Outcome, Reason};
use crate::live::{Html, LiveEvent, Mount, MountError};

/// A page, or a part of one, that looks the same to everybody: one state on this node, and how it looks.
///
/// There is one for each address that leads to it (or each key, where it is inside another view). It starts when it is first
/// looked at and ends some seconds after the last viewer has left. Its callbacks run one at a time in a task of its own.
/// Whatever [live value](Shared::watch) it looks at renders it anew when it changes: for all viewers at once, and not more often
/// than [`SharedOptions`] say.
///
/// A panic in a callback starts the state anew. Every viewer sees the new state; only the client whose event it was joins again.
///
/// ```
/// use firecrest::prelude::*;
/// use firecrest::tally::Counter;
/// use firecrest::viewers::Viewers;
///
/// struct Traffic { visits: Counter, viewers: Viewers }
///
/// impl SharedView for Traffic {
///     type Event = NoEvents;
///     type Info = ();
///
///     async fn visit(cx: &mut Mount<'_>) -> Result<(), MountError> {
///         cx.endpoint().tally().counter("visits").await?.increment(1).await?;
///         Ok(())
///     }
///
///     async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
///         Ok(Traffic { visits: cx.counter("visits").await?, viewers: cx.viewers() })
///     }
///
///     fn render(&self) -> Html {
///         html! { <p>"Total: " {self.visits.get()}</p> <p>"Active: " {self.viewers.count()}</p> }
///     }
/// }
/// ```
pub trait SharedView: Sized + Send + 'static {
    /// What the pages say: an enum with a variant per event. [`NoEvents`](crate::channel::NoEvents) when they say nothing.
    type Event: LiveEvent;

    /// What the rest of the program says: timers, [handles](super::SharedHandle). `()` when it says nothing.
    type Info: Send + 'static;

    /// Somebody wants to see the page: the place to count a visit. It runs after the mount hooks, for
    /// every page load (GET, not HEAD) and for every live navigation here; not when a client comes back to a page that it has, and not
    /// for a view inside another. Clients say themselves whether they come back: to refuse somebody, use a
    /// [`MountHook`](crate::live::MountHook), which runs for every join.
    ///
    /// It does not wait for the view's task, nor the task for it.
    fn visit(cx: &mut Mount<'_>) -> impl Future<Output = Result<(), MountError>> + Send {
        let _ = cx;
        async { Ok(()) }
    }

    /// Makes the state: when it is first looked at, and again after a crash.
    fn start(cx: &mut Start<'_, Self::Info>) -> impl Future<Output = Result<Self, MountError>> + Send;

    /// Somebody looks at it now. By default nothing happens: [`Shared::viewers`] counts by itself.
    fn handle_join(
        &mut self,
        viewer: &Viewer,
        cx: &mut Shared<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (viewer, cx);
        async { Outcome::NoReply }
    }

    /// Somebody does not look at it any more. By default nothing happens.
    fn handle_leave(
        &mut self,
        viewer: &Viewer,
        cx: &mut Shared<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (viewer, cx);
        async { Outcome::NoReply }
    }

    /// A viewer's page says something. It is answered when that viewer has seen what came of it. By default it is ignored.
    fn handle_event(
        &mut self,
        event: Self::Event,
        viewer: &Viewer,
        cx: &mut Shared<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (event, viewer, cx);
        async { Outcome::NoReply }
    }

    /// A message of the program. By default it is logged as unexpected and ignored.
    fn handle_info(
        &mut self,
        info: Self::Info,
        cx: &mut Shared<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        drop(info);
        tracing::warn!(key = cx.key(), kind = std::any::type_name::<Self>(), "unexpected info");
        async { Outcome::NoReply }
    }

    /// A broadcast on a topic that was [subscribed](Shared::subscribe) to. By default it is ignored.
    fn handle_broadcast(
        &mut self,
        broadcast: &Broadcast,
        cx: &mut Shared<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (broadcast, cx);
        async { Outcome::NoReply }
    }

    /// The state ends: nobody looks at it any more, or a callback ended or crashed it. A state that nobody looks at when the
    /// program ends is only dropped.
    fn terminate(&mut self, reason: &Reason) -> impl Future<Output = ()> + Send {
        let _ = reason;
        async {}
    }

    /// The page's title; that of the document when there is none. Not for views inside others.
    fn title(&self) -> Option<String> {
        None
    }

    /// As [`LiveView::inspect`](crate::live::LiveView::inspect).
    fn inspect(&self) -> Option<&dyn std::fmt::Debug> {
        None
    }

    /// How the state looks, to everybody. It may be called at any time and must depend on the state only. It must not contain other
    /// views.
    fn render(&self) -> Html;

    /// How often it is rendered, and its container. Called for each start and each page.
    fn options() -> SharedOptions {
        SharedOptions::default()
    }
}
