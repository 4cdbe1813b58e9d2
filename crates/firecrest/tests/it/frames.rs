//! Frames and close codes (spec §1.12, §1.13).

use std::time::Duration;

use firecrest::wire::websocket::{Item, Opcode, client};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::fixture::Fixture;
use crate::support::{BOTH, RawClient, Version, soon};

const HEARTBEAT: &[u8] = br#"[null,"1","phoenix","heartbeat",{}]"#;
const ANSWER: &str = r#"[null,"1","phoenix","phx_reply",{"response":{},"status":"ok"}]"#;

async fn expect_answer(client: &mut RawClient) {
    match client.next().await {
        Some(Item::Text(text)) => {
            let (received, expected): (Value, Value) =
                (serde_json::from_str(&text).unwrap(), serde_json::from_str(ANSWER).unwrap());
            assert_eq!(received, expected);
        }
        other => panic!("expected the answer to a heartbeat, got {other:?}"),
    }
}

/// Sends bytes on a connection of their own and expects it to be closed, and another one not to notice.
async fn expect_refused(server: &Fixture, bytes: &[u8], code: u16) {
    let mut other = server.connect().await;
    let mut client = server.raw().await;
    client.write(bytes).await;
    client.expect_close(code).await;
    other.expect_silence().await;
    drop((client, other));
    server.until_nobody_is_connected().await;
}

#[tokio::test]
async fn s1_12_broken_frames_are_closed_with_1002() {
    let server = Fixture::new().await;
    let frame = |opcode, fin| client::encode(opcode, b"x", [0; 4], fin);
    let mut reserved = frame(Opcode::Text, true);
    reserved[0] |= 0x40;
    let mut unknown = frame(Opcode::Text, true);
    unknown[0] = 0x83;
    expect_refused(&server, b"\x81\x01x", 1002).await;
    expect_refused(&server, &reserved, 1002).await;
    expect_refused(&server, &unknown, 1002).await;
    expect_refused(&server, &frame(Opcode::Continuation, true), 1002).await;
    expect_refused(&server, &[frame(Opcode::Text, false), frame(Opcode::Text, true)].concat(), 1002).await;
    expect_refused(&server, &client::encode(Opcode::Ping, &[0; 126], [0; 4], true), 1002).await;
    expect_refused(&server, &frame(Opcode::Ping, false), 1002).await;
}

#[tokio::test]
async fn s1_12_text_that_is_not_utf_8_is_closed_with_1007() {
    let server = Fixture::new().await;
    expect_refused(&server, &client::encode(Opcode::Text, b"[null,\"\xff\"]", [9; 4], true), 1007).await;
}

#[tokio::test]
async fn s1_12_what_is_too_large_is_closed_with_1009() {
    let server = Fixture::mounted(|mount| mount.max_frame_size(1_000)).await;
    let exact = client::encode(Opcode::Text, &[b' '; 992], [0; 4], true);
    assert_eq!(exact.len(), 1_000);
    // A frame counts with its header. At the bound it is only no JSON.
    expect_refused(&server, &exact, 1011).await;
    expect_refused(&server, &client::encode(Opcode::Text, &[b' '; 993], [0; 4], true), 1009).await;
    // The length is enough: none of it has arrived.
    expect_refused(&server, b"\x82\xff\x00\x00\x00\x7f\xff\xff\xff\xff\x01\x02\x03\x04", 1009).await;
}

#[tokio::test]
async fn s1_12_an_empty_fragment_in_the_middle_is_closed_with_1008() {
    let server = Fixture::new().await;
    let first = client::encode(Opcode::Text, b"[", [0; 4], false);
    let empty = client::encode(Opcode::Continuation, b"", [0; 4], false);
    expect_refused(&server, &[first, empty].concat(), 1008).await;
}

