//! Who is here, over all nodes (H20).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use firecrest::prelude::*;
use firecrest::pubsub::cluster::InProcess;
use firecrest_test::{Refusal, TestChannel, TestSocket, advance};
use hello_sockets::{AuthSocket, UserSocket};
use serde_json::Value;

use crate::nodes::node;

/// What it takes at most until other nodes know.
const SOON: Duration = Duration::from_secs(5);

/// A user who has come in and sees everybody.
async fn enter(endpoint: &Endpoint, user_id: u64) -> (TestSocket<AuthSocket>, TestChannel) {
    let client = TestSocket::new(endpoint, AuthSocket { user_id });
    let tracked = client.join("tracked", ()).await.unwrap().within(SOON);
    (client, tracked)
}

/// The users in a state, or in one side of a diff, with how many tabs each has.
fn tabs(presences: &Value) -> Value {
    let presences = presences.as_object().unwrap();
    presences
        .iter()
        .map(|(key, presence)| (key.clone(), presence["metas"].as_array().unwrap().len()))
        .collect()
}

/// Waits for the next change and checks who came and who went.
async fn expect_change(tracked: &TestChannel, joins: Value, leaves: Value) {
    let diff = tracked.next("presence_diff").await;
    assert_eq!((tabs(&diff["joins"]), tabs(&diff["leaves"])), (joins, leaves));
}

/// Waits until a node lists these users and no others.
async fn expect_users(endpoint: &Endpoint, users: &[u64]) {
    let users: Vec<_> = users.iter().map(u64::to_string).collect();
    let listed = async {
        while !endpoint.presence().list("tracked").await.iter().map(|user| &*user.key).eq(&users) {
            advance(Duration::from_millis(100)).await;
        }
    };
    let in_time = tokio::time::timeout(SOON, listed).await;
    assert!(in_time.is_ok(), "not {users:?} but {:?}", endpoint.presence().list("tracked").await);
}

#[tokio::test(start_paused = true)]
async fn h20_who_comes_in_is_told_who_is_here() {
    let endpoint = Endpoint::builder().build().unwrap();
    let (_first, first) = enter(&endpoint, 7).await;
    assert_eq!(tabs(&first.next("presence_state").await), json!({}));
    expect_change(&first, json!({ "7": 1 }), json!({})).await;

    let (_second, second) = enter(&endpoint, 8).await;
    assert_eq!(tabs(&second.next("presence_state").await), json!({ "7": 1 }));
    expect_change(&second, json!({ "8": 1 }), json!({})).await;
    expect_change(&first, json!({ "8": 1 }), json!({})).await;
}

#[tokio::test(start_paused = true)]
async fn h20_a_user_says_who_it_is_and_since_when() {
    let endpoint = Endpoint::builder().build().unwrap();
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let before = now();
    let (_client, tracked) = enter(&endpoint, 7).await;
    let diff = tracked.next("presence_diff").await;

    let meta = diff["joins"]["7"]["metas"][0].as_object().unwrap();
    assert_eq!(meta.keys().collect::<Vec<_>>(), ["online_at", "phx_ref", "user_id"]);
    assert_eq!(meta["user_id"], 7);
    assert!((before..=now()).contains(&meta["online_at"].as_u64().unwrap()), "{meta:?}");
}

#[tokio::test(start_paused = true)]
async fn h20_a_user_is_here_as_long_as_one_tab_is() {
    let endpoint = Endpoint::builder().build().unwrap();
    let (_other, other) = enter(&endpoint, 8).await;
    expect_change(&other, json!({ "8": 1 }), json!({})).await;

    let (phone, _phone) = enter(&endpoint, 7).await;
    expect_change(&other, json!({ "7": 1 }), json!({})).await;
    let (_desk, desk) = enter(&endpoint, 7).await;
    assert_eq!(tabs(&desk.next("presence_state").await), json!({ "7": 1, "8": 1 }));
    expect_change(&other, json!({ "7": 1 }), json!({})).await;
    expect_users(&endpoint, &[7, 8]).await;

    phone.close().await;
    expect_change(&other, json!({}), json!({ "7": 1 })).await;
    expect_users(&endpoint, &[7, 8]).await;
    desk.leave().await;
    expect_change(&other, json!({}), json!({ "7": 1 })).await;
    expect_users(&endpoint, &[8]).await;
}

#[tokio::test(start_paused = true)]
async fn h20_users_of_all_nodes_are_on_the_list() {
    let cluster = InProcess::new();
    let [earth, moon] = ["earth", "moon"].map(|name| node(&cluster, name));
    let (_here, here) = enter(&earth, 7).await;
    expect_change(&here, json!({ "7": 1 }), json!({})).await;

    let (there, _there) = enter(&moon, 8).await;
    expect_change(&here, json!({ "8": 1 }), json!({})).await;
    for endpoint in [&earth, &moon] {
        expect_users(endpoint, &[7, 8]).await;
    }

    there.close().await;
    expect_change(&here, json!({}), json!({ "8": 1 })).await;
    for endpoint in [&earth, &moon] {
        expect_users(endpoint, &[7]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn h20_only_users_with_a_token_are_on_the_list() {
    let client = TestSocket::<UserSocket>::connect(()).await.unwrap();
    let refusal = client.join("tracked", ()).await.unwrap_err();
    assert_eq!(refusal, Refusal(json!({ "reason": "unmatched topic" })));
}
