//! A bird whose crest has the same colour on every page: whoever paints it paints it for all.

use std::sync::atomic::{AtomicUsize, Ordering};

use firecrest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::parts::Firecrest;

const TOPIC: &str = "live-demo:crest";

const COLOURS: [&str; 5] = ["flame", "sky", "leaf", "plum", "rose"];

/// What the next page begins with.
static LAST: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Crest {
    /// One of [`COLOURS`].
    colour: usize,
}

/// What one page says to the server, and the server to all pages.
#[derive(Serialize, Deserialize)]
pub(crate) struct Paint {
    colour: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CrestEvent {
    Paint(Paint),
}

impl LiveView for Crest {
    type Event = CrestEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.subscribe(TOPIC);
        Ok(Crest { colour: LAST.load(Ordering::Relaxed) })
    }

    async fn handle_event(&mut self, CrestEvent::Paint(paint): CrestEvent, cx: &mut View<'_>) -> Outcome {
        LAST.store(paint.colour % COLOURS.len(), Ordering::Relaxed);
        match cx.endpoint().broadcast(TOPIC, "paint", &paint) {
            Ok(_) => Outcome::NoReply,
            Err(error) => Stop::error(error.to_string()).into(),
        }
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut View<'_>) -> Outcome {
        let Ok(Paint { colour }) = broadcast.payload().parse() else { return Outcome::NoReply };
        self.colour = colour % COLOURS.len();
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <div class="crest">
                <Firecrest size="112" crest={COLOURS[self.colour]}/>
                <div class="stack">
                    <h2>"One crest for all"</h2>
                    <p class="quiet-text">
                        "The colour you choose is there at once on every page that is open, anywhere."
                    </p>
                    <div class="row" role="group" aria-label="Colour of the crest">
                        for (colour, name) in COLOURS.into_iter().enumerate() {
                            <button type="button" class="swatch" phx-click="paint" phx-value-colour={colour}
                                data-colour={name} aria-label={name}
                                aria-pressed={pressed(colour == self.colour)}></button>
                        }
                    </div>
                </div>
            </div>
        }
    }
}

fn pressed(is_pressed: bool) -> &'static str {
    if is_pressed { "true" } else { "false" }
}
