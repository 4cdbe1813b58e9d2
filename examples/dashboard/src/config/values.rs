//! What stands behind the keys: text that is checked where it is read, so that an error knows its line.

use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use serde::{Deserialize, Serialize};

/// Longest title, label, term or text, in characters.
const MAX_TITLE: usize = 120;

/// Longest name of a time zone, in bytes. The longest that there is has 32.
const MAX_ZONE: usize = 64;

/// Least and most time between two questions to a source.
const EVERY: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_secs(24 * 60 * 60);

/// Text in one line: a title, a label, a term.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub(crate) struct Title(pub(crate) String);

impl TryFrom<String> for Title {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() || text.contains(char::is_control) {
            return Err("this must be text in one line".to_owned());
        }
        match text.chars().count() {
            ..=MAX_TITLE => Ok(Title(text)),
            count => Err(format!("these are {count} characters; at most {MAX_TITLE} are shown")),
        }
    }
}

/// What a countdown ends with. Default: "It's alive!".
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct EndText(pub(crate) Title);

impl Default for EndText {
    fn default() -> Self {
        EndText(Title("It's alive!".to_owned()))
    }
}

/// A time zone of the tz database. Default: UTC.
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// That of this name, in whatever case; none when there is none.
    pub(crate) fn named(name: &str) -> Option<Zone> {
        if name.len() > MAX_ZONE {
            return None;
        }
        let zone = TimeZone::get(name).ok()?;
        let name = zone.iana_name()?.to_owned();
        Some(Zone { name, zone })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}

impl Default for Zone {
    fn default() -> Self {
        Zone { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Zone::named(&name)
            .ok_or_else(|| format!("there is no time zone {name:?}; they are named as in \"Europe/Prague\""))
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

/// How many hours a clock's day has two halves of, or not. Default: 24.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub(crate) enum Hours {
    Twelve,
    #[default]
    TwentyFour,
}

impl TryFrom<u8> for Hours {
    type Error = &'static str;

    fn try_from(hours: u8) -> Result<Self, &'static str> {
        match hours {
            12 => Ok(Hours::Twelve),
            24 => Ok(Hours::TwentyFour),
            _ => Err("a clock has 12 or 24 hours"),
        }
    }
}

impl From<Hours> for u8 {
    fn from(hours: Hours) -> Self {
        match hours {
            Hours::Twelve => 12,
            Hours::TwentyFour => 24,
        }
    }
}

/// A moment as TOML writes it: with an offset it is an instant, without one it needs a time zone.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(toml::value::Datetime);

impl Moment {
    pub(crate) fn instant(&self, zone: &Zone) -> Result<Timestamp, jiff::Error> {
        let text = self.0.to_string();
        if self.0.offset.is_some() {
            return text.parse();
        }
        Ok(text.parse::<civil::DateTime>()?.to_zoned(zone.zone())?.timestamp())
    }
}

/// Time between two questions: `"10 s"`, `"1 min 30 s"`. Default: 10 s.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Every(pub(crate) Duration);

impl Default for Every {
    fn default() -> Self {
        Every(Duration::from_secs(10))
    }
}

impl TryFrom<String> for Every {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let every = text.parse::<SignedDuration>().ok().and_then(|every| Duration::try_from(every).ok());
        let every = every.ok_or_else(|| format!("{text:?} is no time; write \"10 s\" or \"1 min 30 s\""))?;
        if EVERY.contains(&every) {
            Ok(Every(every))
        } else {
            Err("this is not between 100 ms and a day".to_owned())
        }
    }
}

/// Most items a second that a stream shows. Default: 2.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct PerSecond(pub(crate) usize);

impl Default for PerSecond {
    fn default() -> Self {
        PerSecond(2)
    }
}

impl TryFrom<usize> for PerSecond {
    type Error = &'static str;

    fn try_from(count: usize) -> Result<Self, &'static str> {
        if (1..=10).contains(&count) { Ok(PerSecond(count)) } else { Err("nobody reads that: from 1 to 10") }
    }
}

/// How a value is shown. Default: as a number, or as it is where it is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    #[default]
    Number,
    /// As it is.
    Text,
    /// A fraction of one.
    Percent,
    Bytes,
    /// A number of seconds.
    Duration,
}
