//! Where the connections go, and how they get in.

use std::net::SocketAddr;

use firecrest_wire::websocket::handshake::{AcceptKey, accept_key};

use super::page::{Page, Visits};
use super::url::{TargetError, Url, check, path};

/// The nonce of every handshake: base64 of 16 bytes. A load tool need not keep caches from confusing two handshakes.
const KEY: &str = "ZmlyZWNyZXN0LWxvYWRnZQ==";

/// A server's WebSocket.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(super) entry: Entry,
    /// What the server must answer to an upgrade.
    pub(super) accept: AcceptKey,
}

/// How a connection gets from TCP to its join.
#[derive(Debug)]
pub(super) enum Entry {
    /// It asks for the upgrade, and joins with this payload.
    Channel { request: Box<[u8]>, payload: Box<str> },
    /// It loads a page and closes. With what the page said it connects again, asks for the upgrade and joins the view.
    View(Visits),
}

impl Target {
    /// A socket whose channels are joined with this payload, JSON.
    ///
    /// # Errors
    /// When the URL is none of a WebSocket, asks for another version (spec §1.4), or its host has no address.
    pub(crate) fn channel(url: &str, params: Option<&str>, payload: &str) -> Result<Target, TargetError> {
        let url = Url::parse(url, "ws")?;
        let path = format!("{}?{}", url.path, full_query(url.query, params.unwrap_or_default())?);
        let request = upgrade(url.authority, &path, "").into();
        Target::new(&url, Entry::Channel { request, payload: payload.into() })
    }

    /// A page with a live view, and the path of its socket on the same host.
    ///
    /// # Errors
    /// When the URL is none of a page, the path is none, or the host has no address.
    pub(crate) fn page(
        url: &str,
        socket: &str,
        params: Option<&str>,
        connections: u32,
    ) -> Result<Target, TargetError> {
        let socket = path(socket)?;
        let query = full_query("", params.unwrap_or_default())?;
        let parsed = Url::parse(url, "http")?;
        let page = Page::new(&parsed, url, format!("{}/websocket?{query}", socket.trim_end_matches('/')));
        Target::new(&parsed, Entry::View(Visits::new(page, connections)))
    }

    fn new(url: &Url<'_>, entry: Entry) -> Result<Target, TargetError> {
        Ok(Target { address: url.resolve()?, entry, accept: accept_key(KEY.as_bytes()) })
    }
}

/// The query with the parameters and the version.
fn full_query(query: &str, params: &str) -> Result<String, TargetError> {
    check(params)?;
    let given = query.split('&').chain(params.split('&'));
    let mut pairs: Vec<&str> = given.filter(|pair| !pair.is_empty()).collect();
    match pairs.iter().filter_map(|pair| pair.strip_prefix("vsn=")).next_back() {
        Some(version) if version.starts_with("2.0.") => {}
        Some(_) => return Err(TargetError::Version),
        None => pairs.push("vsn=2.0.0"),
    }
    Ok(pairs.join("&"))
}

/// The request for an upgrade, with further fields (RFC 6455 §4.1).
pub(super) fn upgrade(host: &str, path: &str, fields: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{fields}\r\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(url: &str, params: Option<&str>) -> String {
        let target = Target::channel(url, params, "{}").unwrap();
        let Entry::Channel { request, .. } = target.entry else { panic!("{target:?}") };
        String::from_utf8(request.into()).unwrap().lines().next().unwrap().to_owned()
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
    fn what_cannot_be_asked_for_is_refused() {
        let channel = |url, params| Target::channel(url, Some(params), "{}").map(|_| ());
        assert!(matches!(channel("ws://127.0.0.1/", "vsn=1.0.0"), Err(TargetError::Version)));
        assert!(matches!(channel("ws://127.0.0.1/", "a=b c"), Err(TargetError::Characters)));
        assert!(matches!(channel("http://127.0.0.1/", ""), Err(TargetError::Scheme("ws", _))));
        let page = |url, socket| Target::page(url, socket, None, 1).map(|_| ());
        assert!(page("http://127.0.0.1/", "/live").is_ok());
        assert!(matches!(page("ws://127.0.0.1/", "/live"), Err(TargetError::Scheme("http", _))));
        assert!(matches!(page("http://127.0.0.1/", "/live?x=1"), Err(TargetError::Path(_))));
    }
}
