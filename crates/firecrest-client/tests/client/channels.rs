//! Joining, pushing, hearing and leaving.

use std::time::Duration;

use firecrest_client::{Backoff, Client, Event, JoinError, Payload, PushError, Text};
use serde_json::json;

use crate::server::Server;
use crate::{next, next_message, soon, value};

/// A server, and a client of it.
async fn connected() -> (Server, Client) {
    let server = Server::start().await;
    let client = soon(Client::connect(server.config())).await.unwrap();
    (server, client)
}

#[tokio::test]
async fn a_channel_is_joined_used_and_left() {
    let (server, client) = connected().await;
    let mut room = client.channel("room:a", json!({}));
    assert!(matches!(room.push("echo", &json!({})).await, Err(PushError::NotJoined)), "C296");
    assert!(room.next().await.is_none());

    assert_eq!(value(&room.join().await.unwrap()), json!({"user": "1", "token": null}));
    assert!(matches!(room.join().await, Err(JoinError::AlreadyJoined)), "C266");
    let reply = room.push("echo", &json!({"x": [1, "é"]})).await.unwrap();
    assert!(reply.is_ok());
    assert_eq!(value(&reply.payload), json!({"x": [1, "é"]}));
    let reply = room.push("fail", &json!({})).await.unwrap();
    assert_eq!((&*reply.status, value(&reply.payload)), ("error", json!({"reason": "because"})));
    room.push("push_me", &json!({"a": 1})).await.unwrap();
    assert_eq!(next_message(&mut room).await, ("pushed".into(), json!({"a": 1})));
    assert_eq!(server.endpoint.broadcast("room:a", "news", &json!({"b": 2})).unwrap(), 1);
    assert_eq!(next_message(&mut room).await, ("news".into(), json!({"b": 2})));

    room.leave().await.unwrap();
    assert!(matches!(next(&mut room).await, Event::Closed));
    assert!(room.next().await.is_none());
    assert!(matches!(room.push("echo", &json!({})).await, Err(PushError::NotJoined)));
    assert!(matches!(room.leave().await, Err(PushError::NotJoined)));
    assert_eq!(server.endpoint.broadcast("room:a", "news", &json!({})).unwrap(), 0);

    room.join().await.unwrap();
    assert!(room.push("echo", &json!({})).await.unwrap().is_ok());
}

#[tokio::test]
async fn clients_hear_each_other_and_only_their_topics() {
    let (server, client) = connected().await;
    let other = soon(Client::connect(server.config().param("user_id", "2"))).await.unwrap();
    let mut rooms = [
        client.channel("room:a", json!({})),
        other.channel("room:a", json!({})),
        other.channel("room:b", json!({})),
    ];
    for room in &mut rooms {
        room.join().await.unwrap();
    }
    rooms[0].send("shout", &json!({"to": "a"})).await.unwrap();
    rooms[2].send("shout", &json!({"to": "b"})).await.unwrap();
    for (room, to) in rooms.iter_mut().zip(["a", "a", "b"]) {
        assert_eq!(next_message(room).await, ("shout".into(), json!({"to": to})));
    }
}

