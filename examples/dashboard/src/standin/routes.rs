//! What the stand-in answers.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::IF_NONE_MATCH;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::sightings;
use super::state::{Inner, LIMIT, State};

/// More than anybody should take.
const LARGE: usize = 4 * 1024 * 1024;

pub(super) fn router(state: &Arc<State>) -> Router {
    let repository = async |Shared(state): Shared<Arc<State>>, headers: HeaderMap| {
        document(&mut state.lock(), &headers, Inner::repository)
    };
    let release = async |Shared(state): Shared<Arc<State>>, headers: HeaderMap| {
        document(&mut state.lock(), &headers, Inner::latest_release)
    };
    let nest_box = async |Shared(state): Shared<Arc<State>>, headers: HeaderMap| {
        document(&mut state.lock(), &headers, Inner::nest_box)
    };
    Router::new()
        .route("/repos/observatory/field-guide", get(repository))
        .route("/repos/observatory/field-guide/releases/latest", get(release))
        .route("/repos/observatory/fieldguide", get(async || Redirect::permanent("field-guide")))
        .route("/nest-box", get(nest_box))
        .route("/sightings", get(sightings::stream))
        .route("/large", get(async || Json("x".repeat(LARGE))))
        .route("/round", get(async || Redirect::temporary("/round")))
        .route("/slow", get(async || std::future::pending::<()>().await))
        .route("/words", get(async || "no JSON"))
        .layer(from_fn_with_state(Arc::clone(state), misbehave))
        .with_state(Arc::clone(state))
}

/// Counts the question, and answers it wrongly if that is what is wanted.
async fn misbehave(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    *state.lock().asked.entry(path).or_default() += 1;
    let fault = *state.fault.borrow();
    match fault.answer() {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

/// A document as such an API serves it: nothing where the client has it, and nothing more when too much was asked.
fn document(inner: &mut Inner, headers: &HeaderMap, document: fn(&Inner) -> Value) -> Response {
    let etag = format!("W/\"{}\"", inner.version);
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let status = match (inner.left, is_known) {
        (0, _) => StatusCode::FORBIDDEN,
        (_, true) => StatusCode::NOT_MODIFIED,
        (_, false) => StatusCode::OK,
    };
    match status {
        StatusCode::OK => inner.left -= 1,
        StatusCode::NOT_MODIFIED => inner.not_modified += 1,
        _ => {}
    }
    let reset = Timestamp::now() + SignedDuration::from_secs(if inner.left == 0 { 4 } else { 3_600 });
    let head = [
        ("etag", etag),
        ("x-ratelimit-limit", LIMIT.to_string()),
        ("x-ratelimit-remaining", inner.left.to_string()),
        ("x-ratelimit-reset", reset.as_second().to_string()),
    ];
    match status {
        StatusCode::OK => (head, Json(document(inner))).into_response(),
        status => (status, head).into_response(),
    }
}
