//! The form of requests and answers (spec §4.2, §4.3).

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE,
};
use http::{HeaderName, Request, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::client::{App, NDJSON};
use crate::site::{Answer, get, send};

fn assert_headers(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header(CONTENT_TYPE), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header(CACHE_CONTROL), Some("no-store"));
    assert_eq!(answer.header(ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
}

/// HTTP 200 and the same headers, whatever the status in the body.
#[tokio::test(start_paused = true)]
async fn c183_answers_are_json_that_nobody_may_store() {
    let app = App::new();
    let client = app.open().await;
    let ask = async |uri: &str| send(&app.router, get(uri).body(Body::empty()).unwrap()).await;
    let created = ask("/socket/longpoll?vsn=2.0.0").await;
    let refused = ask("/socket/longpoll?vsn=9.9.9").await;
    let nothing = client.get().await;
    let posted = client.post(Some(NDJSON), r#"[null,"1","phoenix","heartbeat",{}]"#).await;
    let messages = client.get().await;
    let mut stranger = client.clone();
    stranger.token = "bogus".into();
    let gone = stranger.post(None, "").await;
    for (answer, status) in
        [(created, 410), (refused, 403), (nothing, 204), (posted, 200), (messages, 200), (gone, 410)]
    {
        assert_headers(&answer);
        assert_eq!(answer.json()["status"], status);
    }
}

/// The table of spec §4.2: token and messages are there or not there, never null.
#[tokio::test(start_paused = true)]
async fn the_keys_of_each_answer() {
    let app = App::new();
    let client = app.open().await;
    let keys = |answer: Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(client.poll().await), "messages status token");
    client.say(json!([null, "1", "phoenix", "heartbeat", {}])).await;
    assert_eq!(keys(client.poll().await), "messages status token");
    let refused =
        send(&app.router, get("/socket/longpoll?vsn=2.0.0&refuse=x").body(Body::empty()).unwrap()).await;
    assert_eq!(refused.json(), json!({ "status": 403 }));
}

#[tokio::test]
async fn a_preflight_request_is_answered() {
    let app = App::new();
    let request = Request::options("/socket/longpoll?vsn=2.0.0&token=x")
        .header("host", "www.example.com")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .header("access-control-request-headers", "x-phoenix-authtoken,x-phoenix-longpoll-token");
    let answer = send(&app.router, request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    let header = |name: HeaderName| answer.header(name);
    assert_eq!(header(ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
    let wanted = "content-type, x-phoenix-authtoken,x-phoenix-longpoll-token";
    assert_eq!(header(ACCESS_CONTROL_ALLOW_HEADERS), Some(wanted));
    assert_eq!(header(ACCESS_CONTROL_ALLOW_METHODS), Some("get, post, options"));
    assert_eq!(header(ACCESS_CONTROL_MAX_AGE), Some("3600"));
    assert_eq!(app.endpoint.connections(), 0);
}

#[tokio::test]
async fn other_methods_are_answered_400() {
    let app = App::new();
    for method in ["PUT", "DELETE", "PATCH", "HEAD"] {
        let request = Request::builder().method(method).uri("/socket/longpoll?vsn=2.0.0");
        let answer = send(&app.router, request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::BAD_REQUEST, 0), "{method}");
    }
    assert_eq!(app.endpoint.connections(), 0);
}

/// 7.9 MB pass, more than 8 MB do not, and the session survives (spec §4.2).
#[tokio::test(start_paused = true)]
async fn the_size_of_a_body_is_bounded() {
    let app = App::new();
    let client = app.open().await;
    client.join("1", "room:a").await;
    let frame = |size: usize| {
        let empty = json!(["1", "2", "room:a", "ack", { "text": "" }]).to_string();
        let frame =
            json!(["1", "2", "room:a", "ack", { "text": "x".repeat(size - empty.len()) }]).to_string();
        assert_eq!(frame.len(), size);
        frame
    };
    let passed = client.post(Some(NDJSON), frame(8_000_000)).await;
    assert_eq!(passed.json(), json!({ "status": 200 }));
    client.expect([super::client::ok(json!("1"), json!("2"), "room:a", json!({}))]).await;
    let refused = client.post(Some(NDJSON), frame(8_000_001)).await;
    assert_eq!((refused.status, refused.body.len()), (StatusCode::BAD_REQUEST, 0));
    client.expect_nothing().await;
}

/// A body that never comes.
fn never() -> Body {
    Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>())
}

/// Spec §4.5: 410 at once, without waiting for a body of up to 8 MB.
#[tokio::test(start_paused = true)]
async fn s4_5_a_dead_session_is_answered_before_the_body_is_read() {
    let mut client = App::new().open().await;
    client.token = "bogus".into();
    let started = Instant::now();
    let answer = client.post(Some(NDJSON), never()).await;
    assert_eq!((answer.json(), started.elapsed()), (json!({ "status": 410 }), Duration::ZERO));
}

/// The status of a POST that found no room in time: the official client sends what it held again.
#[tokio::test(start_paused = true)]
async fn s4_2_a_body_that_does_not_arrive_within_the_window_is_answered_408() {
    let window = Duration::from_secs(3);
    let client = App::mounted(|mount| mount.window(window)).open().await;
    let started = Instant::now();
    let answer = client.post(Some(NDJSON), never()).await;
    assert_headers(&answer);
    assert_eq!((answer.json(), started.elapsed()), (json!({ "status": 408 }), window));
    client.say(json!([null, "1", "phoenix", "heartbeat", {}])).await;
}

/// Spec §1.6: an exception in `connect` is HTTP 500; the official client then reconnects.
#[tokio::test]
async fn a_panic_in_connect_is_answered_500() {
    let app = App::new();
    let request = get("/socket/longpoll?vsn=2.0.0&refuse=panic").body(Body::empty()).unwrap();
    assert_eq!(send(&app.router, request).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(app.endpoint.connections(), 0);
}
