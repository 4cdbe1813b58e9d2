//! The page that runs every technique (H22), and the stand-in for a console that broadcasts.

use axum::extract::{Query, State};
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use firecrest::security_headers::SecurityHeaders;
use firecrest::session::{CsrfLayer, CsrfToken};
use firecrest::{Endpoint, token};
use http::StatusCode;
use serde::Deserialize;

use crate::AUTH_SALT;

pub(crate) fn router(endpoint: &Endpoint) -> Router {
    Router::new()
        .route("/hello", get(hello))
        .route("/hello/broadcast", post(broadcast))
        .layer(CsrfLayer::new())
        .layer(endpoint.session_layer())
        .layer(SecurityHeaders::new())
        .with_state(endpoint.clone())
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
    State(endpoint): State<Endpoint>,
    csrf: CsrfToken,
    Query(Visitor { user_id }): Query<Visitor>,
) -> Result<Html<String>, (StatusCode, String)> {
    let auth_token = token::sign(endpoint.secret(), AUTH_SALT, &user_id)
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let values =
        [("csrf_token", &*csrf.masked()), ("auth_token", &*auth_token), ("user_id", &*user_id.to_string())];
    Ok(Html(assets::page(include_str!("hello.html"), &values)))
}

#[derive(Deserialize)]
struct Announcement {
    topic: String,
    event: String,
    payload: serde_json::Value,
}

async fn broadcast(
    State(endpoint): State<Endpoint>,
    Json(Announcement { topic, event, payload }): Json<Announcement>,
) -> Result<Json<serde_json::Value>, (StatusCode, String)> {
    let receivers = endpoint
        .broadcast(&topic, &event, &payload)
        .map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    Ok(Json(serde_json::json!({ "receivers": receivers })))
}
