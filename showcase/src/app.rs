//! The pages and examples.

use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use dashboard::Dashboard;
use firecrest::Endpoint;
use firecrest::activity::ActivityLayer;
use firecrest::security_headers::SecurityHeaders;
use firecrest::telemetry::Installed;
use reader_stats::Blog;

/// Everything there is.
pub(crate) fn router(endpoint: &Endpoint, blog: &Blog, dashboard: &Dashboard, metrics: &Installed) -> Router {
    let pages = Router::new()
        .route("/", get(index))
        .route("/health", get(health))
        .merge(metrics.router())
        .layer(SecurityHeaders::new())
        .with_state(endpoint.clone());
    Router::new()
        .merge(pages)
        .merge(assets::router())
        .merge(hello_sockets::router(endpoint))
        .merge(live_demo::router(endpoint))
        .merge(traffic_counters::router(endpoint))
        .merge(reader_stats::router(endpoint, blog))
        .merge(activity_graph::router(endpoint))
        .merge(dashboard::router(endpoint, dashboard))
        // Around everything: what it does not see is not in the graph.
        .layer(ActivityLayer::new(endpoint))
}

async fn index() -> Html<String> {
    Html(assets::page(include_str!("index.html"), &[]))
}

/// Whether this node serves, for load balancers and people. It does so without the other nodes too: `cluster` says whether it reaches
/// them, and is null when there are none.
async fn health(State(endpoint): State<Endpoint>) -> Json<serde_json::Value> {
    Json(serde_json::json!({
        "status": "ok",
        "node": endpoint.node(),
        "connections": endpoint.connections(),
        "cluster": endpoint.cluster_health().map(|health| health.to_string()),
    }))
}
