//! What makes a reader: ten seconds before the eyes, by the server's clock.

use firecrest::prelude::*;

use crate::site::{OTHER, POST, Site, open, report, seconds, shown, status};

#[firecrest::test]
async fn b005_ten_seconds_make_a_reader() {
    let site = Site::new();
    let page = site.open(POST).await;
    seconds(9).await;
    assert_eq!((site.reads(POST).await, shown(&page)), (0, 0));
    assert_eq!(status(&page), "Stay for 10 s, and you are a reader.");
    seconds(1).await;
    assert_eq!((site.reads(POST).await, shown(&page)), (1, 1));
    assert_eq!(status(&page), "You are a reader now.");
    seconds(60).await;
    assert_eq!(site.reads(POST).await, 1);
}

#[firecrest::test]
async fn b009_who_leaves_before_is_not_counted() {
    let site = Site::new();
    let page = site.open(POST).await;
    seconds(9).await;
    drop(page);
    seconds(60).await;
    assert_eq!(site.reads(POST).await, 0);
}

/// Nor is whoever only fetches the page: a robot, a preview, a browser without JavaScript.
#[firecrest::test]
async fn b009_a_page_without_a_socket_is_not_counted() {
    let site = Site::new();
    crate::pages::get(&site, &format!("/blog/{POST}")).await;
    seconds(60).await;
    assert_eq!(site.reads(POST).await, 0);
}

#[firecrest::test]
async fn b009_time_in_a_hidden_tab_does_not_count() {
    let site = Site::new();
    let mut page = site.open(POST).await;
    seconds(6).await;
    report(&mut page, false).await;
    seconds(3600).await;
    assert_eq!(site.reads(POST).await, 0);
    report(&mut page, true).await;
    seconds(2).await;
    assert_eq!(site.reads(POST).await, 0);
    seconds(2).await;
    assert_eq!(site.reads(POST).await, 1);
}

#[firecrest::test]
async fn b009_navigation_to_another_post_begins_anew_and_counts_that_one() {
    let site = Site::new();
    let mut page = site.open(POST).await;
    seconds(6).await;
    page.element(".more a", "One page, many readers").click().await;
    page.follow_redirect().await.unwrap();
    assert_eq!(page.text("h1"), "One page, many readers");
    seconds(6).await;
    assert_eq!((site.reads(POST).await, site.reads(OTHER).await), (0, 0));
    seconds(4).await;
    assert_eq!((site.reads(POST).await, site.reads(OTHER).await), (0, 1));
}

#[firecrest::test]
async fn b009_an_interruption_begins_anew_and_who_is_counted_stays_so() {
    let site = Site::new();
    let mut page = site.open(POST).await;
    seconds(6).await;
    page.reconnect().await.unwrap();
    seconds(6).await;
    assert_eq!(site.reads(POST).await, 0);
    seconds(4).await;
    assert_eq!(site.reads(POST).await, 1);
    page.reconnect().await.unwrap();
    seconds(11).await;
    assert_eq!((site.reads(POST).await, shown(&page)), (1, 1));
}

#[firecrest::test]
async fn b010_what_a_console_says_again_and_again_counts_nothing() {
    let site = Site::new();
    let mut page = site.open(POST).await;
    for _ in 0..200 {
        report(&mut page, true).await;
    }
    for at in 0..1_500 {
        report(&mut page, at % 2 == 0).await;
    }
    assert_eq!(site.reads(POST).await, 0, "in the first second or two");
    report(&mut page, true).await;
    seconds(20).await;
    assert_eq!(site.reads(POST).await, 1, "once, in the end");
}

#[firecrest::test]
async fn b010_there_is_no_event_that_says_that_somebody_has_read() {
    let site = Site::new();
    let mut page = site.open(POST).await;
    for (event, value) in [
        ("read", json!({})),
        ("reader", json!({ "title": POST })),
        ("visibility", json!({ "visible": "for ten seconds" })),
    ] {
        seconds(9).await;
        page.allow_crash();
        page.element("#visibility", None).event(event, value).await;
        page.expect_crash().await;
        page.rejoin().await;
    }
    seconds(9).await;
    assert_eq!(site.reads(POST).await, 0, "it begins anew, each time");
    seconds(1).await;
    assert_eq!(site.reads(POST).await, 1);
}

#[firecrest::test]
async fn b007_all_readers_of_the_post_see_the_number_and_others_see_nothing() {
    let site = Site::new();
    let one = site.open(POST).await;
    seconds(3).await;
    let (two, other) = (site.open(POST).await, site.open(OTHER).await);
    let before = other.html();
    seconds(7).await;
    assert_eq!((shown(&one), shown(&two)), (1, 1));
    assert_eq!(other.html(), before);
    let same = open(&two.browser(), OTHER).await;
    assert_eq!(shown(&same), 0);
}
