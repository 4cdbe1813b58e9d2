//! The page, and the stand-in for a console that broadcasts (H22).

use axum::body::{Body, to_bytes};
use axum::response::Response;
use firecrest::prelude::*;
use firecrest::token;
use firecrest_test::{ConnectOptions, TestSocket, TestTopic};
use hello_sockets::{AUTH_SALT, AuthSocket};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

/// A page that was opened in a browser: what a script on it finds.
struct Page {
    endpoint: Endpoint,
    cookie: String,
    policy: String,
    html: String,
}

async fn send(endpoint: &Endpoint, request: Request<Body>) -> Response {
    hello_sockets::router(endpoint).oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

impl Page {
    async fn open(uri: &str) -> Self {
        let endpoint = Endpoint::builder().build().unwrap();
        let response = send(&endpoint, Request::get(uri).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name| response.headers()[&name].to_str().unwrap().to_owned();
        let cookie = header(SET_COOKIE).split(';').next().unwrap().to_owned();
        Page { endpoint, cookie, policy: header(CONTENT_SECURITY_POLICY), html: text(response).await }
    }

    /// The content of `<meta name="…">`.
    fn meta(&self, name: &str) -> &str {
        let start = format!("<meta name=\"{name}\" content=\"");
        let (_, rest) = self.html.split_once(&start).unwrap_or_else(|| panic!("no meta {name}"));
        rest.split_once("\">").unwrap().0
    }

    async fn broadcast(&self, csrf_token: Option<&str>, payload: Value) -> Response {
        self.announce(csrf_token, "request_ping", payload).await
    }

    async fn announce(&self, csrf_token: Option<&str>, event: &str, payload: Value) -> Response {
        let body = json!({ "topic": "ping", "event": event, "payload": payload });
        let mut request = Request::post("/hello/broadcast")
            .header(COOKIE, &self.cookie)
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = csrf_token {
            request = request.header("x-csrf-token", token);
        }
        send(&self.endpoint, request.body(Body::from(body.to_string())).unwrap()).await
    }
}

#[tokio::test]
async fn h22_the_page_knows_its_visitor() {
    for (uri, user_id) in [("/hello", 1), ("/hello?user_id=7", 7)] {
        let page = Page::open(uri).await;
        assert_eq!(page.meta("user-id"), user_id.to_string());
        let signed: u64 =
            token::verify(page.endpoint.secret(), AUTH_SALT, Some(page.meta("auth-token")), DAY).unwrap();
        assert_eq!(signed, user_id);
        assert_eq!(page.meta("csrf-token").len(), 56);
        assert!(!page.html.contains("{{"), "every place is filled in");
    }
}

#[tokio::test]
async fn h22_nobody_stores_the_page() {
    let endpoint = Endpoint::builder().build().unwrap();
    let response = send(&endpoint, Request::get("/hello").body(Body::empty()).unwrap()).await;
    assert!(response.headers().contains_key(SET_COOKIE));
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn h22_what_a_visitor_makes_up_does_not_reach_the_page() {
    let endpoint = Endpoint::builder().build().unwrap();
    for user_id in ["x", "-1", "", "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"] {
        let uri = format!("/hello?user_id={user_id}");
        let response = send(&endpoint, Request::get(&uri).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{uri}");
        assert!(!text(response).await.contains("<script"), "{uri}");
    }
}

#[tokio::test]
async fn h22_the_page_needs_no_inline_script_or_style() {
    let page = Page::open("/hello").await;
    assert!(page.policy.starts_with("default-src 'self';"), "{}", page.policy);
    assert!(!page.policy.contains("unsafe"), "{}", page.policy);

    let tags: Vec<_> = page.html.split('<').filter_map(|tag| tag.split('>').next()).collect();
    assert!(tags.iter().filter(|tag| tag.starts_with("script")).all(|tag| tag.contains(" src=\"/assets/")));
    assert!(
        !tags.iter().any(|tag| tag.starts_with("style") || tag.contains(" style=") || tag.contains(" on"))
    );
}

#[tokio::test(start_paused = true)]
async fn h22_the_token_in_the_page_opens_the_auth_socket() {
    let page = Page::open("/hello?user_id=7").await;
    let options =
        ConnectOptions { auth_token: Some(page.meta("auth-token").into()), ..ConnectOptions::default() };
    let client = TestSocket::<AuthSocket>::connect_with(&page.endpoint, (), options).await.unwrap();
    assert_eq!(client.id(), Some("auth_socket:7"));
    client.join("user:7", ()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn h09_the_page_broadcasts_with_its_csrf_token() {
    let page = Page::open("/hello").await;
    let ping = TestTopic::subscribe(&page.endpoint, "ping");
    let response = page.broadcast(Some(page.meta("csrf-token")), json!({ "number": 1 })).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Value = serde_json::from_str(&text(response).await).unwrap();
    assert_eq!(answer, json!({ "node": page.endpoint.node(), "receivers": 1 }));
    ping.expect("request_ping", json!({ "number": 1 })).await;
}

#[tokio::test(start_paused = true)]
async fn h09_nobody_else_broadcasts() {
    let page = Page::open("/hello").await;
    let ping = TestTopic::subscribe(&page.endpoint, "ping");
    let other_page = Page::open("/hello").await;
    for token in [None, Some(""), Some("wrong"), Some(other_page.meta("csrf-token"))] {
        let response = page.broadcast(token, json!({})).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{token:?}");
    }
    ping.refute().await;
}

#[tokio::test(start_paused = true)]
async fn h09_only_objects_are_broadcast() {
    let page = Page::open("/hello").await;
    let ping = TestTopic::subscribe(&page.endpoint, "ping");
    for payload in [json!(5), json!("x"), json!([1]), json!(null)] {
        let response = page.broadcast(Some(page.meta("csrf-token")), payload.clone()).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{payload}");
    }
    ping.refute().await;
}

#[tokio::test(start_paused = true)]
async fn h09_events_of_the_protocol_are_not_broadcast() {
    let page = Page::open("/hello").await;
    let ping = TestTopic::subscribe(&page.endpoint, "ping");
    for event in
        ["phx_close", "phx_error", "phx_reply", "phx_", "presence_state", "presence_diff", "disconnect"]
    {
        let response = page.announce(Some(page.meta("csrf-token")), event, json!({})).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{event}");
        assert!(text(response).await.contains(event));
    }
    ping.refute().await;
}
