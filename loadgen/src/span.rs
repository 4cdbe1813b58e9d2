//! Durations as people write them: `250ms`, `3s`, `1.5m`, `2h`.

use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// A length of time: a number and one of `us`, `ms`, `s`, `m`, `h`; seconds without a unit. In JSON it is seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a duration is a number and a unit (us, ms, s, m, h), like 250ms or 3s, and at most 1000h")]
#[non_exhaustive]
pub(crate) struct NoSpan;

/// The longest accepted, so that sums of nanoseconds never overflow.
const MAX_SECONDS: f64 = 1000.0 * 3600.0;

impl Span {
    /// The length in nanoseconds.
    pub(crate) fn nanos(self) -> u64 {
        u64::try_from(self.0.as_nanos()).unwrap_or(u64::MAX / 4)
    }
}

impl FromStr for Span {
    type Err = NoSpan;

    fn from_str(text: &str) -> Result<Self, NoSpan> {
        let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let number: f64 = number.trim().parse().map_err(|_| NoSpan)?;
        let scale = match unit {
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" | "" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(NoSpan),
        };
        let seconds = number * scale;
        if !(0.0..=MAX_SECONDS).contains(&seconds) {
            return Err(NoSpan);
        }
        Duration::try_from_secs_f64(seconds).map(Span).map_err(|_| NoSpan)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_secs_f64())
    }
}

/// A duration that is not zero, for what is done once in every such time.
pub(crate) fn positive(text: &str) -> Result<Span, NoSpan> {
    text.parse().and_then(|span: Span| if span.0.is_zero() { Err(NoSpan) } else { Ok(span) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units() {
        let cases =
            [("250ms", 250), ("3s", 3000), ("1.5m", 90_000), ("2h", 7_200_000), ("4", 4000), ("0s", 0)];
        for (text, millis) in cases {
            assert_eq!(text.parse(), Ok(Span(Duration::from_millis(millis))), "{text}");
        }
        assert_eq!("7us".parse::<Span>().unwrap().nanos(), 7000);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "s", "-1s", "3 weeks", "3d", "nan", "inf", "1e300h", "1.2.3s"] {
            assert_eq!(text.parse::<Span>(), Err(NoSpan), "{text}");
        }
        assert_eq!(positive("0ms"), Err(NoSpan));
    }
}
