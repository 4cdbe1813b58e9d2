//! Where a session's token is found, and which are good (spec §4.1, §4.5, §4.8).

use std::time::{Duration, SystemTime};

use axum::body::Body;
use firecrest::prelude::*;
use firecrest::token::Signer;
use http::request::Builder;
use http::{Method, Request};
use serde_json::{Value, json};

use super::client::{App, Client};
use crate::site::{Answer, send};

const HEADER: &str = "X-Phoenix-Longpoll-Token";
const HEARTBEAT: &str = r#"[null,"1","phoenix","heartbeat",{}]"#;

async fn ask(client: &Client, request: Builder, body: &'static str) -> Answer {
    send(&client.router, request.body(Body::from(body)).unwrap()).await
}

fn request(client: &Client, method: Method, query_token: Option<&str>) -> Builder {
    let query = query_token.map(|token| format!("&token={token}")).unwrap_or_default();
    Request::builder().method(method).uri(format!("{}{query}", client.uri))
}

/// Whether GET and POST with these tokens find the client's session.
async fn finds_session(client: &Client, header: Option<&str>, query: Option<&str>) -> bool {
    let with_header = |request: Builder| match header {
        Some(token) => request.header(HEADER, token),
        None => request,
    };
    let post = ask(client, with_header(request(client, Method::POST, query)), HEARTBEAT).await.json();
    let poll = ask(client, with_header(request(client, Method::GET, query)), "").await.json();
    let found = post == json!({ "status": 200 });
    if found {
        assert_eq!((&poll["status"], &poll["token"]), (&json!(200), &json!(client.token)));
    } else {
        assert_eq!((&post, &poll["status"]), (&json!({ "status": 410 }), &json!(410)));
        assert!(poll["token"].is_string() && poll["token"] != client.token, "{poll}: a session of its own");
    }
    found
}

#[tokio::test(start_paused = true)]
async fn c181_c302_the_token_in_the_query() {
    let client = App::new().open().await;
    assert!(finds_session(&client, None, Some(&client.token)).await);
}

#[tokio::test(start_paused = true)]
async fn c182_c302_the_token_in_the_header_wins_even_when_bogus() {
    let client = App::new().open().await;
    assert!(finds_session(&client, Some(&client.token), None).await);
    assert!(finds_session(&client, Some(&client.token), Some("bogus")).await);
    assert!(!finds_session(&client, Some("bogus"), Some(&client.token)).await);
    assert!(!finds_session(&client, Some("caf\u{e9}"), Some(&client.token)).await);
}

#[tokio::test(start_paused = true)]
async fn c303_a_token_that_is_none_finds_no_session() {
    let client = App::new().open().await;
    let tampered = format!("{}AAAA", &client.token[..client.token.len() - 4]);
    for token in ["", "bogus", &tampered] {
        assert!(!finds_session(&client, None, Some(token)).await, "{token:?}");
    }
    assert!(!finds_session(&client, None, None).await);
    assert!(finds_session(&client, None, Some(&client.token)).await, "nothing happened to it");
}

/// Another secret, and another endpoint with the same secret, which has no such session.
#[tokio::test(start_paused = true)]
async fn the_token_of_another_endpoint_finds_no_session() {
    const SECRET: &str = "a secret of at least sixty-four bytes, as an endpoint needs it, and more";
    let shared = || App::at(Endpoint::builder().secret_key_base(SECRET).build().unwrap(), |mount| mount);
    let (one, two, three) = (shared().open().await, shared().open().await, App::new().open().await);
    for foreign in [&two, &three] {
        assert!(!finds_session(&one, None, Some(&foreign.token)).await);
    }
    assert!(finds_session(&one, None, Some(&one.token)).await);
}

/// Spec §1.2: a token lives 14 days.
#[tokio::test(start_paused = true)]
async fn an_expired_token_finds_no_session() {
    let app = App::new();
    let client = app.open().await;
    let signer = Signer::new(app.endpoint.secret(), "firecrest longpoll");
    let id: Value = signer.verify(Some(&client.token)).unwrap();
    for (age, expected) in
        [(14 * DAY - Duration::from_secs(60), true), (14 * DAY + Duration::from_secs(1), false)]
    {
        let mut aged = client.clone();
        aged.token = signer.clone().signed_at(SystemTime::now() - age).sign(&id).unwrap();
        assert_eq!(finds_session(&aged, None, Some(&aged.token)).await, expected, "{age:?}");
    }
}

/// The token is the only credential of a session.
#[tokio::test(start_paused = true)]
async fn every_session_has_a_token_of_its_own() {
    let app = App::new();
    let (one, two) = (app.open().await, app.open().await);
    assert_ne!(one.token, two.token);
    one.join("1", "room:a").await;
    two.expect_nothing().await;
    assert_eq!(app.endpoint.connections(), 2);
}
