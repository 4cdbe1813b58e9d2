//! The pipeline: from a POST to the sockets of one user (H19).

use axum::body::Body;
use axum::response::Response;
use firecrest::prelude::*;
use firecrest::pubsub::cluster::InProcess;
use firecrest_test::{TestChannel, TestSocket};
use hello_sockets::AuthSocket;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::nodes::node;

/// An application that somebody has a page of.
struct App {
    endpoint: Endpoint,
    router: axum::Router,
    cookie: String,
    csrf_token: String,
}

impl App {
    async fn start(endpoint: Endpoint) -> Self {
        let router = hello_sockets::router(&endpoint);
        let request = Request::get("/hello").body(Body::empty()).unwrap();
        let page = router.clone().oneshot(request).await.unwrap();
        let cookie = page.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let html = axum::body::to_bytes(page.into_body(), usize::MAX).await.unwrap();
        let html = String::from_utf8(html.to_vec()).unwrap();
        let (_, rest) = html.split_once("name=\"csrf-token\" content=\"").unwrap();
        let csrf_token = rest.split_once('"').unwrap().0.to_owned();
        App { endpoint, router, cookie, csrf_token }
    }

    async fn new() -> Self {
        Self::start(Endpoint::builder().build().unwrap()).await
    }

    async fn post(&self, csrf_token: &str, body: &Value) -> Response {
        let request = Request::post("/hello/push")
            .header(COOKIE, &self.cookie)
            .header(CONTENT_TYPE, "application/json")
            .header("x-csrf-token", csrf_token)
            .body(Body::from(body.to_string()));
        self.router.clone().oneshot(request.unwrap()).await.unwrap()
    }

    async fn push(&self, user_id: u64, data: Value) {
        let body = json!({ "user_id": user_id, "data": data });
        assert_eq!(self.post(&self.csrf_token, &body).await.status(), StatusCode::ACCEPTED);
    }
}

async fn join(endpoint: &Endpoint, user_id: u64) -> (TestSocket<AuthSocket>, TestChannel) {
    let socket = TestSocket::new(endpoint, AuthSocket { user_id });
    let channel = socket.join(&format!("user:{user_id}"), ()).await.unwrap();
    (socket, channel)
}

/// What was measured under this name since the last time.
fn times(snapshots: &Snapshotter, name: &str) -> Vec<f64> {
    let metrics = snapshots.snapshot().into_vec().into_iter();
    let found = metrics.filter(|(key, ..)| key.key().name() == name).flat_map(|(.., value)| match value {
        DebugValue::Histogram(times) => times,
        other => panic!("{other:?} is no histogram"),
    });
    found.map(f64::from).collect()
}

#[tokio::test(start_paused = true)]
async fn h19_g044_an_item_reaches_all_sockets_of_its_user_and_none_of_another() {
    let app = App::new().await;
    let [(_a, desk), (_b, phone)] = [join(&app.endpoint, 1).await, join(&app.endpoint, 1).await];
    let (_c, other) = join(&app.endpoint, 2).await;
    app.push(1, json!({ "number": 1 })).await;
    for own in [&desk, &phone] {
        own.expect_push("push_timed", json!({ "data": { "number": 1 } })).await;
        own.refute_push().await;
    }
    other.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn h19_g045_ten_items_of_one_user_arrive_in_order() {
    let app = App::new().await;
    let [(_a, one), (_b, two)] = [join(&app.endpoint, 1).await, join(&app.endpoint, 2).await];
    for number in 1..=10 {
        app.push(1, json!(number)).await;
        app.push(2, json!(-number)).await;
    }
    for number in 1..=10 {
        one.expect_push("push_timed", json!({ "data": number })).await;
        two.expect_push("push_timed", json!({ "data": -number })).await;
    }
    one.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn h19_g046_g047_each_push_is_measured_once_on_its_way_and_once_in_its_worker() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let app = App::new().await;
    let (_socket, channel) = join(&app.endpoint, 1).await;
    for number in 0..10 {
        app.push(1, json!(number)).await;
        channel.expect_push("push_timed", json!({ "data": number })).await;
    }
    // Nobody is there for this one.
    app.push(2, json!("lost")).await;
    channel.refute_push().await;

    let delivered = times(&snapshots, "pipeline.push_delivered");
    assert_eq!(delivered.len(), 10);
    assert!(delivered.iter().all(|time| (0.0..60_000.0).contains(time)), "in milliseconds: {delivered:?}");
    app.push(1, json!(11)).await;
    channel.expect_push("push_timed", json!({ "data": 11 })).await;
    assert_eq!(times(&snapshots, "pipeline.worker.process_time").len(), 1, "the others were told above");
}

/// On whichever node the socket is; where the clocks may differ, it says so.
#[tokio::test(start_paused = true)]
async fn h19_an_item_finds_its_user_on_another_node() {
    let cluster = InProcess::new();
    let (earth, moon) = (App::start(node(&cluster, "earth")).await, node(&cluster, "moon"));
    let (_socket, channel) = join(&moon, 7).await;
    earth.push(7, json!("hello")).await;
    channel.expect_push("push_timed", json!({ "data": "hello" })).await;
}

#[tokio::test(start_paused = true)]
async fn h19_only_the_page_may_push() {
    let app = App::new().await;
    let (_socket, channel) = join(&app.endpoint, 1).await;
    let body = json!({ "user_id": 1, "data": null });
    assert_eq!(app.post("wrong", &body).await.status(), StatusCode::FORBIDDEN);
    for body in [json!({}), json!({ "user_id": "x", "data": 1 }), json!(1)] {
        let status = app.post(&app.csrf_token, &body).await.status();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    channel.refute_push().await;
}

/// What has no time on it was not handed over by the pipeline.
#[tokio::test(start_paused = true)]
async fn h19_a_broadcast_that_only_looks_like_a_push_is_left_out() {
    let endpoint = Endpoint::builder().build().unwrap();
    let (_socket, channel) = join(&endpoint, 1).await;
    for payload in [json!({}), json!({ "data": 1 }), json!({ "data": 1, "handed_over": "now" })] {
        endpoint.broadcast("user:1", "push_timed", &payload).unwrap();
    }
    channel.refute_push().await;
}

#[tokio::test(start_paused = true)]
async fn h19_g050_what_waits_is_finished_when_the_server_stops() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let app = App::new().await;
    // What is registered later is done before: these items wait when the pipeline's turn comes.
    let app = std::sync::Arc::new(app);
    let late = std::sync::Arc::clone(&app);
    app.endpoint.on_shutdown(async move || {
        for number in 0..50 {
            late.push(1, json!(number)).await;
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    app.endpoint.serve_until(listener, app.router.clone(), async {}).await;
    assert_eq!(times(&snapshots, "pipeline.worker.process_time").len(), 50);
    let body = json!({ "user_id": 1, "data": 51 });
    assert_eq!(app.post(&app.csrf_token, &body).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}
