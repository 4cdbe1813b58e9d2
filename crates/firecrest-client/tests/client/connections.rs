//! Connecting, losing the connection, and ending it.

use std::time::Duration;

use firecrest_client::{Backoff, Client, ClientConfig, ConnectError, Event, JoinError, PushError};
use serde_json::json;
use tokio::net::TcpListener;

use crate::server::Server;
use crate::{next, next_message, soon, value};

#[tokio::test]
async fn connects_that_fail_say_why() {
    let server = Server::start().await;
    let connect = async |config| soon(Client::connect(config)).await.unwrap_err();
    let url = format!("ws://{}/socket/websocket", server.address());
    let error = connect(ClientConfig::new(url)).await;
    assert!(matches!(error, ConnectError::Refused { status: 403 }), "{error}");
    let error = connect(ClientConfig::new(format!("ws://{}/nope", server.address()))).await;
    assert!(matches!(error, ConnectError::Refused { status: 404 }), "{error}");
    let error = connect(ClientConfig::new("nonsense")).await;
    assert!(matches!(error, ConnectError::Url { .. }), "{error}");
    let error = connect(ClientConfig::new("ftp://127.0.0.1:1/")).await;
    assert!(matches!(error, ConnectError::Url { .. }), "{error}");

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = ClientConfig::new(format!("ws://{}/", silent.local_addr().unwrap()));
    let error = connect(config.clone().timeout(Duration::from_millis(50))).await;
    assert!(matches!(error, ConnectError::Timeout), "{error}");
    drop(silent);
    let error = connect(config).await;
    assert!(matches!(error, ConnectError::Transport(_)), "{error}");
}

/// Spec §1.10.
#[tokio::test]
async fn an_auth_token_arrives() {
    let server = Server::start().await;
    let client = soon(Client::connect(server.config().auth_token("s3cret?"))).await.unwrap();
    let reply = client.channel("room:a", json!({})).join().await.unwrap();
    assert_eq!(value(&reply)["token"], "s3cret?");
}

/// Spec §1.11, §1.13 and C255: a forced disconnect is 1001, and the client comes back.
#[tokio::test]
async fn after_a_forced_disconnect_everything_is_joined_again() {
    let server = Server::start().await;
    let client = soon(Client::connect(server.config())).await.unwrap();
    let mut rooms = [client.channel("room:a", json!({})), client.channel("room:b", json!({}))];
    for room in &mut rooms {
        room.join().await.unwrap();
    }
    let closed = client.closed();
    let nothing = json!({});
    // The reply to the second push shows that the first has arrived.
    let (pushed, ()) = tokio::join!(rooms[0].push("silence", &nothing), async {
        rooms[0].push("echo", &nothing).await.unwrap();
        server.endpoint.disconnect("user:1");
    });
    assert!(matches!(pushed, Err(PushError::Interrupted)));
    let info = soon(closed).await;
    assert_eq!((info.code, &*info.reason), (Some(1_001), ""));
    for room in &mut rooms {
        match next(room).await {
            Event::Disconnected(lost) => assert_eq!(lost, info),
            other => panic!("{other:?}"),
        }
        assert!(matches!(next(room).await, Event::Rejoined(_)));
        assert!(room.push("echo", &json!({})).await.unwrap().is_ok());
    }
    assert!(client.is_connected());
    server.endpoint.broadcast("room:b", "news", &json!({})).unwrap();
    assert_eq!(next_message(&mut rooms[1]).await.0, "news");
}

/// Spec §3.15: a server that stops closes with 1012; its successor on the same port is found.
#[tokio::test]
async fn a_server_that_restarts_is_found_again() {
    // A second handle keeps the port from being taken meanwhile.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    port.set_nonblocking(true).unwrap();
    let listener = || TcpListener::from_std(port.try_clone().unwrap()).unwrap();
    let mut server = Server::start_on(listener());
    let config = server.config().reconnect(Backoff::new([Duration::from_millis(5)]));
    let client = soon(Client::connect(config)).await.unwrap();
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    let closed = client.closed();
    server.stop();
    assert_eq!(soon(closed).await.code, Some(1_012));
    assert!(matches!(next(&mut room).await, Event::Disconnected(_)));
    assert!(!client.is_connected());
    let mut late = client.channel("room:late", json!({}));
    let (joined, _server) = tokio::join!(soon(late.join()), async { Server::start_on(listener()) });
    joined.expect("a join waits for the connection");
    assert!(soon(client.connected()).await);
    assert!(matches!(next(&mut room).await, Event::Rejoined(_)));
    assert!(room.push("echo", &json!({})).await.unwrap().is_ok());
}

#[tokio::test]
async fn disconnecting_ends_everything() {
    let server = Server::start().await;
    let client = soon(Client::connect(server.config())).await.unwrap();
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    let mut other = soon(Client::connect(server.config().param("user_id", "2"))).await.unwrap();
    let mut listener = other.channel("room:a", json!({}));
    listener.join().await.unwrap();

    room.send("shout", &json!({"last": "words"})).await.unwrap();
    let closed = client.closed();
    soon(client.disconnect()).await;
    assert_eq!(soon(closed).await.code, Some(1_000));
    assert_eq!(next_message(&mut listener).await.1, json!({"last": "words"}));
    while !matches!(next(&mut room).await, Event::Closed) {}
    assert!(room.next().await.is_none());
    assert!(matches!(room.push("echo", &json!({})).await, Err(PushError::Disconnected)));
    assert!(matches!(room.join().await, Err(JoinError::Disconnected)));
    assert!(!client.is_connected());
    assert!(!soon(client.connected()).await);
    assert_eq!(soon(client.closed()).await.code, Some(1_000));
    soon(client.disconnect()).await;

    // Dropping is as good.
    let closed = other.closed();
    drop(listener);
    other = client;
    assert_eq!(soon(closed).await.code, Some(1_000));
    drop(other);
}

#[tokio::test]
async fn a_client_that_cannot_reconnect_can_still_be_ended() {
    let mut server = Server::start().await;
    let config = server.config().reconnect(Backoff::new([Duration::from_secs(3_600)]).jitter(0.0));
    let client = soon(Client::connect(config)).await.unwrap();
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    let closed = client.closed();
    server.stop();
    soon(closed).await;
    soon(room.leave()).await.expect("there is nothing to wait for");
    soon(client.disconnect()).await;
    assert!(!soon(client.connected()).await);
}
