//! Sockets: connecting with all that a client may bring, and being refused.

use firecrest::prelude::*;
use firecrest_test::{ConnectOptions, TestSocket, TestTopic};
use http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

use crate::fixture::{RoomSocket, ann, endpoint};

async fn told(client: &TestSocket<RoomSocket>) -> Value {
    client.join_with_reply("told", ()).await.unwrap().1
}

#[tokio::test(start_paused = true)]
async fn c097_connect_may_refuse() {
    let refused = TestSocket::<RoomSocket>::connect(()).await.unwrap_err();
    assert_eq!(refused, Refused::new("who are you?"));
}

#[tokio::test(start_paused = true)]
async fn c098_the_id_is_known_after_connect() {
    assert_eq!(ann().await.id(), Some("room_socket:ann"));
}

#[tokio::test(start_paused = true)]
async fn c082_a_socket_is_made_without_connecting() {
    let socket = RoomSocket { user: "bob".into(), told: json!({ "made": "by hand" }) };
    let client = TestSocket::new(&endpoint(), socket);
    assert_eq!(client.id(), Some("room_socket:bob"));
    assert_eq!(told(&client).await, json!({ "made": "by hand" }));
}

#[tokio::test(start_paused = true)]
async fn c100_parameters_become_text() {
    #[derive(Serialize)]
    struct Params {
        user: &'static str,
        age: u8,
        tags: [bool; 2],
    }
    let client =
        TestSocket::<RoomSocket>::connect(Params { user: "ann", age: 7, tags: [true, false] }).await.unwrap();
    let expected = json!({ "user": "ann", "age": "7", "tags": ["true", "false"] });
    assert_eq!(told(&client).await["params"], expected);
}

#[tokio::test(start_paused = true)]
async fn a_client_brings_headers_a_token_and_an_address() {
    let headers = [("user-agent", "kit"), ("x-forwarded-for", "10.0.0.1"), ("accept", "*/*")];
    let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    let options = ConnectOptions {
        headers: HeaderMap::from_iter(headers),
        auth_token: Some("secret".into()),
        peer: Some(([127, 0, 0, 1], 4000).into()),
    };
    let client =
        TestSocket::<RoomSocket>::connect_with(&endpoint(), json!({ "user": "ann" }), options).await.unwrap();
    let told = told(&client).await;
    assert_eq!(told["user_agent"], "kit");
    assert_eq!(told["x"], json!([["x-forwarded-for", "10.0.0.1"]]));
    assert_eq!(told["auth_token"], "secret");
    assert_eq!(told["peer"], "127.0.0.1:4000");
}

#[tokio::test(start_paused = true)]
async fn without_options_there_is_nothing_but_parameters() {
    let expected = json!({
        "params": { "user": "ann" }, "auth_token": null, "user_agent": null, "x": [], "peer": null
    });
    assert_eq!(told(&ann().await).await, expected);
}

#[tokio::test(start_paused = true)]
async fn clients_of_one_endpoint_hear_each_other() {
    let endpoint = endpoint();
    let [ann, bob] = ["ann", "bob"].map(|user| RoomSocket { user: user.into(), told: json!({}) });
    let (ann, bob) = (TestSocket::new(&endpoint, ann), TestSocket::new(&endpoint, bob));
    let (ann, bob) = (ann.join("room:1", ()).await.unwrap(), bob.join("room:1", ()).await.unwrap());

    ann.push("shout", json!({ "body": "hi" })).await.refute_reply().await;
    ann.expect_push("shout", json!({ "body": "hi" })).await;
    bob.expect_push("shout", json!({ "body": "hi" })).await;

    ann.push("shout_to_others", json!({ "body": "psst" })).await.refute_reply().await;
    bob.expect_push("shout", json!({ "body": "psst" })).await;
    ann.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn c112_a_disconnect_on_the_id_closes_the_client_and_ends_its_channels() {
    let client = ann().await;
    let ends = TestTopic::subscribe(client.endpoint(), "ends");
    let id = TestTopic::subscribe(client.endpoint(), client.id().unwrap());
    let room = client.join("room:1", ()).await.unwrap();

    client.endpoint().disconnect("room_socket:bob");
    client.refute_closed().await;
    client.endpoint().disconnect("room_socket:ann");
    id.expect("disconnect", ()).await;
    assert_eq!(client.expect_closed().await.as_u16(), 1001);
    ends.expect("ended", json!({ "topic": "room:1", "reason": "Disconnected" })).await;
    room.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn c085_c099_a_client_may_be_used_from_any_task() {
    let client = ann().await;
    let room = tokio::spawn(async move {
        let room = client.join("room:1", ()).await.unwrap();
        let _ = room.push("push", json!({ "from": "a task" })).await;
        room
    });
    room.await.unwrap().expect_push("pushed", json!({ "from": "a task" })).await;
}

#[tokio::test(start_paused = true)]
async fn one_task_waits_while_another_speaks() {
    let (_client, room) = crate::fixture::room().await;
    let said = async { room.push("push", json!({})).await };
    let (_pushed, ()) = tokio::join!(said, room.expect_push("pushed", json!({})));
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_is_answered() {
    ann().await.heartbeat().await;
}
