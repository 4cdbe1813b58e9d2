//! How a visitor has come: what is known while a view is mounted (F071–F074).

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use http::HeaderName;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Mount, address};

/// Most headers that are kept of a request.
pub(super) const MAX_HEADERS: usize = 16;

/// Longest value of a header that is kept, in bytes. One that is longer is left out.
const MAX_HEADER: usize = 1_024;

/// What is known of a visitor while a view is mounted, and forgotten then: it may be large.
#[derive(Debug, Default)]
pub(super) struct Arrival {
    /// The `params` of the join: the script's own, and what the client says of itself.
    pub(super) params: Option<Box<RawValue>>,
    /// What was kept of the request for the page, or for the socket.
    pub(super) request: Option<Arc<KeptRequest>>,
}

/// What is kept of a request.
#[derive(Debug)]
pub(super) struct KeptRequest {
    peer: Option<SocketAddr>,
    headers: Vec<(HeaderName, String)>,
}

impl KeptRequest {
    /// These headers of a request, those that have a value that is text and not too long.
    pub(super) fn new(names: &[HeaderName], peer: Option<SocketAddr>, headers: &http::HeaderMap) -> Self {
        let kept = names.iter().filter_map(|name| {
            let value = headers.get(name)?.to_str().ok().filter(|value| value.len() <= MAX_HEADER)?;
            Some((name.clone(), value.to_owned()))
        });
        KeptRequest { peer, headers: kept.collect() }
    }

    /// These headers of the request for a page.
    pub(super) fn of(names: &[HeaderName], parts: &Parts) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
        Self::new(names, peer, &parts.headers)
    }
}

impl Arrival {
    /// A value of the join's `params`.
    fn param<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let params: HashMap<Cow<'_, str>, &RawValue> =
            serde_json::from_str(self.params.as_ref()?.get()).ok()?;
        serde_json::from_str(params.get(name)?.get()).ok()
    }
}

impl<I: Send + 'static> Mount<'_, I> {
    /// A value of the `params` that the page's script gave its `LiveSocket`; none while the page is made, and in nested views
    /// (F071). A view that asks is mounted for page and socket.
    pub fn connect_param<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if !self.connected() {
            return None;
        }
        self.join_param(name)
    }

    /// The visitor's address, as the TCP connection has it (F072): behind a proxy, the proxy's. None unless the mount
    /// [keeps](super::LiveMount::keep_headers) what requests say.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.request()?.peer
    }

    /// A header of the request for the page, or for the socket when the view is mounted for that (F072). Only those that the mount
    /// [keeps](super::LiveMount::keep_headers), if they are text of 1,024 bytes at most. A view is not told when what it was mounted with
    /// changes: an address or a browser may be another when the client reconnects.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = &self.request()?.headers;
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The `user-agent` header; see [`header`](Self::header).
    pub fn user_agent(&self) -> Option<&str> {
        self.header("user-agent")
    }

    /// How often the client has joined this view of its page before (F073): 0 for the page and its first join, more after a reconnect or
    /// a crash. The client's word, as the next three. 0 in nested views.
    pub fn mounts(&self) -> u64 {
        self.join_param("_mounts").unwrap_or_default()
    }

    /// How often the client has tried to join since it was joined last (F073): more than 0 when this view has failed to mount. 0 for the
    /// page, and in nested views.
    pub fn mount_attempts(&self) -> u64 {
        self.join_param("_mount_attempts").unwrap_or_default()
    }

    /// Path and query of the page that the visitor has navigated from, over the socket (F073). None for a page load, and in nested
    /// views.
    pub fn referer(&self) -> Option<String> {
        let referer: String = self.join_param("_live_referer")?;
        Some(address::path_and_query(&referer).to_owned())
    }

    /// Whether the page has been loaded with files that are others now (F074): scripts and styles that it marks with
    /// `phx-track-static`, and that are not among the [files of the mount](super::LiveMount::static_files). No for the page itself, in
    /// nested views, and as long as the mount names no files. A layout can ask the visitor to load the page anew.
    pub fn static_changed(&self) -> bool {
        let Some(files) = self.endpoint().live_table().settings.files() else { return false };
        let tracked: Vec<String> = self.join_param("_track_static").unwrap_or_default();
        tracked.iter().any(|file| !files.contains(address::path_and_query(file)))
    }

    fn join_param<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.arrival()?.param(name)
    }

    fn request(&self) -> Option<&KeptRequest> {
        self.arrival()?.request.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn f072_of_a_request_little_is_kept() {
        let names = ["a", "b", "c", "d"].map(HeaderName::from_static);
        let mut headers = HeaderMap::new();
        headers.insert("a", HeaderValue::from_static("1"));
        headers.append("a", HeaderValue::from_static("2"));
        headers.insert("b", HeaderValue::from_bytes(&[0xff]).unwrap());
        headers.insert("c", HeaderValue::try_from("x".repeat(MAX_HEADER + 1)).unwrap());
        headers.insert("d", HeaderValue::try_from("x".repeat(MAX_HEADER)).unwrap());
        headers.insert("e", HeaderValue::from_static("not named"));
        let kept = KeptRequest::new(&names, None, &headers).headers;
        let kept: Vec<_> = kept.iter().map(|(name, value)| (name.as_str(), value.len())).collect();
        assert_eq!(kept, [("a", 1), ("d", MAX_HEADER)]);
    }
}
