//! What those see who stay.

use std::time::Duration;

use firecrest_test::advance;

use crate::{Site, look, seen};

#[firecrest::test]
async fn k006_whoever_comes_raises_both_numbers_for_all_and_whoever_goes_lowers_one() {
    let site = Site::new();
    let ann = site.open("/traffic/pond").await;
    assert_eq!(look(&ann).await, seen((1, 1), (1, 1)));
    let ben = site.open("/traffic/pond").await;
    for page in [&ann, &ben] {
        assert_eq!(look(page).await, seen((2, 2), (2, 2)));
    }
    drop(ben);
    assert_eq!(look(&ann).await, seen((1, 2), (1, 2)));
}

#[firecrest::test]
async fn k007_active_are_tabs_and_not_people() {
    let site = Site::new();
    let ann = site.visitor();
    let tabs = [ann.open("/traffic").await.unwrap(), ann.open("/traffic").await.unwrap()];
    for tab in &tabs {
        assert_eq!(look(tab).await, seen((2, 2), (2, 2)));
    }
}

#[firecrest::test]
async fn k007_robots_raise_only_the_total() {
    let site = Site::new();
    let page = site.open("/traffic").await;
    for visits in 2..=4 {
        site.html("/traffic").await;
        assert_eq!(look(&page).await, seen((1, visits), (1, visits)));
    }
}

#[firecrest::test]
async fn other_pages_change_what_is_together_only() {
    let site = Site::new();
    let ann = site.open("/traffic/pond").await;
    let ben = site.open("/traffic/nest").await;
    for page in [&ann, &ben] {
        assert_eq!(look(page).await, seen((1, 1), (2, 2)));
    }
}

#[firecrest::test]
async fn live_navigation_is_a_visit_and_moves_the_visitor() {
    let site = Site::new();
    let ann = site.open("/traffic/pond").await;
    let mut ben = site.open("/traffic/pond").await;
    ben.element("a", "The nest box").click().await;
    ben.expect_redirect("/traffic/nest").await;
    ben.follow_redirect().await.unwrap();
    assert_eq!(look(&ben).await, seen((1, 1), (2, 3)));
    assert_eq!(look(&ann).await, seen((1, 2), (2, 3)));
    assert_eq!(ben.text("nav [aria-current=page]"), "The nest box");
}

#[firecrest::test]
async fn who_navigates_to_a_page_that_there_is_not_is_told_and_not_counted() {
    let site = Site::new();
    let ann = site.open("/traffic").await;
    let mut ben = site.open("/traffic").await;
    assert!(ben.navigate("/traffic/nowhere").await.is_err());
    drop(ben);
    assert_eq!(look(&ann).await, seen((1, 2), (1, 2)));
}

#[firecrest::test]
async fn a_broken_connection_is_no_visit() {
    let site = Site::new();
    let mut page = site.open("/traffic").await;
    page.reconnect().await.unwrap();
    assert_eq!(look(&page).await, seen((1, 1), (1, 1)));
}

#[firecrest::test]
async fn the_title_says_who_is_there() {
    let site = Site::new();
    let page = site.open("/traffic/hedge").await;
    let _other = site.open("/traffic/hedge").await;
    look(&page).await;
    assert_eq!(page.title(), "(2) The hedge · Firecrest");
}

#[firecrest::test]
async fn there_is_a_bird_for_everybody_and_a_number_where_the_wire_is_full() {
    let site = Site::new();
    let mut pages = Vec::new();
    for _ in 0..14 {
        pages.push(site.open("/traffic").await);
    }
    look(&pages[0]).await;
    assert_eq!((pages[0].count(".wire img"), pages[0].text(".wire .more")), (12, "+2".to_owned()));
    pages.truncate(3);
    look(&pages[0]).await;
    assert_eq!((pages[0].count(".wire li"), pages[0].count(".wire .more")), (3, 0));
}

#[firecrest::test]
async fn the_line_wanders_and_outlives_those_who_were_there() {
    let site = Site::new();
    let line = async || {
        let html = site.html("/traffic").await;
        html.split("points=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let flat = "-9,109 -9,100 159,100 159,109";
    assert_eq!(line().await, flat);
    let page = site.open("/traffic").await;
    advance(Duration::from_secs(10)).await;
    drop(page);
    advance(Duration::from_secs(30)).await;
    let some = line().await;
    assert_eq!(some.split(' ').count(), 8, "up and down again: {some}");
    advance(Duration::from_secs(140)).await;
    assert_eq!(line().await, flat);
}

#[firecrest::test]
async fn a_line_without_corners_changes_nothing() {
    let site = Site::new();
    let page = site.open("/traffic").await;
    advance(Duration::from_secs(200)).await;
    let before = page.html();
    advance(Duration::from_secs(30)).await;
    assert_eq!(page.html(), before);
}
