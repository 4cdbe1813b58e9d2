use axum::Router;
use axum::routing::{any, get};
use http::header::{COOKIE, SET_COOKIE};
use tower::ServiceExt;

use super::*;
use crate::session::{CsrfToken, SessionConfig, SessionLayer};
use crate::token::SecretKeyBase;

const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

fn router() -> Router {
    let secret = SecretKeyBase::new("0123456789abcdef".repeat(4)).unwrap();
    Router::new()
        .route("/form", get(|token: CsrfToken| async move { token.to_string() }))
        .route("/renew", get(|session: Session| async move { session.renew() }))
        .route("/", any(|body: String| async move { body }))
        .layer(CsrfLayer::new())
        .layer(SessionLayer::new(secret, SessionConfig::new("signing salt")))
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

/// The cookie and the token that a visitor of the form has.
async fn visit(cookie: Option<&str>) -> (Option<String>, String) {
    let request =
        Request::get("/form").header(COOKIE, cookie.unwrap_or_default()).body(Body::empty()).unwrap();
    let response = router().oneshot(request).await.unwrap();
    let line = response.headers().get(SET_COOKIE).map(|line| line.to_str().unwrap());
    let cookie = line.map(|line| line.split(';').next().unwrap().to_owned());
    (cookie, text(response).await)
}

async fn send(request: http::request::Builder, body: impl Into<Body>) -> (StatusCode, String) {
    let response = router().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    (response.status(), text(response).await)
}

#[tokio::test]
async fn safe_methods_need_no_token_and_others_do() {
    for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
        assert_eq!(send(Request::builder().method(method), "").await.0, StatusCode::OK, "{method}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "LINK"] {
        let (status, body) = send(Request::builder().method(method), "").await;
        assert_eq!((status, body.as_str()), (StatusCode::FORBIDDEN, "no valid CSRF token"), "{method}");
    }
}

#[tokio::test]
async fn the_token_is_taken_from_header_query_or_form() {
    let (cookie, token) = visit(None).await;
    let request = || Request::post("/").header(COOKIE, cookie.as_deref().unwrap());
    assert_eq!(
        send(request().header("x-csrf-token", &token), "body").await,
        (StatusCode::OK, "body".to_owned())
    );
    assert_eq!(send(request().uri(format!("/?_csrf_token={token}")), "b").await.0, StatusCode::OK);
    let form = format!("name=a%20b&_csrf_token={token}");
    let (status, body) = send(request().header(CONTENT_TYPE, FORM), form.clone()).await;
    assert_eq!((status, &body), (StatusCode::OK, &form));
    assert_eq!(
        send(request().header(CONTENT_TYPE, "text/plain"), form.clone()).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(send(request(), form).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn tokens_of_other_sessions_and_garbage_are_refused() {
    let (cookie, token) = visit(None).await;
    let (_, foreign) = visit(None).await;
    let request = || Request::post("/").header(COOKIE, cookie.as_deref().unwrap());
    for wrong in [foreign.as_str(), "", "x", &token[1..]] {
        assert_eq!(send(request().header("x-csrf-token", wrong), "").await.0, StatusCode::FORBIDDEN);
        let form = request().header(CONTENT_TYPE, FORM);
        assert_eq!(send(form, format!("_csrf_token={wrong}")).await.0, StatusCode::FORBIDDEN);
    }
    assert_eq!(send(Request::post("/").header("x-csrf-token", &token), "").await.0, StatusCode::FORBIDDEN);
    let form = request().header(CONTENT_TYPE, FORM);
    assert_eq!(send(form, &b"_csrf_token=\xff"[..]).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_second_visit_keeps_the_state_and_masks_it_anew() {
    let (cookie, first) = visit(None).await;
    let (unchanged, second) = visit(cookie.as_deref()).await;
    assert_eq!(unchanged, None);
    assert_ne!(first, second);
    for token in [first, second] {
        let request = Request::delete("/").header(COOKIE, cookie.as_deref().unwrap());
        assert_eq!(send(request.header("x-csrf-token", token), "").await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn renewing_the_session_ends_its_tokens() {
    let (cookie, token) = visit(None).await;
    let renew = Request::get("/renew").header(COOKIE, cookie.unwrap()).body(Body::empty()).unwrap();
    let response = router().oneshot(renew).await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
    let request = Request::post("/").header(COOKIE, cookie).header("x-csrf-token", token);
    assert_eq!(send(request, "").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_is_searched_up_to_its_limit() {
    let (cookie, token) = visit(None).await;
    let form = |len: usize| {
        let fields = format!("_csrf_token={token}&fill=");
        let body = fields.clone() + &"a".repeat(len - fields.len());
        send(Request::post("/").header(COOKIE, cookie.as_deref().unwrap()).header(CONTENT_TYPE, FORM), body)
    };
    assert_eq!(form(CSRF_BODY_LIMIT).await.0, StatusCode::OK);
    let (status, body) = form(CSRF_BODY_LIMIT + 1).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body.contains("too large"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn a_form_that_does_not_arrive_is_answered_408() {
    let started = tokio::time::Instant::now();
    let never = futures_util::stream::pending::<Result<&str, std::io::Error>>();
    let request = Request::post("/").header(CONTENT_TYPE, FORM);
    assert_eq!(send(request, Body::from_stream(never)).await.0, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(started.elapsed(), BODY_TIMEOUT);
}

#[tokio::test]
async fn without_a_session_layer_nothing_passes() {
    let router = Router::new().route("/", any(|| async {})).layer(CsrfLayer::new());
    let response = router.oneshot(Request::post("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
