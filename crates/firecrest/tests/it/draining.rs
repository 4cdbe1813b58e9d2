//! Leaving without a stampede (spec §3.15), in virtual time.

use std::future::poll_fn;
use std::time::Duration;

use firecrest::endpoint::DrainOptions;
use firecrest::prelude::*;
use firecrest::testing::{TestConnection, TestRequest};
use firecrest::wire::websocket::CloseCode;
use tokio::time::{Instant, advance};

use crate::captured::Captured;
use crate::line::Line;
use crate::support::Server;

/// A socket without channels: such connections are drained too.
struct Anybody;

impl Socket for Anybody {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Anybody)
    }

    fn channels() -> Channels<Self> {
        Channels::new()
    }
}

/// Connects five clients and drains. Returns when each was closed, in seconds, and when the drain was over.
async fn drained(options: Option<DrainOptions>) -> (Vec<u64>, u64) {
    let endpoint = Endpoint::builder().drain(options).build().unwrap();
    let started = Instant::now();
    let mut closed = Vec::new();
    for _ in 0..5 {
        let mut client = TestConnection::connect::<Anybody>(&endpoint, TestRequest::default()).await.unwrap();
        closed.push(tokio::spawn(async move {
            let code = poll_fn(|cx| client.poll_receive(cx)).await.unwrap_err();
            assert_eq!(code, CloseCode::SERVICE_RESTART);
            started.elapsed().as_secs()
        }));
    }
    endpoint.drain().await;
    let over = started.elapsed().as_secs();
    let mut seconds = Vec::new();
    for client in closed {
        seconds.push(client.await.unwrap());
    }
    assert_eq!(endpoint.connections(), 0);
    (seconds, over)
}

fn two_at_a_time(timeout: Duration) -> Option<DrainOptions> {
    Some(DrainOptions { batch_size: 2, batch_interval: Duration::from_secs(2), timeout })
}

#[tokio::test(start_paused = true)]
async fn c013_connections_are_closed_in_batches_as_the_options_say() {
    assert_eq!(drained(two_at_a_time(Duration::from_secs(30))).await, (vec![0, 0, 2, 2, 4], 4));
}

#[tokio::test(start_paused = true)]
async fn s3_15_who_is_left_at_the_timeout_is_told_at_once() {
    assert_eq!(drained(two_at_a_time(Duration::from_secs(3))).await, (vec![0, 0, 2, 2, 3], 3));
}

#[tokio::test(start_paused = true)]
async fn c015_without_options_all_are_told_at_once() {
    assert_eq!(drained(None).await, (vec![0; 5], 0));
}

/// Between two batches there may be a client that was told to go and comes back.
#[tokio::test(start_paused = true)]
async fn s3_15_who_connects_during_the_drain_is_told_at_once() {
    let endpoint = Endpoint::builder().drain(two_at_a_time(Duration::from_secs(30))).build().unwrap();
    let mut clients: Vec<_> = (0..4).map(|_| Line::new(&endpoint, Anybody)).collect();
    let draining = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { endpoint.drain().await }
    });
    for client in &mut clients[..2] {
        assert_eq!(client.receive().await, Err(CloseCode::SERVICE_RESTART));
    }
    clients[2].expect_silence().await;
    let started = Instant::now();
    let mut late = Line::new(&endpoint, Anybody);
    assert_eq!(late.receive().await, Err(CloseCode::SERVICE_RESTART));
    assert_eq!(started.elapsed(), Duration::ZERO);
    clients[3].expect_silence().await;
    draining.await.unwrap();
    for client in &mut clients[2..] {
        assert_eq!(client.receive().await, Err(CloseCode::SERVICE_RESTART));
    }
}

#[tokio::test]
async fn s3_15_an_endpoint_that_is_served_again_takes_in_connections() {
    let server = Server::new::<Anybody>().await;
    let mut client = server.connect().await;
    let endpoint = server.endpoint.clone();
    let stopping = tokio::spawn(server.stop());
    assert_eq!(client.close_code().await, 1012);
    drop(client);
    stopping.await.unwrap();
    assert_eq!(Line::new(&endpoint, Anybody).receive().await, Err(CloseCode::SERVICE_RESTART));

    let router = endpoint.socket::<Anybody>("/socket").into_router();
    let server = Server::start(endpoint, router).await;
    let mut client = server.connect().await;
    client.expect_silence().await;
    Line::new(&server.endpoint, Anybody).expect_silence().await;
    drop(client);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn s3_15_an_endpoint_without_connections_has_nothing_to_drain() {
    let started = Instant::now();
    Endpoint::builder().build().unwrap().drain().await;
    assert_eq!(started.elapsed(), Duration::ZERO);
    advance(Duration::ZERO).await;
}

#[test]
fn c215_a_node_has_a_name() {
    assert_eq!(Endpoint::builder().node("a").build().unwrap().node(), "a");
    let random = || Endpoint::builder().build().unwrap().node().to_owned();
    assert_ne!(random(), random());
}

#[tokio::test]
async fn c024_the_start_of_an_endpoint_is_announced() {
    let logs = Captured::start();
    Endpoint::builder().node("announced").host("example.com").build().unwrap();
    let logged = logs.take();
    let line = logged.lines().find(|line| line.contains("endpoint ready")).unwrap();
    assert!(line.contains("INFO") && line.contains("announced") && line.contains("example.com"), "{line}");
}
