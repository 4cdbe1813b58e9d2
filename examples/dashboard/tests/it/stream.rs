//! A stream: the newest ten that match, some a second, and it comes back.

use dashboard::standin::Fault;
use firecrest_test::TestPage;
use http::StatusCode;

use crate::{Site, eventually, until};

const CARD: &str = "[[stream]]\nurl = 'http://stand-in/sightings'\ntext = '/text'\nlink = '/url'\n";

async fn beside(more: &str) -> (Site, dashboard::standin::StandIn) {
    let (site, stand_in) = Site::beside(&format!("{CARD}{more}")).await;
    eventually("the stream is followed", || stand_in.listeners() == 1).await;
    (site, stand_in)
}

fn items(page: &TestPage) -> Vec<String> {
    page.texts(".items li")
}

#[tokio::test]
async fn d010_items_with_the_term_are_shown_and_others_are_not() {
    let (site, stand_in) = beside("term = 'CREST'\nper_second = 10\n").await;
    let page = site.open().await;
    for text in ["Firecrest!", "Robin", "a crest", "Wren"] {
        stand_in.say(text, None);
    }
    until(&page, |page| items(page) == ["a crest", "Firecrest!"]).await;
    assert!(!page.has(".skipped", None), "what does not match is not skipped: {}", page.html());
}

#[tokio::test]
async fn d011_the_newest_ten_are_shown_newest_first_and_d012_to_newcomers_at_once() {
    let (site, stand_in) = beside("per_second = 10\n").await;
    let page = site.open().await;
    for number in 1..=8 {
        stand_in.say(&format!("no. {number}"), None);
    }
    until(&page, |page| items(page).len() == 8).await;
    for number in 9..=13 {
        stand_in.say(&format!("no. {number}"), None);
    }
    let expected: Vec<_> = (4..=13).rev().map(|number| format!("no. {number}")).collect();
    until(&page, |page| items(page) == expected).await;
    let html = site.html().await;
    assert!(html.contains("no. 13") && html.contains("no. 4<") && !html.contains("no. 3<"), "{html}");
}

#[tokio::test]
async fn d011_links_open_elsewhere_and_text_from_outside_is_text() {
    let (site, stand_in) = beside("per_second = 10\n").await;
    let page = site.open().await;
    stand_in.say("<script>alert(1)</script>", Some("javascript:alert(1)"));
    stand_in.say("good", Some("https://birds.example/?a=b&c=\"d\""));
    until(&page, |page| items(page) == ["good", "<script>alert(1)</script>"]).await;
    assert_eq!(page.count(".items a"), 1);
    let html = site.html().await;
    assert!(html.contains("&lt;script&gt;alert(1)") && !html.contains("javascript:"), "{html}");
    assert!(html.contains("target=\"_blank\" rel=\"noopener noreferrer\""), "{html}");
}

#[tokio::test]
async fn d014_of_a_firehose_some_are_shown_and_the_others_counted() {
    let (site, stand_in) = beside("").await;
    let page = site.open().await;
    for number in 1..=500 {
        stand_in.say(&format!("no. {number}"), None);
    }
    until(&page, |page| page.has(".skipped", None)).await;
    until(&page, |page| items(page).first().is_some_and(|item| item == "no. 500")).await;
    let shown = items(&page).len() as u64;
    let skipped = page.text(".skipped").split(' ').next().unwrap().replace(',', "").parse::<u64>().unwrap();
    assert_eq!(shown + skipped, 500);
    // In two samples at most, for it may have begun in one and ended in another.
    assert!(shown <= 4, "{shown}");
}

#[tokio::test]
async fn d013_a_stream_that_is_lost_is_marked_and_taken_up_where_it_was() {
    let (site, stand_in) = beside("per_second = 10\n").await;
    let page = site.open().await;
    stand_in.say("before", None);
    until(&page, |page| items(page) == ["before"]).await;
    stand_in.set_fault(Fault::Down);
    until(&page, |page| page.has(".freshness .badge", "no connection")).await;
    stand_in.say("meanwhile", None);
    assert_eq!(items(&page), ["before"]);
    stand_in.set_fault(Fault::None);
    until(&page, |page| items(page) == ["meanwhile", "before"]).await;
    until(&page, |page| !page.has(".freshness .badge", None)).await;
    assert_eq!(stand_in.last_ids(), ["1"]);
}

#[tokio::test]
async fn d013_what_is_no_stream_is_asked_for_again() {
    let (site, stand_in) = Site::beside(CARD).await;
    stand_in.set_fault(Fault::Status(StatusCode::BAD_GATEWAY));
    eventually("it is followed, or asked for twice", || {
        stand_in.asked("/sightings") > 1 || stand_in.listeners() > 0
    })
    .await;
    stand_in.set_fault(Fault::None);
    let page = site.open().await;
    eventually("it is followed", || stand_in.listeners() == 1).await;
    stand_in.say("there", None);
    until(&page, |page| items(page) == ["there"]).await;
}
