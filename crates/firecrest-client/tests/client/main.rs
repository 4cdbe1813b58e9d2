//! The client against a Firecrest server on a local port, and against scripts where a server would not misbehave.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod channels;
mod connections;
mod scripted;
mod server;

use std::time::Duration;

use firecrest_client::{Channel, Event, Payload};
use serde_json::Value;

/// Waits for something that must come; the time only bounds how long a failing test takes.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it happens in time")
}

async fn next(channel: &mut Channel) -> Event {
    soon(channel.next()).await.expect("an event")
}

/// The next event, which must be a message with JSON.
async fn next_message(channel: &mut Channel) -> (String, Value) {
    match next(channel).await {
        Event::Message { event, payload } => (event.to_string(), value(&payload)),
        other => panic!("{other:?}"),
    }
}

fn value(payload: &Payload) -> Value {
    payload.parse().expect("JSON")
}
