//! Read tags: where the readers of a post are.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_test::{TestPage, advance};

use crate::site::{OTHER, POST, Site, settle};

/// Scrolls; the reader is told which tag is the own.
async fn scroll(page: &mut TestPage, at: f64) -> String {
    let hook = page.child("readers").element("#read-position", None);
    let reply = hook.event("scroll", json!({ "at": at })).await.unwrap();
    reply["own"].as_str().unwrap().to_owned()
}

/// Where the tags are, the newest first.
fn places(page: &TestPage) -> Vec<String> {
    let html = page.html();
    html.split(" cy=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[firecrest::test]
async fn b014_all_see_where_all_are() {
    let site = Site::new();
    let (mut one, two) = (site.open(POST).await, site.open(POST).await);
    settle().await;
    assert_eq!((places(&one), places(&two)), (vec!["0%".to_owned(); 2], vec!["0%".to_owned(); 2]));
    scroll(&mut one, 0.4168).await;
    settle().await;
    assert_eq!(places(&two), ["0%", "41.7%"]);
    assert_eq!(places(&one), places(&two));
    assert_eq!(two.text(".here"), "2 reading now");
}

#[firecrest::test]
async fn b014_every_reader_is_told_which_tag_is_the_own() {
    let site = Site::new();
    let mut pages = [site.open(POST).await, site.open(POST).await];
    for (page, at) in pages.iter_mut().zip(["0%", "20%"]) {
        let own = scroll(page, at.trim_end_matches('%').parse::<f64>().unwrap() / 100.0).await;
        settle().await;
        assert_eq!(page.element(&format!("#{own}"), None).attr("cy"), Some(at));
    }
}

#[firecrest::test]
async fn b016_tags_have_colours_of_their_own_that_one_sees_through() {
    let site = Site::new();
    let pages = [site.open(POST).await, site.open(POST).await, site.open(POST).await];
    settle().await;
    let html = pages[0].html();
    let mut colours: Vec<_> =
        html.split(" fill=\"hsl(").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    colours.sort_unstable();
    colours.dedup();
    assert_eq!((colours.len(), html.matches("fill-opacity=\"0.5\"").count()), (3, 3), "{html}");
}

#[firecrest::test]
async fn b017_a_tag_goes_with_its_reader() {
    let site = Site::new();
    let (one, mut two) = (site.open(POST).await, site.open(POST).await);
    settle().await;
    scroll(&mut two, 0.5).await;
    advance(Duration::from_millis(60)).await;
    drop(two);
    advance(Duration::from_millis(100)).await;
    assert_eq!((places(&one), one.text(".here")), (vec!["0%".to_owned()], "1 reading now".to_owned()));
}

#[firecrest::test]
async fn b017_a_tag_does_not_follow_to_another_post() {
    let site = Site::new();
    let (one, mut two) = (site.open(POST).await, site.open(POST).await);
    two.navigate(&format!("/blog/{OTHER}")).await.unwrap();
    settle().await;
    assert_eq!((places(&one).len(), places(&two).len()), (1, 1));
}

#[firecrest::test]
async fn b014_more_than_fifty_are_a_number() {
    let site = Site::new();
    let mut pages = Vec::new();
    for _ in 0..53 {
        pages.push(site.open(POST).await);
    }
    settle().await;
    assert_eq!((places(&pages[0]).len(), pages[0].text(".more-tags")), (50, "and 3 more".to_owned()));
    assert_eq!(pages[52].text(".here"), "53 reading now");
    pages.truncate(50);
    settle().await;
    assert_eq!((places(&pages[0]).len(), pages[0].count(".more-tags")), (50, 0));
}
