//! A page that shows a text, which anybody who looks at it may change: as one view for all, and as a view for each.

use std::sync::atomic::{AtomicU64, Ordering};

use firecrest::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the views that each have for themselves hear of a change.
const TOPIC: &str = "board";

/// How often a shared board was rendered.
static RENDERS: AtomicU64 = AtomicU64::new(0);

/// A page says so to the server, and a view to all the others.
#[derive(Deserialize, Serialize)]
pub(crate) struct Text {
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BoardEvent {
    Show(Text),
}

/// One view for all.
pub(crate) struct Board {
    text: String,
}

/// A view for each.
pub(crate) struct OwnBoard {
    text: String,
}

/// How often a shared board was rendered.
pub(crate) async fn renders() -> String {
    RENDERS.load(Ordering::Relaxed).to_string()
}

/// How a text is shown.
pub(crate) fn board(text: &str) -> Html {
    html! {
        <h1>"Board"</h1>
        <p>"Shown: " {text}</p>
        <button phx-click="show" phx-value-text="nothing">"Show nothing"</button>
    }
}

impl SharedView for Board {
    type Event = BoardEvent;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Board { text: "nothing".to_owned() })
    }

    async fn handle_event(&mut self, event: BoardEvent, _viewer: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        let BoardEvent::Show(Text { text }) = event;
        self.text = text;
        Outcome::Render
    }

    fn render(&self) -> Html {
        RENDERS.fetch_add(1, Ordering::Relaxed);
        board(&self.text)
    }

    /// Every change by itself: what is measured is one change, not how many of them become one.
    fn options() -> SharedOptions {
        SharedOptions::default().frames_per_second(u32::MAX)
    }
}

impl LiveView for OwnBoard {
    type Event = BoardEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.subscribe(TOPIC);
        Ok(OwnBoard { text: "nothing".to_owned() })
    }

    async fn handle_event(&mut self, BoardEvent::Show(text): BoardEvent, cx: &mut View<'_>) -> Outcome {
        match cx.endpoint().broadcast(TOPIC, "show", &text) {
            Ok(_) => Outcome::NoReply,
            Err(error) => Stop::error(error.to_string()).into(),
        }
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut View<'_>) -> Outcome {
        let Ok(Text { text }) = broadcast.payload().parse() else { return Outcome::NoReply };
        self.text = text;
        Outcome::Render
    }

    fn render(&self) -> Html {
        board(&self.text)
    }
}
