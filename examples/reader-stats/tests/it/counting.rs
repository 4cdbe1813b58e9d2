//! Who is counted once: a visitor, for each post and day, whatever happens.

use std::path::Path;
use std::time::Duration;

use firecrest::Endpoint;
use firecrest::tally::Tally;
use firecrest_test::TestBrowser;
use reader_stats::Blog;
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::site::{OTHER, POST, Site, open, report, seconds, shown, status};

#[firecrest::test]
async fn b010_a_reload_does_not_count_again() {
    let site = Site::new();
    let visitor = site.visitor();
    drop(open(&visitor, POST).await);
    for _ in 0..3 {
        let page = open(&visitor, POST).await;
        seconds(10).await;
        assert_eq!((site.reads(POST).await, shown(&page)), (1, 1));
    }
    let page = open(&visitor, POST).await;
    seconds(10).await;
    assert_eq!(status(&page), "You have been counted as a reader today.");
}

#[firecrest::test]
async fn b010_two_tabs_are_one_reader() {
    let site = Site::new();
    let visitor = site.visitor();
    let (one, two) = (open(&visitor, POST).await, open(&visitor, POST).await);
    seconds(11).await;
    assert_eq!((site.reads(POST).await, shown(&one), shown(&two)), (1, 1, 1));
}

#[firecrest::test]
async fn b010_another_visitor_and_another_post_are_counted() {
    let site = Site::new();
    let visitor = site.visitor();
    let pages = [open(&visitor, POST).await, open(&visitor, OTHER).await, site.open(POST).await];
    seconds(11).await;
    assert_eq!((site.reads(POST).await, site.reads(OTHER).await), (2, 1));
    assert_eq!(pages.map(|page| shown(&page)), [2, 1, 2]);
}

#[firecrest::test]
async fn b010_the_next_day_counts_again() {
    let site = Site::new();
    let visitor = site.visitor();
    let mut page = open(&visitor, POST).await;
    seconds(11).await;
    site.midnight();
    report(&mut page, false).await;
    report(&mut page, true).await;
    seconds(60).await;
    assert_eq!(shown(&page), 1, "a page that is left open is read once");
    let page = open(&visitor, POST).await;
    seconds(11).await;
    assert_eq!((site.reads(POST).await, shown(&page)), (2, 2));
}

/// In real time, since the disk is real.
#[test]
fn b001_b012_numbers_and_marks_are_there_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let run = |visitor| {
        // All that a server is ends with its runtime.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(read(data.path(), visitor))
    };
    assert_eq!(run("ann"), (1, "You are a reader now.".to_owned()));
    assert_eq!(run("ann"), (1, "You have been counted as a reader today.".to_owned()));
    assert_eq!(run("bob"), (2, "You are a reader now.".to_owned()));
}

/// Starts a server and lets somebody read a post: how many have, and what the reader is told.
async fn read(data: &Path, number: &str) -> (i64, String) {
    let tally = Tally::open(data.join("tally.redb")).await.unwrap();
    let blog = Blog::open(data.join("blog.redb")).unwrap().dwell(Duration::from_millis(20));
    let endpoint = Endpoint::builder().tally(tally.clone()).build().unwrap();
    let visitor = TestBrowser::new(&endpoint, reader_stats::router(&endpoint, &blog));
    let mut page = open(&visitor.session("blog_visitor", number), POST).await;
    let deciding = async {
        while status(&page).starts_with("Stay") {
            page.settle().await;
        }
    };
    timeout(Duration::from_secs(10), deciding).await.unwrap();
    let reads = tally.counter(&format!("blog/{POST}")).await.unwrap().get();
    tally.close().await.unwrap();
    (reads, status(&page))
}
