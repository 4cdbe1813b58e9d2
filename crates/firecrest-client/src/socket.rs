//! Opening the WebSocket.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use firecrest_wire::ProtocolVersion;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::header::{HeaderName, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::error::TransportError;
use crate::{ClientConfig, ConnectError};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Small, so that a load tool can have many clients; larger messages make the buffer grow.
const READ_BUFFER: usize = 8 * 1_024;

/// Connects once.
pub(crate) async fn connect(config: &ClientConfig) -> Result<Socket, ConnectError> {
    let request = request(config)?;
    let options = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(Some(config.max_message_size))
        .max_frame_size(Some(config.max_message_size));
    // Messages are small and answers are waited for, so they are sent at once.
    let connecting = connect_async_with_config(request, Some(options), true);
    let (socket, _) = timeout(config.timeout, connecting)
        .await
        .map_err(|_| ConnectError::Timeout)?
        .map_err(|error| failed(config, error))?;
    Ok(socket)
}

fn failed(config: &ClientConfig, error: Error) -> ConnectError {
    match error {
        Error::Http(response) => ConnectError::Refused { status: response.status().as_u16() },
        Error::Url(error) => ConnectError::Url { url: config.shown_url().into(), reason: error.to_string() },
        error => ConnectError::Transport(TransportError(Box::new(error))),
    }
}

fn request(config: &ClientConfig) -> Result<Request, ConnectError> {
    let invalid = |reason: String| ConnectError::Url { url: config.shown_url().into(), reason };
    let mut request = url(config).into_client_request().map_err(|error| invalid(error.to_string()))?;
    if request.uri().scheme_str() != Some("ws") {
        return Err(invalid("its scheme must be ws, as this client has no TLS".into()));
    }
    for (name, value) in &config.headers {
        let invalid = || ConnectError::Header { name: name.clone() };
        let header = name.parse::<HeaderName>().map_err(|_| invalid())?;
        request.headers_mut().append(header, value.parse().map_err(|_| invalid())?);
    }
    if let Some(token) = &config.auth_token {
        // The standard alphabet, whatever the prefix says (spec §1.10).
        let protocols = format!("phoenix, base64url.bearer.phx.{}", STANDARD_NO_PAD.encode(token()));
        let invalid = |_| ConnectError::Header { name: SEC_WEBSOCKET_PROTOCOL.to_string() };
        let value = HeaderValue::try_from(protocols).map_err(invalid)?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    Ok(request)
}

/// The URL with all parameters, `vsn` last (spec §1.4, §1.5).
fn url(config: &ClientConfig) -> String {
    let mut url = config.url.clone();
    url.push(if url.contains('?') { '&' } else { '?' });
    for (name, value) in &config.params {
        escape(&mut url, name);
        url.push('=');
        escape(&mut url, &value());
        url.push('&');
    }
    url.push_str("vsn=");
    url.push_str(ProtocolVersion::V2.as_str());
    url
}

/// Appends text percent-encoded: all bytes but those that are unreserved in a URL.
fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            // Writing to a string does not fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped_and_vsn_is_last() {
        let config = ClientConfig::new("ws://h/socket/websocket").param("b[c]", "x y&é").param("a", "1");
        assert_eq!(url(&config), "ws://h/socket/websocket?b%5Bc%5D=x%20y%26%C3%A9&a=1&vsn=2.0.0");
        assert_eq!(url(&ClientConfig::new("ws://h/ws?x=1")), "ws://h/ws?x=1&vsn=2.0.0");
    }

    /// C240, C264.
    #[test]
    fn c264_the_auth_token_is_a_subprotocol_next_to_phoenix() {
        let request = request(&ClientConfig::new("ws://h/ws").auth_token("1234")).unwrap();
        assert_eq!(request.headers()[SEC_WEBSOCKET_PROTOCOL], "phoenix, base64url.bearer.phx.MTIzNA");
    }

    /// C240: it is asked for again at every connect.
    #[test]
    fn c240_tokens_and_params_may_change() {
        let count = std::sync::atomic::AtomicU32::new(0);
        let next = move || count.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
        let config = ClientConfig::new("ws://h/ws").param_with("n", next);
        assert_eq!([url(&config), url(&config)], ["ws://h/ws?n=0&vsn=2.0.0", "ws://h/ws?n=1&vsn=2.0.0"]);
    }

    #[test]
    fn what_cannot_be_sent_is_an_error() {
        let error = |config: ClientConfig| request(&config).unwrap_err();
        for url in ["not a url", "host", "/socket/websocket", "http://host/", "wss://host/"] {
            assert!(matches!(error(ClientConfig::new(url)), ConnectError::Url { .. }), "{url}");
        }
        let shown = format!("{0} {0:?}", error(ClientConfig::new("wss://host/?token=s3cret")));
        assert!(shown.contains("wss://host/") && !shown.contains("s3cret"), "{shown}");
        assert!(matches!(error(ClientConfig::new("ws://h").header("a b", "c")), ConnectError::Header { .. }));
        assert!(matches!(error(ClientConfig::new("ws://h").header("a", "b\n")), ConnectError::Header { .. }));
    }
}
