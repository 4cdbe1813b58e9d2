//! A server on a port of its own, and clients that say and expect exact frames.
//!
//! Frames are written as the arrays of protocol version 2, `[join_ref, ref, topic, event, payload]`. A client of version
//! 1 sends and expects the objects that mean the same, so that one test proves both.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use firecrest::prelude::*;
use firecrest::socket::SocketMount;
use firecrest::wire::websocket::client::ClientDecoder;
use firecrest::wire::websocket::{DecoderLimits, Item};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long anything that must happen may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Both protocol versions.
pub(crate) const BOTH: [Version; 2] = [Version::V1, Version::V2];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

impl Version {
    /// The `vsn` parameter.
    pub(crate) fn vsn(self) -> &'static str {
        match self {
            Version::V1 => "1.0.0",
            Version::V2 => "2.0.0",
        }
    }
}

/// The output of a future that must be ready soon.
#[track_caller]
pub(crate) fn soon<T>(future: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(PATIENCE, future).await {
            Ok(output) => output,
            Err(_) => panic!("waited in vain at {caller}"),
        }
    }
}

/// Waits for a condition.
#[track_caller]
pub(crate) fn until(condition: impl Fn() -> bool) -> impl Future<Output = ()> {
    soon(async move {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
}

/// An endpoint with its defaults.
pub(crate) fn endpoint() -> Endpoint {
    Endpoint::builder().build().unwrap()
}

/// A server that ends with the test.
pub(crate) struct Server {
    pub(crate) endpoint: Endpoint,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves `S` at `/socket`, with its defaults.
    pub(crate) async fn new<S: Socket>() -> Server {
        Self::mounted::<S>(|mount| mount).await
    }

    /// Serves `S` at `/socket`, with options.
    pub(crate) async fn mounted<S: Socket>(options: impl FnOnce(SocketMount<S>) -> SocketMount<S>) -> Server {
        let endpoint = endpoint();
        let router = options(endpoint.socket::<S>("/socket")).into_router();
        Self::start(endpoint, router).await
    }

    /// Serves an application.
    pub(crate) async fn start(endpoint: Endpoint, app: Router) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = endpoint.clone();
        let task = tokio::spawn(async move {
            serving.serve_until(listener, app, async move { drop(stopped.await) }).await;
        });
        Server { endpoint, address, stop: Some(stop), task }
    }

    /// Tells the server to stop, without waiting.
    pub(crate) fn begin_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Stops the server and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.begin_stop();
        soon(&mut self.task).await.unwrap();
    }

    /// A client of version 2 at `/socket/websocket`.
    pub(crate) async fn connect(&self) -> Client {
        self.connect_as(Version::V2).await
    }

    /// A client at `/socket/websocket`.
    pub(crate) async fn connect_as(&self, version: Version) -> Client {
        self.open(version, &format!("/socket/websocket?vsn={}", version.vsn())).await
    }

    /// A client at any path and query; `version` is how it speaks.
    pub(crate) async fn open(&self, version: Version, path: &str) -> Client {
        match self.try_open(version, self.request(path)).await {
            Ok((client, _)) => client,
            Err(status) => panic!("{path}: {status}"),
        }
    }

    /// A handshake to send with [`try_open`](Self::try_open), maybe with more headers.
    pub(crate) fn request(&self, path: &str) -> Request {
        format!("ws://{}{path}", self.address).into_client_request().unwrap()
    }

    /// Sends a handshake. The error is the status of the answer.
    pub(crate) async fn try_open(
        &self,
        version: Version,
        request: Request,
    ) -> Result<(Client, Response), u16> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        handshake(version, request, stream).await
    }

    /// A client at any path and query, on a TCP connection that was made with care.
    pub(crate) async fn open_on(&self, version: Version, path: &str, stream: TcpStream) -> Client {
        handshake(version, self.request(path), stream).await.map(|(client, _)| client).unwrap()
    }

    /// A connected client of version 2 that can send any bytes.
    pub(crate) async fn raw(&self) -> RawClient {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
                    upgrade: websocket\r\nsec-websocket-version: 13\r\n\
                    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(soon(stream.read_u8()).await.unwrap());
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        RawClient { stream, decoder: ClientDecoder::new(DecoderLimits::default()), received: Vec::new() }
    }

    /// Sends bytes as an HTTP request and returns everything that is answered until the server hangs up: ask it to with
    /// `connection: close`.
    pub(crate) async fn http(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        soon(stream.read_to_string(&mut answer)).await.unwrap();
        answer
    }
}

