//! Who may connect, and as whom (H01, H11–H13).

use std::time::{Duration, SystemTime};

use axum::body::Body;
use firecrest::prelude::*;
use firecrest::token::{self, Signer, TokenError};
use firecrest::wire::websocket::CloseCode;
use firecrest_test::{ConnectOptions, Refusal, TestSocket};
use hello_sockets::{AUTH_SALT, AuthSocket, UserSocket};
use http::Request;
use tower::ServiceExt as _;

fn endpoint() -> Endpoint {
    Endpoint::builder().build().unwrap()
}

fn token(endpoint: &Endpoint, salt: &str) -> String {
    token::sign(endpoint.secret(), salt, &7).unwrap()
}

/// What the auth socket says to somebody with this token.
async fn refusal(endpoint: &Endpoint, token: &str) -> Refused {
    TestSocket::<AuthSocket>::connect_to(endpoint, json!({ "token": token })).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn h01_anybody_connects_to_the_user_socket_and_is_nobody() {
    let client = TestSocket::<UserSocket>::connect(()).await.unwrap();
    assert_eq!(client.id(), None);
    client.heartbeat().await;
}

#[tokio::test(start_paused = true)]
async fn a_topic_without_a_route_cannot_be_joined() {
    let client = TestSocket::<UserSocket>::connect(()).await.unwrap();
    let refusal = client.join("nowhere", ()).await.unwrap_err();
    assert_eq!(refusal, Refusal(json!({ "reason": "unmatched topic" })));
}

/// A socket that cannot be mounted: its route has a splat in the middle.
struct Misrouted;

impl Socket for Misrouted {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Misrouted)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Lobby>("lobby:*:chat")
    }
}

struct Lobby;

impl Channel<Misrouted> for Lobby {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, Misrouted>) -> Result<Joined<Self>, Rejected> {
        Ok(Lobby.into())
    }
}

#[test]
#[should_panic(expected = "lobby:*:chat")]
fn h11_a_splat_in_the_middle_of_a_route_stops_the_start() {
    let _ = endpoint().socket::<Misrouted>("/misrouted").into_router::<()>();
}

#[tokio::test(start_paused = true)]
async fn h12_a_signed_token_opens_the_auth_socket() {
    let endpoint = endpoint();
    let token = token(&endpoint, AUTH_SALT);
    let client =
        TestSocket::<AuthSocket>::connect_to(&endpoint, json!({ "token": token.clone() })).await.unwrap();
    assert_eq!(client.id(), Some("auth_socket:7"));

    let options = ConnectOptions { auth_token: Some(token), ..ConnectOptions::default() };
    let client = TestSocket::<AuthSocket>::connect_with(&endpoint, (), options).await.unwrap();
    assert_eq!(client.id(), Some("auth_socket:7"), "the official client's authToken does as well");
}

#[tokio::test(start_paused = true)]
async fn h12_any_other_token_does_not_each_for_its_own_reason() {
    let endpoint = endpoint();
    let nothing = TestSocket::<AuthSocket>::connect_to(&endpoint, ()).await.unwrap_err();
    assert_eq!(nothing, TokenError::Missing.into());

    let forged = "SFMyNTY.g2gDYQFuBgAAaOXPiwFiAAFRgA.dJbYvRWRb_lEczlJojrITlp54_rsgPaQMjLicffM3zA";
    assert_eq!(refusal(&endpoint, forged).await, TokenError::Invalid.into());

    let other_salt = token(&endpoint, "another salt");
    assert_eq!(refusal(&endpoint, &other_salt).await, TokenError::Invalid.into());

    let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 60 * 60);
    let old = Signer::new(endpoint.secret(), AUTH_SALT).signed_at(two_days_ago).sign(&7).unwrap();
    assert_eq!(refusal(&endpoint, &old).await, TokenError::Expired.into());
}

/// Over HTTP a refusal is a 403. With a good token the same request, which is no WebSocket handshake, gets as far as 400.
#[tokio::test]
async fn h12_whoever_is_refused_gets_a_403() {
    let endpoint = endpoint();
    for (query, status) in
        [("", 403), ("?token=forged", 403), (&*format!("?token={}", token(&endpoint, AUTH_SALT)), 400)]
    {
        let uri = format!("/auth_socket/websocket{query}");
        let request = Request::get(&uri).body(Body::empty()).unwrap();
        let response = hello_sockets::router(&endpoint).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{uri}");
    }
}

#[tokio::test(start_paused = true)]
async fn h12_a_user_is_disconnected_everywhere_at_once() {
    let endpoint = endpoint();
    let [phone, desk, other] = [7, 7, 8].map(|user_id| TestSocket::new(&endpoint, AuthSocket { user_id }));
    let _topic = phone.join("user:7", ()).await.unwrap();

    endpoint.disconnect("auth_socket:7");
    assert_eq!(phone.expect_closed().await, CloseCode::GOING_AWAY);
    assert_eq!(desk.expect_closed().await.as_u16(), 1001);
    other.refute_closed().await;
}

#[tokio::test(start_paused = true)]
async fn h13_a_user_joins_the_own_topic_only() {
    let client = TestSocket::new(&endpoint(), AuthSocket { user_id: 7 });
    client.join("user:7", ()).await.unwrap();
    for other in ["user:8", "user:07", "user:", "user:7:7", "user:x"] {
        let refusal = client.join(other, ()).await.unwrap_err();
        assert_eq!(refusal, Refusal(json!({ "reason": "unauthorized" })), "{other}");
    }
}
