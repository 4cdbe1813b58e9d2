//! A clock: a view that ticks by itself, and that a click is too much for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use firecrest::prelude::*;
use serde::Deserialize;

const SECOND: Duration = Duration::from_secs(1);

pub(crate) struct Clock {
    city: String,
    /// How far ahead of UTC it is.
    minutes: i64,
    /// Seconds since 1970 on its wall.
    time: i64,
    /// Seconds since it was wound up.
    age: u32,
}

/// A second has passed.
pub(crate) struct Tick;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClockEvent {
    Drop,
}

impl LiveView for Clock {
    type Event = ClockEvent;
    type Info = Tick;

    async fn mount(cx: &mut Mount<'_, Tick>) -> Result<Self, MountError> {
        cx.send_after(SECOND, Tick);
        let (city, minutes) =
            (cx.session("city").unwrap_or_default(), cx.session("minutes").unwrap_or_default());
        Ok(Clock { city, minutes, time: now(minutes), age: 0 })
    }

    async fn handle_info(&mut self, Tick: Tick, cx: &mut View<'_, Tick>) -> Outcome {
        cx.send_after(SECOND, Tick);
        self.time = now(self.minutes);
        self.age += 1;
        Outcome::Render
    }

    async fn handle_event(&mut self, ClockEvent::Drop: ClockEvent, _cx: &mut View<'_, Tick>) -> Outcome {
        panic!("the clock of {} was dropped", self.city);
    }

    fn render(&self) -> Html {
        let (hour, minute, second) = (self.time / 3600 % 24, self.time / 60 % 60, self.time % 60);
        html! {
            <button type="button" class="clock" phx-click="drop"
                aria-label={format!("Drop the clock of {}", self.city)}>
                <svg viewBox="-50 -50 100 100" aria-hidden="true">
                    <circle class="face" r="47"/>
                    for mark in 0..12 {
                        <line class="mark" y1="-41" y2="-36" transform={format!("rotate({})", mark * 30)}/>
                    }
                    <line class="hour" y2="-23" transform={format!("rotate({})", hour * 30 + minute / 2)}/>
                    <line class="minute" y2="-35" transform={format!("rotate({})", minute * 6)}/>
                    <line class="second" y1="9" y2="-38" transform={format!("rotate({})", second * 6)}/>
                    <circle class="pin" r="3"/>
                </svg>
            </button>
            <h3>{&self.city}</h3>
            <time>{format!("{hour:02}:{minute:02}:{second:02}")}</time>
            <p class="quiet-text">"wound up " {self.age} " s ago"</p>
        }
    }
}

fn now(minutes: i64) -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs() as i64 + minutes * 60
}
