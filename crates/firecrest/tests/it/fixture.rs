//! One socket whose channels do what tests ask them to, and a probe to look inside.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use firecrest::channel::ChannelHandle;
use firecrest::prelude::*;
use firecrest::socket::SocketMount;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::channels::{Crashing, Labelled, Narrow, Plain, Refusing};
use crate::support::{Server, endpoint, soon, until};

/// A server with [`TestSocket`] at `/socket`.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) probe: Probe,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::mounted(|mount| mount).await
    }

    pub(crate) async fn mounted(
        options: impl FnOnce(SocketMount<TestSocket>) -> SocketMount<TestSocket>,
    ) -> Self {
        let endpoint = endpoint();
        let router = options(endpoint.socket("/socket")).into_router();
        Self::serve(endpoint, router).await
    }

    /// Serves the socket at several paths.
    pub(crate) async fn mounted_at(paths: &[&str]) -> Self {
        let endpoint = endpoint();
        let mounts = paths.iter().map(|path| endpoint.socket::<TestSocket>(path));
        let router = mounts.fold(Router::new(), Router::merge);
        Self::serve(endpoint, router).await
    }

    async fn serve(endpoint: Endpoint, router: Router) -> Self {
        let probe = Probe::new();
        let app = router.layer(axum::Extension(probe.clone()));
        Fixture { server: Server::start(endpoint, app).await, probe }
    }

    /// Waits until nobody is connected any more.
    pub(crate) async fn until_nobody_is_connected(&self) {
        until(|| self.endpoint.connections() == 0).await;
    }
}

impl Deref for Fixture {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// What the channels of one server share with the test.
#[derive(Clone)]
pub(crate) struct Probe(Arc<Inner>);

struct Inner {
    ended: mpsc::UnboundedSender<(String, Option<Reason>)>,
    endings: tokio::sync::Mutex<mpsc::UnboundedReceiver<(String, Option<Reason>)>>,
    gate: Semaphore,
    handles: Mutex<HashMap<String, ChannelHandle<RoomInfo>>>,
    held: Mutex<Vec<DeferredReply>>,
}

impl Probe {
    pub(crate) fn new() -> Self {
        let (ended, endings) = mpsc::unbounded_channel();
        Probe(Arc::new(Inner {
            ended,
            endings: tokio::sync::Mutex::new(endings),
            gate: Semaphore::new(0),
            handles: Mutex::default(),
            held: Mutex::default(),
        }))
    }

    /// Waits for the next channel to be gone: its topic, and the reason its `terminate` was told, if it was called.
    pub(crate) async fn ended(&self) -> (String, Option<Reason>) {
        let mut endings = self.0.endings.lock().await;
        soon(endings.recv()).await.unwrap()
    }

    /// Expects the next channel to be gone to be this one, its `terminate` having been told this reason.
    pub(crate) async fn expect_ended(&self, topic: &str, reason: Reason) {
        assert_eq!(self.ended().await, (topic.to_owned(), Some(reason)));
    }

    /// Lets so many callbacks pass that wait at the gate.
    pub(crate) fn open_gate(&self, callbacks: usize) {
        self.0.gate.add_permits(callbacks);
    }

    pub(crate) async fn pass_gate(&self) {
        self.0.gate.acquire().await.unwrap().forget();
    }

    /// The handle of the last room with this topic.
    pub(crate) async fn handle(&self, topic: &str) -> ChannelHandle<RoomInfo> {
        until(|| self.0.handles.lock().unwrap().contains_key(topic)).await;
        self.0.handles.lock().unwrap()[topic].clone()
    }

    /// How many replies the rooms hold.
    pub(crate) fn held(&self) -> usize {
        self.0.held.lock().unwrap().len()
    }

    /// A reply that a room was told to hold: the last one.
    pub(crate) async fn take_held(&self) -> DeferredReply {
        until(|| self.held() > 0).await;
        self.0.held.lock().unwrap().pop().unwrap()
    }
}

pub(crate) struct TestSocket {
    pub(crate) probe: Probe,
    id: Option<String>,
}

impl Socket for TestSocket {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        match request.param("refuse") {
            Some("too many") => return Err(Refused::status(StatusCode::TOO_MANY_REQUESTS, "too many")),
            Some("panic") => panic!("connect panics"),
            Some(reason) => return Err(Refused::new(reason)),
            None => {}
        }
        let probe = request.extension::<Probe>().expect("the fixture gives one");
        Ok(TestSocket { probe: probe.clone(), id: request.param("id").map(Into::into) })
    }

