//! Which web pages may connect (spec §1.7, O-2).

use std::sync::Arc;

/// Which origins may connect. A request without an `Origin` header comes from no browser and always may.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum OriginPolicy {
    /// Any origin: pages of other sites can then connect as their visitors.
    Any,
    /// The origin's host is the endpoint's own: its configured public host, or else the request's `Host`. Scheme and port do
    /// not matter. The default.
    #[default]
    Host,
    /// The origin matches one of these.
    List(Vec<OriginPattern>),
    /// The origin's scheme, host and port are those of the request, with the scheme as this server sees it: what the
    /// request line says, or else `http`. Behind a proxy that ends TLS that is never the browser's `https`: use a
    /// [`List`](Self::List) there.
    SameAsRequest,
    /// The function says so.
    Check(Arc<dyn Fn(&Origin<'_>) -> bool + Send + Sync>),
}

/// An `Origin` header, taken apart as far as it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The whole header.
    pub text: &'a str,
    /// The scheme, `https` say; none for `null`.
    pub scheme: Option<&'a str>,
    /// The host; none for `null`, `file://` and the like.
    pub host: Option<&'a str>,
    /// The port, that of the scheme if none is named.
    pub port: Option<u16>,
}

/// An entry of [`OriginPolicy::List`].
///
/// `//example.com` allows any scheme and port, `https://example.com` that scheme with its default port,
/// `//example.com:81` any scheme with that port. The host `*.example.com` stands for `example.com` and everything below
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern {
    scheme: Option<String>,
    host: String,
    /// Whether everything below the host is meant too.
    wildcard: bool,
    port: Option<u16>,
}

/// Text that is no origin pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no origin: it must look like `//example.com`, `https://example.com:8443` or `//*.example.com`"
)]
pub struct OriginPatternError(String);

/// The request as the server sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) scheme: &'a str,
    /// The `Host` header.
    pub(crate) host: Option<&'a str>,
    /// The endpoint's configured public host.
    pub(crate) public_host: Option<&'a str>,
}

impl OriginPolicy {
    /// A list of origins.
    ///
    /// # Errors
    /// When an entry has no host or cannot be read.
    pub fn list<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, OriginPatternError> {
        entries.into_iter().map(OriginPattern::parse).collect::<Result<_, _>>().map(OriginPolicy::List)
    }

    /// A function that decides.
    pub fn check(check: impl Fn(&Origin<'_>) -> bool + Send + Sync + 'static) -> Self {
        OriginPolicy::Check(Arc::new(check))
    }

    pub(crate) fn allows(&self, origin: Option<&str>, seen: Seen<'_>) -> bool {
        let Some(origin) = origin else { return true };
        let origin = Origin::parse(origin);
        match self {
            OriginPolicy::Any => true,
            OriginPolicy::Host => {
                let own = seen.public_host.or_else(|| seen.host.map(|host| split_port(host).0));
                origin.host.zip(own).is_some_and(|(host, own)| host.eq_ignore_ascii_case(own))
            }
            OriginPolicy::List(patterns) => patterns.iter().any(|pattern| pattern.matches(&origin)),
            OriginPolicy::SameAsRequest => origin.is_same_as(seen),
            OriginPolicy::Check(check) => check(&origin),
        }
    }
}

impl<'a> Origin<'a> {
    fn parse(text: &'a str) -> Self {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Origin { text, scheme: None, host: None, port: None };
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = split_port(authority);
        let host = (!host.is_empty()).then_some(host);
        Origin { text, scheme: Some(scheme), host, port: port.or_else(|| default_port(scheme)) }
    }

