//! The client against a server that does exactly what a test says.

use std::time::Duration;

use firecrest_client::{Backoff, Client, ClientConfig, Event};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::{next, next_message, soon};

struct Script {
    listener: TcpListener,
}

struct Connection(WebSocketStream<TcpStream>);

impl Script {
    async fn new() -> (Self, ClientConfig) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = ClientConfig::new(format!("ws://{}/socket/websocket", listener.local_addr().unwrap()))
            .reconnect(Backoff::new([Duration::from_millis(1)]));
        (Script { listener }, config)
    }

    async fn accept(&self) -> Connection {
        let (stream, _) = soon(self.listener.accept()).await.unwrap();
        Connection(soon(tokio_tungstenite::accept_async(stream)).await.unwrap())
    }

    async fn connect(&self, config: ClientConfig) -> (Client, Connection) {
        let (client, connection) = tokio::join!(soon(Client::connect(config)), self.accept());
        (client.unwrap(), connection)
    }
}

impl Connection {
    async fn receive(&mut self) -> Message {
        soon(self.0.next()).await.expect("a frame").unwrap()
    }

    async fn receive_json(&mut self) -> Value {
        serde_json::from_str(self.receive().await.to_text().unwrap()).unwrap()
    }

    async fn send(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Receives a join and accepts it.
    async fn accept_join(&mut self) -> Value {
        let join = self.receive_json().await;
        assert_eq!(join[3], "phx_join");
        self.reply(&join).await;
        join
    }

    async fn reply(&mut self, message: &Value) {
        let payload = json!({"status": "ok", "response": {}});
        self.send(&json!([message[0], message[1], message[2], "phx_reply", payload])).await;
    }
}

/// C248, C249 and spec §3.16: an unanswered heartbeat closes the connection with 1000, and the client comes back.
#[tokio::test]
async fn c248_an_unanswered_heartbeat_ends_the_connection() {
    let (script, config) = Script::new().await;
    let (client, mut connection) = script.connect(config.heartbeat(Duration::from_millis(20))).await;
    let closed = client.closed();
    assert_eq!(connection.receive_json().await, json!([null, "1", "phoenix", "heartbeat", {}]));
    let Message::Close(Some(frame)) = connection.receive().await else { panic!("no close frame") };
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (1_000, "heartbeat timeout"));
    let info = soon(closed).await;
    assert_eq!((info.code, &*info.reason), (Some(1_000), "heartbeat timeout"));
    script.accept().await;
}

/// Spec §3.17: whatever ends a connection, it is made again.
#[tokio::test]
async fn a_connection_that_breaks_is_made_again() {
    let (script, config) = Script::new().await;
    let (client, connection) = script.connect(config).await;
    let closed = client.closed();
    drop(connection);
    assert_eq!(soon(closed).await.code, None);
    let (stream, _) = soon(script.listener.accept()).await.unwrap();
    // Not even a handshake.
    drop(stream);
    let mut connection = script.accept().await;
    assert!(soon(client.connected()).await);
    let mut room = client.channel("t", json!({"p": 1}));
    let (joined, ()) = tokio::join!(soon(room.join()), async {
        let join = connection.receive_json().await;
        assert_eq!(join, json!(["1", "1", "t", "phx_join", {"p": 1}]));
        connection.reply(&join).await;
    });
    joined.unwrap();
}

#[tokio::test]
async fn frames_that_are_no_messages_are_ignored() {
    let (script, config) = Script::new().await;
    let (client, mut connection) = script.connect(config).await;
    let mut room = client.channel("t", json!({}));
    let (joined, _) = tokio::join!(soon(room.join()), connection.accept_join());
    joined.unwrap();
    for frame in ["", "null", "[1,2,3]", r#"["1","9","t","phx_reply",{}]"#, r#"[null,null,7,"e",{}]"#] {
        connection.0.send(Message::text(frame)).await.unwrap();
    }
    for frame in [&b""[..], b"\x07", b"\x00\xff\x01\x01a"] {
        connection.0.send(Message::binary(frame.to_vec())).await.unwrap();
    }
    connection.0.send(Message::Ping(vec![1].into())).await.unwrap();
    connection.send(&json!(["1", null, "t", "e", {"still": "here"}])).await;
    assert_eq!(next_message(&mut room).await, ("e".into(), json!({"still": "here"})));
    assert_eq!(connection.receive().await, Message::Pong(vec![1].into()));
}