async fn handshake(version: Version, request: Request, stream: TcpStream) -> Result<(Client, Response), u16> {
    match soon(client_async(request, stream)).await {
        Ok((socket, response)) => Ok((Client { socket, version }, response)),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// A client that expects every frame in its place.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
    version: Version,
}

impl Client {
    /// Sends a frame, given in the form of version 2.
    pub(crate) async fn send(&mut self, frame: Value) {
        let text = match self.version {
            Version::V1 => v1_from_client(&frame),
            Version::V2 => frame.to_string(),
        };
        self.send_text(&text).await;
    }

    /// Sends any text.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send_message(Message::text(text)).await;
    }

    /// Sends a binary frame.
    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        self.send_message(Message::binary(bytes.to_vec())).await;
    }

    /// Sends any message.
    pub(crate) async fn send_message(&mut self, message: Message) {
        soon(self.socket.send(message)).await.unwrap();
    }

    /// The next message, whatever it is.
    #[track_caller]
    pub(crate) fn next(&mut self) -> impl Future<Output = Message> {
        let next = soon(self.socket.next());
        async { next.await.expect("the server hung up").expect("the connection broke") }
    }

    /// The next message, which must be JSON; as it came.
    #[track_caller]
    pub(crate) fn next_json(&mut self) -> impl Future<Output = Value> {
        let next = self.next();
        async {
            match next.await {
                Message::Text(text) => serde_json::from_str(&text).unwrap(),
                other => panic!("expected text, got {other:?}"),
            }
        }
    }

    /// The next message, which must be binary.
    #[track_caller]
    pub(crate) fn next_binary(&mut self) -> impl Future<Output = Vec<u8>> {
        let next = self.next();
        async {
            match next.await {
                Message::Binary(bytes) => bytes.to_vec(),
                other => panic!("expected binary, got {other:?}"),
            }
        }
    }

    /// Expects the next frame to be this one, given in the form of version 2.
    #[track_caller]
    pub(crate) fn expect(&mut self, frame: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        let expected = match self.version {
            Version::V1 => v1_from_server(&frame),
            Version::V2 => frame,
        };
        let next = self.next_json();
        async move {
            let received = next.await;
            assert_eq!(received, expected, "at {caller}");
        }
    }

    /// Expects these frames, whatever their order.
    pub(crate) async fn expect_in_any_order(&mut self, frames: impl IntoIterator<Item = Value>) {
        let mut expected: Vec<_> = frames.into_iter().map(|frame| self.written(frame)).collect();
        while !expected.is_empty() {
            let received = self.next_json().await;
            let at = expected.iter().position(|frame| *frame == received);
            let at = at.unwrap_or_else(|| panic!("got {received}, expected one of {expected:?}"));
            expected.swap_remove(at);
        }
    }

    fn written(&self, frame: Value) -> Value {
        match self.version {
            Version::V1 => v1_from_server(&frame),
            Version::V2 => frame,
        }
    }

    /// Expects a `phx_reply` with status `ok`.
    #[track_caller]
    pub(crate) fn expect_ok(
        &mut self,
        join_ref: impl Into<Value>,
        reference: impl Into<Value>,
        topic: &str,
        response: Value,
    ) -> impl Future<Output = ()> {
        let reply = json!({ "status": "ok", "response": response });
        self.expect(json!([join_ref.into(), reference.into(), topic, "phx_reply", reply]))
    }

    /// Expects a `phx_reply` with status `error`.
    #[track_caller]
    pub(crate) fn expect_error(
        &mut self,
        join_ref: impl Into<Value>,
        reference: impl Into<Value>,
        topic: impl Into<Value>,
        response: Value,
    ) -> impl Future<Output = ()> {
        let reply = json!({ "status": "error", "response": response });
        self.expect(json!([join_ref.into(), reference.into(), topic.into(), "phx_reply", reply]))
    }

    /// Expects the answer to a message for a topic that is not joined.
    #[track_caller]
    pub(crate) fn expect_unmatched(
        &mut self,
        reference: impl Into<Value>,
        topic: impl Into<Value>,
    ) -> impl Future<Output = ()> {
        self.expect_error(Value::Null, reference, topic, json!({ "reason": "unmatched topic" }))
    }

    /// Joins a topic with an empty payload; the reply must be empty too. `reference` is ref and join ref.
    pub(crate) async fn join(&mut self, reference: &str, topic: &str) {
        self.send(json!([reference, reference, topic, "phx_join", {}])).await;
        self.expect_ok(reference, reference, topic, json!({})).await;
    }

    /// Expects that nothing has been sent: the answer to a heartbeat is the next frame.
    pub(crate) async fn expect_silence(&mut self) {
        self.send(json!([null, "silence", "phoenix", "heartbeat", {}])).await;
        self.expect_ok(Value::Null, "silence", "phoenix", json!({})).await;
    }

    /// Expects a close frame with this code and no reason, then the end.
    #[track_caller]
    pub(crate) fn expect_close(&mut self, code: u16) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            match self.next().await {
                Message::Close(Some(frame)) => {
                    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (code, ""), "at {caller}");
                }
                other => panic!("expected a close frame, got {other:?} at {caller}"),
            }
            let rest = soon(self.socket.next()).await;
            assert!(rest.is_none_or(|rest| rest.is_err()), "more after the close frame at {caller}");
        }
    }

    /// Skips everything up to the close frame and returns its code.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.next().await {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }
}

/// The object of version 1 for what a client sends.
fn v1_from_client(frame: &Value) -> String {
    let mut object = json!({ "ref": frame[1], "topic": frame[2], "event": frame[3], "payload": frame[4] });
    if !frame[0].is_null() {
        object["join_ref"] = frame[0].clone();
    }
    object.to_string()
}

/// The object of version 1 for what a server sends: it has no join ref.
fn v1_from_server(frame: &Value) -> Value {
    json!({ "ref": frame[1], "topic": frame[2], "event": frame[3], "payload": frame[4] })
}

/// A client below the level of frames.
pub(crate) struct RawClient {
    pub(crate) stream: TcpStream,
    decoder: ClientDecoder,
    received: Vec<u8>,
}

impl RawClient {
    /// Sends bytes as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.unwrap();
    }

    /// The next message or control frame; none when the server hung up.
    pub(crate) async fn next(&mut self) -> Option<Item> {
        loop {
            let mut input = &mut self.received[..];
            let item = self.decoder.decode(&mut input).unwrap();
            let rest = input.len();
            self.received.drain(..self.received.len() - rest);
            if item.is_some() {
                return item;
            }
            if soon(self.stream.read_buf(&mut self.received)).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// Expects a close frame with this code and no reason, then that the server hangs up.
    pub(crate) async fn expect_close(&mut self, code: u16) {
        match self.next().await {
            Some(Item::Close(Some(frame))) => assert_eq!((frame.code.as_u16(), &*frame.reason), (code, "")),
            other => panic!("expected a close frame, got {other:?}"),
        }
        assert_eq!(self.next().await, None);
    }
}
