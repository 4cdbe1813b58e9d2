//! Channels that do not end when they should (spec §3.6), in virtual time.

use std::future::pending;
use std::time::Duration;

use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use crate::line::Line;
use crate::support::soon;

/// How long a channel may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(60);

/// Tells of every channel that is gone.
#[derive(Clone)]
struct Bar(UnboundedSender<String>);

impl Socket for Bar {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Err(Refused::new("made by the test"))
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Guest>("*")
    }
}

/// A channel that stays. On a topic `stuck…` its `terminate` never returns, on `slow…` it takes two seconds; a join with
/// `hang` never does.
struct Guest {
    topic: String,
    bar: Bar,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.bar.0.send(self.topic.clone());
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GuestIn {
    /// Says so, and never returns.
    Hang,
    Ack,
    Subscribe,
}

impl Channel<Bar> for Guest {
    type In = GuestIn;
    type Info = ();

    async fn join(request: Join<'_, Bar>) -> Result<Joined<Self>, Rejected> {
        let params: serde_json::Map<String, Value> = request.params()?;
        let guest = Guest { topic: request.topic().into(), bar: request.socket().clone() };
        if params.contains_key("hang") {
            pending::<()>().await;
        }
        Ok(guest.into())
    }

    async fn handle_in(&mut self, event: GuestIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            GuestIn::Hang => {
                cx.push("hangs", &json!({}));
                pending().await
            }
            GuestIn::Ack => Reply::empty().into(),
            GuestIn::Subscribe => {
                cx.subscribe("news");
                Reply::empty().into()
            }
        }
    }

    async fn terminate(&mut self, _reason: &Reason, _cx: &mut Context<'_>) {
        if self.topic.starts_with("stuck") {
            pending::<()>().await;
        }
        if self.topic.starts_with("slow") {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
}

/// An endpoint, a client and the channels that are gone.
struct Evening {
    endpoint: Endpoint,
    line: Line,
    gone: UnboundedReceiver<String>,
}

impl Evening {
    fn new() -> Self {
        let endpoint = crate::support::endpoint();
        let (bar, gone) = unbounded_channel();
        let line = Line::new(&endpoint, Bar(bar));
        Evening { endpoint, line, gone }
    }

    async fn hang(&mut self, join_ref: &str, topic: &str) {
        self.line.send(json!([join_ref, "hang", topic, "hang", {}]));
        self.line.expect(json!([join_ref, null, topic, "hangs", {}])).await;
    }

    /// Waits for the next channel to be gone.
    async fn gone(&mut self) -> String {
        soon(self.gone.recv()).await.unwrap()
    }
}

fn close(reference: &str, topic: &str) -> Value {
    json!([reference, reference, topic, "phx_close", {}])
}

/// The statuses of the answers to a join.
fn answers<'a>(heard: &'a [Value], reference: &str) -> Vec<&'a str> {
    let answers = heard.iter().filter(|frame| frame[3] == "phx_reply" && frame[1] == reference);
    answers.map(|frame| frame[4]["status"].as_str().unwrap()).collect()
}

/// What any chain of joins on `room` has to come to, whose first was 1 and whose last was 4: every join is answered once, an
/// instance that was joined is closed once, and the last one is joined.
async fn expect_only_the_last(evening: &mut Evening, heard: &[Value]) {
    for reference in ["2", "3"] {
        let [answer] = answers(heard, reference)[..] else { panic!("{reference}: {heard:?}") };
        let closes = usize::from(answer == "ok");
        assert_eq!(
            heard.iter().filter(|frame| **frame == close(reference, "room")).count(),
            closes,
            "{heard:?}"
        );
    }
    assert_eq!(answers(heard, "4"), ["ok"], "{heard:?}");
    assert_eq!(heard.iter().filter(|frame| **frame == close("1", "room")).count(), 1, "{heard:?}");
    assert!(!heard.contains(&close("4", "room")), "{heard:?}");
    assert!(heard.iter().all(|frame| frame[3] != "phx_error"), "{heard:?}");

    assert_eq!(evening.endpoint.pubsub().subscribers("room"), 1);
    evening.line.send(json!(["4", "5", "room", "ack", {}]));
    evening.line.expect_ok("4", "5", "room").await;
    evening.line.expect_silence().await;
}

