//! Where the connections go.

use std::net::{SocketAddr, ToSocketAddrs as _};

use firecrest_wire::websocket::handshake::{AcceptKey, accept_key};

/// The nonce of every handshake: base64 of 16 bytes. A load tool need not keep caches from confusing two handshakes.
const KEY: &str = "ZmlyZWNyZXN0LWxvYWRnZQ==";

/// A server's WebSocket.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// The whole upgrade request.
    pub(crate) request: Box<[u8]>,
    /// What the server must answer to it.
    pub(crate) accept: AcceptKey,
}

/// Why a URL cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TargetError {
    /// Characters that do not belong there.
    #[error(
        "the URL and the parameters must be printable ASCII without spaces; write others percent-encoded"
    )]
    Characters,
    /// No address for the host.
    #[error("no address found for `{0}`")]
    Host(String),
    /// Not a WebSocket URL, or an encrypted one.
    #[error("the URL must look like ws://HOST:PORT/PATH (encrypted ones are not supported), not `{0}`")]
    Scheme(String),
    /// A version other than 2.
    #[error("only version 2 of the protocol is spoken: leave out `vsn`, or make it 2.0.0")]
    Version,
}

impl Target {
    /// Takes a URL apart and finds its host's address.
    ///
    /// # Errors
    /// When it is no `ws://` URL, asks for another version (spec §1.4), or its host has no address.
    pub(crate) fn parse(url: &str, params: Option<&str>) -> Result<Target, TargetError> {
        let params = params.unwrap_or_default();
        if !url.bytes().chain(params.bytes()).all(|byte| byte.is_ascii_graphic()) {
            return Err(TargetError::Characters);
        }
        let rest = url.strip_prefix("ws://").ok_or_else(|| TargetError::Scheme(url.to_owned()))?;
        let rest = rest.split('#').next().unwrap_or_default();
        let split = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path_and_query) = rest.split_at(split);
        if authority.is_empty() || authority.contains('@') {
            return Err(TargetError::Scheme(url.to_owned()));
        }
        let path = path_and_query.split('?').next().unwrap_or_default();
        let query = path_and_query.split_once('?').map_or("", |(_, query)| query);
        let path = if path.is_empty() { "/" } else { path };
        let path = format!("{path}?{}", full_query(query, params)?);
        Ok(Target {
            address: resolve(authority)?,
            request: request(authority, &path),
            accept: accept_key(KEY.as_bytes()),
        })
    }
}

/// The query with the parameters and the version.
fn full_query(query: &str, params: &str) -> Result<String, TargetError> {
    let given = query.split('&').chain(params.split('&'));
    let mut pairs: Vec<&str> = given.filter(|pair| !pair.is_empty()).collect();
    match pairs.iter().filter_map(|pair| pair.strip_prefix("vsn=")).next_back() {
        Some(version) if version.starts_with("2.0.") => {}
        Some(_) => return Err(TargetError::Version),
        None => pairs.push("vsn=2.0.0"),
    }
    Ok(pairs.join("&"))
}

fn resolve(authority: &str) -> Result<SocketAddr, TargetError> {
    let with_port = match authority.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => authority.to_owned(),
        _ => format!("{authority}:80"),
    };
    let mut addresses = with_port.to_socket_addrs().ok().into_iter().flatten();
    addresses.next().ok_or_else(|| TargetError::Host(authority.to_owned()))
}

/// RFC 6455 §4.1.
fn request(host: &str, path: &str) -> Box<[u8]> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    )
    .into_bytes()
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(url: &str, params: Option<&str>) -> String {
        let target = Target::parse(url, params).unwrap();
        String::from_utf8(target.request.to_vec()).unwrap().lines().next().unwrap().to_owned()
    }

    /// Spec §1.4: the version is a query parameter.
    #[test]
    fn the_request_asks_for_version_two() {
        assert_eq!(
            line("ws://127.0.0.1:9/socket/websocket", None),
            "GET /socket/websocket?vsn=2.0.0 HTTP/1.1"
        );
        let url = "ws://127.0.0.1:9/s?x=1#top";
        assert_eq!(line(url, Some("a=b&c=d")), "GET /s?x=1&a=b&c=d&vsn=2.0.0 HTTP/1.1");
        assert_eq!(line("ws://127.0.0.1?vsn=2.0.1", None), "GET /?vsn=2.0.1 HTTP/1.1");
    }

    #[test]
    fn the_port_is_80_unless_given() {
        assert_eq!(Target::parse("ws://127.0.0.1/s", None).unwrap().address.port(), 80);
        let target = Target::parse("ws://[::1]:4000/s", None).unwrap();
        assert_eq!(target.address, "[::1]:4000".parse().unwrap());
        assert_eq!(Target::parse("ws://[::1]/s", None).unwrap().address, "[::1]:80".parse().unwrap());
    }

    #[test]
    fn what_is_no_websocket_url_is_refused() {
        for url in
            ["", "http://h/", "wss://h/", "ws://", "ws:///path", "ws://me@h/", "ws://h/\r\nX: y", "ws://h/ä"]
        {
            assert!(Target::parse(url, None).is_err(), "{url}");
        }
        assert!(matches!(Target::parse("ws://127.0.0.1/", Some("vsn=1.0.0")), Err(TargetError::Version)));
    }
}
