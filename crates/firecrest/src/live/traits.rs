//! The trait every live view implements.

use std::future::Future;

use firecrest_live::Html;
use firecrest_pubsub::Broadcast;

use super::{LiveEvent, Mount, MountError, View, ViewOptions};
use crate::channel::{Outcome, Reason};
use crate::telemetry::Panic;

/// A page, or a part of one, that is rendered on the server and kept alive: state, and how it looks.
///
/// It is mounted for the first HTTP request, rendered into the page, and adopted by the client's socket a moment later. From
/// then on its callbacks run one at a time in a task of their own; after each of them it is rendered, and what has changed
/// is sent. A panic in one of them ends this view only: the client mounts it again (spec §8.4).
///
/// ```
/// use firecrest::prelude::*;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum CounterEvent { Inc, Dec }
///
/// struct Counter { count: i64 }
///
/// impl LiveView for Counter {
///     type Event = CounterEvent;
///     type Info = ();
///
///     async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
///         Ok(Counter { count: 0 })
///     }
///
///     async fn handle_event(&mut self, event: CounterEvent, _cx: &mut View<'_>) -> Outcome {
///         match event {
///             CounterEvent::Inc => self.count += 1,
///             CounterEvent::Dec => self.count -= 1,
///         }
///         Outcome::Render
///     }
///
///     fn render(&self) -> Html {
///         html! {
///             <output>{self.count}</output>
///             <button phx-click="dec">"-"</button>
///             <button phx-click="inc">"+"</button>
///         }
///     }
/// }
/// ```
pub trait LiveView: Sized + Send + 'static {
    /// What the page says: an enum with a variant per event. [`NoEvents`](crate::channel::NoEvents) when it says nothing.
    type Event: LiveEvent;

    /// What the rest of the program says: timers, [handles](super::ViewHandle). `()` when it says nothing.
    type Info: Send + 'static;

    /// Makes the view's first state.
    ///
    /// It, and the mount hooks before it, run once for a visit when the socket is accepted by the node that served the page, and again for every reconnect.
    /// When it depends on what only the socket knows, by [`Mount::connected`] or [`Mount::connect_param`], it runs for the
    /// page and for the socket (F070).
    fn mount(cx: &mut Mount<'_, Self::Info>) -> impl Future<Output = Result<Self, MountError>> + Send;

    /// The page's address: after `mount`, and whenever it changes while this view stays (spec §4.5, F075). Only for views
    /// that a route leads to.
    fn handle_params(&mut self, cx: &mut View<'_, Self::Info>) -> impl Future<Output = Outcome> + Send {
        let _ = cx;
        async { Outcome::Render }
    }

    /// The page says something. By default it is ignored.
    fn handle_event(
        &mut self,
        event: Self::Event,
        cx: &mut View<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (event, cx);
        async { Outcome::NoReply }
    }

    /// A message of the program. By default it is logged as unexpected and ignored.
    fn handle_info(
        &mut self,
        info: Self::Info,
        cx: &mut View<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        drop(info);
        tracing::warn!(view = cx.id(), kind = std::any::type_name::<Self>(), "unexpected info");
        async { Outcome::NoReply }
    }

    /// A broadcast on a topic that was [subscribed](View::subscribe) to. By default it is ignored.
    fn handle_broadcast(
        &mut self,
        broadcast: &Broadcast,
        cx: &mut View<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (broadcast, cx);
        async { Outcome::NoReply }
    }

    /// Work in the background that was [started](View::start) under this name has panicked (F080). The log says so; by default nothing
    /// else happens, and the view goes on.
    fn handle_crash(
        &mut self,
        name: &str,
        panic: &Panic,
        cx: &mut View<'_, Self::Info>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (name, panic, cx);
        async { Outcome::NoReply }
    }

    /// The joined view has ended, for whatever reason. A view that was mounted for a page and that no client has joined is only
    /// dropped.
    fn terminate(&mut self, reason: &Reason) -> impl Future<Output = ()> + Send {
        let _ = reason;
        async {}
    }

    /// What [`Endpoint::look_into`](crate::Endpoint::look_into) shows of the state to whoever runs the server: `Some(self)` for a type that is
    /// [`Debug`](std::fmt::Debug). Nothing by default: a state may hold secrets.
    fn inspect(&self) -> Option<&dyn std::fmt::Debug> {
        None
    }

    /// How the state looks. It may be called at any time and must depend on the state only.
    fn render(&self) -> Html;

    /// Tag and attributes of the view's container, and its layout. Called for each mount.
    fn options() -> ViewOptions {
        ViewOptions::default()
    }
}
