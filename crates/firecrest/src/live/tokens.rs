//! What the client is given to bring back (spec §1.8).

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Flash;
use crate::Endpoint;
use crate::token::{self, SignError, TokenError};

const SESSION_SALT: &str = "firecrest live view";
const STATIC_SALT: &str = "firecrest live page";
const FLASH_SALT: &str = "firecrest flash";
const STATUS_SALT: &str = "firecrest reload status";
const UPLOAD_SALT: &str = "firecrest upload";

const FORTNIGHT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// How long a flash message may take to the next page, and an error status to its page: one minute.
pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// How long the client may take until it begins to send a file: ten minutes.
const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);

/// The layout of the tokens: another one makes the client load the page anew.
const VERSION: u32 = 1;

/// Which view may be joined. Valid for 14 days.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SessionToken {
    version: u32,
    /// The container's id.
    pub(super) id: String,
    /// The type of the view.
    pub(super) kind: String,
    /// The live session of a view that a route leads to.
    pub(super) live_session: Option<String>,
    /// The joined instance of the view around this one.
    #[serde(with = "as_text")]
    pub(super) parent: Option<u64>,
    /// What the view was given by whoever renders it.
    pub(super) given: Map<String, Value>,
    /// Whether it stays when the page's own view goes.
    #[serde(default, rename = "sticky", skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_sticky: bool,
}

/// What only the page's request knew. Valid for 14 days.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StaticToken {
    pub(super) id: String,
    /// Where the view waits that was mounted for the page.
    pub(super) parked: Option<String>,
    pub(super) flash: Flash,
}

/// Which file may be sent. Valid for ten minutes, and on the connection that it was made for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UploadToken {
    /// The joined instance of the view.
    #[serde(with = "as_text")]
    pub(super) instance: Option<u64>,
    pub(super) upload: String,
    pub(super) file: String,
}

impl UploadToken {
    pub(super) fn new(instance: u64, upload: &str, file: &str) -> Self {
        UploadToken { instance: Some(instance), upload: upload.to_owned(), file: file.to_owned() }
    }

    pub(super) fn sign(&self, endpoint: &Endpoint) -> Result<String, SignError> {
        token::sign(endpoint.secret(), UPLOAD_SALT, self)
    }

    pub(super) fn verify(endpoint: &Endpoint, token: &str) -> Option<Self> {
        verify(endpoint, UPLOAD_SALT, token, TEN_MINUTES).ok()
    }
}

impl SessionToken {
    pub(super) fn new(id: &str, kind: &str) -> Self {
        SessionToken {
            version: VERSION,
            id: id.to_owned(),
            kind: kind.to_owned(),
            live_session: None,
            parent: None,
            given: Map::new(),
            is_sticky: false,
        }
    }

    pub(super) fn sign(&self, endpoint: &Endpoint) -> Result<String, SignError> {
        token::sign(endpoint.secret(), SESSION_SALT, self)
    }

    /// The token of this view, as long as it is neither forged nor too old nor of another server version.
    pub(super) fn verify(endpoint: &Endpoint, token: &str, id: &str) -> Option<Self> {
        let verified: Self = verify(endpoint, SESSION_SALT, token, FORTNIGHT).ok()?;
        (verified.version == VERSION && verified.id == id).then_some(verified)
    }
}

impl StaticToken {
    pub(super) fn sign(&self, endpoint: &Endpoint) -> Result<String, SignError> {
        token::sign(endpoint.secret(), STATIC_SALT, self)
    }

    pub(super) fn verify(endpoint: &Endpoint, token: &str, id: &str) -> Option<Self> {
        let verified: Self = verify(endpoint, STATIC_SALT, token, FORTNIGHT).ok()?;
        (verified.id == id).then_some(verified)
    }
}

/// A token that carries messages to the next page; nothing when there are none.
pub(super) fn sign_flash(endpoint: &Endpoint, flash: &Flash) -> Option<String> {
    if flash.is_empty() {
        return None;
    }
    let signed = token::sign(endpoint.secret(), FLASH_SALT, flash);
    signed.inspect_err(|error| tracing::error!(%error, "a flash that cannot be signed is lost")).ok()
}

/// The messages of a token; none when it is not valid.
pub(crate) fn verify_flash(endpoint: &Endpoint, token: &str) -> Flash {
    verify(endpoint, FLASH_SALT, token, MINUTE).unwrap_or_default()
}

/// A token that makes the next load of the page an error page.
pub(super) fn sign_status(endpoint: &Endpoint, status: u16) -> Result<String, SignError> {
    token::sign(endpoint.secret(), STATUS_SALT, &status)
}

/// The status of a token.
pub(super) fn verify_status(endpoint: &Endpoint, token: &str) -> Option<u16> {
    verify(endpoint, STATUS_SALT, token, MINUTE).ok()
}

fn verify<T: DeserializeOwned>(
    endpoint: &Endpoint,
    salt: &str,
    token: &str,
    max_age: Duration,
) -> Result<T, TokenError> {
    token::verify(endpoint.secret(), salt, Some(token), max_age)
}

/// Numbers as text: a token's numbers are signed.
mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub(super) fn serialize<S: Serializer>(number: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        number.map(|number| number.to_string()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint::builder().build().unwrap()
    }

    #[test]
    fn f173_a_session_token_is_for_one_view() {
        let endpoint = endpoint();
        let token = SessionToken::new("phx-1", "Counter").sign(&endpoint).unwrap();
        let verified = SessionToken::verify(&endpoint, &token, "phx-1").unwrap();
        assert_eq!((verified.kind.as_str(), verified.parent), ("Counter", None));
        assert!(SessionToken::verify(&endpoint, &token, "phx-2").is_none());
        assert!(SessionToken::verify(&endpoint, &format!("{token}x"), "phx-1").is_none());
        assert!(SessionToken::verify(&self::endpoint(), &token, "phx-1").is_none());
    }

    #[test]
    fn f173_the_tokens_are_not_interchangeable() {
        let endpoint = endpoint();
        let fixed = StaticToken { id: "phx-1".into(), parked: None, flash: Flash::default() };
        let fixed = fixed.sign(&endpoint).unwrap();
        assert!(StaticToken::verify(&endpoint, &fixed, "phx-1").is_some());
        assert!(SessionToken::verify(&endpoint, &fixed, "phx-1").is_none());
        assert!(verify_flash(&endpoint, &fixed).is_empty());
        assert_eq!(verify_status(&endpoint, &fixed), None);
    }

    #[test]
    fn f104_flash_messages_travel_signed() {
        let endpoint = endpoint();
        let mut flash = Flash::default();
        assert_eq!(sign_flash(&endpoint, &flash), None);
        flash.put("info", "saved");
        let token = sign_flash(&endpoint, &flash).unwrap();
        assert_eq!(verify_flash(&endpoint, &token), flash);
    }
}
