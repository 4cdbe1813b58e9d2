//! A radio that nobody can hear. It is in the layout, and plays on while the visitor goes from page to page.

use std::time::Duration;

use firecrest::channel::Timer;
use firecrest::prelude::*;
use serde::Deserialize;

const SECOND: Duration = Duration::from_secs(1);

/// What it plays, by whom, and for how many seconds.
const SONGS: [(&str, &str, u32); 5] = [
    ("Thin as a Needle", "Firecrest", 74),
    ("Before the Sun", "Robin", 95),
    ("Up, Up and Higher", "Skylark", 132),
    ("Everything Twice", "Song Thrush", 118),
    ("Loud for My Size", "Wren", 61),
];

#[derive(Default)]
pub(crate) struct Radio {
    song: usize,
    /// Seconds of the song.
    at: u32,
    /// The next second, while it plays.
    tick: Option<Timer>,
    /// Whether it has played at all.
    is_warm: bool,
}

/// A second of song has passed.
pub(crate) struct Tick;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RadioEvent {
    Toggle,
    Next,
}

impl LiveView for Radio {
    type Event = RadioEvent;
    type Info = Tick;

    async fn mount(_cx: &mut Mount<'_, Tick>) -> Result<Self, MountError> {
        Ok(Radio::default())
    }

    async fn handle_event(&mut self, event: RadioEvent, cx: &mut View<'_, Tick>) -> Outcome {
        let was_playing = self.stop(cx);
        let plays = match event {
            RadioEvent::Toggle => !was_playing,
            RadioEvent::Next => {
                self.begin((self.song + 1) % SONGS.len());
                was_playing
            }
        };
        self.tick = plays.then(|| cx.send_after(SECOND, Tick));
        self.is_warm = true;
        Outcome::Render
    }

    async fn handle_info(&mut self, Tick: Tick, cx: &mut View<'_, Tick>) -> Outcome {
        // Stopped just before the second was over: another tick may be on its way, and one is enough.
        if !self.stop(cx) {
            return Outcome::NoReply;
        }
        self.tick = Some(cx.send_after(SECOND, Tick));
        self.at += 1;
        let (.., seconds) = SONGS[self.song];
        if self.at >= seconds {
            self.begin((self.song + 1) % SONGS.len());
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let (title, bird, seconds) = SONGS[self.song];
        let plays = self.tick.is_some();
        html! {
            <section class="radio" aria-label="Radio" data-plays={plays.then_some("")}>
                <button type="button" class="radio-play" phx-click="toggle"
                    aria-label={if plays { "Pause" } else { "Play the radio" }} title={(!self.is_warm).then_some("Play the radio")}>
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                        if plays { <path d="M7 5h3.5v14H7zM13.5 5H17v14h-3.5z"/> } else { <path d="M8 4.8v14.4L19.5 12z"/> }
                    </svg>
                </button>
                if self.is_warm {
                    <p class="radio-song"><b aria-live="polite">{title}</b><span>{bird}</span></p>
                    <span class="radio-bars" aria-hidden="true"><i></i><i></i><i></i></span>
                    <span class="radio-time" role="timer" aria-label="Played">{clock(self.at)}</span>
                    <button type="button" class="radio-next" phx-click="next" aria-label="Next song">
                        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 5v14l9.5-7zM16 5h3v14h-3z"/></svg>
                    </button>
                    <progress value={self.at} max={seconds} aria-hidden="true"></progress>
                }
            </section>
        }
    }
}

impl Radio {
    fn begin(&mut self, song: usize) {
        (self.song, self.at) = (song, 0);
    }

    /// Stops the clock; whether it was running.
    fn stop(&mut self, cx: &mut View<'_, Tick>) -> bool {
        self.tick.take().map(|tick| cx.cancel(tick)).is_some()
    }
}

fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
