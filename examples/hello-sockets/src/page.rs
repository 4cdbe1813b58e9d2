//! The page that runs every technique (H22), and the stand-in for a console that broadcasts.

use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use firecrest::security_headers::SecurityHeaders;
use firecrest::session::{CsrfLayer, CsrfToken};
use firecrest::{Endpoint, token};
use firecrest_pipeline::Pipeline;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::AUTH_SALT;
use crate::pipeline::Push;

/// What the handlers work with.
#[derive(Clone)]
struct Page {
    endpoint: Endpoint,
    pushes: Pipeline<Push>,
}

pub(crate) fn router(endpoint: &Endpoint, pushes: Pipeline<Push>) -> Router {
    Router::new()
        .route("/hello", get(hello))
        .route("/hello/broadcast", post(broadcast))
        .route("/hello/push", post(push))
        .layer(CsrfLayer::new())
        .layer(endpoint.session_layer())
        .layer(SecurityHeaders::new())
        .with_state(Page { endpoint: endpoint.clone(), pushes })
}

#[derive(Deserialize)]
struct Visitor {
    #[serde(default = "first_user")]
    user_id: u64,
}

fn first_user() -> u64 {
    1
}

async fn hello(
    State(Page { endpoint, .. }): State<Page>,
    csrf: CsrfToken,
    Query(Visitor { user_id }): Query<Visitor>,
) -> Result<impl IntoResponse, (StatusCode, String)> {
    let auth_token = token::sign(endpoint.secret(), AUTH_SALT, &user_id)
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let values = [
        ("csrf_token", &*csrf.masked()),
        ("auth_token", &*auth_token),
        ("user_id", &*user_id.to_string()),
        ("next_user_id", &*user_id.wrapping_add(1).to_string()),
        ("node", endpoint.node()),
    ];
    // The tokens in the page are its visitor's alone.
    Ok(([(CACHE_CONTROL, "no-store")], Html(assets::page(include_str!("hello.html"), &values))))
}

#[derive(Deserialize)]
struct Announcement {
    topic: String,
    event: String,
    payload: Value,
}

async fn broadcast(
    State(Page { endpoint, .. }): State<Page>,
    Json(Announcement { topic, event, payload }): Json<Announcement>,
) -> Result<Json<Value>, (StatusCode, String)> {
    if is_reserved(&event) {
        let reason = format!("the event {event:?} is the protocol's own: clients act on it by themselves");
        return Err((StatusCode::UNPROCESSABLE_ENTITY, reason));
    }
    let receivers = endpoint
        .broadcast(&topic, &event, &payload)
        .map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    Ok(Json(json!({ "node": endpoint.node(), "receivers": receivers })))
}

/// Hands an item over to the pipeline, and answers before it has arrived anywhere.
async fn push(State(Page { pushes, .. }): State<Page>, Json(push): Json<Push>) -> StatusCode {
    if pushes.push(push).is_accepted() { StatusCode::ACCEPTED } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Clients act on these events by themselves, and `disconnect` on a socket's id ends its connections.
fn is_reserved(event: &str) -> bool {
    event.starts_with("phx_") || event.starts_with("presence_") || event == "disconnect"
}
