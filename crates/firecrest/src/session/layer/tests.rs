use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::StatusCode;
use http::header::COOKIE;
use tower::ServiceExt;

use super::*;
use crate::session::{SessionError, SessionRejection};

fn router(config: SessionConfig) -> Router {
    let secret = SecretKeyBase::new("0123456789abcdef".repeat(4)).unwrap();
    Router::new()
        .route("/ignore", get(|_session: Session| async { "ignored" }))
        .route("/read", get(|session: Session| async move { format!("{:?}", session.get::<u32>("visits")) }))
        .route("/visit", get(visit))
        .route("/large", get(large))
        .route("/clear", get(|session: Session| async move { session.clear() }))
        .route("/renew", get(|session: Session| async move { session.renew() }))
        .route("/remove", get(|session: Session| async move { format!("{:?}", session.remove("visits")) }))
        .route(
            "/stored",
            get(async |session: Session| visit(session).await.map(|()| [(CACHE_CONTROL, "no-store")])),
        )
        .layer(SessionLayer::new(secret, config))
        .route("/outside", get(|_session: Session| async {}))
        .route("/optional", get(|session: Option<Session>| async move { session.is_none().to_string() }))
}

async fn visit(session: Session) -> Result<(), SessionError> {
    session.insert("visits", &(session.get::<u32>("visits").unwrap_or_default() + 1))
}

async fn large(session: Session) -> String {
    let refused = session.insert("visits", &"a".repeat(4096)).unwrap_err();
    format!("{refused} {:?}", session.get::<u32>("visits"))
}

struct Answer {
    status: StatusCode,
    /// The whole `set-cookie` header.
    set_cookie: Option<String>,
    cache_control: Option<String>,
    body: String,
}

impl Answer {
    fn cookie(&self) -> String {
        let line = self.set_cookie.as_deref().unwrap();
        line.split(';').next().unwrap().to_owned()
    }
}

async fn call(config: SessionConfig, path: &str, cookie: Option<&str>) -> Answer {
    let mut request = Request::builder().uri(path);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    let response = router(config).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let header = |name| response.headers().get(name).map(|line| line.to_str().unwrap().to_owned());
    let (set_cookie, cache_control) = (header(SET_COOKIE), header(CACHE_CONTROL));
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Answer { status, set_cookie, cache_control, body: String::from_utf8(body.to_vec()).unwrap() }
}

fn config() -> SessionConfig {
    SessionConfig::new("signing salt")
}

#[tokio::test]
async fn a_changed_session_comes_back_with_the_next_request() {
    for config in [config(), config().encryption_salt("encryption salt")] {
        let first = call(config.clone(), "/visit", None).await;
        assert!(first.set_cookie.as_deref().unwrap().ends_with("; Path=/; HttpOnly; SameSite=Lax"));
        let second = call(config.clone(), "/visit", Some(&first.cookie())).await;
        let read = call(config.clone(), "/read", Some(&second.cookie())).await;
        assert_eq!((read.body.as_str(), read.set_cookie), ("Some(2)", None));
    }
}

#[tokio::test]
async fn an_unchanged_session_sets_no_cookie() {
    let cookie = call(config(), "/visit", None).await.cookie();
    for path in ["/ignore", "/read"] {
        assert_eq!(call(config(), path, Some(&cookie)).await.set_cookie, None);
        assert_eq!(call(config(), path, None).await.set_cookie, None);
    }
    assert_eq!(call(config(), "/remove", None).await.set_cookie, None);
}

#[tokio::test]
async fn no_cache_hands_a_session_to_others() {
    let first = call(config(), "/visit", None).await;
    let cookie = Some(first.cookie());
    assert_eq!(first.cache_control.as_deref(), Some("private, no-cache"));
    let removed = call(config(), "/clear", cookie.as_deref()).await;
    assert_eq!(removed.cache_control.as_deref(), Some("private, no-cache"));
    let own = call(config(), "/stored", None).await;
    assert_eq!((own.set_cookie.is_some(), own.cache_control.as_deref()), (true, Some("no-store")));
    assert_eq!(call(config(), "/read", cookie.as_deref()).await.cache_control, None);
}

#[tokio::test]
async fn a_forged_cookie_is_an_empty_session() {
    let cookie = call(config(), "/visit", None).await.cookie();
    let forged = cookie.replace("SFMyNTY.g3", "SFMyNTY.g4");
    assert_ne!(forged, cookie);
    for cookie in
        [forged.as_str(), "_firecrest_key=", "_firecrest_key=garbage", &cookie.replace("_firecrest", "x")]
    {
        let read = call(config(), "/read", Some(cookie)).await;
        assert_eq!((read.status, read.body.as_str()), (StatusCode::OK, "None"));
    }
    let other = SessionConfig::new("another salt");
    assert_eq!(call(other, "/read", Some(&cookie)).await.body, "None");
}

#[tokio::test]
async fn an_emptied_session_removes_the_cookie() {
    let cookie = call(config(), "/visit", None).await.cookie();
    for path in ["/clear", "/remove"] {
        let answer = call(config(), path, Some(&cookie)).await;
        assert!(answer.set_cookie.unwrap().starts_with("_firecrest_key=; Path=/; Max-Age=0;"));
    }
    assert_eq!(call(config(), "/clear", None).await.set_cookie, None);
}

#[tokio::test]
async fn renewing_writes_the_cookie_again() {
    let cookie = call(config(), "/visit", None).await.cookie();
    assert_eq!(call(config(), "/renew", Some(&cookie)).await.cookie(), cookie);
}

#[tokio::test]
async fn a_session_that_is_too_large_is_an_error_and_not_a_lost_cookie() {
    let cookie = call(config(), "/visit", None).await.cookie();
    let answer = call(config(), "/large", Some(&cookie)).await;
    assert!(
        answer.body.contains("more than the limit of 4096") && answer.body.ends_with("Some(1)"),
        "{}",
        answer.body
    );
    assert_eq!(answer.set_cookie, None);
    assert_eq!(call(config().max_size(10), "/visit", None).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        call(config().max_size(10), "/renew", Some(&cookie)).await.status,
        StatusCode::INTERNAL_SERVER_ERROR
    );
}

#[tokio::test]
async fn cookies_are_secure_when_the_request_was() {
    let answer = call(config(), "https://example.com/visit", None).await;
    assert!(answer.set_cookie.unwrap().contains("; Secure;"));
}

#[tokio::test]
async fn outside_the_layer_there_is_no_session() {
    assert_eq!(call(config(), "/outside", None).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(call(config(), "/optional", None).await.body, "true");
    assert_eq!(SessionRejection::NoLayer.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
}
