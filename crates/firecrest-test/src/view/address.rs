//! Addresses, as the visitor's browser has them.

/// The host that all pages are on.
pub(super) const HOST: &str = "localhost";

/// Where an address leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// Path, query and fragment on this host.
    Here(String),
    /// A full address on another, or of another kind.
    Elsewhere(String),
}

/// The full address of a path.
pub(super) fn full(address: &str) -> String {
    format!("http://{HOST}{address}")
}

/// The path and query of an address.
pub(super) fn without_fragment(address: &str) -> &str {
    address.split_once('#').map_or(address, |(address, _)| address)
}

/// Where a link on the page at `base` leads.
pub(super) fn resolve(base: &str, to: &str) -> Where {
    let path = base.split(['?', '#']).next().unwrap_or("/");
    if let Some(rest) = to.strip_prefix(&full("")) {
        return Where::Here(if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") });
    }
    let scheme = to.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    if to.starts_with("//") || scheme.is_some_and(is_scheme) {
        return Where::Elsewhere(to.to_owned());
    }
    Where::Here(match to.chars().next() {
        Some('/') => to.to_owned(),
        Some('?') => format!("{path}{to}"),
        Some('#') => format!("{}{to}", without_fragment(base)),
        None => without_fragment(base).to_owned(),
        Some(_) => format!("{}/{to}", path.rsplit_once('/').map_or("", |(folder, _)| folder)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_where_they_are() {
        for (to, expected) in [
            ("/x?y=1", "/x?y=1"),
            ("?y=1", "/a/b?y=1"),
            ("#z", "/a/b?q=1#z"),
            ("", "/a/b?q=1"),
            ("c", "/a/c"),
            ("http://localhost/x", "/x"),
            ("http://localhost", "/"),
        ] {
            assert_eq!(resolve("/a/b?q=1#t", to), Where::Here(expected.into()), "{to}");
        }
        for url in ["https://other.example/x", "//other.example", "mailto:a@b.example"] {
            assert_eq!(resolve("/a", url), Where::Elsewhere(url.into()));
        }
    }
}
