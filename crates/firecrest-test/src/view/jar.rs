//! Cookies.

use std::collections::BTreeMap;

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

/// The cookies of a visitor. There is one site, so paths and hosts are not told apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Takes the cookies of a response.
    pub(super) fn take(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let is_over = parts.any(|part| {
                let (option, value) = part.split_once('=').unwrap_or((part, ""));
                option.eq_ignore_ascii_case("max-age") && value.parse::<i64>().is_ok_and(|age| age <= 0)
            });
            if is_over {
                self.0.remove(name);
            } else {
                self.set(name, value);
            }
        }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// The request header, if there are any cookies.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { None } else { HeaderValue::try_from(pairs.join("; ")).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t03_cookies_are_kept_until_they_are_over() {
        let mut jar = Jar::default();
        let lines = |lines: &[&'static str]| {
            HeaderMap::from_iter(lines.iter().map(|line| (SET_COOKIE, HeaderValue::from_static(line))))
        };
        jar.take(&lines(&["a=1; Path=/; HttpOnly", "b=2; Max-Age=60"]));
        assert_eq!(jar.header().unwrap(), "a=1; b=2");
        jar.take(&lines(&["a=; Path=/; Max-Age=0", "b=3"]));
        assert_eq!(jar.header().unwrap(), "b=3");
        jar.take(&lines(&["b=; max-age=0"]));
        assert_eq!(jar.header(), None);
    }
}
