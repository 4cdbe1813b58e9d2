//! The opening handshake: from an HTTP request to a WebSocket (spec §1.3 step 7, RFC 6455 §4.2).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha1::{Digest, Sha1};

/// What RFC 6455 §1.3 has both sides append to the key.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// How many bytes a key stands for.
const KEY_LEN: usize = 16;

/// Padding is required; the unused bits of the last digit do not matter.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// What matters of a GET request that asks for a WebSocket. Header values are raw bytes.
#[derive(Clone, Debug)]
pub struct UpgradeRequest<'a, C, U> {
    /// Whether the request came as HTTP/1.1.
    pub http_1_1: bool,
    /// `Host`.
    pub host: Option<&'a [u8]>,
    /// All values of `Connection`.
    pub connection: C,
    /// All values of `Upgrade`.
    pub upgrade: U,
    /// `Sec-WebSocket-Key`.
    pub key: Option<&'a [u8]>,
    /// `Sec-WebSocket-Version`.
    pub version: Option<&'a [u8]>,
}

/// The value of `Sec-WebSocket-Accept` in the response, which proves that the server speaks WebSocket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AcceptKey([u8; 28]);

/// Why a request is no upgrade; answered with 400 and this error's text, which names the header (spec §1.3, C148).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// `Connection` does not list `upgrade`.
    #[error("the `connection` header must contain `upgrade`")]
    Connection,
    /// `Host` is missing.
    #[error("the `host` header is missing")]
    Host,
    /// The request is not HTTP/1.1.
    #[error("a WebSocket upgrade needs HTTP/1.1")]
    HttpVersion,
    /// `Sec-WebSocket-Key` is missing or not base64 of 16 bytes.
    #[error("the `sec-websocket-key` header must be base64 of 16 bytes")]
    Key,
    /// `Upgrade` does not list `websocket`.
    #[error("the `upgrade` header must contain `websocket`")]
    Upgrade,
    /// `Sec-WebSocket-Version` is not 13.
    #[error("the `sec-websocket-version` header must be `13`")]
    Version,
}

impl<'a, C, U> UpgradeRequest<'a, C, U>
where
    C: IntoIterator<Item = &'a [u8]>,
    U: IntoIterator<Item = &'a [u8]>,
{
    /// Checks the request and computes the key to accept it with.
    ///
    /// # Errors
    /// For the first thing that is missing, in the order of spec §1.3 step 7.
    pub fn accept(self) -> Result<AcceptKey, HandshakeError> {
        if !self.http_1_1 {
            return Err(HandshakeError::HttpVersion);
        }
        if self.host.is_none() {
            return Err(HandshakeError::Host);
        }
        if !lists(self.connection, b"upgrade") {
            return Err(HandshakeError::Connection);
        }
        if !lists(self.upgrade, b"websocket") {
            return Err(HandshakeError::Upgrade);
        }
        let key = self.key.map(<[u8]>::trim_ascii).filter(|key| is_key(key)).ok_or(HandshakeError::Key)?;
        if self.version.map(<[u8]>::trim_ascii) != Some(b"13") {
            return Err(HandshakeError::Version);
        }
        Ok(accept_key(key))
    }
}

impl AcceptKey {
    /// The header value.
    pub fn as_str(&self) -> &str {
        // Base64 is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The header value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for AcceptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for AcceptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AcceptKey({self})")
    }
}

/// The `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`: base64 of the SHA-1 of the key and a fixed text.
pub fn accept_key(key: &[u8]) -> AcceptKey {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    let mut accept = AcceptKey([0; 28]);
    let written = STANDARD.encode_slice(digest, &mut accept.0);
    debug_assert_eq!(written.ok(), Some(accept.0.len()), "20 bytes are 28 in base64");
    accept
}

/// Whether one of the comma-separated lists has this token, in any case.
fn lists<'a>(values: impl IntoIterator<Item = &'a [u8]>, token: &[u8]) -> bool {
    let mut tokens = values.into_iter().flat_map(|value| value.split(|byte| *byte == b','));
    tokens.any(|candidate| candidate.trim_ascii().eq_ignore_ascii_case(token))
}

fn is_key(key: &[u8]) -> bool {
    // The decoder asks for room by its estimate, which is a little more than the result.
    let mut decoded = [0; KEY_LEN + 2];
    KEY_BASE64.decode_slice(key, &mut decoded) == Ok(KEY_LEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Request = UpgradeRequest<'static, Vec<&'static [u8]>, Vec<&'static [u8]>>;

    fn request() -> Request {
        UpgradeRequest {
            http_1_1: true,
            host: Some(b"example.com"),
            connection: vec![b"Upgrade"],
            upgrade: vec![b"websocket"],
            key: Some(b"dGhlIHNhbXBsZSBub25jZQ=="),
            version: Some(b"13"),
        }
    }

    /// RFC 6455 §1.3: the example.
    #[test]
    fn the_accept_key_is_the_one_of_the_rfc() {
        let accept = request().accept().unwrap();
        assert_eq!(accept.as_str(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(accept.as_bytes(), accept.to_string().as_bytes());
    }

    #[test]
    fn lists_are_searched_in_any_case_and_over_several_headers() {
        let firefox = Request { connection: vec![b"keep-alive, Upgrade"], ..request() };
        assert!(firefox.accept().is_ok());
        let split = Request { connection: vec![b"x", b" close ,UPGRADE "], ..request() };
        assert!(split.accept().is_ok());
        let offer = Request { upgrade: vec![b"h2c,\tWebSocket"], ..request() };
        assert!(offer.accept().is_ok());
    }

    #[test]
    fn c148_the_error_names_the_header_that_is_missing() {
        let cases = [
            (Request { http_1_1: false, ..request() }, "HTTP/1.1"),
            (Request { host: None, ..request() }, "`host`"),
            (Request { connection: vec![], ..request() }, "`connection` header must contain `upgrade`"),
            (Request { connection: vec![b"upgraded"], ..request() }, "`connection`"),
            (Request { upgrade: vec![b"websocket/13"], ..request() }, "`upgrade`"),
            (Request { key: None, ..request() }, "`sec-websocket-key`"),
            (Request { version: None, ..request() }, "`sec-websocket-version`"),
            (Request { version: Some(b"8"), ..request() }, "`sec-websocket-version`"),
        ];
        for (request, text) in cases {
            let error = request.clone().accept().unwrap_err().to_string();
            assert!(error.contains(text) && !error.contains('\n'), "{request:?}: {error}");
        }
    }

    #[test]
    fn a_key_is_base64_of_sixteen_bytes() {
        let keys: [&[u8]; 6] = [
            b"",
            b"dGhlIHNhbXBsZSBub25jZQ",
            b"dGhlIHNhbXBsZSBub25jZWU=",
            b"dGhlIHNhbXBsZSBub25j",
            b"dGhlIHNhbXBsZSBub25jZ!==",
            b"dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==",
        ];
        for key in keys {
            let error = Request { key: Some(key), ..request() }.accept().unwrap_err();
            assert_eq!(error, HandshakeError::Key, "{key:?}");
        }
        assert!(Request { key: Some(b"dGhlIHNhbXBsZSBub25jZR=="), ..request() }.accept().is_ok());
    }
}
