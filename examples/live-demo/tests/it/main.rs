//! Every page tested, a file each: what the first response says, and what a visitor does with it, without a browser.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod board;
mod commands;
mod counter;
mod endless;
mod forms;
mod gallery;
mod http;
mod keys;
mod list;
mod members;
mod order;
mod pages;
mod radio;
mod search;
mod views;

use firecrest::Endpoint;
use firecrest_test::{TestBrowser, TestPage};

/// The browser of somebody who visits the pages.
fn visitor() -> TestBrowser {
    let endpoint = Endpoint::builder().build().unwrap();
    TestBrowser::new(&endpoint, live_demo::router(&endpoint))
}

/// Opens a page.
async fn open(path: &str) -> TestPage {
    visitor().open(path).await.unwrap()
}
