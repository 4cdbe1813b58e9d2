//! What browsers are told, and when.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::advance;

use crate::{History, Site, history, requests, tick};

#[firecrest::test]
async fn m006_who_comes_is_told_at_once_what_was_in_the_last_150_seconds() {
    let site = Site::new();
    site.ask_often(7).await;
    advance(Duration::from_millis(30_001)).await;
    let mut page = site.open().await;
    let History { requests, sockets, messages, tick, .. } = history(&mut page).await;
    assert_eq!(tick, 750);
    assert_eq!([requests.len(), sockets.len(), messages.len()], [200; 3]);
    let spike = requests.iter().position(|count| *count == 7).unwrap();
    assert_eq!(200 - spike, 40, "30 s ago");
    assert_eq!(requests.iter().sum::<u64>(), 7, "{requests:?}");
}

#[firecrest::test]
async fn m006_what_was_before_that_is_forgotten() {
    let site = Site::new();
    site.ask_often(7).await;
    advance(Duration::from_secs(151)).await;
    let mut page = site.open().await;
    assert_eq!(history(&mut page).await.requests, [0; 200]);
}

#[firecrest::test]
async fn m003_every_tick_is_told_once_in_order_and_follows_the_history() {
    let site = Site::new();
    let mut page = site.open().await;
    let first = history(&mut page).await;
    let mut before = first.at;
    for after in 1..=300 {
        let told = tick(&mut page).await;
        assert_eq!(told.number, first.number + after);
        assert!(told.at >= before);
        before = told.at;
    }
    page.refute_event("activity:tick").await;
}

#[firecrest::test]
async fn m007_a_request_of_one_is_a_spike_for_all() {
    let site = Site::new();
    let (mut ann, mut ben) = (site.open().await, site.open().await);
    // Their own requests.
    assert_eq!(tick(&mut ann).await.requests, 2);
    ben.next_event("activity:tick").await;
    site.ask("/elsewhere").await;
    let told = tick(&mut ann).await;
    assert_eq!(told.requests, 1);
    assert_eq!(ben.next_event("activity:tick").await, json!(told));
}

#[firecrest::test]
async fn m001_whatever_is_answered_counts_also_what_there_is_not() {
    let site = Site::new();
    let mut page = site.open().await;
    tick(&mut page).await;
    for path in ["/elsewhere", "/nowhere", "/activity", "/live/websocket"] {
        site.ask(path).await;
    }
    assert_eq!(tick(&mut page).await.requests, 4);
}

#[firecrest::test]
async fn m008_a_burst_is_as_high_as_it_is() {
    let site = Site::new();
    let mut page = site.open().await;
    tick(&mut page).await;
    site.ask_often(5_000).await;
    assert_eq!(tick(&mut page).await.requests, 5_000);
    assert_eq!(tick(&mut page).await.requests, 0);
}

#[firecrest::test]
async fn who_has_missed_a_tick_asks_and_is_answered_with_all_of_them() {
    let site = Site::new();
    let mut page = site.open().await;
    history(&mut page).await;
    site.ask_often(3).await;
    let told = tick(&mut page).await;
    let reply = page.element("#graph", None).event("history", json!({})).await.unwrap();
    assert_eq!((&reply["number"], &reply["requests"][199]), (&json!(told.number), &json!(told.requests)));
}

#[firecrest::test]
async fn who_comes_back_is_told_what_was_meanwhile() {
    let site = Site::new();
    let (mut page, mut other) = (site.open().await, site.open().await);
    history(&mut page).await;
    site.ask_often(3).await;
    let told = tick(&mut other).await;
    page.reconnect().await.unwrap();
    let again = history(&mut page).await;
    assert_eq!((again.number, again.at, again.requests[199]), (told.number, told.at, told.requests));
}

#[firecrest::test]
async fn the_table_says_what_the_line_says() {
    let site = Site::new();
    let mut page = site.open().await;
    tick(&mut page).await;
    let before: u64 = requests(&page).iter().sum();
    site.ask_often(12).await;
    tick(&mut page).await;
    assert_eq!(requests(&page).iter().sum::<u64>(), before + 12);
    assert_eq!(page.text("#nodes"), "1");
}

#[firecrest::test]
async fn m006_the_table_has_what_was_before_too() {
    let site = Site::new();
    site.ask_often(4).await;
    advance(Duration::from_secs(30)).await;
    assert_eq!(requests(&site.open().await).iter().sum::<u64>(), 4);
}