    fn id(&self) -> Option<String> {
        self.id.clone()
    }

    fn channels() -> Channels<Self> {
        Channels::new()
            .route::<Room>("room:*")
            .route::<Labelled>("food*")
            .with("first")
            .route::<Labelled>("foo*")
            .with("second")
            .route::<Labelled>("exact")
            .route::<Refusing>("refusing:*")
            .route::<Crashing>("crashing:*")
            .route::<Plain>("plain")
            .route::<Narrow>("narrow")
            .route::<Room>("phoenix")
    }
}

/// A channel that does what it is told.
pub(crate) struct Room {
    probe: Probe,
    topic: String,
    reason: Option<Reason>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoomIn {
    Echo(Raw),
    Ack,
    Ignore,
    Refuse(Value),
    Custom(Value),
    Push(Value),
    PushThenReply,
    PushBinary(Binary),
    Reverse(Binary),
    Transport,
    Broadcast(Value),
    BroadcastFrom(Value),
    LocalBroadcast(Value),
    LocalBroadcastFrom(Value),
    Boom,
    Stop,
    StopWithReply(Value),
    StopWithError,
    /// Gives the right to reply to the probe.
    Hold,
    /// Waits at the gate, then replies.
    Wait,
    PushList,
    BroadcastList,
    ReplyUnencodable,
    ReplyBinary,
    Subscribe {
        topic: String,
    },
    Unsubscribe {
        topic: String,
    },
    PushLater,
    PresenceDiff,
    #[serde(rename = "phx_*")]
    Phoenix(String),
}

pub(crate) enum RoomInfo {
    Hello,
    Push(Value),
    Broadcast(Value),
    Ask(oneshot::Sender<String>),
    Stop,
    Crash,
    DeferReply,
    Reply,
}

impl Channel<TestSocket> for Room {
    type In = RoomIn;
    type Info = RoomInfo;

    const INTERCEPT: &'static [&'static str] = &["intercepted", "last_words"];
    const MAX_DEFERRED: usize = 4;

    /// A payload with a `reply` is answered with it, one with `refuse` is refused. `room:slow…` waits at the gate,
    /// `room:…greeting` pushes at once.
    async fn join(request: Join<'_, TestSocket>) -> Result<Joined<Self, RoomInfo>, Rejected> {
        let probe = request.socket().probe.clone();
        if request.splat().starts_with("slow") {
            probe.pass_gate().await;
        }
        let params: Option<serde_json::Map<String, Value>> = request.params().ok();
        let param = |name| params.as_ref().and_then(|params| params.get(name));
        if param("refuse").is_some() {
            return Err(Rejected::reason("told to"));
        }
        let room = Room { probe, topic: request.topic().into(), reason: None };
        let mut joined = Joined::new(room).then(RoomInfo::Hello);
        if request.splat().ends_with("greeting") {
            joined = joined.then(RoomInfo::Push(json!({"a": 1})));
        }
        Ok(match param("reply") {
            Some(reply) => joined.with_reply(reply),
            None => joined,
        })
    }

    async fn handle_in(&mut self, event: RoomIn, cx: &mut Context<'_, RoomInfo>) -> Outcome {
        match event {
            RoomIn::Echo(Raw(payload)) => Reply::payload("ok", payload).into(),
            RoomIn::Ack => Reply::empty().into(),
            RoomIn::Ignore => Outcome::NoReply,
            RoomIn::Refuse(payload) => Reply::error(payload).into(),
            RoomIn::Custom(payload) => Reply::with_status("custom_status", payload).into(),
            RoomIn::Reverse(Binary(bytes)) => {
                Reply::binary(bytes.iter().rev().copied().collect::<Vec<_>>()).into()
            }
            RoomIn::Transport => Reply::ok(json!({"transport": cx.transport().as_str()})).into(),
            RoomIn::Boom => panic!("boom"),
            RoomIn::Stop => Stop::normal().into(),
            RoomIn::StopWithReply(payload) => Stop::normal().with_reply(payload).into(),
            RoomIn::StopWithError => Stop::error("told to").into(),
            RoomIn::Wait => {
                self.probe.pass_gate().await;
                Reply::empty().into()
            }
            RoomIn::Hold => {
                self.probe.0.held.lock().unwrap().push(cx.defer_reply());
                Outcome::NoReply
            }
            RoomIn::PushThenReply => {
                cx.push("first", &json!({}));
                cx.push("second", &json!({}));
                Reply::empty().into()
            }
            RoomIn::ReplyUnencodable => Reply::ok(HashMap::from([((1, 2), 3)])).into(),
            RoomIn::ReplyBinary => Reply::binary(vec![1, 2, 3]).into(),
            RoomIn::PresenceDiff => Reply::ok(json!({"event": "presence_diff"})).into(),
            RoomIn::Phoenix(rest) => Reply::ok(json!({"event": format!("phx_{rest}")})).into(),
            quiet => {
                self.act(quiet, cx);
                Outcome::NoReply
            }
        }
    }

