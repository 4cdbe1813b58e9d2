//! The message hub and the activity of requests, through the public interface and mostly in virtual time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod activity;
mod bridging;
#[path = "../it/captured.rs"]
mod captured;
mod catching_up;
mod consuming;
mod graph;
mod keeping;
mod measured;
mod nodes;
mod once;
mod panics;
mod patterns;
mod polling;
#[path = "../it/recorded.rs"]
mod recorded;
mod sampling;
mod sending;
mod shutdown;

use std::time::Duration;

use firecrest::Endpoint;
use firecrest::hub::Hub;
use firecrest::pubsub::cluster::InProcess;
use tokio::time::{Instant, sleep};

/// An endpoint that is alone.
fn endpoint() -> Endpoint {
    Endpoint::builder().secret_key_base("s".repeat(64)).build().unwrap()
}

/// The hub of an endpoint that is alone.
fn hub() -> Hub {
    endpoint().hub()
}

/// A node of a cluster.
fn node(cluster: &InProcess, name: &str) -> Endpoint {
    let builder = Endpoint::builder().secret_key_base("s".repeat(64)).node(name);
    builder.cluster(cluster.node()).build().unwrap()
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Waits until something is true, a minute at most.
async fn until(mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(60), "it has not become true within a minute");
        sleep(ms(5)).await;
    }
}
