//! Views inside views: the clocks, and the crest that all pages share.

use std::time::Duration;

use firecrest_test::{TestPage, advance};

use crate::{open, visitor};

fn ages(page: &TestPage) -> Vec<String> {
    page.texts(".clocks p")
}

#[firecrest::test]
async fn f078_every_clock_ticks_by_itself() {
    let page = open("/live-demo/nested").await;
    assert_eq!(ages(&page), ["wound up 0 s ago"; 4]);
    advance(Duration::from_secs(3)).await;
    assert_eq!(ages(&page), ["wound up 3 s ago"; 4]);
}

#[firecrest::test]
async fn f124_a_dropped_clock_is_wound_up_again_and_the_others_go_on() {
    let mut page = open("/live-demo/nested").await;
    advance(Duration::from_secs(5)).await;
    page.allow_crash();
    page.child("clock-Kathmandu").element("button", None).click().await;
    assert!(page.expect_crash().await.contains("the clock of Kathmandu was dropped"));
    advance(Duration::from_secs(1)).await;
    page.rejoin().await;
    let ages = ages(&page);
    assert_eq!([&ages[0], &ages[1], &ages[3]], ["wound up 6 s ago"; 3]);
    assert_eq!(ages[2], "wound up 0 s ago");
}

#[firecrest::test]
async fn a_colour_is_there_on_every_page() {
    let visitor = visitor();
    let mut one = visitor.open("/live-demo").await.unwrap();
    let other = visitor.open("/live-demo/nested").await.unwrap();
    for colour in ["rose", "leaf"] {
        one.element(&format!(".swatch[aria-label={colour}]"), None).click().await;
        for page in [&one, &other, &visitor.open("/live-demo").await.unwrap()] {
            assert!(page.has(&format!(".body .crest-feathers[data-colour={colour}]"), None), "{colour}");
            assert_eq!(page.count(".swatch[aria-pressed=true]"), 1);
        }
    }
}
