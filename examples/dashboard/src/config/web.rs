//! Where something is: addresses, places in a document, the name of a variable.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer};
use url::{Host, Url};

/// An address by http or https.
#[derive(Clone, PartialEq)]
pub(crate) struct WebUrl(pub(crate) Url);

impl WebUrl {
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "this is no address")?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err("only http:// and https:// addresses");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "no password in an address: name the variable that holds the token, with `token_env`",
            );
        }
        Ok(WebUrl(url))
    }

    /// That of GitHub's API.
    pub(crate) fn github() -> Self {
        WebUrl::new("https://api.github.com").expect("an address by https")
    }

    /// Whether nobody else hears what is sent there.
    pub(crate) fn is_confidential(&self) -> bool {
        self.0.scheme() == "https"
            || match self.0.host() {
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                Some(Host::Domain(name)) => name == "localhost",
                None => false,
            }
    }

    /// The address below this one.
    pub(crate) fn join(&self, path: &str) -> WebUrl {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        WebUrl(url)
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_str().fmt(f)
    }
}

impl<'de> Deserialize<'de> for WebUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WebUrl::new(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// `owner/name`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct RepositoryName(pub(crate) String);

impl TryFrom<String> for RepositoryName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        let is_plain = |part: &str| {
            let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            !part.is_empty() && part.len() <= 100 && part.chars().all(is_known) && !part.starts_with('.')
        };
        match name.split_once('/') {
            Some((owner, repository)) if is_plain(owner) && is_plain(repository) => Ok(RepositoryName(name)),
            _ => Err("a repository is named owner/name"),
        }
    }
}

/// A place in a JSON document: empty for all of it, or `/a/0/b` (RFC 6901).
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pointer(pub(crate) String);

impl TryFrom<String> for Pointer {
    type Error = &'static str;

    fn try_from(pointer: String) -> Result<Self, &'static str> {
        match pointer.is_empty() || pointer.starts_with('/') {
            true => Ok(Pointer(pointer)),
            false => Err("a JSON pointer begins with `/`"),
        }
    }
}

/// The name of an environment variable that holds a token. A token itself is never written into a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TokenName(pub(crate) String);

impl TryFrom<String> for TokenName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        let is_name = |name: &str| {
            !name.starts_with(|c: char| c.is_ascii_digit())
                && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        };
        // What somebody has put here by mistake may be the token: it is not repeated.
        match !name.is_empty() && is_name(&name) {
            true => Ok(TokenName(name)),
            false => {
                Err("`token_env` is the name of an environment variable, in capitals, not the token itself")
            }
        }
    }
}