#[tokio::test(start_paused = true)]
async fn c108_s3_6_a_chain_of_joins_behind_one_that_hangs() {
    let mut evening = Evening::new();
    evening.line.join("1", "room").await;
    evening.hang("1", "room").await;
    let started = Instant::now();
    for reference in ["2", "3", "4"] {
        evening.line.send(json!([reference, reference, "room", "phx_join", {}]));
    }
    let first = evening.line.receive().await.unwrap();
    assert!((GRACE..2 * GRACE).contains(&started.elapsed()), "{:?}", started.elapsed());
    assert_eq!(evening.gone().await, "room");
    let mut heard = vec![first];
    heard.extend(evening.line.listen(LONG).await);
    expect_only_the_last(&mut evening, &heard).await;
}

#[tokio::test(start_paused = true)]
async fn s3_6_a_chain_of_joins_behind_one_that_ends_at_once() {
    let mut evening = Evening::new();
    evening.line.join("1", "room").await;
    let started = Instant::now();
    for reference in ["2", "3", "4"] {
        evening.line.send(json!([reference, reference, "room", "phx_join", {}]));
    }
    let heard = evening.line.listen(Duration::from_millis(1)).await;
    assert!(started.elapsed() < Duration::from_millis(10));
    expect_only_the_last(&mut evening, &heard).await;
}

/// The joins in the middle hang themselves: they are cancelled, and told so.
#[tokio::test(start_paused = true)]
async fn s3_6_a_chain_of_joins_that_hang() {
    let mut evening = Evening::new();
    evening.line.join("1", "room").await;
    evening.hang("1", "room").await;
    for reference in ["2", "3"] {
        evening.line.send(json!([reference, reference, "room", "phx_join", {"hang": true}]));
    }
    evening.line.send(json!(["4", "4", "room", "phx_join", {}]));
    let heard = evening.line.listen(LONG).await;
    assert_eq!((answers(&heard, "2"), answers(&heard, "3")), (vec!["error"], vec!["error"]));
    expect_only_the_last(&mut evening, &heard).await;
}

/// Of the joins behind a channel that hangs one waits at most: with the next the client has to wait itself.
#[tokio::test(start_paused = true)]
async fn s3_6_joins_behind_one_that_hangs_do_not_pile_up() {
    let mut evening = Evening::new();
    evening.line.join("1", "room").await;
    evening.hang("1", "room").await;
    let started = Instant::now();
    evening.line.send(json!(["2", "2", "room", "phx_join", {}]));
    evening.line.expect_silence().await;
    assert_eq!(started.elapsed(), Duration::ZERO);
    evening.line.send(json!(["3", "3", "room", "phx_join", {}]));
    evening.line.send(json!([null, "4", "phoenix", "heartbeat", {}]));
    assert_eq!(evening.line.listen(GRACE / 2).await, Vec::<Value>::new());
    let heard = evening.line.listen(LONG).await;
    assert_eq!((answers(&heard, "3"), answers(&heard, "4")), (vec!["ok"], vec!["ok"]));
}

#[tokio::test(start_paused = true)]
async fn s3_6_joining_again_while_terminate_is_stuck() {
    let mut evening = Evening::new();
    evening.line.join("1", "stuck").await;
    evening.line.send(json!(["1", "2", "stuck", "phx_leave", {}]));
    evening.line.expect_ok("1", "2", "stuck").await;
    evening.line.expect(close("1", "stuck")).await;
    let started = Instant::now();
    evening.line.join("3", "stuck").await;
    assert!((GRACE..2 * GRACE).contains(&started.elapsed()), "{:?}", started.elapsed());
    assert_eq!(evening.gone().await, "stuck");
    assert_eq!(evening.line.listen(LONG).await, Vec::<Value>::new(), "the end was announced already");
    assert_eq!(evening.endpoint.pubsub().subscribers("stuck"), 1);
    evening.line.send(json!(["3", "4", "stuck", "ack", {}]));
    evening.line.expect_ok("3", "4", "stuck").await;
}

