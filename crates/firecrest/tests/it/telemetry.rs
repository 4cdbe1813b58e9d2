//! What is counted and measured (spec §7.4), and that every bound says when it is reached.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest::telemetry::Traffic;
use serde::Deserialize;
use serde_json::json;

use crate::fixture::{Fixture, RoomInfo};
use crate::recorded::Recorded;
use crate::support::{Server, Version, endpoint, until};

/// A socket whose channels no other test has.
struct Measured;

impl Socket for Measured {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Measured)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Gauge>("gauge:*").route::<Other>("other:*")
    }
}

/// Longer than anything else takes that these tests do.
const SLEEP: Duration = Duration::from_millis(30);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GaugeIn {
    Ping,
    Sleep,
    Boom,
    /// Sleeps, and gives up.
    Fail,
    /// Sleeps, and sets as many timers: too many are a crash.
    Timers(usize),
}

struct Gauge;

impl Channel<Measured> for Gauge {
    type In = GaugeIn;
    type Info = ();

    async fn join(request: Join<'_, Measured>) -> Result<Joined<Self>, Rejected> {
        match request.splat() {
            "refused" => Err(Rejected::reason("told to")),
            "crashed" => panic!("told to"),
            _ => Ok(Gauge.into()),
        }
    }

    async fn handle_in(&mut self, event: GaugeIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            GaugeIn::Ping => {}
            GaugeIn::Sleep => tokio::time::sleep(SLEEP).await,
            GaugeIn::Boom => panic!("boom"),
            GaugeIn::Fail => {
                tokio::time::sleep(SLEEP).await;
                return Stop::error("told to").into();
            }
            GaugeIn::Timers(count) => {
                tokio::time::sleep(SLEEP).await;
                for _ in 0..count {
                    cx.send_after(Duration::from_secs(60), ());
                }
            }
        }
        Reply::empty().into()
    }
}

/// A channel that shares its bounds with nobody.
struct Other;

impl Channel<Measured> for Other {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, Measured>) -> Result<Joined<Self>, Rejected> {
        Ok(Other.into())
    }
}

fn limit(name: &str) -> String {
    format!("firecrest_limits_reached_total{{limit={name}}}")
}

#[tokio::test]
async fn s7_4_joins_and_messages_are_timed_by_channel() {
    let recorded = Recorded::listen();
    let server = Server::new::<Measured>().await;
    let mut client = server.connect().await;
    client.join("1", "gauge:a").await;
    for reference in ["2", "3"] {
        client.send(json!(["1", reference, "gauge:a", "ping", {}])).await;
        client.expect_ok("1", reference, "gauge:a", json!({})).await;
    }
    client.send(json!(["1", "4", "gauge:a", "sleep", {}])).await;
    client.expect_ok("1", "4", "gauge:a", json!({})).await;
    for (number, (event, payload)) in
        [("boom", json!({})), ("fail", json!({})), ("timers", json!(1_001))].into_iter().enumerate()
    {
        let join_ref = if number == 0 { "1".into() } else { format!("again {number}") };
        if number > 0 {
            client.join(&join_ref, "gauge:a").await;
        }
        client.send(json!([join_ref, "5", "gauge:a", event, payload])).await;
        client.expect(json!([join_ref, join_ref, "gauge:a", "phx_error", {"reason": "channel_crash"}])).await;
    }

    let times = recorded.values("firecrest_channel_handle_in_seconds{channel=Gauge}");
    // A crash has no time (spec §7.4), however long it took.
    let slow: Vec<_> = times.iter().filter(|time| **time >= 0.028).collect();
    assert!(times.len() >= 3 && slow.len() == 1, "{times:?}");
    assert!(!recorded.values("firecrest_channel_join_seconds{channel=Gauge}").is_empty());
}

#[tokio::test]
async fn s7_4_joins_are_counted_by_what_came_of_them() {
    let recorded = Recorded::listen();
    let server = Server::new::<Measured>().await;
    let mut client = server.connect().await;
    for (number, (topic, result)) in
        [("gauge:a", "ok"), ("gauge:refused", "rejected"), ("gauge:crashed", "crashed")]
            .into_iter()
            .enumerate()
    {
        let name = format!("firecrest_channel_joins_total{{result={result}}}");
        let before = recorded.number(&name);
        let reference = number.to_string();
        client.send(json!([reference, reference, topic, "phx_join", {}])).await;
        client.next_json().await;
        assert!(recorded.number(&name) >= before + 1.0, "{result}");
    }
}

#[tokio::test]
async fn traffic_counts_messages_and_bytes_of_both_directions() {
    let server = Server::new::<Measured>().await;
    let mut client = server.connect().await;
    client.join("1", "gauge:a").await;
    let before: Traffic = server.endpoint.traffic();
    let padding = "x".repeat(1_000);
    for number in 2..102 {
        let reference = number.to_string();
        client.send(json!(["1", reference, "gauge:a", "ping", {"padding": padding}])).await;
        client.expect_ok("1", reference.as_str(), "gauge:a", json!({})).await;
    }
    let after = server.endpoint.traffic();
    assert!(after.messages_in >= before.messages_in + 100, "{before:?} {after:?}");
    assert!(after.messages_out >= before.messages_out + 100, "{before:?} {after:?}");
    assert!(after.bytes_in >= before.bytes_in + 100 * 1_000, "{before:?} {after:?}");
    let answer = r#"["1","2","gauge:a","phx_reply",{"response":{},"status":"ok"}]"#.len() as u64;
    assert!(after.bytes_out >= before.bytes_out + 100 * answer, "{before:?} {after:?}");
}

