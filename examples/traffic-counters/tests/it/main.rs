//! What is counted and what is shown, without a browser: over the router, and with the test kit in virtual time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod live;
mod page;
mod restart;
mod smallest;

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use firecrest::Endpoint;
use firecrest::tally::Tally;
use firecrest_test::{TestBrowser, TestPage, advance};
use http::{Method, StatusCode};
use tower::ServiceExt as _;

/// A server without a network.
struct Site {
    endpoint: Endpoint,
    router: Router,
}

impl Site {
    /// One whose counters live in memory.
    fn new() -> Self {
        Self::with(Tally::in_memory())
    }

    fn with(tally: Tally) -> Self {
        let endpoint = Endpoint::builder().tally(tally).build().unwrap();
        let router = traffic_counters::router(&endpoint);
        Site { endpoint, router }
    }

    /// Somebody with a browser opens a page.
    async fn open(&self, path: &str) -> TestPage {
        self.visitor().open(path).await.unwrap()
    }

    fn visitor(&self) -> TestBrowser {
        TestBrowser::new(&self.endpoint, self.router.clone())
    }

    async fn ask(&self, method: Method, path: &str) -> Response {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The HTML of a page, fetched by somebody who has no scripts.
    async fn html(&self, path: &str) -> String {
        let response = self.ask(Method::GET, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }
}

/// The numbers of a page: who is there and how often somebody came, on this page and on all of them.
#[derive(Debug, PartialEq)]
struct Seen {
    here: (u64, u64),
    site: (u64, u64),
}

fn seen(here: (u64, u64), site: (u64, u64)) -> Seen {
    Seen { here, site }
}

/// What a page shows once all news has reached it.
async fn look(page: &TestPage) -> Seen {
    // Longer than between two changes that are sent, shorter than between two samples.
    advance(Duration::from_millis(100)).await;
    let number = |selector: &str| page.text(&format!("{selector} .plain")).parse().unwrap();
    seen(
        (number("#here .active"), number("#here .visits")),
        (number("#site .active"), number("#site .visits")),
    )
}

/// The numbers in a page, as they stand in the HTML.
fn numbers(html: &str) -> Seen {
    let numbers = html.split("<span class=\"plain hidden-visually\">").skip(1);
    let numbers: Vec<u64> = numbers.map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect();
    let [active, visits, all_active, all_visits] = numbers[..] else { panic!("{numbers:?} in {html}") };
    seen((active, visits), (all_active, all_visits))
}
