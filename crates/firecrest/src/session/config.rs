use std::time::Duration;

use http::uri::Scheme;
use http::{HeaderMap, Uri};

/// The default name of the session cookie.
pub const DEFAULT_COOKIE_NAME: &str = "_firecrest_key";

/// The default key of the CSRF state in the session (spec §1.9).
pub const DEFAULT_CSRF_KEY: &str = "_csrf_token";

/// The default bound of name and value of the cookie: 4096 bytes, the most that every browser keeps.
pub const DEFAULT_MAX_SIZE: usize = 4096;

/// Whether the cookie accompanies requests that other sites cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SameSite {
    /// Never.
    Strict,
    /// Only when a link is followed. The default.
    #[default]
    Lax,
    /// Always. Browsers demand [`Secure::Always`] with it.
    None,
}

/// Whether the cookie is restricted to HTTPS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Secure {
    /// When the request came by HTTPS, as far as the server sees. The default.
    ///
    /// [`Endpoint::serve`](crate::Endpoint::serve) speaks plain HTTP: there that is only behind a proxy whose
    /// `x-forwarded-proto` is [trusted](SessionConfig::trust_forwarded_proto). An endpoint in
    /// [production](crate::endpoint::EndpointBuilder::production) has [`Secure::Always`] instead.
    #[default]
    Auto,
    /// Always: right behind a proxy that terminates TLS.
    Always,
    /// Never.
    Never,
}

/// Options of the cookie session (spec §1.9).
///
/// Whoever shares the session, such as a Phoenix application, needs the same cookie name and salts.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    pub(super) cookie_name: String,
    pub(super) signing_salt: String,
    pub(super) encryption_salt: Option<String>,
    pub(super) same_site: SameSite,
    pub(super) http_only: bool,
    pub(super) secure: Secure,
    pub(super) trust_forwarded_proto: bool,
    pub(super) path: String,
    pub(super) domain: Option<String>,
    pub(super) max_age: Option<Duration>,
    pub(super) max_size: usize,
    pub(super) csrf_key: String,
}

impl SessionConfig {
    /// A signed session with the given salt. The salt is no secret; changing it ends all sessions.
    pub fn new(signing_salt: impl Into<String>) -> Self {
        Self {
            cookie_name: DEFAULT_COOKIE_NAME.to_owned(),
            signing_salt: signing_salt.into(),
            encryption_salt: None,
            same_site: SameSite::default(),
            http_only: true,
            secure: Secure::default(),
            trust_forwarded_proto: false,
            path: "/".to_owned(),
            domain: None,
            max_age: None,
            max_size: DEFAULT_MAX_SIZE,
            csrf_key: DEFAULT_CSRF_KEY.to_owned(),
        }
    }

    /// The name of the cookie. Default [`DEFAULT_COOKIE_NAME`].
    ///
    /// # Panics
    /// When the name is empty or has characters that a cookie's name cannot have.
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.cookie_name = name.into();
        assert!(is_token(&self.cookie_name), "{:?} cannot be the name of a cookie", self.cookie_name);
        self
    }

    /// Encrypts the session with this salt, so that its owner cannot read it. Default: signed only.
    pub fn encryption_salt(mut self, salt: impl Into<String>) -> Self {
        self.encryption_salt = Some(salt.into());
        self
    }

    /// Whether the cookie accompanies requests that other sites cause. Default [`SameSite::Lax`].
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Whether scripts of the page cannot see the cookie. Default `true`.
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.http_only = http_only;
        self
    }

    /// Whether the cookie is restricted to HTTPS. Default [`Secure::Auto`], in production [`Secure::Always`].
    pub fn secure(mut self, secure: Secure) -> Self {
        self.secure = secure;
        self
    }

    /// Whether [`Secure::Auto`] believes the header `x-forwarded-proto`. Default `false`.
    ///
    /// Only for a server that is reachable through a proxy alone, which sets or removes that header.
    pub fn trust_forwarded_proto(mut self, trust: bool) -> Self {
        self.trust_forwarded_proto = trust;
        self
    }

    /// The path below which the browser sends the cookie. Default `/`.
    ///
    /// # Panics
    /// When the path has control characters, a semicolon, or is not ASCII.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        assert!(is_attribute(&self.path), "{:?} cannot be the path of a cookie", self.path);
        self
    }

    /// The domain whose hosts the browser sends the cookie to. Default: only the host that set it.
    ///
    /// # Panics
    /// When the domain has control characters, a semicolon, or is not ASCII.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        let domain = domain.into();
        assert!(is_attribute(&domain), "{domain:?} cannot be the domain of a cookie");
        self.domain = Some(domain);
        self
    }

    /// How long the browser keeps the cookie after it was written last, to the second. Default: until it is closed.
    ///
    /// The browser enforces this, not the server.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The bound of name and value of the cookie, in bytes. Default [`DEFAULT_MAX_SIZE`].
    ///
    /// Browsers silently drop larger cookies, and values of more than
    /// [`MAX_TOKEN_LEN`](crate::token::MAX_TOKEN_LEN) are not read.
    pub fn max_size(mut self, bytes: usize) -> Self {
        self.max_size = bytes;
        self
    }

    /// The key of the CSRF state in the session. Default [`DEFAULT_CSRF_KEY`].
    pub fn csrf_key(mut self, key: impl Into<String>) -> Self {
        self.csrf_key = key.into();
        self
    }

    /// As it is in production: without a word to the contrary the cookie is restricted to HTTPS.
    pub(crate) fn csrf_key_name(&self) -> &str {
        &self.csrf_key
    }

    pub(crate) fn for_production(self) -> Self {
        match self.secure {
            Secure::Auto => self.secure(Secure::Always),
            Secure::Always | Secure::Never => self,
        }
    }

    /// Whether the cookie that answers this request is restricted to HTTPS.
    pub(crate) fn is_secure(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        match self.secure {
            Secure::Always => true,
            Secure::Never => false,
            Secure::Auto => {
                uri.scheme() == Some(&Scheme::HTTPS)
                    || (self.trust_forwarded_proto && forwarded_https(headers))
            }
        }
    }
}

/// Whether the first hop, the one at the browser, was HTTPS.
fn forwarded_https(headers: &HeaderMap) -> bool {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    proto
        .and_then(|proto| proto.split(',').next())
        .is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_attribute(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secure_follows_the_request_unless_told_otherwise() {
        let config = SessionConfig::new("salt");
        let (http, https) = (Uri::from_static("/a"), Uri::from_static("https://a.com/a"));
        let forwarded =
            HeaderMap::from_iter([("x-forwarded-proto".parse().unwrap(), "HTTPS, http".parse().unwrap())]);
        assert!(config.is_secure(&https, &HeaderMap::new()));
        assert!(!config.is_secure(&http, &HeaderMap::new()));
        assert!(!config.is_secure(&http, &forwarded));
        let trusting = config.clone().trust_forwarded_proto(true);
        assert!(trusting.is_secure(&http, &forwarded));
        assert!(!trusting.is_secure(&http, &HeaderMap::new()));
        assert!(config.clone().secure(Secure::Always).is_secure(&http, &HeaderMap::new()));
        assert!(!config.secure(Secure::Never).is_secure(&https, &forwarded));
    }

    #[test]
    #[should_panic(expected = "name of a cookie")]
    fn a_name_that_would_break_the_header_is_refused() {
        let _ = SessionConfig::new("salt").cookie_name("a;b");
    }

    #[test]
    #[should_panic(expected = "path of a cookie")]
    fn a_path_that_would_break_the_header_is_refused() {
        let _ = SessionConfig::new("salt").path("/; Secure");
    }
}
