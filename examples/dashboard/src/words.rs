//! Time in words.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Unit};

use crate::config::Zone;

/// What is left until a moment, as people of its time zone count: a day is one also when the clocks are changed in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Left {
    pub(crate) days: i64,
    pub(crate) hours: i64,
    pub(crate) minutes: i64,
    pub(crate) seconds: i64,
}

impl Left {
    /// From `now` until then, in seconds, the begun one included; none when it has come.
    pub(crate) fn until(then: Timestamp, now: Timestamp, zone: &Zone) -> Option<Left> {
        if now >= then {
            return None;
        }
        let left = then.duration_since(now);
        // Counted up: when nothing is left, it is time.
        let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
        let from = then.checked_sub(SignedDuration::from_secs(seconds)).ok()?;
        let (from, to) = (from.to_zoned(zone.zone()), then.to_zoned(zone.zone()));
        let span = from.until((Unit::Day, &to)).ok()?;
        Some(Left {
            days: span.get_days().into(),
            hours: span.get_hours().into(),
            minutes: span.get_minutes(),
            seconds: span.get_seconds(),
        })
    }

    /// "3 days, 4 hours and 10 minutes". Seconds are told when there is nothing else.
    pub(crate) fn in_words(&self) -> String {
        let parts = [(self.days, "day"), (self.hours, "hour"), (self.minutes, "minute")];
        let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).map(counted).collect();
        match &parts[..] {
            [] => counted((self.seconds, "second")),
            [one] => one.clone(),
            [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
        }
    }
}

fn counted((count, unit): (i64, &str)) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// How long ago something was, in a few steps, so that it does not change all the time.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    match now.as_second().saturating_sub(then.as_second()) {
        ..10 => "a moment ago".to_owned(),
        seconds @ 10..60 => format!("{} s ago", seconds / 10 * 10),
        seconds @ 60..3_600 => format!("{} min ago", seconds / 60),
        seconds @ 3_600..86_400 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} ago", counted((seconds / 86_400, "day"))),
    }
}

/// A length of time in its two largest units: "2 h 5 min".
pub(crate) fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds % 60, "s")];
    let parts =
        parts.into_iter().skip_while(|(count, _)| *count == 0).take(2).filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts.map(|(count, unit)| format!("{count} {unit}")).collect();
    match (parts.is_empty(), time.subsec_millis()) {
        (false, _) => parts.join(" "),
        (true, 0) => "0 s".to_owned(),
        (true, millis) => format!("{millis} ms"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn left(then: &str, now: &str, zone: &str) -> Option<String> {
        let zone = Zone::named(zone).unwrap();
        Left::until(then.parse().unwrap(), now.parse().unwrap(), &zone).map(|left| left.in_words())
    }

    #[test]
    fn d003_what_is_left_is_told_in_words() {
        for (now, words) in [
            ("2027-04-05T02:50:00Z", Some("3 days, 4 hours and 10 minutes")),
            ("2027-04-07T07:00:00Z", Some("1 day")),
            ("2027-04-08T05:59:59Z", Some("1 hour")),
            ("2027-04-08T06:58:59Z", Some("1 minute")),
            ("2027-04-08T06:59:59Z", Some("1 second")),
            ("2027-04-08T06:59:59.9Z", Some("1 second")),
            ("2027-04-08T07:00:00Z", None),
            ("2028-01-01T00:00:00Z", None),
        ] {
            assert_eq!(left("2027-04-08T07:00:00Z", now, "Europe/Prague").as_deref(), words, "{now}");
        }
    }

    /// Prague's clocks went forward on 28 March 2027: that day had 23 hours and was a day.
    #[test]
    fn d003_a_day_on_which_clocks_are_changed_is_a_day() {
        let (then, now) = ("2027-03-29T07:00:00Z", "2027-03-27T08:00:00Z");
        assert_eq!(left(then, now, "Europe/Prague").unwrap(), "2 days");
        assert_eq!(left(then, now, "UTC").unwrap(), "1 day and 23 hours");
    }

    #[test]
    fn ages_change_seldom() {
        let now: Timestamp = "2027-04-08T07:00:00Z".parse().unwrap();
        for (seconds, words) in [
            (-5, "a moment ago"),
            (9, "a moment ago"),
            (19, "10 s ago"),
            (59, "50 s ago"),
            (60, "1 min ago"),
            (7_199, "1 h ago"),
            (86_400, "1 day ago"),
            (200_000, "2 days ago"),
        ] {
            assert_eq!(ago(now - seconds.seconds(), now), words);
        }
    }

    #[test]
    fn lengths_have_two_units() {
        for (seconds, words) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7_500, "2 h 5 min"), (90_061, "1 d 1 h")]
        {
            assert_eq!(length(Duration::from_secs(seconds)), words);
        }
        assert_eq!(length(Duration::from_millis(250)), "250 ms");
    }

    proptest! {
        /// What is left, added to now, is then: in every zone, over changes of the clocks too.
        #[test]
        fn d003_what_is_left_leads_there(now in 0_i64..4_000_000_000, seconds in 1_i64..100_000_000, zone in 0_usize..4) {
            let zone = Zone::named(["UTC", "Europe/Prague", "Australia/Lord_Howe", "America/St_Johns"][zone]).unwrap();
            let now = Timestamp::from_second(now).unwrap();
            let then = now + seconds.seconds();
            let left = Left::until(then, now, &zone).unwrap();
            let there = now.to_zoned(zone.zone()).checked_add(left.days.days()).unwrap();
            let there = there.checked_add(left.hours.hours().minutes(left.minutes).seconds(left.seconds)).unwrap();
            prop_assert_eq!(there.timestamp(), then);
            prop_assert!(left.hours < 25 && left.minutes < 60 && left.seconds < 60);
        }
    }
}