#[tokio::test]
async fn c281_a_refused_join_says_why_and_may_be_repeated() {
    let (_server, client) = connected().await;
    let mut room = client.channel("room:private", json!({}));
    for _ in 0..2 {
        match room.join().await {
            Err(JoinError::Rejected(payload)) => {
                assert_eq!(value(&payload), json!({"reason": "unauthorized"}));
            }
            other => panic!("{other:?}"),
        }
    }
    let mut room = client.channel("room:private", json!({"secret": "sesame"}));
    room.join().await.unwrap();
    match client.channel("nope", json!({})).join().await {
        Err(JoinError::Rejected(payload)) => {
            assert_eq!(value(&payload), json!({"reason": "unmatched topic"}));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn binary_payloads_travel_both_ways() {
    let (server, client) = connected().await;
    let bytes = |data: &'static [u8]| Payload::Binary(data.into());
    let mut room = client.channel_with("room:bin", bytes(&[9, 8]));
    assert_eq!(room.join().await.unwrap(), bytes(&[9, 8]));
    let reply = room.push_payload("reverse", bytes(&[1, 2, 3])).await.unwrap();
    assert_eq!((&*reply.status, reply.payload), ("ok", bytes(&[3, 2, 1])));
    let mut expect = async |name: &str, data| match next(&mut room).await {
        Event::Message { event, payload } => assert_eq!((&*event, payload), (name, bytes(data))),
        other => panic!("{other:?}"),
    };
    expect("reversed", &[3, 2, 1]).await;
    server.endpoint.broadcast_binary("room:bin", "blob", vec![7]).unwrap();
    expect("blob", &[7]).await;
}

#[tokio::test]
async fn an_encoded_payload_is_sent_as_it_is() {
    let (_server, client) = connected().await;
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    let payload = Payload::Json(Text::from("[1.50, null]"));
    let reply = room.handle().push_payload("echo", payload).await.unwrap();
    assert_eq!(value(&reply.payload), json!([1.5, null]));
}

#[tokio::test]
async fn a_push_or_join_without_an_answer_times_out() {
    let server = Server::start().await;
    let config = server.config().timeout(Duration::from_millis(500));
    let client = soon(Client::connect(config)).await.unwrap();
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    assert!(matches!(soon(room.push("silence", &json!({}))).await, Err(PushError::Timeout)));
    assert!(room.push("echo", &json!({})).await.unwrap().is_ok(), "nothing else is disturbed");
    let mut slow = client.channel("room:slow", json!({}));
    assert!(matches!(soon(slow.join()).await, Err(JoinError::Timeout)));
    assert!(matches!(soon(slow.join()).await, Err(JoinError::Timeout)), "the first one was undone");
}

#[tokio::test]
async fn c284_a_crashed_channel_is_joined_again() {
    let server = Server::start().await;
    let config = server.config().rejoin(Backoff::new([Duration::from_millis(1)]));
    let client = soon(Client::connect(config)).await.unwrap();
    let mut room = client.channel("room:private", json!({"secret": "sesame"}));
    room.join().await.unwrap();
    assert!(matches!(room.push("crash", &json!({})).await, Err(PushError::Interrupted)));
    match next(&mut room).await {
        Event::Error(payload) => assert_eq!(value(&payload), json!({"reason": "channel_crash"})),
        other => panic!("{other:?}"),
    }
    assert!(room.push("echo", &json!({})).await.unwrap().is_ok(), "it waits for the rejoin");
    assert!(matches!(next(&mut room).await, Event::Rejoined(_)));
}

#[tokio::test]
async fn c287_a_channel_that_the_server_closes_is_over() {
    let (_server, client) = connected().await;
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    room.send("stop", &json!({})).await.unwrap();
    assert!(matches!(next(&mut room).await, Event::Closed));
    assert!(matches!(room.push("echo", &json!({})).await, Err(PushError::NotJoined)));
}

#[tokio::test]
async fn events_that_are_not_taken_give_way_to_newer_ones() {
    let server = Server::start().await;
    let client = soon(Client::connect(server.config().max_events(4))).await.unwrap();
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    // The reply comes after the pushes.
    room.push("flood", &json!({"messages": 100})).await.unwrap();
    assert!(matches!(next(&mut room).await, Event::Lagged(96)));
    for nth in 96..100 {
        assert_eq!(next_message(&mut room).await, ("flood".into(), json!({"nth": nth})));
    }
}

/// C268: a new channel for a topic can be joined as soon as the old one is dropped.
#[tokio::test]
async fn a_dropped_channel_is_left() {
    let (server, client) = connected().await;
    for _ in 0..3 {
        let mut room = client.channel("room:a", json!({}));
        room.join().await.unwrap();
        assert_eq!(server.endpoint.broadcast("room:a", "news", &json!({})).unwrap(), 1);
        assert_eq!(next_message(&mut room).await.0, "news");
    }
}

#[tokio::test]
async fn a_join_that_is_given_up_is_undone() {
    let (_server, client) = connected().await;
    let mut slow = client.channel("room:slow", json!({}));
    let mut room = client.channel("room:a", json!({}));
    tokio::select! {
        biased;
        joined = slow.join() => panic!("{joined:?}"),
        joined = room.join() => drop(joined.unwrap()),
    }
    let payload = json!({});
    tokio::select! {
        biased;
        joined = slow.join() => panic!("{joined:?}"),
        reply = room.push("echo", &payload) => assert!(reply.unwrap().is_ok()),
    }
}

#[tokio::test]
async fn many_tasks_push_at_once() {
    let (_server, client) = connected().await;
    let mut room = client.channel("room:a", json!({}));
    room.join().await.unwrap();
    let tasks: Vec<_> = (0..500)
        .map(|nth| {
            let handle = room.handle();
            tokio::spawn(async move { handle.push("echo", &json!({ "nth": nth })).await })
        })
        .collect();
    for (nth, task) in tasks.into_iter().enumerate() {
        assert_eq!(value(&task.await.unwrap().unwrap().payload), json!({ "nth": nth }));
    }
}
