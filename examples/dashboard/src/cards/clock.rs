//! What time it is in a time zone (D002).

use firecrest::prelude::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Card;
use super::face::Tick;
use crate::config::{Hours, Zone};

pub(crate) struct Clock {
    zone: Zone,
    hours: Hours,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ClockSettings {
    pub(crate) zone: Zone,
    pub(crate) hours: Hours,
}

impl Card for Clock {
    type Settings = ClockSettings;

    async fn start(
        ClockSettings { zone, hours }: ClockSettings,
        _cx: &mut Start<'_, Tick>,
    ) -> Result<Self, MountError> {
        Ok(Clock { zone, hours })
    }

    fn render(&self, now: Timestamp) -> Html {
        let here = now.to_zoned(self.zone.zone());
        let (minutes, half) = match self.hours {
            Hours::TwentyFour => ("%H:%M", None),
            Hours::Twelve => ("%-I:%M", Some("%p")),
        };
        html! {
            // A timer is not read out each time it changes.
            <p class="time" role="timer">
                <span>{here.strftime(minutes).to_string()}</span>
                <span class="seconds">{here.strftime(":%S").to_string()}</span>
                if let Some(half) = half { <span class="half">" " {here.strftime(half).to_string()}</span> }
            </p>
            <p class="quiet-text">{here.strftime("%A, %-d %B %Y").to_string()}</p>
            <p class="zone"><span class="badge">{self.zone.name()}</span> <span>{utc(&here)}</span></p>
        }
    }
}

/// "UTC+5:45"; nothing for UTC itself.
fn utc(here: &jiff::Zoned) -> String {
    let minutes = here.offset().seconds() / 60;
    let (sign, hours, rest) = (if minutes < 0 { '−' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
    match (minutes, rest) {
        (0, _) => String::new(),
        (_, 0) => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{rest:02}"),
    }
}
