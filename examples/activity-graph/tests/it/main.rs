//! What is counted and what browsers are told of it, without a browser: over the router, and with the test kit in virtual time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod live;
mod nodes;
mod page;
mod readme;

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use firecrest::Endpoint;
use firecrest::activity::ActivityLayer;
use firecrest_test::{TestBrowser, TestPage, advance};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tower::ServiceExt as _;

/// How long a tick takes.
const TICK: Duration = Duration::from_millis(750);

/// A server without a network.
struct Site {
    endpoint: Endpoint,
    router: Router,
}

impl Site {
    fn new() -> Self {
        Self::at(Endpoint::builder().build().unwrap())
    }

    /// One of several nodes.
    fn at(endpoint: Endpoint) -> Self {
        let router = activity_graph::router(&endpoint)
            .route("/elsewhere", get(async || "something"))
            .layer(ActivityLayer::new(&endpoint));
        Site { endpoint, router }
    }

    /// Somebody with a browser opens the page.
    async fn open(&self) -> TestPage {
        TestBrowser::new(&self.endpoint, self.router.clone()).open("/activity").await.unwrap()
    }

    /// Somebody asks for an address, and nobody looks at the answer.
    async fn ask(&self, path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn ask_often(&self, times: usize) {
        for _ in 0..times {
            assert_eq!(self.ask("/elsewhere").await.status(), StatusCode::OK);
        }
    }

    /// The HTML of the page, fetched by somebody who has no scripts.
    async fn html(&self) -> String {
        let response = self.ask("/activity").await;
        assert_eq!(response.status(), StatusCode::OK);
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }
}

/// What a browser is told when it comes.
#[derive(Debug, Deserialize)]
struct History {
    number: u64,
    at: u64,
    tick: u64,
    requests: Vec<u64>,
    sockets: Vec<u64>,
    messages: Vec<u64>,
}

/// What it is told of each tick.
#[derive(Debug, Deserialize, Serialize)]
struct Tick {
    number: u64,
    at: u64,
    requests: u64,
    sockets: u64,
    messages: u64,
    nodes: u64,
}

async fn history(page: &mut TestPage) -> History {
    serde_json::from_value(page.next_event("activity:history").await).unwrap()
}

/// Lets a tick pass, and takes what the page is told of it.
async fn tick(page: &mut TestPage) -> Tick {
    advance(TICK).await;
    serde_json::from_value(page.next_event("activity:tick").await).unwrap()
}

/// Requests in the table, newest row first.
fn requests(page: &TestPage) -> Vec<u64> {
    let cells = page.texts("tbody td:nth-child(2)");
    cells.iter().map(|cell| cell.parse().unwrap()).collect()
}