#[tokio::test(start_paused = true)]
async fn s3_6_a_hung_callback_ends_after_its_connection() {
    let mut evening = Evening::new();
    evening.line.join("1", "room").await;
    evening.line.send(json!(["1", "2", "room", "subscribe", {}]));
    evening.line.expect_ok("1", "2", "room").await;
    evening.hang("1", "room").await;
    let started = Instant::now();
    evening.line.close();
    assert_eq!(evening.gone().await, "room");
    assert_eq!(started.elapsed().as_secs(), GRACE.as_secs());
    assert_eq!(evening.endpoint.pubsub().topics(), 0);
}

#[tokio::test(start_paused = true)]
async fn s3_6_a_hung_terminate_ends_after_its_connection() {
    let mut evening = Evening::new();
    evening.line.join("1", "stuck").await;
    evening.line.join("2", "stuck:left").await;
    evening.line.send(json!(["2", "3", "stuck:left", "phx_leave", {}]));
    evening.line.expect_ok("2", "3", "stuck:left").await;
    evening.line.expect(close("2", "stuck:left")).await;
    let started = Instant::now();
    evening.line.close();
    let mut gone = [evening.gone().await, evening.gone().await];
    gone.sort();
    assert_eq!(gone, ["stuck", "stuck:left"]);
    assert_eq!(started.elapsed().as_secs(), GRACE.as_secs());
    assert_eq!(evening.endpoint.pubsub().topics(), 0);
}

#[tokio::test(start_paused = true)]
async fn s3_4_a_hung_join_ends_with_its_connection() {
    let mut evening = Evening::new();
    evening.line.send(json!(["1", "1", "room", "phx_join", {"hang": true}]));
    assert_eq!(evening.line.listen(GRACE).await, Vec::<Value>::new());
    let started = Instant::now();
    evening.line.close();
    assert_eq!(evening.gone().await, "room");
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// A client that leaves channels whose `terminate` is stuck has room for others (C121), and what it left still ends in time.
#[tokio::test(start_paused = true)]
async fn s3_6_channels_left_behind_end_in_time() {
    const CHANNELS: usize = 100;

    let mut evening = Evening::new();
    for n in 0..CHANNELS {
        let (reference, topic) = (n.to_string(), format!("stuck:{n}"));
        evening.line.join(&reference, &topic).await;
        evening.line.send(json!([reference, "leave", topic, "phx_leave", {}]));
        evening.line.expect_ok(&*reference, "leave", &topic).await;
        evening.line.expect(close(&reference, &topic)).await;
    }
    evening.line.join("one more", "room").await;
    let started = Instant::now();
    evening.line.close();
    for _ in 0..=CHANNELS {
        evening.gone().await;
    }
    assert!(started.elapsed() <= GRACE + Duration::from_millis(2), "{:?}", started.elapsed());
}

/// Spec §3.15: stopping waits for the channels too.
#[tokio::test(start_paused = true)]
async fn s3_15_a_server_waits_for_channels_that_end_slowly() {
    let Evening { endpoint, mut line, mut gone } = Evening::new();
    line.join("1", "slow").await;
    let started = Instant::now();
    let client = tokio::spawn(async move { line.receive().await });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    endpoint.serve_until(listener, axum::Router::new(), std::future::ready(())).await;
    assert_eq!(started.elapsed().as_secs(), 2);
    assert_eq!(gone.try_recv().unwrap(), "slow");
    assert_eq!(client.await.unwrap(), Err(firecrest::wire::websocket::CloseCode::SERVICE_RESTART));
}
