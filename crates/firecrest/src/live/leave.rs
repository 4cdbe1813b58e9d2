//! Going somewhere else, and which addresses may be gone to (F100–F107).

use serde::Serialize;

/// Where a callback wants the page to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// The same view at another address.
    Patch(Local, Kind),
    /// Another view of the same live session, over the open socket.
    Navigate(Local, Kind),
    /// Another page, with a load.
    Redirect(String),
}

/// What becomes of the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// An entry is added.
    Push,
    /// The current entry is replaced.
    Replace,
}

/// A path on this host, with query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Local(String);

/// An address that may not be gone to (F107).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not a path on this host.
    #[error(
        "{0:?} is no path on this host: it must begin with exactly one `/` and contain no backslash and no control character"
    )]
    NotLocal(String),
    /// Not an address on the web.
    #[error("{0:?} is no address on the web: it must begin with http:// or https://")]
    NotExternal(String),
}

impl Local {
    pub(super) fn new(path: impl Into<String>) -> Result<Self, AddressError> {
        let path = path.into();
        if is_local(&path) { Ok(Local(path)) } else { Err(AddressError::NotLocal(path)) }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Browsers take `//host` and `/\host` for another host, and leave tabs and line ends out.
fn is_local(path: &str) -> bool {
    let mut rest = path.chars();
    rest.next() == Some('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control())
}

/// An address of another host.
pub(super) fn external(url: impl Into<String>) -> Result<String, AddressError> {
    let url = url.into();
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && url.len() > scheme.len()
    });
    if is_web && !url.contains(|c: char| c.is_control() || c == '\\') {
        Ok(url)
    } else {
        Err(AddressError::NotExternal(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f107_a_local_path_begins_with_exactly_one_slash() {
        for path in ["/", "/a?b=c#d", "/ä/%2F", "/a//b"] {
            assert!(Local::new(path).is_ok(), "{path}");
        }
        for path in ["", "a", "//evil.example", "/\\evil.example", "/a\tb", "/a\r\nb", "https://a.example"] {
            assert_eq!(Local::new(path), Err(AddressError::NotLocal(path.into())));
        }
    }

    #[test]
    fn f107_another_host_needs_a_scheme_of_the_web() {
        assert!(external("https://a.example/x").is_ok() && external("HTTP://a.example").is_ok());
        for url in ["javascript:alert(1)", "//a.example", "/a", "data:text/html,x", "https://", "http://a\nb"]
        {
            assert!(external(url).is_err(), "{url}");
        }
    }
}
