//! The radio in the corner of every page.

use std::time::Duration;

use firecrest_test::advance;

use crate::open;

#[firecrest::test]
async fn f123_the_radio_plays_on_from_page_to_page() {
    let mut page = open("/live-demo").await;
    assert!(page.children().contains(&"radio".to_owned()) && !page.has(".radio-time", None));
    page.element(".radio-play", None).click().await;
    advance(Duration::from_secs(5)).await;
    page.navigate("/counter").await.unwrap();
    assert_eq!((page.text(".radio b"), page.text(".radio-time")), ("Thin as a Needle".into(), "0:05".into()));
    advance(Duration::from_secs(60)).await;
    assert_eq!(page.text(".radio-time"), "1:05");
    page.navigate("/live-demo/list").await.unwrap();
    advance(Duration::from_secs(10)).await;
    assert_eq!((page.text(".radio b"), page.text(".radio-time")), ("Before the Sun".into(), "0:01".into()));
}

#[firecrest::test]
async fn the_radio_is_silent_while_it_pauses_and_the_next_song_begins_at_its_beginning() {
    let mut page = open("/counter").await;
    page.element(".radio-play", None).click().await;
    advance(Duration::from_secs(3)).await;
    page.element(".radio-play", None).click().await;
    advance(Duration::from_secs(30)).await;
    assert_eq!((page.text(".radio-time"), page.count("[data-plays]")), ("0:03".into(), 0));
    page.element(".radio-next", None).click().await;
    assert_eq!((page.text(".radio b"), page.text(".radio-time")), ("Before the Sun".into(), "0:00".into()));
    page.element(".radio-play", None).click().await;
    advance(Duration::from_millis(900)).await;
    page.element(".radio-next", None).click().await;
    // A song that has just begun has a second before it, whatever was left of the last one's.
    advance(Duration::from_millis(900)).await;
    assert_eq!(
        (page.text(".radio b"), page.text(".radio-time")),
        ("Up, Up and Higher".into(), "0:00".into())
    );
    advance(Duration::from_millis(100)).await;
    assert_eq!(page.text(".radio-time"), "0:01");
}

#[firecrest::test]
async fn f123_a_radio_that_breaks_is_alone_with_it() {
    let mut page = open("/counter").await;
    let count = page.text(".count");
    page.element(".radio-play", None).click().await;
    page.allow_crash();
    page.child("radio").event("explode", ()).await;
    assert!(page.expect_crash().await.contains("\"radio\""));
    page.rejoin().await;
    assert_eq!((page.text(".count"), page.count(".radio-time")), (count, 0));
}
