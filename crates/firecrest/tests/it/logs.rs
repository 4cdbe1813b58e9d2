//! What the log says, and what it does not (spec §3.14).

use firecrest::prelude::*;

use crate::captured::Captured;
use crate::fixture::Fixture;
use crate::site::{Site, VIA_BOTH, Via};
use crate::support::{BOTH, Version, until};

#[tokio::test]
async fn c131_connecting_is_logged_with_filtered_parameters() {
    let server = Fixture::new().await;
    for version in BOTH {
        let logs = Captured::start();
        let path =
            format!("/socket/websocket?vsn={}&password=geheim&name=ann&a[token]=geheim", version.vsn());
        let mut client = server.open(version, &path).await;
        client.expect_silence().await;
        let log = logs.take();
        let line = log.lines().find(|line| line.contains("CONNECTED")).unwrap();
        for part in
            ["INFO", "TestSocket", "websocket", &format!("{version:?}"), r#"\"name\":\"ann\""#, "[FILTERED]"]
        {
            assert!(line.contains(part), "no {part} in {line}");
        }
        assert!(!log.contains("geheim"), "{log}");
    }
}

#[tokio::test]
async fn c097_c131_a_refused_connection_is_logged_with_its_reason() {
    let server = Fixture::new().await;
    let logs = Captured::start();
    let request = server.request("/socket/websocket?vsn=2.0.0&refuse=whatever&password=geheim");
    assert_eq!(server.try_open(Version::V2, request).await.map(|_| ()), Err(403));
    let log = logs.take();
    assert!(log.contains("REFUSED CONNECTION") && log.contains("whatever"), "{log}");
    assert!(!log.contains("geheim"), "{log}");
}

#[tokio::test]
async fn c131_connects_are_not_logged_when_that_is_off() {
    let site = Site::new(|mount| mount.log_connects(false));
    let logs = Captured::start();
    for via in VIA_BOTH {
        site.connect(via, via.request("/socket", "vsn=2.0.0")).await;
        let refused = site.send(via.request("/socket", "vsn=2.0.0&outcome=refused")).await;
        assert!(via.is_refused(&refused), "{refused:?}");
    }
    let log = logs.take();
    assert!(!log.contains("CONNECTED") && !log.contains("REFUSED"), "{log}");
    // Only these lines are off.
    let unsupported = site.send(Via::WebSocket.request("/socket", "vsn=9.0.0")).await;
    assert!(Via::WebSocket.is_refused(&unsupported) && logs.take().contains("9.0.0"));
}

#[tokio::test]
async fn c132_joins_and_events_are_logged_with_filtered_parameters() {
    let server = Fixture::new().await;
    for version in BOTH {
        let logs = Captured::start();
        let mut client = server.connect_as(version).await;
        let secret = json!({"password": "geheim", "name": "ann"});
        client.send(json!(["1", "1", "room:a", "phx_join", secret])).await;
        client.expect_ok("1", "1", "room:a", json!({})).await;
        client.send(json!(["1", "2", "room:a", "ack", {"list": [secret]}])).await;
        client.expect_ok("1", "2", "room:a", json!({})).await;
        client.send(json!(["3", "3", "refusing:a", "phx_join", secret])).await;
        client.expect_error("3", "3", "refusing:a", secret).await;
        client.expect_silence().await;
        let log = logs.take();
        let line =
            |word| log.lines().find(|line| line.contains(word)).unwrap_or_else(|| panic!("{word}: {log}"));
        for (word, level) in [("JOINED", "INFO"), ("HANDLED", "DEBUG"), ("REFUSED JOIN", "INFO")] {
            for part in [level, r#"\"password\":\"[FILTERED]\""#, r#"\"name\":\"ann\""#, "topic="] {
                assert!(line(word).contains(part), "no {part} in {}", line(word));
            }
        }
        assert!(!log.contains("geheim"), "{log}");
    }
}

/// Spec §3.14: topics that begin with `phoenix` are not logged.
#[tokio::test]
async fn c132_s3_14_phoenix_topics_are_not_logged() {
    let server = Fixture::new().await;
    let logs = Captured::start();
    let mut client = server.connect().await;
    client.join("1", "phoenix").await;
    client.send(json!(["1", "2", "phoenix", "ack", {}])).await;
    client.expect_ok("1", "2", "phoenix", json!({})).await;
    let log = logs.take();
    assert!(log.contains("CONNECTED") && !log.contains("JOINED") && !log.contains("HANDLED"), "{log}");
}

#[tokio::test]
async fn c141_an_unsupported_version_is_refused_and_named_in_the_log() {
    let server = Fixture::new().await;
    for version in ["123.1.1", "2.1.0", "abc", "2.0", ""] {
        let logs = Captured::start();
        let request = server.request(&format!("/socket/websocket?vsn={version}"));
        assert_eq!(server.try_open(Version::V2, request).await.map(|_| ()), Err(403));
        let log = logs.take();
        assert!(log.contains("WARN") && log.contains(version) && !log.contains("CONNECTED"), "{log}");
    }
}

#[tokio::test]
async fn c143_a_join_without_a_route_is_logged_as_a_warning() {
    let server = Fixture::new().await;
    let logs = Captured::start();
    let mut client = server.connect().await;
    client.send(json!(["1", "2", "unknown topic", "phx_join", {}])).await;
    client.expect_unmatched("2", "unknown topic").await;
    let log = logs.take();
    assert!(log.lines().any(|line| line.contains("WARN") && line.contains("unknown topic")), "{log}");
}

#[tokio::test]
async fn c111_an_unexpected_info_is_logged_and_harmless() {
    let server = Fixture::new().await;
    let logs = Captured::start();
    let mut client = server.connect().await;
    client.join("1", "plain").await;
    let log = std::cell::RefCell::new(String::new());
    until(|| {
        log.borrow_mut().push_str(&logs.take());
        log.borrow().lines().any(|line| line.contains("WARN") && line.contains("unexpected info"))
    })
    .await;
    client.send(json!(["1", "2", "plain", "phx_leave", {}])).await;
    client.expect_ok("1", "2", "plain", json!({})).await;
}

#[tokio::test]
async fn c133_a_crash_is_logged_with_topic_and_cause() {
    let server = Fixture::new().await;
    let logs = Captured::start();
    let mut client = server.connect().await;
    client.join("1", "room:a").await;
    client.send(json!(["1", "2", "room:a", "boom", {}])).await;
    client.expect(json!(["1", "1", "room:a", "phx_error", {"reason": "channel_crash"}])).await;
    let log = logs.take();
    let line = log.lines().find(|line| line.contains("ERROR")).unwrap();
    assert!(line.contains("room:a") && line.contains("boom"), "{line}");
}