    fn is_same_as(&self, seen: Seen<'_>) -> bool {
        let Some((host, port)) = seen.host.map(split_port) else { return false };
        self.scheme.is_some_and(|own| own.eq_ignore_ascii_case(seen.scheme))
            && self.host.is_some_and(|own| own.eq_ignore_ascii_case(host))
            && self.port == port.or_else(|| default_port(seen.scheme))
    }
}

impl OriginPattern {
    /// Reads an entry.
    ///
    /// # Errors
    /// When it has no host or its port is no number.
    pub fn parse(text: &str) -> Result<Self, OriginPatternError> {
        let error = || OriginPatternError(text.to_owned());
        let (scheme, authority) = match text.split_once("//") {
            Some(("", rest)) => (None, rest),
            Some((scheme, rest)) => (Some(scheme.strip_suffix(':').ok_or_else(error)?), rest),
            None => return Err(error()),
        };
        let (host, port) = split_port(authority.trim_end_matches('/'));
        let (host, wildcard) = match host.strip_prefix("*.") {
            Some(base) => (base, true),
            None => (host, false),
        };
        if host.is_empty() || host.contains(['*', '/', ':']) && !host.starts_with('[') {
            return Err(error());
        }
        let port = port.or_else(|| scheme.and_then(default_port));
        Ok(OriginPattern {
            scheme: scheme.map(str::to_ascii_lowercase),
            host: host.to_ascii_lowercase(),
            wildcard,
            port,
        })
    }

    fn matches(&self, origin: &Origin<'_>) -> bool {
        let Some(host) = origin.host.map(str::to_ascii_lowercase) else { return false };
        let below = || host.strip_suffix(&*self.host).is_some_and(|sub| sub.ends_with('.'));
        let scheme = origin.scheme.map(str::to_ascii_lowercase);
        (self.scheme.is_none() || self.scheme == scheme)
            && self.port.is_none_or(|port| origin.port == Some(port))
            && (host == self.host || self.wildcard && below())
    }
}

impl PartialEq for OriginPolicy {
    /// Functions are equal when they are the same one.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (OriginPolicy::List(one), OriginPolicy::List(other)) => one == other,
            (OriginPolicy::Check(one), OriginPolicy::Check(other)) => Arc::ptr_eq(one, other),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl std::fmt::Debug for OriginPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OriginPolicy::Any => f.write_str("Any"),
            OriginPolicy::Host => f.write_str("Host"),
            OriginPolicy::List(patterns) => f.debug_tuple("List").field(patterns).finish(),
            OriginPolicy::SameAsRequest => f.write_str("SameAsRequest"),
            OriginPolicy::Check(_) => f.write_str("Check(…)"),
        }
    }
}

