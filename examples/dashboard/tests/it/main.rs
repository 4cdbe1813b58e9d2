//! The dashboard without a browser: what has no source in virtual time, what has one beside a stand-in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod config;
mod countdown;
mod crash;
mod figures;
mod guide;
mod secrets;
mod stream;
mod time;

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use dashboard::standin::StandIn;
use dashboard::{Config, Dashboard};
use firecrest::Endpoint;
use firecrest_test::{TestBrowser, TestPage};
use http::StatusCode;
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server without a network.
struct Site {
    endpoint: Endpoint,
    router: Router,
}

impl Site {
    /// One with these cards.
    fn new(cards: &str) -> Self {
        let endpoint = Endpoint::builder().build().unwrap();
        let config: Config = cards.parse().unwrap();
        let dashboard = Dashboard::start(&endpoint, config).unwrap();
        let router = dashboard::router(&endpoint, &dashboard);
        Site { endpoint, router }
    }

    /// One whose cards ask a stand-in, which `http://stand-in` stands for.
    async fn beside(cards: &str) -> (Self, StandIn) {
        let stand_in = StandIn::quiet((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let cards = cards.replace("http://stand-in", &format!("http://{}", stand_in.address()));
        (Site::new(&cards), stand_in)
    }

    fn visitor(&self) -> TestBrowser {
        TestBrowser::new(&self.endpoint, self.router.clone())
    }

    /// Somebody with a browser opens the page.
    async fn open(&self) -> TestPage {
        self.visitor().open("/dashboard").await.unwrap()
    }

    /// The HTML of the page, fetched by somebody who has no scripts.
    async fn html(&self) -> String {
        let request = Request::get("/dashboard").body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }
}

/// Waits, in real time, until a page shows what it should.
async fn until(page: &TestPage, is_shown: impl Fn(&TestPage) -> bool) {
    let late = Instant::now() + PATIENCE;
    while !is_shown(page) {
        assert!(Instant::now() < late, "this is still shown:\n{}", page.html());
        sleep(Duration::from_millis(20)).await;
    }
}

/// Waits, in real time, until something is so.
async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let late = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < late, "still not: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
