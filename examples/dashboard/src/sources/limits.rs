//! When a source wants to be left alone (D008).

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// Longest pause that a source can ask for. What is more is a mistake, or will be said again.
pub(crate) const MAX_PAUSE: Duration = Duration::from_secs(60 * 60);

/// How long the source wants to be left alone, if it says so: by `Retry-After`, or because nothing is left of what it allows.
pub(crate) fn pause(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let until = |time: Timestamp| Duration::try_from(time.duration_since(now)).unwrap_or_default();
    let refused = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::FORBIDDEN | StatusCode::SERVICE_UNAVAILABLE
    );
    let told = text(RETRY_AFTER.as_str()).filter(|_| refused).and_then(|value| match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(until(rfc2822::parse(value).ok()?.timestamp())),
    });
    let used_up = || {
        let left: u64 = text("x-ratelimit-remaining")?.parse().ok()?;
        let reset = Timestamp::from_second(text("x-ratelimit-reset")?.parse().ok()?).ok()?;
        (left == 0).then(|| until(reset))
    };
    let pause = told.or_else(used_up)?.min(MAX_PAUSE);
    (!pause.is_zero()).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(status: u16, headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let now = "1994-11-06T08:49:07Z".parse().unwrap();
        pause(StatusCode::from_u16(status).unwrap(), &headers, now).map(|pause| pause.as_secs())
    }

    #[test]
    fn d008_a_source_is_left_alone_for_as_long_as_it_says() {
        assert_eq!(asked(429, &[("retry-after", "7")]), Some(7));
        assert_eq!(asked(503, &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(30));
        assert_eq!(
            asked(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "784111807")]),
            Some(60)
        );
        assert_eq!(
            asked(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "784111807")]),
            Some(60)
        );
        assert_eq!(asked(429, &[("retry-after", "999999999")]), Some(MAX_PAUSE.as_secs()));
    }

    #[test]
    fn d008_what_says_nothing_asks_for_nothing() {
        assert_eq!(asked(500, &[]), None);
        assert_eq!(asked(429, &[("retry-after", "soon")]), None);
        assert_eq!(asked(429, &[("retry-after", "Sun, 06 Nov 1994 08:40:37 GMT")]), None, "it is over");
        assert_eq!(asked(200, &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "784111807")]), None);
        assert_eq!(asked(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "never")]), None);
    }
}