/// `host:port`, `[v6]:port` or just the host.
fn split_port(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (authority, None),
        },
        _ => (authority, None),
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match &*scheme.to_ascii_lowercase() {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: Seen<'_> = Seen { scheme: "http", host: Some("example.com"), public_host: None };

    fn list(entries: &[&str], origin: &str) -> bool {
        OriginPolicy::list(entries.iter().copied()).unwrap().allows(Some(origin), SEEN)
    }

    #[test]
    fn c026_c039_any_accepts_anything() {
        for origin in ["https://x.com", "null", "", "not a uri at all", "http://[::1"] {
            assert!(OriginPolicy::Any.allows(Some(origin), SEEN), "{origin}");
        }
    }

    #[test]
    fn c027_c029_the_own_host_is_the_configured_one_or_that_of_the_request() {
        let allows =
            |origin, public_host| OriginPolicy::Host.allows(Some(origin), Seen { public_host, ..SEEN });
        assert!(allows("https://example.com:8443", None));
        assert!(!allows("https://evil.com", None));
        assert!(allows("https://public.org", Some("public.org")));
        assert!(!allows("https://example.com", Some("public.org")));
        assert!(OriginPolicy::Host.allows(None, SEEN), "no browser, no origin");
    }

    #[test]
    fn c035_origins_without_a_host_are_refused() {
        for origin in ["file://", "null", ""] {
            assert!(!OriginPolicy::Host.allows(Some(origin), SEEN), "{origin}");
            assert!(!list(&["//example.com"], origin), "{origin}");
        }
    }

    #[test]
    fn c030_c031_c032_c033_wildcards() {
        assert!(list(&["https://*.ex.com"], "https://a.ex.com"));
        assert!(list(&["https://*.ex.com", "http://*.ex.com"], "http://a.ex.com"));
        assert!(list(&["https://*.ex.com"], "https://ex.com"));
        assert!(list(&["https://*.ex.com"], "https://a.b.ex.com"));
        assert!(!list(&["https://*.ex.com"], "http://a.ex.com"));
        assert!(!list(&["https://*.ex.com"], "https://a.prefix-ex.com"));
        assert!(!list(&["https://*.ex.com"], "https://prefix-ex.com"));
        assert!(list(&["//*.a.ex.com"], "http://b.a.ex.com") && list(&["//*.a.ex.com"], "http://a.ex.com"));
        assert!(!list(&["//*.a.ex.com"], "http://b.ex.com") && !list(&["//*.a.ex.com"], "http://ex.com"));
    }

    #[test]
    fn c034_c040_c041_c042_c043_lists() {
        assert!(!list(&["//ex.com"], "http://org1.ex.com"));
        assert!(!list(&["//ex.com"], "http://other.com"));
        assert!(
            list(&["//example.com"], "http://example.com") && list(&["//example.com"], "https://example.com")
        );
        assert!(list(&["http://scheme.com"], "http://scheme.com"));
        assert!(!list(&["http://scheme.com"], "https://scheme.com"));
        assert!(!list(&["http://scheme.com"], "http://scheme.com:8080"));
        assert!(list(&["//port.com:81"], "http://port.com:81"));
        assert!(
            !list(&["//port.com:81"], "http://port.com:82") && !list(&["//port.com:81"], "http://port.com")
        );
    }

    #[test]
    fn c037_c038_the_request_itself() {
        let same = |origin, scheme, host| {
            OriginPolicy::SameAsRequest
                .allows(Some(origin), Seen { scheme, host: Some(host), public_host: None })
        };
        assert!(same("http://example.com", "http", "example.com"));
        assert!(same("http://example.com:4000", "http", "example.com:4000"));
        for origin in ["https://example.com", "ws://example.com", "wss://example.com", "http://other.com"] {
            assert!(!same(origin, "http", "example.com"), "{origin}");
        }
        assert!(!same("http://example.com:81", "http", "example.com"));
        assert!(same("https://example.com", "https", "example.com:443"));
        assert!(!same("http://example.com", "https", "example.com"));
        assert!(!same("https://example.com:4000", "https", "example.com"));
    }

    #[test]
    fn schemes_are_compared_in_lower_case() {
        assert!(list(&["HTTPS://Scheme.com"], "https://scheme.com"));
        assert!(list(&["https://scheme.com"], "HTTPS://scheme.com"));
        assert!(!list(&["HTTPS://scheme.com"], "https://scheme.com:80"));
        let seen = Seen { scheme: "HTTP", ..SEEN };
        assert!(OriginPolicy::SameAsRequest.allows(Some("http://example.com"), seen));
        assert!(OriginPolicy::SameAsRequest.allows(Some("HTTP://example.com:80"), SEEN));
    }

    #[test]
    fn c036_c044_c045_a_function_decides() {
        let allowed = ["example.com".to_owned()];
        let policy =
            OriginPolicy::check(move |origin| origin.host.is_none_or(|host| allowed.contains(&host.into())));
        assert!(policy.allows(Some("null"), SEEN) && policy.allows(Some("http://example.com"), SEEN));
        assert!(!policy.allows(Some("http://evil.com"), SEEN));
    }

    #[test]
    fn an_entry_without_a_host_is_an_error_that_shows_the_form() {
        for entry in ["example.com", "//", "https://", "http//x", "//*", "//a*b.com"] {
            assert!(
                OriginPattern::parse(entry).unwrap_err().to_string().contains("//example.com"),
                "{entry}"
            );
        }
    }
}
