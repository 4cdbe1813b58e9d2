//! A client without a network, which keeps its lists of presences as the official client does.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use firecrest::Endpoint;
use firecrest::prelude::*;
use firecrest::testing::{TestConnection, TestRequest};
use firecrest::wire::client::{Heard, decode_text};
use firecrest::wire::{Message, Name, Payload, ProtocolVersion, Ref, Text};
use serde_json::Value;
use tokio::time::sleep;

/// Presences by key, each with its metas.
pub(crate) type State = BTreeMap<String, Value>;

/// A client and its connection.
pub(crate) struct Client {
    connection: TestConnection,
    last_ref: u64,
    rooms: HashMap<String, Room>,
    replies: HashMap<u64, (String, Value)>,
    pub(crate) closed: bool,
}

/// One channel of a client.
#[derive(Default)]
pub(crate) struct Room {
    join_ref: Option<u64>,
    /// The join whose state has come.
    synced: Option<u64>,
    pub(crate) state: State,
    pending: Vec<Value>,
    /// What the channel was told, in order: event and payload.
    pub(crate) heard: VecDeque<(String, Value)>,
}

impl Client {
    pub(crate) async fn connect<S: Socket>(endpoint: &Endpoint) -> Self {
        let connection = TestConnection::connect::<S>(endpoint, TestRequest::default()).await.unwrap();
        let (rooms, replies) = (HashMap::new(), HashMap::new());
        Client { connection, last_ref: 0, rooms, replies, closed: false }
    }

    /// Joins, for the first time or again, and waits until all that comes of it has come.
    pub(crate) async fn join(&mut self, topic: &str, params: Value) -> Value {
        let reference = self.say(topic, "phx_join", params).await;
        self.settle().await;
        self.replies.remove(&reference).unwrap().1
    }

    /// Asks the channel, and waits until all that comes of it has come. The status and the response.
    pub(crate) async fn ask(&mut self, topic: &str, event: &str, payload: Value) -> (String, Value) {
        let reference = self.say(topic, event, payload).await;
        self.settle().await;
        self.replies.remove(&reference).unwrap()
    }

    /// Says something.
    pub(crate) async fn say(&mut self, topic: &str, event: &str, payload: Value) -> u64 {
        self.last_ref += 1;
        let reference = self.last_ref;
        let room = self.rooms.entry(topic.to_owned()).or_default();
        if event == "phx_join" {
            room.join_ref = Some(reference);
        }
        let message = Message {
            join_ref: Ref::from(room.join_ref.unwrap()),
            reference: Ref::from(reference),
            topic: Name::from(topic),
            event: Name::from(event),
            payload: Payload::Json(Text::from(payload.to_string())),
        };
        poll_fn(|cx| self.connection.poll_room(cx)).await;
        self.connection.send(message);
        reference
    }

