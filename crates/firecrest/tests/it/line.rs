//! A client without a network, so that time may be virtual.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use firecrest::prelude::*;
use firecrest::testing::TestConnection;
use firecrest::wire::websocket::CloseCode;
use firecrest::wire::{ProtocolVersion, Text, serializer};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::support::soon;

/// A client of version 2. What it says is on its way while the test listens.
pub(crate) struct Line {
    connection: TestConnection,
    unsent: VecDeque<Value>,
    heard: VecDeque<Value>,
}

impl Line {
    pub(crate) fn new<S: Socket>(endpoint: &Endpoint, socket: S) -> Line {
        Line {
            connection: TestConnection::new(endpoint, socket),
            unsent: VecDeque::new(),
            heard: VecDeque::new(),
        }
    }

    /// Says something, once there is room.
    pub(crate) fn send(&mut self, frame: Value) {
        self.unsent.push_back(frame);
    }

    /// The next frame, or the code the connection is closed with.
    #[track_caller]
    pub(crate) fn receive(&mut self) -> impl Future<Output = Result<Value, CloseCode>> {
        soon(poll_fn(|cx| self.poll(cx)))
    }

    /// Expects the next frame to be this one.
    #[track_caller]
    pub(crate) fn expect(&mut self, frame: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        let receiving = self.receive();
        async move { assert_eq!(receiving.await, Ok(frame), "at {caller}") }
    }

    /// Expects a `phx_reply` with status `ok` and an empty response.
    #[track_caller]
    pub(crate) fn expect_ok(
        &mut self,
        join_ref: impl Into<Value>,
        reference: impl Into<Value>,
        topic: &str,
    ) -> impl Future<Output = ()> {
        let reply = json!({"status": "ok", "response": {}});
        self.expect(json!([join_ref.into(), reference.into(), topic, "phx_reply", reply]))
    }

    /// Joins a topic. `reference` is ref and join ref.
    pub(crate) async fn join(&mut self, reference: &str, topic: &str) {
        self.send(json!([reference, reference, topic, "phx_join", {}]));
        self.expect_ok(reference, reference, topic).await;
    }

    /// Expects that nothing has been sent: the answer to a heartbeat is the next frame.
    pub(crate) async fn expect_silence(&mut self) {
        self.send(json!([null, "silence", "phoenix", "heartbeat", {}]));
        self.expect_ok(Value::Null, "silence", "phoenix").await;
    }

    /// Everything that is heard within a time.
    pub(crate) async fn listen(&mut self, time: Duration) -> Vec<Value> {
        let until = Instant::now() + time;
        let mut heard = Vec::new();
        while let Ok(received) = timeout_at(until, poll_fn(|cx| self.poll(cx))).await {
            heard.push(received.expect("the connection lives"));
        }
        heard
    }

    /// Hangs up.
    pub(crate) fn close(&mut self) {
        self.connection.close();
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Value, CloseCode>> {
        loop {
            while self.connection.poll_room(cx).is_ready()
                && let Some(frame) = self.unsent.pop_front()
            {
                let text = Text::from(frame.to_string());
                self.connection.send(serializer::decode_text(ProtocolVersion::V2, &text).unwrap());
            }
            if let Some(frame) = self.heard.pop_front() {
                return Poll::Ready(Ok(frame));
            }
            match ready!(self.connection.poll_receive(cx)) {
                Ok(frames) => self
                    .heard
                    .extend(frames.iter().map(|frame| serde_json::from_slice(&frame.payload()).unwrap())),
                Err(code) => return Poll::Ready(Err(code)),
            }
        }
    }
}