    async fn handle_out(&mut self, broadcast: &Broadcast, cx: &mut Context<'_, RoomInfo>) -> Outcome {
        if broadcast.event() == "last_words" {
            return Stop::normal().into();
        }
        let payload: Value = broadcast.payload().parse().unwrap();
        cx.push(broadcast.event(), &json!({"transport": cx.transport().as_str(), "was": payload}));
        Outcome::NoReply
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, cx: &mut Context<'_, RoomInfo>) -> Outcome {
        let payload: Value = broadcast.payload().parse().unwrap();
        cx.push(
            "foreign",
            &json!({"topic": broadcast.topic(), "event": broadcast.event(), "payload": payload}),
        );
        Outcome::NoReply
    }

    async fn handle_info(&mut self, info: RoomInfo, cx: &mut Context<'_, RoomInfo>) -> Outcome {
        match info {
            RoomInfo::Hello => {
                self.probe.0.handles.lock().unwrap().insert(self.topic.clone(), cx.handle());
            }
            RoomInfo::Push(payload) => cx.push("pushed", &payload),
            RoomInfo::Broadcast(payload) => cx.broadcast("told", &payload),
            RoomInfo::Ask(answer) => drop(answer.send(cx.topic().to_owned())),
            RoomInfo::Stop => return Stop::normal().into(),
            RoomInfo::Crash => panic!("crash"),
            RoomInfo::DeferReply => drop(cx.defer_reply()),
            RoomInfo::Reply => return Reply::empty().into(),
        }
        Outcome::NoReply
    }

    /// `…farewell` pushes once more, `…stuck` never returns.
    async fn terminate(&mut self, reason: &Reason, cx: &mut Context<'_, RoomInfo>) {
        if self.topic.ends_with("farewell") {
            cx.push("terminating", &json!({}));
        }
        if self.topic.ends_with("stuck") {
            std::future::pending::<()>().await;
        }
        if self.topic.ends_with("lingering") {
            self.probe.pass_gate().await;
        }
        self.reason = Some(reason.clone());
    }
}

impl Room {
    /// What is told without being answered.
    fn act(&self, event: RoomIn, cx: &mut Context<'_, RoomInfo>) {
        match event {
            RoomIn::Push(payload) => cx.push("pushed", &payload),
            RoomIn::PushBinary(Binary(bytes)) => cx.push_payload("pushed", &Payload::Binary(bytes)),
            RoomIn::Broadcast(payload) => cx.broadcast("shouted", &payload),
            RoomIn::BroadcastFrom(payload) => cx.broadcast_from("shouted", &payload),
            RoomIn::LocalBroadcast(payload) => cx.local_broadcast("shouted", &payload),
            RoomIn::LocalBroadcastFrom(payload) => cx.local_broadcast_from("shouted", &payload),
            RoomIn::PushList => cx.push("pushed", &[1, 2]),
            RoomIn::BroadcastList => cx.broadcast("shouted", &[1, 2]),
            RoomIn::Subscribe { topic } => cx.subscribe(&topic),
            RoomIn::Unsubscribe { topic } => cx.unsubscribe(&topic),
            RoomIn::PushLater => {
                let never = cx.send_after(Duration::from_millis(1), RoomInfo::Crash);
                cx.send_after(Duration::from_millis(2), RoomInfo::Push(json!({"later": true})));
                assert!(cx.cancel(never));
                assert!(!cx.cancel(never));
            }
            _ => unreachable!("handle_in answers the rest"),
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.probe.0.handles.lock().unwrap().remove(&self.topic);
        let _ = self.probe.0.ended.send((self.topic.clone(), self.reason.take()));
    }
}
