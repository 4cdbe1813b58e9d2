//! A blog of its own for each test, and its visitors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use firecrest::Endpoint;
use firecrest::prelude::*;
use firecrest::tally::Tally;
use firecrest_test::{TestBrowser, TestPage, advance};
use reader_stats::Blog;

/// Two posts, one of which links to the other.
pub(crate) const POST: &str = "who-is-a-reader";
pub(crate) const OTHER: &str = "one-page-many-readers";

pub(crate) struct Site {
    pub(crate) endpoint: Endpoint,
    pub(crate) router: Router,
    day: Arc<AtomicU32>,
}

impl Site {
    pub(crate) fn new() -> Self {
        let endpoint = Endpoint::builder().tally(Tally::in_memory()).build().unwrap();
        let day = Arc::new(AtomicU32::new(20_000));
        let today = Arc::clone(&day);
        let blog = Blog::in_memory().unwrap().calendar(move || today.load(Ordering::Relaxed));
        let router = reader_stats::router(&endpoint, &blog);
        Site { endpoint, router, day }
    }

    /// Somebody who has not been here before.
    pub(crate) fn visitor(&self) -> TestBrowser {
        TestBrowser::new(&self.endpoint, self.router.clone())
    }

    /// Somebody who has not been here before opens a post.
    pub(crate) async fn open(&self, post: &str) -> TestPage {
        open(&self.visitor(), post).await
    }

    /// How many have read a post.
    pub(crate) async fn reads(&self, post: &str) -> i64 {
        self.endpoint.tally().counter(&format!("blog/{post}")).await.unwrap().get()
    }

    pub(crate) fn midnight(&self) {
        self.day.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) async fn open(visitor: &TestBrowser, post: &str) -> TestPage {
    visitor.open(&format!("/blog/{post}")).await.unwrap()
}

/// Lets time pass, and what is due then happen.
pub(crate) async fn seconds(seconds: u64) {
    advance(Duration::from_secs(seconds)).await;
    settle().await;
}

/// Lets happen what is due: a mark and a counter are written, everybody is told. It takes less than half a second.
pub(crate) async fn settle() {
    advance(Duration::from_millis(400)).await;
}

/// The browser shows the page, or does not any more.
pub(crate) async fn report(page: &mut TestPage, visible: bool) {
    page.element("#visibility", None).event("visibility", json!({ "visible": visible })).await;
}

/// How many have read the post, as the page shows it.
pub(crate) fn shown(page: &TestPage) -> i64 {
    page.text(".readers b").parse().unwrap()
}

/// What the reader is told.
pub(crate) fn status(page: &TestPage) -> String {
    page.text(".post .status")
}
