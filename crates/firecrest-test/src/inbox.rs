//! What the client of a test has heard.

use std::collections::VecDeque;
use std::time::Duration;

use firecrest::testing::TestConnection;
use firecrest::wire::client::{self, Heard};
use firecrest::wire::websocket::{CloseCode, Opcode};
use firecrest::wire::{Message, Name, Payload, ProtocolVersion, Ref, Text};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

/// How long to wait for a message (spec §9).
const TIMEOUT: Duration = Duration::from_millis(100);

/// A connection and everything heard on it that no assertion has taken yet.
pub(crate) struct Inbox(Mutex<State>);

struct State {
    connection: TestConnection,
    heard: VecDeque<Heard>,
    closed: Option<CloseCode>,
    next_ref: u64,
}

impl Inbox {
    pub(crate) fn new(connection: TestConnection) -> Self {
        Inbox(Mutex::new(State { connection, heard: VecDeque::new(), closed: None, next_ref: 1 }))
    }

    /// Says something; returns the message's ref. For a join, which has no join ref yet, the two are the same.
    pub(crate) async fn send(&self, join_ref: Option<&Ref>, topic: &str, event: &str, payload: Payload) -> Ref {
        let mut state = self.0.lock().await;
        let reference = Ref::from(state.next_ref);
        state.next_ref += 1;
        let message = Message {
            join_ref: join_ref.unwrap_or(&reference).clone(),
            reference: reference.clone(),
            topic: Name::from(topic),
            event: Name::from(event),
            payload,
        };
        state.connection.send(message).await;
        reference
    }

    /// The first message that `wanted` says yes to. Waits for it.
    pub(crate) async fn take(&self, what: &str, wanted: impl Fn(&Heard) -> bool) -> Heard {
        let deadline = Instant::now() + TIMEOUT;
        let mut state = self.0.lock().await;
        loop {
            if let Some(heard) = state.heard.iter().position(&wanted).and_then(|at| state.heard.remove(at)) {
                return heard;
            }
            let heard_more = timeout_at(deadline, state.receive()).await.unwrap_or(false);
            assert!(heard_more, "expected {what}, but heard {}", state.describe());
        }
    }

    /// Everything heard so far that nobody has taken and `wanted` says yes to, without waiting.
    pub(crate) async fn peek(&self, wanted: impl Fn(&Heard) -> bool) -> Vec<String> {
        let mut state = self.0.lock().await;
        while timeout_at(Instant::now(), state.receive()).await.unwrap_or(false) {}
        state.heard.iter().filter(|heard| wanted(heard)).map(describe).collect()
    }

    /// Waits until the server has closed the connection.
    pub(crate) async fn closed(&self) -> CloseCode {
        let deadline = Instant::now() + TIMEOUT;
        let mut state = self.0.lock().await;
        loop {
            if let Some(code) = state.closed {
                return code;
            }
            let waiting = timeout_at(deadline, state.receive()).await;
            assert!(waiting.is_ok(), "expected the server to close the connection, but it is open");
        }
    }

    pub(crate) async fn close(&self) {
        self.0.lock().await.connection.close();
    }
}

impl State {
    /// Waits for more. Returns whether there can be more still.
    async fn receive(&mut self) -> bool {
        if self.closed.is_some() {
            return false;
        }
        match self.connection.receive().await {
            Ok(frames) => {
                for frame in frames {
                    let payload = frame.payload();
                    let heard = match frame.opcode() {
                        Opcode::Text => Text::try_from(payload).map(|text| client::decode_text(ProtocolVersion::V2, &text)),
                        _ => Ok(client::decode_binary(&payload)),
                    };
                    let heard = heard.expect("text frames are UTF-8").expect("the server sends what clients understand");
                    self.heard.push_back(heard);
                }
                true
            }
            Err(code) => {
                self.closed = Some(code);
                false
            }
        }
    }

    fn describe(&self) -> String {
        let heard: Vec<_> = self.heard.iter().map(describe).collect();
        let heard = if heard.is_empty() { "nothing".to_owned() } else { heard.join(", ") };
        match self.closed {
            Some(code) => format!("{heard}; then the connection was closed with {}", code.as_u16()),
            None => heard,
        }
    }
}

/// The payload as JSON. Binary payloads are no JSON: they are shown as text for people.
pub(crate) fn json(payload: &Payload) -> Value {
    match payload {
        Payload::Json(json) => serde_json::from_str(json).expect("the server sends JSON"),
        Payload::Binary(bytes) => Value::String(format!("<{} bytes>", bytes.len())),
    }
}

fn describe(heard: &Heard) -> String {
    let topic = heard.topic.as_str().unwrap_or("?");
    let status = heard.status.as_ref().map(|status| format!(" {status}")).unwrap_or_default();
    format!("{:?}{status} on {topic:?} with {}", &*heard.event, json(&heard.payload))
}
