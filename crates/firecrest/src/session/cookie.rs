use std::fmt::Write as _;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use super::{SameSite, SessionConfig};

/// The value of the cookie `name` in a request. Of several the first counts, which is the one with the longest path.
pub(super) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"'))
}

/// The `set-cookie` header that stores `value`, or that removes the cookie.
pub(super) fn set(config: &SessionConfig, value: Option<&str>, secure: bool) -> Option<HeaderValue> {
    let mut line = format!("{}={}; Path={}", config.cookie_name, value.unwrap_or_default(), config.path);
    if let Some(domain) = &config.domain {
        line += "; Domain=";
        line += domain;
    }
    if value.is_none() {
        line += "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    } else if let Some(max_age) = config.max_age {
        // Writing to a string cannot fail.
        let _ = write!(line, "; Max-Age={}", max_age.as_secs());
    }
    if secure {
        line += "; Secure";
    }
    if config.http_only {
        line += "; HttpOnly";
    }
    line += match config.same_site {
        SameSite::Strict => "; SameSite=Strict",
        SameSite::Lax => "; SameSite=Lax",
        SameSite::None => "; SameSite=None",
    };
    HeaderValue::try_from(line).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_first_cookie_of_that_name_is_found() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1;key=first; key=second".parse().unwrap());
        headers.append(COOKIE, "b=\"quoted\"; broken".parse().unwrap());
        assert_eq!(find(&headers, "key"), Some("first"));
        assert_eq!(find(&headers, "a"), Some("1"));
        assert_eq!(find(&headers, "b"), Some("quoted"));
        assert_eq!(find(&headers, "broken"), None);
        assert_eq!(find(&headers, "ey"), None);
    }

    #[test]
    fn attributes_follow_the_options() {
        let config = SessionConfig::new("salt").cookie_name("key");
        assert_eq!(set(&config, Some("v"), false).unwrap(), "key=v; Path=/; HttpOnly; SameSite=Lax");
        let config = config
            .path("/app")
            .domain("a.com")
            .max_age(Duration::from_millis(60_900))
            .http_only(false)
            .same_site(SameSite::None);
        assert_eq!(
            set(&config, Some("v"), true).unwrap(),
            "key=v; Path=/app; Domain=a.com; Max-Age=60; Secure; SameSite=None"
        );
        assert_eq!(
            set(&config.same_site(SameSite::Strict), None, false).unwrap(),
            "key=; Path=/app; Domain=a.com; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Strict"
        );
    }
}