#[tokio::test]
async fn what_is_open_is_told_and_what_ends_is_counted_by_its_reason() {
    let recorded = Recorded::listen();
    let server = Server::new::<Measured>().await;
    let mut client = server.connect().await;
    client.join("1", "gauge:a").await;
    assert!(recorded.number("firecrest_sockets_open{transport=websocket}") >= 1.0);
    assert!(recorded.number("firecrest_channels_open{}") >= 1.0);
    let name = "firecrest_sockets_closed_total{reason=undecodable}";
    let before = recorded.number(name);
    client.send_text("not json").await;
    client.expect_close(1011).await;
    until(|| recorded.number(name) >= before + 1.0).await;
}

#[tokio::test]
async fn who_is_not_let_in_is_counted_by_the_reason() {
    let recorded = Recorded::listen();
    let server = Fixture::new().await;
    for (query, origin, reason) in [
        ("vsn=2.0.0", "http://elsewhere.example", "origin"),
        ("vsn=9.0.0", "", "version"),
        ("vsn=2.0.0&refuse=whatever", "", "application"),
        ("vsn=2.0.0&refuse=panic", "", "crash"),
    ] {
        let name = format!("firecrest_sockets_refused_total{{reason={reason}}}");
        let before = recorded.number(&name);
        let mut request = server.request(&format!("/socket/websocket?{query}"));
        if !origin.is_empty() {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        assert!(server.try_open(Version::V2, request).await.is_err(), "{reason}");
        assert!(recorded.number(&name) >= before + 1.0, "{reason}");
    }
}

#[tokio::test]
async fn a_server_publishes_once_a_second() {
    let recorded = Recorded::listen();
    let server = Server::new::<Measured>().await;
    let mut client = server.connect().await;
    client.join("1", "other:a").await;
    // Nobody asks for it here.
    let name = "firecrest_channel_join_seconds{channel=Other}";
    until(|| !recorded.published(name).is_empty()).await;
    // Telling the recorder takes its time.
    assert_ne!(recorded.thread(name), Some(std::thread::current().id()), "it holds up the runtime's worker");
}

#[tokio::test]
async fn broadcasts_and_their_deliveries_are_counted() {
    let recorded = Recorded::listen();
    let server = Server::new::<Measured>().await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = server.connect().await;
        client.join("1", "gauge:a").await;
        clients.push(client);
    }
    let numbers = || {
        ["firecrest_broadcasts_total{}", "firecrest_broadcast_deliveries_total{}"]
            .map(|name| recorded.number(name))
    };
    let before = numbers();
    // More than other tests send meanwhile.
    for _ in 0..1_000 {
        server.endpoint.local_broadcast("gauge:a", "news", &json!({})).unwrap();
    }
    let after = numbers();
    assert!(after[0] >= before[0] + 1_000.0 && after[1] >= before[1] + 3_000.0, "{before:?} {after:?}");
}

#[tokio::test]
async fn bounds_of_a_connection_are_counted_when_they_are_reached() {
    let recorded = Recorded::listen();
    let server = Server::mounted::<Measured>(|mount| mount.max_channels(1).max_frame_size(1_000)).await;
    let mut client = server.connect().await;
    let before = ["channels", "timers", "message_size"].map(|name| recorded.number(&limit(name)));
    client.join("1", "gauge:a").await;
    client.send(json!(["2", "2", "gauge:b", "phx_join", {}])).await;
    client.expect_error("2", "2", "gauge:b", json!({"reason": "too many channels joined"})).await;
    client.send(json!(["1", "3", "gauge:a", "timers", 1_001])).await;
    until(|| recorded.number(&limit("timers")) > before[1]).await;
    drop(client);
    let mut client = server.connect().await;
    client.send_text(&"x".repeat(1_001)).await;
    client.expect_close(1009).await;
    let after = ["channels", "message_size"].map(|name| recorded.number(&limit(name)));
    assert!(after[0] > before[0] && after[1] > before[2], "{before:?} {after:?}");
}

#[tokio::test]
async fn bounds_of_a_channel_are_counted_when_they_are_reached() {
    let recorded = Recorded::listen();
    let server = Fixture::new().await;
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    let before =
        ["channel_infos", "channel_deferred", "channel_events"].map(|name| recorded.number(&limit(name)));
    // `MAX_DEFERRED` is four; the probe holds them. After that no event is taken, and 64 more fill the mailbox.
    for number in 2..80 {
        client.send(json!(["1", number.to_string(), "room:a", "hold", {}])).await;
    }
    until(|| recorded.number(&limit("channel_deferred")) > before[1]).await;
    until(|| recorded.number(&limit("channel_events")) > before[2]).await;
    let handle = server.probe.handle("room:a").await;
    while handle.send(RoomInfo::Ask(tokio::sync::oneshot::channel().0)).is_ok() {}
    assert!(recorded.number(&limit("channel_infos")) > before[0]);
}

#[tokio::test]
async fn leaving_is_counted_by_round_and_connection() {
    let recorded = Recorded::listen();
    let names = ["firecrest_drain_rounds_total{}", "firecrest_drain_connections_total{}"];
    let before = names.map(|name| recorded.number(name));
    let endpoint = endpoint();
    let mut server =
        Server::start(endpoint.clone(), endpoint.socket::<Measured>("/socket").into_router()).await;
    let mut clients = [server.connect().await, server.connect().await];
    server.begin_stop();
    for client in &mut clients {
        client.expect_close(1012).await;
    }
    server.stop().await;
    let after = names.map(|name| recorded.number(name));
    assert!(after[0] >= before[0] + 1.0 && after[1] >= before[1] + 2.0, "{before:?} {after:?}");
}
