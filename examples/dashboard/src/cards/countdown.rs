//! How long it is until a moment (D003, D004).

use firecrest::prelude::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Card;
use super::face::Tick;
use crate::config::Zone;
use crate::words::Left;

pub(crate) struct Countdown(CountdownSettings);

#[derive(Serialize, Deserialize)]
pub(crate) struct CountdownSettings {
    pub(crate) until: Timestamp,
    pub(crate) zone: Zone,
    pub(crate) then: String,
}

impl Card for Countdown {
    type Settings = CountdownSettings;

    async fn start(settings: CountdownSettings, _cx: &mut Start<'_, Tick>) -> Result<Self, MountError> {
        Ok(Countdown(settings))
    }

    fn render(&self, now: Timestamp) -> Html {
        let CountdownSettings { until, zone, then } = &self.0;
        let there = until.to_zoned(zone.zone());
        html! {
            if let Some(left) = Left::until(*until, now, zone) {
                // It is told in words below.
                <dl class="left" aria-hidden="true">
                    <Part count={left.days} unit="days"/>
                    <Part count={left.hours} unit="hours"/>
                    <Part count={left.minutes} unit="min"/>
                    <Part count={left.seconds} unit="s"/>
                </dl>
                <p class="words" role="timer">{left.in_words()}</p>
            } else {
                <p class="then" role="status">{then}</p>
            }
            <p class="quiet-text">
                <time datetime={until.to_string()}>{there.strftime("%-d %B %Y, %H:%M").to_string()}</time> " in " {zone.name()}
            </p>
        }
    }
}

#[component]
fn Part(count: i64, unit: &str) -> Html {
    html! { <div><dt>{unit}</dt><dd>{count}</dd></div> }
}
