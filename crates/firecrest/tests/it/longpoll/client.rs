//! A client that polls when it is told to.

use axum::Router;
use axum::body::Body;
use firecrest::prelude::*;
use firecrest::pubsub::cluster::InProcess;
use firecrest::socket::SocketMount;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::fixture::{Probe, TestSocket};
use crate::site::{Answer, get, send};
use crate::support::Version;

pub(crate) const NDJSON: &str = "application/x-ndjson";

/// The test socket at `/socket`, without a server.
pub(crate) struct App {
    /// The node of the sessions.
    pub(crate) endpoint: Endpoint,
    pub(crate) probe: Probe,
    pub(crate) router: Router,
    /// Where a session's requests arrive: at its node, or at another one (spec §4.8).
    entrance: Router,
}

impl App {
    pub(crate) fn new() -> App {
        App::mounted(|mount| mount)
    }

    pub(crate) fn mounted(options: impl Fn(SocketMount<TestSocket>) -> SocketMount<TestSocket>) -> App {
        if crate::IS_ROUTED {
            let cluster = InProcess::new();
            let mut apps = ["entrance", "home"].map(|node| App::at(node_of(&cluster, node), &options));
            let [entrance, home] = &mut apps;
            home.entrance = entrance.router.clone();
            let [_, home] = apps;
            return home;
        }
        App::at(Endpoint::builder().build().unwrap(), options)
    }

    /// An endpoint's sessions, asked at that endpoint.
    pub(crate) fn at(
        endpoint: Endpoint,
        options: impl Fn(SocketMount<TestSocket>) -> SocketMount<TestSocket>,
    ) -> App {
        let probe = Probe::new();
        let router = options(endpoint.socket("/socket")).into_router();
        let router = router.layer(axum::Extension(probe.clone()));
        App { endpoint, probe, entrance: router.clone(), router }
    }

    /// A session of version 2.
    pub(crate) async fn open(&self) -> Client {
        self.open_as(Version::V2, "").await
    }

    /// A session with more parameters (C157: the first GET answers 410 and a token).
    pub(crate) async fn open_as(&self, version: Version, params: &str) -> Client {
        let uri = format!("/socket/longpoll?vsn={}&{params}", version.vsn());
        let answer = send(&self.router, get(&uri).body(Body::empty()).unwrap()).await.json();
        let token = answer["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        assert_eq!(answer, json!({ "status": 410, "token": token, "messages": [] }));
        Client { router: self.entrance.clone(), version, uri, token }
    }
}

/// The endpoint of a node; all nodes of a test have the same secret.
pub(crate) fn node_of(cluster: &InProcess, name: &str) -> Endpoint {
    let builder = Endpoint::builder().node(name).secret_key_base("all nodes share it".repeat(4));
    builder.cluster(cluster.node()).build().unwrap()
}

/// Everybody gets to do what they want to do now.
pub(crate) async fn settle() {
    for _ in 0..if crate::IS_ROUTED { 30 } else { 1 } {
        tokio::task::yield_now().await;
    }
}

/// One session. Frames are given and returned in the form of version 2; a version 1 client sends and gets the objects
/// that mean the same, which have no join ref.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) router: Router,
    pub(crate) version: Version,
    /// Without the token.
    pub(crate) uri: String,
    pub(crate) token: String,
}

impl Client {
    /// A GET; the whole answer.
    pub(crate) async fn get(&self) -> Answer {
        let request = get(&format!("{}&token={}", self.uri, self.token));
        send(&self.router, request.body(Body::empty()).unwrap()).await
    }

    /// A poll: what its body says.
    pub(crate) async fn poll(&self) -> Value {
        self.get().await.json()
    }

    /// A poll that hangs while the test goes on. It has begun when this returns.
    pub(crate) async fn hang(&self) -> JoinHandle<Value> {
        let client = self.clone();
        let poll = tokio::spawn(async move { client.poll().await });
        settle().await;
        poll
    }

    /// A POST of any body; the whole answer.
    pub(crate) async fn post(&self, content_type: Option<&str>, body: impl Into<Body>) -> Answer {
        let request = Request::post(format!("{}&token={}", self.uri, self.token));
        let request = match content_type {
            Some(content_type) => request.header(CONTENT_TYPE, content_type),
            None => request,
        };
        send(&self.router, request.body(body.into()).unwrap()).await
    }

    /// A POST of one batch of text lines; the status in the body.
    pub(crate) async fn post_lines(&self, lines: &[String]) -> u64 {
        status(&self.post(Some(NDJSON), lines.join("\n")).await)
    }

