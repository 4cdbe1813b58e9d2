//! The hub of a node, and the graph that all nodes feed.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use firecrest::Endpoint;
use firecrest::activity::{ActivityLayer, Graph, GraphOptions, Tick};
use firecrest::hub::{Keep, Topic, TopicError};
use serde_json::{Value, json};

/// The names of topics; each keeps the newest three values. A handle is held: without one nothing is kept.
const TOPICS: [&str; 3] = ["news.before", "news.away", "news.busy"];

/// A point of the graph, shorter than in production.
const TICK: Duration = Duration::from_millis(250);

/// What the routes share.
#[derive(Clone)]
pub(crate) struct News {
    topics: [Topic<u64>; TOPICS.len()],
    graph: Graph,
}

impl News {
    pub(crate) fn start(endpoint: &Endpoint) -> Result<Self, TopicError> {
        let hub = endpoint.hub();
        let [before, away, busy] = TOPICS.map(|name| hub.topic(name, Keep::Newest(3)));
        let graph = Graph::start(endpoint, GraphOptions::default().tick(TICK).points(1_000));
        Ok(News { topics: [before?, away?, busy?], graph })
    }

    fn topic(&self, name: &str) -> Result<&Topic<u64>, StatusCode> {
        self.topics.iter().find(|topic| topic.name() == name).ok_or(StatusCode::NOT_FOUND)
    }
}

/// `GET` and `POST /hub/{topic}`, `GET /graph`; and each request of `rest` in the graph.
pub(crate) fn router(endpoint: &Endpoint, news: News, rest: Router) -> Router {
    let routes = Router::new().route("/hub/{topic}", get(recent).post(publish)).with_state(news.clone());
    let counted = routes.merge(rest).layer(ActivityLayer::new(endpoint));
    counted.merge(Router::new().route("/graph", get(graph)).with_state(news))
}

async fn recent(State(news): State<News>, Path(topic): Path<String>) -> Result<Json<Value>, StatusCode> {
    let recent = news.topic(&topic)?.recent();
    Ok(Json(recent.iter().map(|message| json!({ "value": **message, "node": message.node() })).collect()))
}

async fn publish(
    State(news): State<News>,
    Path(topic): Path<String>,
    Json(value): Json<u64>,
) -> Result<Json<Value>, StatusCode> {
    news.topic(&topic)?.publish(value);
    Ok(Json(json!({})))
}

async fn graph(State(News { graph, .. }): State<News>) -> Json<Vec<Tick>> {
    Json(graph.points().into_iter().filter(|tick| tick.number > 0).collect())
}
