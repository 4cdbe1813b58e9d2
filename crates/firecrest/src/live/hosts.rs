//! Routes that depend on the host of the page (F113).

use std::sync::Arc;

use matchit::{InsertError, Match, Router};

use super::address;
use super::table::Route;

/// The hosts that a live session is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// This one, in lower case.
    Name(String),
    /// All below this one, whose name begins with a dot here.
    Below(String),
}

impl Host {
    /// `admin.example.com`, or `*.example.com`. Nothing for what is no host, such as one with a port.
    pub(super) fn new(pattern: &str) -> Option<Host> {
        let pattern = pattern.to_ascii_lowercase();
        let (is_below, name) = pattern.strip_prefix("*.").map_or((false, &*pattern), |name| (true, name));
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let is_address = name.starts_with('[') && name.ends_with(']') && !is_below;
        if name.is_empty() || !(is_address || name.chars().all(is_name)) {
            return None;
        }
        Some(if is_below { Host::Below(format!(".{name}")) } else { Host::Name(name.to_owned()) })
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Host::Name(name) => host.eq_ignore_ascii_case(name),
            Host::Below(end) => host
                .len()
                .checked_sub(end.len())
                .filter(|start| *start > 0)
                .and_then(|start| host.get(start..))
                .is_some_and(|rest| rest.eq_ignore_ascii_case(end)),
        }
    }

    /// Those that are asked first: a name before what is below another, and of these the longest.
    fn rank(&self) -> usize {
        match self {
            Host::Name(_) => usize::MAX,
            Host::Below(end) => end.len(),
        }
    }
}

/// The addresses that lead to views.
#[derive(Default)]
pub(super) struct Routes {
    any: Router<Arc<Route>>,
    /// Those of live sessions that are for some hosts only, in the order in which they are asked.
    hosts: Vec<(Host, Router<Arc<Route>>)>,
}

impl Routes {
    /// # Errors
    /// When another route leads from the same addresses.
    pub(super) fn insert(&mut self, route: Arc<Route>) -> Result<(), InsertError> {
        let pattern = route.pattern.clone();
        let Some(host) = &route.session.host else { return self.any.insert(pattern, route) };
        let at = match self.hosts.iter().position(|(known, _)| known == host) {
            Some(at) => at,
            None => {
                let at = self.hosts.partition_point(|(known, _)| known.rank() >= host.rank());
                self.hosts.insert(at, (host.clone(), Router::new()));
                at
            }
        };
        self.hosts[at].1.insert(pattern, route)
    }

    /// The route of a page on a host, which may have a port.
    pub(super) fn at<'r, 'p>(
        &'r self,
        host: Option<&str>,
        uri: &'p str,
    ) -> Option<Match<'r, 'p, &'r Arc<Route>>> {
        let host = host.map(bare);
        self.first(uri, |known| host.is_some_and(|host| known.matches(host)))
    }

    /// The route of a page on the host that a live session's pages are on.
    pub(super) fn beside<'r, 'p>(
        &'r self,
        host: Option<&Host>,
        uri: &'p str,
    ) -> Option<Match<'r, 'p, &'r Arc<Route>>> {
        self.first(uri, |known| host == Some(known))
    }

    fn first<'r, 'p>(
        &'r self,
        uri: &'p str,
        is_here: impl Fn(&Host) -> bool,
    ) -> Option<Match<'r, 'p, &'r Arc<Route>>> {
        let path = address::path(uri);
        let mut here = self.hosts.iter().filter(|(host, _)| is_here(host));
        here.find_map(|(_, routes)| routes.at(path).ok()).or_else(|| self.any.at(path).ok())
    }
}

/// The host of a full URL, with its port.
pub(super) fn of_url(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}

/// A host without its port.
fn bare(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f113_a_host_is_a_name_or_what_is_below_one() {
        let matches = |pattern: &str, host: &str| Host::new(pattern).unwrap().matches(bare(host));
        assert!(matches("Admin.example.com", "admin.EXAMPLE.com:4000"));
        assert!(matches("*.example.com", "a.b.example.com"));
        assert!(matches("[::1]", "[::1]:4000"));
        for host in ["example.com", "evilexample.com", "admin.example.com.evil.net", "", ".example.com"] {
            assert!(!matches("*.example.com", host), "{host}");
        }
        for pattern in ["", "*.", "https://a.com", "a.com:80", "a/b", "a.*.com"] {
            assert_eq!(Host::new(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn f113_the_host_of_a_url_is_found() {
        assert_eq!(of_url("https://a.example:4000/x?y#z"), Some("a.example:4000"));
        assert_eq!((of_url("http://h?x"), of_url("/x")), (Some("h"), None));
        assert_eq!((bare("h:4000"), bare("[::1]"), bare("h")), ("h", "[::1]", "h"));
    }
}
