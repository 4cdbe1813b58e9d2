//! Two nodes with real listeners, in real time.

use std::net::SocketAddr;
use std::time::Duration;

use firecrest::pubsub::cluster::InProcess;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::fixture::{Probe, TestSocket};
use crate::longpoll::client::node_of;
use crate::support::{Server, soon, until};

const WINDOW: Duration = Duration::from_secs(2);

/// Two nodes; sessions are made at the first.
async fn servers() -> [Server; 2] {
    let cluster = InProcess::new();
    let server = async |name| {
        let endpoint = node_of(&cluster, name);
        let router = endpoint.socket::<TestSocket>("/socket").window(WINDOW).into_router();
        Server::start(endpoint, router.layer(axum::Extension(Probe::new()))).await
    };
    [server("home").await, server("away").await]
}

/// A request on a connection of its own, not answered yet.
async fn begin(address: SocketAddr, method: &str, token: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} /socket/longpoll?vsn=2.0.0&token={token} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/x-ndjson\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn answer(mut stream: TcpStream) -> Value {
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

async fn poll(address: SocketAddr, token: &str) -> Value {
    answer(begin(address, "GET", token, "").await).await
}

async fn say(address: SocketAddr, token: &str, frame: Value) {
    assert_eq!(
        answer(begin(address, "POST", token, &frame.to_string()).await).await,
        json!({ "status": 200 })
    );
}

fn reply(reference: &str, response: Value) -> Value {
    let frame =
        json!(["1", reference, "room:a", "phx_reply", { "response": response, "status": "ok" }]).to_string();
    json!([frame])
}

#[tokio::test]
async fn c157_c158_requests_at_both_nodes_over_the_network() {
    let [home, away] = servers().await;
    let both = [home.address, away.address];
    let opened = poll(home.address, "").await;
    assert_eq!(opened["status"], 410);
    let token = opened["token"].as_str().unwrap();
    say(away.address, token, json!(["1", "1", "room:a", "phx_join", {}])).await;
    assert_eq!(poll(home.address, token).await["messages"], reply("1", json!({})));
    for n in 2..100 {
        let (reference, payload) = (n.to_string(), json!({ "n": n }));
        say(both[n % 2], token, json!(["1", reference, "room:a", "echo", payload])).await;
        assert_eq!(poll(both[n / 2 % 2], token).await["messages"], reply(&reference, payload));
    }
}

#[tokio::test]
async fn c184_a_poll_that_hangs_over_the_network_is_woken_by_a_message_at_the_other_node() {
    let [home, away] = servers().await;
    let opened = poll(home.address, "").await;
    let token = opened["token"].as_str().unwrap();
    say(home.address, token, json!(["1", "1", "room:a", "phx_join", {}])).await;
    assert_eq!(poll(away.address, token).await["messages"], reply("1", json!({})));
    let hanging = begin(away.address, "GET", token, "").await;
    say(home.address, token, json!(["1", "2", "room:a", "echo", {}])).await;
    assert_eq!(answer(hanging).await["messages"], reply("2", json!({})));
}

/// The session's node stops waiting when the TCP connection at the other node is gone: so the session ends one and a half windows
/// after the poll came, and not after its end.
#[tokio::test]
async fn c167_a_client_that_vanishes_from_the_network_has_stopped_polling() {
    let [home, away] = servers().await;
    let opened = poll(home.address, "").await;
    let token = opened["token"].as_str().unwrap();
    say(away.address, token, json!(["1", "1", "room:a", "phx_join", {}])).await;
    assert_eq!(poll(away.address, token).await["messages"], reply("1", json!({})));
    let hanging = begin(away.address, "GET", token, "").await;
    let began = Instant::now();
    // It hangs by now: something said at the other node after it has come back.
    say(away.address, token, json!(["1", "2", "room:a", "ignore", {}])).await;
    drop(hanging);
    until(|| home.endpoint.connections() == 0).await;
    assert!(began.elapsed() < WINDOW + WINDOW, "{:?}", began.elapsed());
}
