//! URLs, as far as the command line needs them.

use std::net::{SocketAddr, ToSocketAddrs as _};

/// Why a URL cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TargetError {
    /// Characters that do not belong there.
    #[error(
        "the URL, the socket's path and the parameters must be printable ASCII without spaces; write others \
         percent-encoded"
    )]
    Characters,
    /// No address for the host.
    #[error("no address found for `{0}`")]
    Host(String),
    /// No path.
    #[error("the path must begin with a slash and have no query, unlike `{0}`")]
    Path(String),
    /// Another scheme, or an encrypted one.
    #[error("the URL must look like {0}://HOST:PORT/PATH (encrypted ones are not supported), not `{1}`")]
    Scheme(&'static str, String),
    /// A version other than 2.
    #[error("only version 2 of the protocol is spoken: leave out `vsn`, or make it 2.0.0")]
    Version,
}

/// The parts of a URL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Url<'a> {
    /// Host and, if given, port.
    pub(super) authority: &'a str,
    /// `/` when there is none.
    pub(super) path: &'a str,
    /// Without the question mark; empty when there is none.
    pub(super) query: &'a str,
}

impl<'a> Url<'a> {
    /// Takes a URL of this scheme apart.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn parse(url: &'a str, scheme: &'static str) -> Result<Url<'a>, TargetError> {
        check(url)?;
        let wrong = || TargetError::Scheme(scheme, url.to_owned());
        let rest = url.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://")).ok_or_else(wrong)?;
        let rest = rest.split('#').next().unwrap_or_default();
        let split = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path_and_query) = rest.split_at(split);
        if authority.is_empty() || authority.contains('@') {
            return Err(wrong());
        }
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        Ok(Url { authority, path: if path.is_empty() { "/" } else { path }, query })
    }

    /// The host's first address; the port is 80 unless given.
    ///
    /// # Errors
    /// When it has none.
    pub(super) fn resolve(&self) -> Result<SocketAddr, TargetError> {
        let authority = self.authority;
        let with_port = match authority.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => authority.to_owned(),
            _ => format!("{authority}:80"),
        };
        let mut addresses = with_port.to_socket_addrs().ok().into_iter().flatten();
        addresses.next().ok_or_else(|| TargetError::Host(authority.to_owned()))
    }
}

/// Whether a text can stand in the first line of a request.
///
/// # Errors
/// When it cannot.
pub(super) fn check(text: &str) -> Result<(), TargetError> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(()) } else { Err(TargetError::Characters) }
}

/// A path without a query.
///
/// # Errors
/// When it is none.
pub(crate) fn path(text: &str) -> Result<String, TargetError> {
    check(text)?;
    let is_path = text.starts_with('/') && !text.contains(['?', '#']);
    if is_path { Ok(text.to_owned()) } else { Err(TargetError::Path(text.to_owned())) }
}

/// A value in a query: everything but letters, digits and `-._~` percent-encoded.
pub(super) fn encoded(value: &str) -> String {
    let encode = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> SocketAddr {
        Url::parse(url, "ws").unwrap().resolve().unwrap()
    }

    #[test]
    fn a_url_is_taken_apart() {
        let url = Url::parse("http://h:9/a/b?x=1&y=2#top", "http").unwrap();
        assert_eq!((url.authority, url.path, url.query), ("h:9", "/a/b", "x=1&y=2"));
        let url = Url::parse("http://h?x", "http").unwrap();
        assert_eq!((url.authority, url.path, url.query), ("h", "/", "x"));
    }

    #[test]
    fn the_port_is_80_unless_given() {
        assert_eq!(address("ws://127.0.0.1/s").port(), 80);
        assert_eq!(address("ws://[::1]:4000/s"), "[::1]:4000".parse().unwrap());
        assert_eq!(address("ws://[::1]/s"), "[::1]:80".parse().unwrap());
    }

    #[test]
    fn what_is_no_url_of_the_scheme_is_refused() {
        for url in
            ["", "http://h/", "wss://h/", "ws://", "ws:///path", "ws://me@h/", "ws://h/\r\nX: y", "ws://h/ä"]
        {
            assert!(Url::parse(url, "ws").is_err(), "{url}");
        }
        let error = Url::parse("ws://h/", "http").unwrap_err().to_string();
        assert!(error.contains("look like http://HOST") && error.ends_with("not `ws://h/`"), "{error}");
    }

    #[test]
    fn a_path_has_no_query() {
        assert_eq!(path("/renders").unwrap(), "/renders");
        for text in ["", "renders", "/renders?x=1", "/renders#x"] {
            assert!(matches!(path(text), Err(TargetError::Path(_))), "{text}");
        }
        assert!(matches!(path("/r enders"), Err(TargetError::Characters)));
    }

    #[test]
    fn a_value_is_encoded_for_a_query() {
        assert_eq!(encoded("aZ0-._~"), "aZ0-._~");
        assert_eq!(encoded("a=b&c d/ü"), "a%3Db%26c%20d%2F%C3%BC");
    }
}
