//! An application that is asked directly, without a network, and remembers what its socket was told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use firecrest::prelude::*;
use firecrest::socket::SocketMount;
use http::request::Builder;
use http::{HeaderMap, HeaderName, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// How a test connects: what holds for one transport mostly holds for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    WebSocket,
    LongPoll,
}

pub(crate) const VIA_BOTH: [Via; 2] = [Via::WebSocket, Via::LongPoll];

impl Via {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Via::WebSocket => "websocket",
            Via::LongPoll => "longpoll",
        }
    }

    /// A request that connects to the socket at `mount`.
    pub(crate) fn request(self, mount: &str, query: &str) -> Builder {
        let uri = format!("{mount}/{}?{query}", self.as_str());
        match self {
            Via::WebSocket => upgrade(&uri),
            Via::LongPoll => get(&uri),
        }
    }

    /// Whether the answer is that of a connection made (spec §1.6).
    pub(crate) fn is_accepted(self, answer: &Answer) -> bool {
        match self {
            Via::WebSocket => answer.status == StatusCode::SWITCHING_PROTOCOLS,
            Via::LongPoll => answer.status == StatusCode::OK && answer.json()["status"] == 410,
        }
    }

    /// Whether the answer is that of a connection refused (spec §1.6).
    pub(crate) fn is_refused(self, answer: &Answer) -> bool {
        match self {
            Via::WebSocket => answer.status == StatusCode::FORBIDDEN && answer.body.is_empty(),
            Via::LongPoll => answer.status == StatusCode::OK && answer.json() == json!({ "status": 403 }),
        }
    }
}

pub(crate) fn get(uri: &str) -> Builder {
    Request::get(uri).header("host", "www.example.com")
}

/// A complete WebSocket handshake.
pub(crate) fn upgrade(uri: &str) -> Builder {
    get(uri)
        .header("connection", "keep-alive, Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

/// What an application answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: impl TryInto<HeaderName>) -> Option<&str> {
        let name = name.try_into().unwrap_or_else(|_| panic!("no header name"));
        Some(self.headers.get(name)?.to_str().unwrap())
    }
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap_or_else(|error| match error {});
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// What `connect` was told, one entry per call. The application puts it on each request.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<Value>>>);

/// A socket that tells all it knows.
pub(crate) struct Witness {
    id_panics: bool,
}

impl Socket for Witness {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        let seen: &Seen = request.extension().unwrap();
        seen.0.lock().unwrap().push(describe(request));
        match request.param("outcome") {
            Some("refused") => Err(Refused::new("not you")),
            Some("busy") => Err(Refused::status(StatusCode::TOO_MANY_REQUESTS, "come back later")),
            Some("unavailable") => Err(Refused::status(StatusCode::INTERNAL_SERVER_ERROR, "out of order")),
            Some("panic") => panic!("connect panics"),
            outcome => Ok(Witness { id_panics: outcome == Some("id panic") }),
        }
    }

    fn id(&self) -> Option<String> {
        assert!(!self.id_panics, "id panics");
        None
    }

    fn channels() -> Channels<Self> {
        Channels::new()
    }
}

fn describe(request: &Connect<'_>) -> Value {
    json!({
        "transport": request.transport().as_str(),
        "params": request.params().to_json(),
        "auth_token": request.auth_token(),
        "peer": request.peer().map(|peer| peer.to_string()),
        "user_agent": request.user_agent(),
        "host": request.host(),
        "scheme": request.scheme(),
        "port": request.port(),
        "path": request.uri().path(),
        "query": request.uri().query(),
        "x_headers": request.x_headers().collect::<Vec<_>>(),
        "sec_websocket_headers": request.sec_websocket_headers().collect::<Vec<_>>(),
        "trace_context_headers": request.trace_context_headers().collect::<Vec<_>>(),
        "session": request.session().map(|session| json!({ "user_id": session.get::<u32>("user_id") })),
    })
}

/// An application with witnesses.
pub(crate) struct Site {
    pub(crate) app: Router,
    seen: Seen,
}

impl Site {
    /// One witness at `/socket`, with options.
    pub(crate) fn new(options: impl FnOnce(SocketMount<Witness>) -> SocketMount<Witness>) -> Site {
        let endpoint = Endpoint::builder().build().unwrap();
        Site::of(options(endpoint.socket("/socket")).into_router())
    }

    /// Any application.
    pub(crate) fn of(app: Router) -> Site {
        let seen = Seen::default();
        Site { app: app.layer(axum::Extension(seen.clone())), seen }
    }

    pub(crate) async fn send(&self, request: Builder) -> Answer {
        send(&self.app, request.body(Body::empty()).unwrap()).await
    }

    /// Connects and returns what `connect` was told.
    pub(crate) async fn connect(&self, via: Via, request: Builder) -> Value {
        let before = self.connects();
        let answer = self.send(request).await;
        assert!(via.is_accepted(&answer), "{via:?}: {answer:?}");
        assert_eq!(self.connects(), before + 1);
        self.last()
    }

    /// How often `connect` was called.
    pub(crate) fn connects(&self) -> usize {
        self.seen.0.lock().unwrap().len()
    }

    /// What the last `connect` was told.
    pub(crate) fn last(&self) -> Value {
        self.seen.0.lock().unwrap().last().unwrap().clone()
    }
}
