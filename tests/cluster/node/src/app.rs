//! What a test asks and tells a node over HTTP.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use firecrest::Endpoint;
use firecrest::presence::Listing;
use firecrest::pubsub::cluster::Health;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gaps::{Count, Gaps};
use crate::socket::User;

/// How long a poll hangs: shorter than in production, so that a test sees many of them.
const POLL: Duration = Duration::from_secs(1);

/// How long a node has to answer another: longer than in production, because a machine that runs tests may be busy.
const ANSWER: Duration = Duration::from_secs(4);

/// What the routes share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) endpoint: Endpoint,
    pub(crate) gaps: Gaps,
    pub(crate) metrics: PrometheusHandle,
}

/// Everything there is.
pub(crate) fn router(app: App) -> Router {
    let socket = app.endpoint.socket::<User>("/socket").window(POLL).pubsub_timeout(ANSWER).into_router();
    let routes = Router::new()
        .route("/health", get(health))
        .route("/gaps", get(gaps))
        .route("/metrics", get(metrics))
        .route("/presence/{topic}", get(presence))
        .route("/count/{topic}", get(count))
        .route("/broadcast", post(broadcast))
        .route("/disconnect", post(disconnect));
    routes.with_state(app).merge(socket)
}

async fn health(State(App { endpoint, .. }): State<App>) -> Json<Value> {
    let health = endpoint.cluster_health();
    let error = match &health {
        Some(Health::Connecting { error, .. }) => error.clone(),
        Some(Health::Disconnected { error, .. }) => Some(error.clone()),
        _ => None,
    };
    Json(json!({
        "node": endpoint.node(),
        "cluster": health.map(|health| health.to_string()),
        "error": error.as_deref(),
        "connections": endpoint.connections(),
    }))
}

async fn gaps(State(App { gaps, .. }): State<App>) -> Json<Count> {
    Json(gaps.count())
}

async fn metrics(State(App { metrics, .. }): State<App>) -> String {
    metrics.render()
}

async fn presence(State(App { endpoint, .. }): State<App>, Path(topic): Path<String>) -> Json<Listing> {
    Json(endpoint.presence().list(&topic).await)
}

async fn count(State(App { endpoint, .. }): State<App>, Path(topic): Path<String>) -> Json<Value> {
    let count = endpoint.presence().count(&topic);
    Json(json!({ "keys": count.keys, "connections": count.connections }))
}

#[derive(Deserialize)]
struct Said {
    topic: String,
    event: String,
    payload: Value,
}

async fn broadcast(
    State(App { endpoint, .. }): State<App>,
    Json(Said { topic, event, payload }): Json<Said>,
) -> Result<Json<Value>, (StatusCode, String)> {
    let reached = endpoint.broadcast(&topic, &event, &payload);
    let reached = reached.map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    Ok(Json(json!({ "reached": reached })))
}

#[derive(Deserialize)]
struct Whom {
    id: String,
}

async fn disconnect(State(App { endpoint, .. }): State<App>, Json(Whom { id }): Json<Whom>) -> Json<Value> {
    endpoint.disconnect(&id);
    Json(json!({}))
}
