//! The trait every stateful component implements.

use std::future::Future;

use firecrest_live::Html;

use super::{ComponentCx, Rendering, Updates};
use crate::channel::Outcome;
use crate::live::{LiveEvent, MountError};
use crate::telemetry::Panic;

/// A part of a view with a state and events of its own: a card, a menu that opens, a form inside a list.
///
/// It has no task: its callbacks run in that of its view, one at a time, and a panic ends the view. When an event of it changes
/// its state, only it is rendered, and what is in it. It lives from its first [call](super::live_component) in a template until it
/// has left the page, wherever in the page it moves meanwhile; then it is dropped.
///
/// ```
/// use firecrest::prelude::*;
/// use serde::Deserialize;
///
/// #[derive(Clone, PartialEq)]
/// struct CardProps { title: String }
///
/// #[derive(Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum CardEvent { Toggle }
///
/// struct Card { open: bool }
///
/// impl LiveComponent for Card {
///     type Props = CardProps;
///     type Event = CardEvent;
///     type Info = ();
///
///     async fn mount(_props: &CardProps, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
///         Ok(Card { open: false })
///     }
///
///     async fn handle_event(&mut self, event: CardEvent, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
///         let CardEvent::Toggle = event;
///         self.open = !self.open;
///         Outcome::Render
///     }
///
///     fn render(&self, cx: &Rendering<'_, Self>) -> Html {
///         html! {
///             <article>
///                 <h3 phx-click="toggle" phx-target={cx.myself()}>{&cx.props().title}</h3>
///                 if self.open { <p>"…"</p> }
///             </article>
///         }
///     }
/// }
///
/// let titles = ["Owl", "Heron"];
/// let page = html! {
///     for title in titles, key = title { {live_component::<Card>(title, CardProps { title: title.to_owned() })} }
/// };
/// ```
pub trait LiveComponent: Sized + Send + 'static {
    /// What its template's caller gives it. The same again is nothing to do: not a callback, and nothing is rendered.
    type Props: PartialEq + Send + Sync + 'static;

    /// What the page says to it: elements with `phx-target={cx.myself()}`. [`NoEvents`](crate::channel::NoEvents) when it says
    /// nothing.
    type Event: LiveEvent;

    /// What the rest of the program says to it. `()` when it says nothing.
    type Info: Send + 'static;

    /// Makes the first state, when it is called for the first time.
    ///
    /// An error is one of its view: the page is another one, or the view crashes.
    fn mount(
        props: &Self::Props,
        cx: &mut ComponentCx<'_, Self>,
    ) -> impl Future<Output = Result<Self, MountError>> + Send;

    /// It is called with other props than before; not after `mount`. By default nothing happens but that it is rendered, with the
    /// new [props](Rendering::props): a state that was made of them must be made anew here.
    fn update(
        &mut self,
        props: &Self::Props,
        cx: &mut ComponentCx<'_, Self>,
    ) -> impl Future<Output = ()> + Send {
        let _ = (props, cx);
        async {}
    }

    /// All components of the type that are mounted or updated at once, as the rows of a list are: the place to ask the database once
    /// instead of once for each. By default each is mounted or updated by itself. It must [mount](super::Update::mount) those that are new.
    fn update_many(
        updates: Updates<'_, Self>,
        cx: &mut ComponentCx<'_, Self>,
    ) -> impl Future<Output = Result<(), MountError>> + Send {
        updates.each(cx)
    }

    /// The page says something to it. By default it is ignored.
    fn handle_event(
        &mut self,
        event: Self::Event,
        cx: &mut ComponentCx<'_, Self>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (event, cx);
        async { Outcome::NoReply }
    }

    /// A message of the program (F084, F085). By default it is logged as unexpected and ignored.
    fn handle_info(
        &mut self,
        info: Self::Info,
        cx: &mut ComponentCx<'_, Self>,
    ) -> impl Future<Output = Outcome> + Send {
        drop(info);
        tracing::warn!(view = cx.view_id(), component = std::any::type_name::<Self>(), "unexpected info");
        async { Outcome::NoReply }
    }

    /// Work in the background that was [started](ComponentCx::start) under this name has panicked (F080), as
    /// [`LiveView::handle_crash`](crate::LiveView::handle_crash).
    fn handle_crash(
        &mut self,
        name: &str,
        panic: &Panic,
        cx: &mut ComponentCx<'_, Self>,
    ) -> impl Future<Output = Outcome> + Send {
        let _ = (name, panic, cx);
        async { Outcome::NoReply }
    }

    /// How it looks: exactly one element, whatever is in it. It may be called at any time and must depend on the state and the
    /// props only.
    fn render(&self, cx: &Rendering<'_, Self>) -> Html;
}
