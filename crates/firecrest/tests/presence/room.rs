//! The channel that all tests use, and the nodes that it is on.

use std::time::Duration;

use firecrest::Endpoint;
use firecrest::prelude::*;
use firecrest::presence::{PresenceOptions, TrackError};
use firecrest::pubsub::cluster::InProcess;
use serde::Deserialize;
use serde_json::Value;

use crate::client::Client;

pub(crate) struct User;

impl Socket for User {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(User)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Room>("room:*")
    }
}

pub(crate) struct Room;

/// What a client does when it joins; nothing is done that it does not ask for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Enter {
    /// Who it is.
    key: Option<String>,
    /// What is said.
    meta: Value,
    /// Whether it wants the state, before it is tracked.
    state: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum In {
    Track { key: Value, meta: Value },
    Update { key: String, meta: Value },
    Untrack { key: String },
    State {},
    Crash {},
}

impl Channel<User> for Room {
    type In = In;
    type Info = Enter;

    async fn join(request: Join<'_, User>) -> Result<Joined<Self, Enter>, Rejected> {
        Ok(Joined::new(Room).then(request.params().unwrap()))
    }

    async fn handle_info(&mut self, enter: Enter, cx: &mut Context<'_, Enter>) -> Outcome {
        if enter.state {
            cx.push_presence_state().await;
        }
        if let Some(key) = enter.key {
            cx.track(key, &enter.meta).unwrap();
        }
        Outcome::NoReply
    }

    async fn handle_in(&mut self, event: In, cx: &mut Context<'_, Enter>) -> Outcome {
        match event {
            In::Track { key: Value::Number(key), meta } => answer(cx.track(key, &meta)),
            In::Track { key, meta } => answer(cx.track(key.as_str().unwrap(), &meta)),
            In::Update { key, meta } => answer(cx.update_presence(key, &meta)),
            In::Untrack { key } => Reply::ok(json!({ "was": cx.untrack(key) })).into(),
            In::State {} => {
                cx.push_presence_state().await;
                Reply::ok(json!({})).into()
            }
            In::Crash {} => panic!("on purpose"),
        }
    }
}

fn answer(result: Result<(), TrackError>) -> Outcome {
    match result {
        Ok(()) => Reply::ok(json!({})).into(),
        Err(error) => Reply::error(json!({ "reason": error.to_string() })).into(),
    }
}

/// Options that leave a test in peace: as many calls as it likes.
pub(crate) fn options() -> PresenceOptions {
    PresenceOptions::new().calls(usize::MAX, Duration::ZERO)
}

/// A single node.
pub(crate) fn endpoint(options: PresenceOptions) -> Endpoint {
    Endpoint::builder().node("alone").secret_key_base("s".repeat(64)).presence(options).build().unwrap()
}

/// Nodes `a`, `b`, `c`, …, as many as there are options.
pub(crate) fn nodes<const N: usize>(options: [PresenceOptions; N]) -> (InProcess, [Endpoint; N]) {
    let cluster = InProcess::new();
    let mut names = ["a", "b", "c", "d"].into_iter();
    let nodes = options.map(|options| node(&cluster, names.next().unwrap(), options));
    (cluster, nodes)
}

pub(crate) fn node(cluster: &InProcess, name: &str, options: PresenceOptions) -> Endpoint {
    let builder = Endpoint::builder().node(name).secret_key_base("s".repeat(64));
    builder.cluster(cluster.node()).presence(options).build().unwrap()
}

/// A client that has joined a room and was given its state.
pub(crate) async fn guest(endpoint: &Endpoint, topic: &str) -> Client {
    let mut client = Client::connect::<User>(endpoint).await;
    client.join(topic, json!({ "state": true })).await;
    client
}

/// A client that has joined a room, was given its state, and is tracked.
pub(crate) async fn member(endpoint: &Endpoint, topic: &str, key: &str, meta: Value) -> Client {
    let mut client = Client::connect::<User>(endpoint).await;
    client.join(topic, json!({ "state": true, "key": key, "meta": meta })).await;
    client
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Longer than two nodes need to meet, or to hear of each other's changes.
pub(crate) const SOON: Duration = Duration::from_secs(4);