/// C285: the rejoin after a reconnect carries a new ref, and frames of the old instance mean nothing any more.
#[tokio::test]
async fn what_is_left_of_an_old_instance_is_ignored() {
    let (script, config) = Script::new().await;
    let (client, mut connection) = script.connect(config).await;
    let mut room = client.channel("t", json!({}));
    let (joined, _) = tokio::join!(soon(room.join()), connection.accept_join());
    joined.unwrap();
    connection.0.close(None).await.unwrap();
    let mut connection = script.accept().await;
    let join = connection.receive_json().await;
    assert_eq!(join, json!(["2", "2", "t", "phx_join", {}]));
    connection.reply(&join).await;
    connection.send(&json!(["1", "1", "t", "phx_close", {}])).await;
    connection.send(&json!(["1", null, "t", "old", {}])).await;
    connection.send(&json!(["2", null, "t", "new", {}])).await;
    assert!(matches!(next(&mut room).await, Event::Disconnected(_)));
    assert!(matches!(next(&mut room).await, Event::Rejoined(_)));
    assert_eq!(next_message(&mut room).await.0, "new");
}

/// Dropping a channel, or giving up its join, leaves; nothing else is said.
#[tokio::test]
async fn c298_who_gives_up_leaves() {
    let (script, config) = Script::new().await;
    let (client, mut connection) = script.connect(config).await;
    let mut room = client.channel("t", json!({}));
    tokio::select! {
        joined = room.join() => panic!("{joined:?}"),
        join = connection.receive_json() => assert_eq!(join[3], "phx_join"),
    }
    assert_eq!(connection.receive_json().await, json!(["1", "2", "t", "phx_leave", {}]));
    let (joined, _) = tokio::join!(soon(room.join()), connection.accept_join());
    joined.unwrap();
    drop(room);
    assert_eq!(connection.receive_json().await, json!(["3", "4", "t", "phx_leave", {}]));
}

/// What has been accepted is written before a disconnect closes the connection.
#[tokio::test]
async fn c242_a_disconnect_lets_the_last_messages_out() {
    // Which of its wishes the task sees before it writes is left to chance.
    for _ in 0..10 {
        let (script, config) = Script::new().await;
        let (client, mut connection) = script.connect(config).await;
        let mut room = client.channel("t", json!({}));
        let (joined, _) = tokio::join!(soon(room.join()), connection.accept_join());
        joined.unwrap();
        let nothing = json!({});
        let sends = futures_util::future::join_all((0..30).map(|_| room.send("e", &nothing)));
        let (sent, (), ()) = tokio::join!(sends, client.disconnect(), async {
            for _ in 0..30 {
                assert_eq!(connection.receive_json().await[3], "e");
            }
            let Message::Close(Some(frame)) = connection.receive().await else { panic!("no close frame") };
            assert_eq!(u16::from(frame.code), 1_000);
            // Reading on writes the answer.
            assert!(soon(connection.0.next()).await.is_none_or(|end| end.is_err()));
        });
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    }
}

/// A server that does not read slows its client's sender down instead of filling its memory.
#[tokio::test]
async fn a_server_that_does_not_read_slows_the_sender() {
    let (script, config) = Script::new().await;
    let config = config.timeout(Duration::from_millis(500));
    let (client, mut connection) = script.connect(config).await;
    let mut room = client.channel("t", json!({}));
    let (joined, _) = tokio::join!(soon(room.join()), connection.accept_join());
    joined.unwrap();
    let megabyte = json!({"x": "y".repeat(1 << 20)});
    let mut accepted = 0;
    while room.send("e", &megabyte).await.is_ok() {
        accepted += 1;
        assert!(accepted < 1_000, "there is no bound");
    }
    // What was accepted arrives, in order and whole.
    for _ in 0..accepted {
        assert_eq!(connection.receive_json().await[3], "e");
    }
    assert!(room.send("e", &json!({})).await.is_ok());
}