    /// Sends one frame, as clients of the version do; the status in the body.
    pub(crate) async fn send(&self, frame: Value) -> u64 {
        match self.version {
            Version::V1 => status(&self.post(None, v1(&frame)).await),
            Version::V2 => self.post_lines(&[frame.to_string()]).await,
        }
    }

    /// Sends one frame, which must be taken.
    #[track_caller]
    pub(crate) fn say(&self, frame: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move { assert_eq!(self.send(frame).await, 200, "at {caller}") }
    }

    /// Polls until so many messages have come.
    pub(crate) async fn receive(&self, count: usize) -> Vec<Value> {
        let mut messages = Vec::new();
        while messages.len() < count {
            let answer = self.poll().await;
            assert_eq!(
                (&answer["status"], &answer["token"]),
                (&json!(200), &json!(self.token)),
                "after {messages:?}"
            );
            messages.extend(self.messages(&answer));
        }
        messages
    }

    /// The messages of a poll.
    pub(crate) fn messages(&self, answer: &Value) -> Vec<Value> {
        let texts = answer["messages"].as_array().unwrap().iter();
        texts.map(|text| self.read(text.as_str().expect("messages are strings"))).collect()
    }

    /// Expects exactly these messages, in this order.
    #[track_caller]
    pub(crate) fn expect(&self, frames: impl IntoIterator<Item = Value>) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        let expected: Vec<_> = frames.into_iter().map(|frame| self.as_received(frame)).collect();
        async move { assert_eq!(self.receive(expected.len()).await, expected, "at {caller}") }
    }

    /// Expects that nothing comes within the window (C159).
    #[track_caller]
    pub(crate) fn expect_nothing(&self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let nothing = json!({ "status": 204, "token": self.token, "messages": [] });
            assert_eq!(self.poll().await, nothing, "at {caller}");
        }
    }

    /// Joins a topic; `reference` is ref and join ref.
    pub(crate) async fn join(&self, reference: &str, topic: &str) {
        self.say(json!([reference, reference, topic, "phx_join", {}])).await;
        self.expect([ok(json!(reference), json!(reference), topic, json!({}))]).await;
    }

    /// Expects that the session is gone: POST says so, GET makes a new one with another token.
    #[track_caller]
    pub(crate) fn expect_gone(&self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let post = self.post(Some(NDJSON), "[null,\"1\",\"phoenix\",\"heartbeat\",{}]").await;
            assert_eq!(post.json(), json!({ "status": 410 }), "at {caller}");
            let poll = self.poll().await;
            assert_eq!((&poll["status"], &poll["messages"]), (&json!(410), &json!([])), "at {caller}");
            assert!(poll["token"].as_str().is_some_and(|token| token != self.token), "{poll} at {caller}");
        }
    }

    /// A message as this client gets it.
    fn as_received(&self, mut frame: Value) -> Value {
        if self.version == Version::V1 {
            frame[0] = Value::Null;
        }
        frame
    }

    fn read(&self, text: &str) -> Value {
        let message: Value = serde_json::from_str(text).unwrap();
        match self.version {
            Version::V1 => {
                assert_eq!(message.as_object().unwrap().len(), 4, "{message}");
                json!([null, message["ref"], message["topic"], message["event"], message["payload"]])
            }
            Version::V2 => message,
        }
    }
}

/// A `phx_reply` with status `ok`.
pub(crate) fn ok(join_ref: Value, reference: Value, topic: &str, response: Value) -> Value {
    json!([join_ref, reference, topic, "phx_reply", { "status": "ok", "response": response }])
}

/// A `phx_reply` with status `error`.
pub(crate) fn error(join_ref: Value, reference: Value, topic: &str, reason: &str) -> Value {
    json!([join_ref, reference, topic, "phx_reply", { "status": "error", "response": { "reason": reason } }])
}

/// The object of version 1 for what a client sends.
pub(crate) fn v1(frame: &Value) -> String {
    let [join_ref, reference, topic, event, payload] = [0, 1, 2, 3, 4].map(|at| &frame[at]);
    let object =
        json!({ "join_ref": join_ref, "ref": reference, "topic": topic, "event": event, "payload": payload });
    object.to_string()
}

fn status(answer: &Answer) -> u64 {
    let body = answer.json();
    assert_eq!(
        body.as_object().unwrap().len(),
        1,
        "{body}: a POST is answered with a status and nothing else"
    );
    body["status"].as_u64().unwrap()
}
