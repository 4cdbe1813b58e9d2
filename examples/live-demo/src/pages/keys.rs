//! The keyboard, and an event for a hook of the page, which answers.

use firecrest::prelude::*;
use serde::Deserialize;

use crate::parts::Firecrest;

/// The size of the meadow.
const WIDTH: i32 = 12;
const HEIGHT: i32 = 6;

/// Flies at any time.
const FLIES: usize = 5;

type Place = (i32, i32);

pub(crate) struct Keys {
    bird: Place,
    flies: Vec<Place>,
    caught: u32,
    /// What the browser has said about itself.
    answer: Option<(String, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeysEvent {
    /// A key anywhere on the page, or a button that stands for one.
    Key { key: String },
    /// The visitor wants to know something that only the browser knows.
    Ask { about: String },
    /// The browser answers.
    Answer { about: String, value: Option<String> },
}

impl LiveView for Keys {
    type Event = KeysEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut keys = Keys { bird: (WIDTH / 2, HEIGHT / 2), flies: Vec::new(), caught: 0, answer: None };
        keys.attract();
        Ok(keys)
    }

    async fn handle_event(&mut self, event: KeysEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            KeysEvent::Key { key } => match step(&key) {
                Some(step) => self.hop(step),
                None => return Outcome::NoReply,
            },
            KeysEvent::Ask { about } => cx.push_event("ask", &json!({ "about": about })),
            KeysEvent::Answer { about, value } => {
                self.answer = Some((about.replace('_', " "), value.unwrap_or_else(|| "no idea".to_owned())));
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let (x, y) = self.bird;
        html! {
            <section class="game" id="game" phx-hook="HoldStill" phx-window-keydown="key" aria-label="Meadow">
                <svg class="meadow" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} role="img"
                    aria-label={format!("The bird is in column {} of row {}.", x + 1, y + 1)}>
                    for (x, y) in &self.flies {
                        <g class="fly" transform={format!("translate({x} {y})")}>
                            <ellipse cx="0.4" cy="0.44" rx="0.16" ry="0.09" transform="rotate(35 0.4 0.44)"/>
                            <ellipse cx="0.6" cy="0.44" rx="0.16" ry="0.09" transform="rotate(-35 0.6 0.44)"/>
                            <circle cx="0.5" cy="0.54" r="0.1"/>
                        </g>
                    }
                    <g class="bird" transform={format!("translate({x} {y})")}><Firecrest size="1"/></g>
                </svg>
                <div class="stack">
                    <p class="count" id="caught" role="status">{self.caught} <small>" caught"</small></p>
                    <div class="pad" role="group" aria-label="Keys">
                        for (key, sign, label) in PAD {
                            <button type="button" class="quiet" phx-click="key" phx-value-key={key} data-key={key}
                                aria-label={label}>
                                {sign}
                            </button>
                        }
                    </div>
                    <p class="quiet-text">"Arrow keys, W A S D, or these."</p>
                </div>
            </section>
            <section class="card" id="browser" phx-hook="Answer">
                <h2>"What only the browser knows"</h2>
                <p class="quiet-text">"The server pushes an event to a hook of this page, and the hook answers."</p>
                <div class="row">
                    <button type="button" class="quiet" phx-click="ask" phx-value-about="language">"Language"</button>
                    <button type="button" class="quiet" phx-click="ask" phx-value-about="time_zone">"Time zone"</button>
                    <button type="button" class="quiet" phx-click="ask" phx-value-about="viewport">"Viewport"</button>
                </div>
                <p role="status">
                    if let Some((about, value)) = &self.answer { "Your " {about} " is " <strong>{value}</strong> "." }
                </p>
            </section>
        }
    }
}

/// Keys, as buttons.
const PAD: [(&str, &str, &str); 4] = [
    ("ArrowLeft", "←", "Left"),
    ("ArrowUp", "↑", "Up"),
    ("ArrowDown", "↓", "Down"),
    ("ArrowRight", "→", "Right"),
];

impl Keys {
    fn hop(&mut self, (right, down): Place) {
        self.bird = ((self.bird.0 + right).clamp(0, WIDTH - 1), (self.bird.1 + down).clamp(0, HEIGHT - 1));
        self.flies.retain(|fly| *fly != self.bird);
        self.caught += (FLIES - self.flies.len()) as u32;
        self.attract();
    }

    /// Flies come, each to a place of its own, until there are enough.
    fn attract(&mut self) {
        while self.flies.len() < FLIES {
            let fly = (rand::random_range(0..WIDTH), rand::random_range(0..HEIGHT));
            if fly != self.bird && !self.flies.contains(&fly) {
                self.flies.push(fly);
            }
        }
    }
}

fn step(key: &str) -> Option<Place> {
    match key {
        "ArrowLeft" | "a" | "A" => Some((-1, 0)),
        "ArrowRight" | "d" | "D" => Some((1, 0)),
        "ArrowUp" | "w" | "W" => Some((0, -1)),
        "ArrowDown" | "s" | "S" => Some((0, 1)),
        _ => None,
    }
}