    /// Waits until nothing happens by itself any more, and takes what has come.
    pub(crate) async fn settle(&mut self) {
        sleep(Duration::from_millis(1)).await;
        while poll_fn(|cx| Poll::Ready(self.take(cx))).await {
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Listens until the server hangs up.
    pub(crate) async fn until_closed(&mut self) {
        while !self.closed {
            self.settle().await;
        }
    }

    pub(crate) async fn after(&mut self, time: Duration) {
        sleep(time).await;
        self.settle().await;
    }

    /// Takes what has come; whether there was anything.
    fn take(&mut self, cx: &mut std::task::Context<'_>) -> bool {
        match self.connection.poll_receive(cx) {
            Poll::Ready(Ok(frames)) => {
                for frame in frames {
                    let text = Text::try_from(frame.payload()).unwrap();
                    self.hear(&decode_text(ProtocolVersion::V2, &text).unwrap());
                }
                true
            }
            Poll::Ready(Err(_)) => !std::mem::replace(&mut self.closed, true),
            Poll::Pending => false,
        }
    }

    fn hear(&mut self, heard: &Heard) {
        let payload: Value = heard.payload.parse().unwrap();
        let number = |reference: &Ref| reference.as_text().parse::<u64>().ok();
        if let Some(status) = &heard.status {
            let status = status.to_string();
            self.replies.insert(number(&heard.reference).unwrap(), (status, payload));
            return;
        }
        let room = self.rooms.get_mut(heard.topic.as_str().unwrap()).unwrap();
        let join_ref = number(&heard.join_ref);
        // What is said to an earlier join is ignored.
        if join_ref.is_none() || join_ref == room.join_ref {
            room.hear(&heard.event, &payload);
        }
    }

    /// Hangs up.
    pub(crate) async fn close(&mut self) {
        self.connection.close();
        self.settle().await;
    }

    /// What a channel was told since it was last asked.
    pub(crate) fn heard(&mut self, topic: &str) -> Vec<(String, Value)> {
        self.room(topic).heard.drain(..).collect()
    }

    /// Whether a channel has said that it is joined.
    pub(crate) fn has_joined(&self, topic: &str) -> bool {
        let join_ref = self.rooms.get(topic).and_then(|room| room.join_ref);
        join_ref.is_some_and(|join_ref| self.replies.contains_key(&join_ref))
    }

    /// Whether a state is still to come.
    pub(crate) fn is_waiting(&self, topic: &str) -> bool {
        self.rooms.get(topic).is_some_and(|room| !room.is_synced())
    }

    pub(crate) fn room(&mut self, topic: &str) -> &mut Room {
        self.rooms.get_mut(topic).unwrap()
    }

    /// Who the client thinks is there, without refs.
    pub(crate) fn present(&mut self, topic: &str) -> Value {
        plain(&self.room(topic).state)
    }
}

impl Room {
    /// Whether a state has come since the last join.
    pub(crate) fn is_synced(&self) -> bool {
        self.join_ref.is_some() && self.synced == self.join_ref
    }

    fn hear(&mut self, event: &str, payload: &Value) {
        self.heard.push_back((event.to_owned(), payload.clone()));
        match event {
            "presence_state" => {
                self.synced = self.join_ref;
                self.sync_state(payload);
                for diff in std::mem::take(&mut self.pending) {
                    self.sync_diff(&diff["joins"], &diff["leaves"]);
                }
            }
            "presence_diff" if self.is_synced() => self.sync_diff(&payload["joins"], &payload["leaves"]),
            "presence_diff" => self.pending.push(payload.clone()),
            _ => {}
        }
    }

    /// The differences between the state and the new one, as a diff.
    fn sync_state(&mut self, new: &Value) {
        let new = new.as_object().unwrap();
        let (mut joins, mut leaves) = (State::new(), State::new());
        for (key, presence) in &self.state {
            if !new.contains_key(key) {
                leaves.insert(key.clone(), presence.clone());
            }
        }
        for (key, presence) in new {
            let Some(current) = self.state.get(key) else {
                joins.insert(key.clone(), presence.clone());
                continue;
            };
            let (now, before) = (refs(presence), refs(current));
            let only = |presence: &Value, others: &[String]| {
                let metas = metas(presence).iter().filter(|meta| !others.contains(&reference(meta)));
                metas.cloned().collect::<Vec<_>>()
            };
            let with = |presence: &Value, metas: Vec<Value>| {
                let mut presence = presence.clone();
                presence["metas"] = Value::Array(metas);
                presence
            };
            let (joined, left) = (only(presence, &before), only(current, &now));
            if !joined.is_empty() {
                joins.insert(key.clone(), with(presence, joined));
            }
            if !left.is_empty() {
                leaves.insert(key.clone(), with(current, left));
            }
        }
        self.sync_diff(&json!(joins), &json!(leaves));
    }

    fn sync_diff(&mut self, joins: &Value, leaves: &Value) {
        for (key, presence) in joins.as_object().unwrap() {
            let mut new = presence.clone();
            if let Some(current) = self.state.get(key) {
                let refs = refs(&new);
                let kept = metas(current).iter().filter(|meta| !refs.contains(&reference(meta)));
                let all: Vec<Value> = kept.chain(metas(presence)).cloned().collect();
                new["metas"] = Value::Array(all);
            }
            self.state.insert(key.clone(), new);
        }
        for (key, presence) in leaves.as_object().unwrap() {
            let Some(current) = self.state.get_mut(key) else { continue };
            let gone = refs(presence);
            let left = metas(current).iter().filter(|meta| !gone.contains(&reference(meta)));
            let left: Vec<Value> = left.cloned().collect();
            current["metas"] = Value::Array(left.clone());
            if left.is_empty() {
                self.state.remove(key);
            }
        }
    }
}

fn metas(presence: &Value) -> &Vec<Value> {
    presence["metas"].as_array().unwrap()
}

fn reference(meta: &Value) -> String {
    meta["phx_ref"].as_str().unwrap().to_owned()
}

fn refs(presence: &Value) -> Vec<String> {
    metas(presence).iter().map(reference).collect()
}

/// Presences without what differs from run to run, their metas sorted.
pub(crate) fn plain(state: impl serde::Serialize) -> Value {
    let mut state = serde_json::to_value(state).unwrap();
    for presence in state.as_object_mut().unwrap().values_mut() {
        for meta in presence["metas"].as_array_mut().unwrap() {
            let meta = meta.as_object_mut().unwrap();
            meta.remove("phx_ref").unwrap();
            meta.remove("phx_ref_prev");
        }
        presence["metas"].as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    state
}

/// Presences with their refs, their metas sorted.
pub(crate) fn exact(state: impl serde::Serialize) -> Value {
    let mut state = serde_json::to_value(state).unwrap();
    for presence in state.as_object_mut().unwrap().values_mut() {
        presence["metas"].as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    state
}
