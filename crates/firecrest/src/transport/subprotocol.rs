//! `Sec-WebSocket-Protocol`: the official client's auth token, and ordinary subprotocols (spec §1.10).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use http::header::SEC_WEBSOCKET_PROTOCOL;

/// What precedes the token in its entry.
const BEARER: &str = "base64url.bearer.phx.";

/// The name the official client offers next to the token.
const PHOENIX: &str = "phoenix";

const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// The client's `btoa` writes the standard alphabet, whatever the prefix says; both are understood.
const ENGINES: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&alphabet::STANDARD, CONFIG), GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG)];

/// What the header came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Negotiated {
    /// The auth token.
    pub(super) auth_token: Option<String>,
    /// The subprotocol to answer with.
    pub(super) selected: Option<String>,
}

/// Why the header is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SubprotocolError {
    #[error("the auth token in the subprotocols is not base64")]
    Token,
    #[error("none of the offered subprotocols is supported")]
    Unsupported,
}

/// Reads the header. `auth_token` says whether tokens are read, `supported` lists the subprotocols besides.
pub(super) fn negotiate(
    headers: &HeaderMap,
    auth_token: bool,
    supported: &[String],
) -> Result<Negotiated, SubprotocolError> {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let mut offered: Vec<&str> =
        values.flat_map(|value| value.split(',')).map(str::trim).filter(|name| !name.is_empty()).collect();
    let mut negotiated = Negotiated::default();
    if auth_token {
        negotiated.auth_token = take_token(&mut offered)?;
    }
    let phoenix = auth_token.then_some(PHOENIX);
    let mut names = phoenix.into_iter().chain(supported.iter().map(String::as_str)).peekable();
    if names.peek().is_some() && !offered.is_empty() {
        let selected = names.find(|name| offered.contains(name)).ok_or(SubprotocolError::Unsupported)?;
        negotiated.selected = Some(selected.to_owned());
    }
    Ok(negotiated)
}

/// Takes the one entry that is a token out of the list. With two of them neither counts.
fn take_token(offered: &mut Vec<&str>) -> Result<Option<String>, SubprotocolError> {
    let mut tokens =
        offered.iter().enumerate().filter_map(|(at, name)| Some((at, name.strip_prefix(BEARER)?)));
    let (Some((at, encoded)), None) = (tokens.next(), tokens.next()) else { return Ok(None) };
    let bytes =
        ENGINES.iter().find_map(|engine| engine.decode(encoded).ok()).ok_or(SubprotocolError::Token)?;
    offered.remove(at);
    // `btoa` takes Latin-1: a byte is a character.
    Ok(Some(bytes.into_iter().map(char::from).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        header: Option<&str>,
        auth_token: bool,
        supported: &[&str],
    ) -> Result<Negotiated, SubprotocolError> {
        let headers =
            header.map(|value| (SEC_WEBSOCKET_PROTOCOL, value.parse().unwrap())).into_iter().collect();
        let supported: Vec<_> = supported.iter().map(ToString::to_string).collect();
        negotiate(&headers, auth_token, &supported)
    }

    fn negotiated(token: Option<&str>, selected: Option<&str>) -> Result<Negotiated, SubprotocolError> {
        Ok(Negotiated { auth_token: token.map(Into::into), selected: selected.map(Into::into) })
    }

    #[test]
    fn c047_without_subprotocols_nothing_is_checked() {
        assert_eq!(read(Some("foo, bar"), false, &[]), negotiated(None, None));
    }

    #[test]
    fn c049_c050_the_first_supported_one_is_selected_and_none_is_refused() {
        assert_eq!(read(Some("b, a"), false, &["a", "b"]), negotiated(None, Some("a")));
        assert_eq!(read(Some("c"), false, &["a"]), Err(SubprotocolError::Unsupported));
        assert_eq!(read(None, false, &["a"]), negotiated(None, None));
    }

    #[test]
    fn c240_c264_the_auth_token_of_the_official_client() {
        let secret = "base64url.bearer.phx.c2VjcmV0";
        assert_eq!(
            read(Some(&format!("phoenix, {secret}")), true, &[]),
            negotiated(Some("secret"), Some("phoenix"))
        );
        assert_eq!(read(None, true, &[]), negotiated(None, None));
        assert_eq!(read(Some(secret), true, &[]), negotiated(Some("secret"), None));
        assert_eq!(read(Some(&format!("foo, {secret}")), true, &[]), Err(SubprotocolError::Unsupported));
        let twice = format!("phoenix, {secret}, {secret}");
        assert_eq!(read(Some(&twice), true, &[]), negotiated(None, Some("phoenix")));
        assert_eq!(read(Some("phoenix, base64url.bearer.phx.%%"), true, &[]), Err(SubprotocolError::Token));
    }

    #[test]
    fn both_alphabets_and_any_padding() {
        for encoded in ["+/8=", "+/8", "-_8", "-_8="] {
            let header = format!("phoenix, {BEARER}{encoded}");
            assert_eq!(read(Some(&header), true, &[]), negotiated(Some("\u{fb}\u{ff}"), Some("phoenix")));
        }
    }
}