#[tokio::test]
async fn c004_c005_c006_c007_s2_8_what_is_no_message_is_closed_with_1011() {
    let server = Fixture::new().await;
    for version in BOTH {
        let texts: &[&str] = match version {
            Version::V1 => &[
                r#"{"event":"e","payload":{},"ref":"1"}"#,
                r#"{"topic":"t","payload":{},"ref":"1"}"#,
                r#"{"topic":"t","event":"e","ref":"1"}"#,
                r#"{"topic":"t","event":"e"}"#,
                r#"{"topic":"t","event":"e","payload":{}}"#,
                "not json",
                "[]",
                "",
                "1",
            ],
            Version::V2 => &["not json", "[]", "{}", r#"["1","1","room:a","e"]"#, "", "[1,", "null"],
        };
        for text in texts {
            let mut client = server.connect_as(version).await;
            client.send_text(text).await;
            client.expect_close(1011).await;
        }
    }
    for bytes in [&b""[..], b"\x01\x01\x01\x06\x0212room:aok", b"\x00\x05", b"\x00\x01\x01\x06\x08"] {
        let mut client = server.connect().await;
        client.send_binary(bytes).await;
        client.expect_close(1011).await;
    }
}

/// A message in fragments has a bound of its own: 8,000,000 bytes by default.
#[tokio::test]
async fn s1_12_a_fragmented_message_that_is_too_large_is_closed_with_1009() {
    let server = Fixture::new().await;
    // The header of a first fragment of 8,000,001 bytes.
    expect_refused(&server, b"\x01\xff\x00\x00\x00\x00\x00\x7a\x12\x01\x01\x02\x03\x04", 1009).await;
}

/// Spec §1.12: both opcodes are accepted, in version 1 with the same content.
#[tokio::test]
async fn s1_12_version_1_reads_json_from_binary_frames() {
    let server = Fixture::new().await;
    let mut client = server.connect_as(Version::V1).await;
    client.send_binary(br#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1","x":0}"#).await;
    client.expect_ok(Value::Null, "1", "phoenix", json!({})).await;
}

#[tokio::test]
async fn s1_12_messages_may_come_in_fragments_with_control_frames_between_and_byte_by_byte() {
    let server = Fixture::new().await;
    let mut client = server.raw().await;
    let (begin, end) = HEARTBEAT.split_at(10);
    let mut bytes = client::encode(Opcode::Text, begin, [7; 4], false);
    bytes.extend(client::encode(Opcode::Ping, b"now", [8; 4], true));
    bytes.extend(client::encode(Opcode::Continuation, end, [9; 4], true));
    client.write(&bytes).await;
    assert_eq!(client.next().await, Some(Item::Pong(b"now"[..].into())));
    expect_answer(&mut client).await;
    for byte in bytes {
        client.write(&[byte]).await;
    }
    assert_eq!(client.next().await, Some(Item::Pong(b"now"[..].into())));
    expect_answer(&mut client).await;
}

/// The first frames may come with the handshake, before it is answered.
#[tokio::test]
async fn what_is_sent_on_the_heels_of_the_handshake_is_read() {
    let server = Fixture::new().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut bytes = b"GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
        upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        .to_vec();
    bytes.extend(client::encode(Opcode::Text, HEARTBEAT, [3; 4], true));
    bytes.extend(client::encode(Opcode::Close, b"", [3; 4], true));
    stream.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    soon(stream.read_to_end(&mut answer)).await.unwrap();
    let text = String::from_utf8_lossy(&answer);
    assert!(text.contains(" 101 ") && text.contains("phx_reply"), "{text}");
    assert!(answer.ends_with(b"\x88\x02\x03\xe8"), "{answer:?}");
}

/// Spec §1.12: 1000 for codes that are polite, else 1002.
#[tokio::test]
async fn s1_12_a_clients_close_is_answered() {
    let server = Fixture::new().await;
    let mut codes = vec![(None, 1000)];
    codes.extend([1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999].map(|code| (Some(code), 1000)));
    codes.extend([1012, 1013].map(|code| (Some(code), 1002)));
    for (code, answer) in codes {
        let mut client = server.connect().await;
        client.join("1", "room:a").await;
        let frame = code.map(|code: u16| CloseFrame { code: code.into(), reason: "bye".into() });
        client.send_message(Message::Close(frame)).await;
        client.expect_close(answer).await;
    }
    server.until_nobody_is_connected().await;
}

#[tokio::test]
async fn c152_c156_pings_are_answered_and_pongs_ignored() {
    let server = Fixture::new().await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.send_message(Message::Pong(b"unasked"[..].into())).await;
        client.send_message(Message::Ping(b""[..].into())).await;
        assert_eq!(client.next().await, Message::Pong(b""[..].into()));
        client.send_message(Message::Ping(vec![7; 125].into())).await;
        assert_eq!(client.next().await, Message::Pong(vec![7; 125].into()));
        client.expect_silence().await;
    }
}

#[tokio::test]
async fn c142_a_silent_client_is_closed_although_it_is_written_to() {
    let timeout = Duration::from_millis(300);
    let server = Fixture::mounted(|mount| mount.timeout(timeout)).await;
    for version in BOTH {
        let mut client = server.connect_as(version).await;
        client.join("1", "room:a").await;
        client.send(json!([null, "2", "phoenix", "heartbeat", {}])).await;
        client.expect_ok(Value::Null, "2", "phoenix", json!({})).await;
        let heard = tokio::time::Instant::now();
        // What the server says does not count as being heard.
        let endpoint = server.endpoint.clone();
        let talking = tokio::spawn(async move {
            let mut beat = tokio::time::interval(Duration::from_millis(20));
            loop {
                beat.tick().await;
                endpoint.broadcast("room:a", "noise", &json!({})).unwrap();
            }
        });
        assert_eq!(client.close_code().await, 1002);
        talking.abort();
        assert!(heard.elapsed() >= timeout - Duration::from_millis(50));
        server.probe.expect_ended("room:a", firecrest::channel::Reason::Timeout).await;
    }
}

/// Any frame counts, a ping too.
#[tokio::test]
async fn c142_s1_12_a_client_that_pings_is_not_silent() {
    let server = Fixture::mounted(|mount| mount.timeout(Duration::from_millis(300))).await;
    let mut client = server.connect().await;
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..14 {
        beat.tick().await;
        client.send_message(Message::Ping(b"x"[..].into())).await;
        assert_eq!(client.next().await, Message::Pong(b"x"[..].into()));
    }
    client.expect_silence().await;
}
