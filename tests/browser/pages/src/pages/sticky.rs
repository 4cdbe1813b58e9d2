//! A player that stays while pages with other layouts come and go (F123).

use firecrest::channel::NoEvents;
use firecrest::live::LayoutContext;
use firecrest::prelude::*;
use serde::Deserialize;

use super::link;

/// What stays, with a view of its own inside.
struct Player {
    count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PlayerEvent {
    Inc,
    Away,
}

impl LiveView for Player {
    type Event = PlayerEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Player { count: 0 })
    }

    async fn handle_event(&mut self, event: PlayerEvent, cx: &mut View<'_>) -> Outcome {
        self.count += 1;
        if let PlayerEvent::Away = event {
            cx.push_navigate("/sticky/bottom");
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <output id="count">{self.count}</output>
            <button type="button" phx-click="inc">"Count"</button>
            <button type="button" phx-click="away">"Away"</button>
            <input id="note" aria-label="Note">
            {nested::<Dial>("dial")}
        }
    }
}

/// Inside of what stays.
struct Dial {
    turns: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DialEvent {
    Turn,
}

impl LiveView for Dial {
    type Event = DialEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Dial { turns: 0 })
    }

    async fn handle_event(&mut self, DialEvent::Turn: DialEvent, _cx: &mut View<'_>) -> Outcome {
        self.turns += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <button type="button" id="turns" phx-click="turn">{self.turns}</button> }
    }
}

/// The layout around a page.
#[derive(Clone, Copy)]
enum Place {
    Top,
    Bottom,
    Nowhere,
}

impl Place {
    fn layout(self) -> fn(&LayoutContext<'_>, &Html) -> Html {
        match self {
            Place::Top => |_, view| html! { <header>{player()}</header>{menu()}<main>{view}</main> },
            Place::Bottom => |_, view| html! { {menu()}{view}<footer><div>{player()}</div></footer> },
            Place::Nowhere => |_, view| html! { {menu()}{view} },
        }
    }
}

fn player() -> firecrest::live::Nested<Player> {
    nested::<Player>("player").sticky()
}

fn menu() -> Html {
    html! {
        <p>
            {link::navigate("/sticky/top", "Top")}
            {link::navigate("/sticky/bottom", "Bottom")}
            {link::navigate("/sticky/nowhere", "Nowhere")}
        </p>
    }
}

/// Views that differ in their layouts.
macro_rules! pages {
    ($($page:ident)*) => {$(
        pub(crate) struct $page;

        impl LiveView for $page {
            type Event = NoEvents;
            type Info = ();

            async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
                Ok($page)
            }

            fn render(&self) -> Html {
                html! { <h1>{stringify!($page)}</h1> }
            }

            fn options() -> ViewOptions {
                ViewOptions::default().layout(Place::$page.layout())
            }
        }
    )*};
}

pages!(Top Bottom Nowhere);
