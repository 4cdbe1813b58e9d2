//! The list without an end.

use firecrest::prelude::json;
use firecrest_test::TestPage;

use crate::open;

/// The numbers of the first and the last row, and how many there are.
fn rows(page: &TestPage) -> (String, String, usize) {
    let numbers = page.texts("#rows > li > .badge");
    (numbers[0].clone(), numbers[numbers.len() - 1].clone(), numbers.len())
}

fn are(first: &str, last: &str) -> (String, String, usize) {
    (first.to_owned(), last.to_owned(), 200)
}

#[firecrest::test]
async fn rows_come_at_one_end_and_go_at_the_other() {
    let mut page = open("/live-demo/endless").await;
    assert_eq!(rows(&page), are("1", "200"));
    assert_eq!(page.element("#rows", None).attr("phx-viewport-top"), None, "nothing is before the first");
    for _ in 0..100 {
        page.element("#rows", None).viewport_bottom().await;
    }
    assert_eq!(rows(&page), are("5,001", "5,200"));
    assert_eq!(page.text("#position"), "Rows 5,001 to 5,200 of 1,000,000");
    for _ in 0..3 {
        page.element("#rows", None).viewport_top().await;
    }
    assert_eq!(rows(&page), are("4,851", "5,050"));
    let numbers = page.texts("#rows > li > .badge");
    let in_order = (4_851..=5_050).map(|number: u32| format!("{},{:03}", number / 1_000, number % 1_000));
    assert!(numbers.into_iter().eq(in_order));
}

#[firecrest::test]
async fn somebody_may_go_anywhere() {
    let mut page = open("/live-demo/endless?row=500000").await;
    assert_eq!(rows(&page), are("499,950", "500,149"));
    assert!(page.has("#rows > li[phx-mounted]", "500,000"));
    page.form("#go").fill(json!({ "row": "70" })).submit().await;
    assert_eq!((page.address().as_str(), rows(&page)), ("/live-demo/endless?row=70", are("20", "219")));
    page.element("#rows", None).viewport_top().await;
    assert_eq!(rows(&page), are("1", "200"));
    page.element("a", "Last").click().await;
    assert_eq!(rows(&page), are("999,801", "1,000,000"));
    assert_eq!(page.element("#rows", None).attr("phx-viewport-bottom"), None, "nothing is after the last");
    page.element("a", "First").click().await;
    assert_eq!(rows(&page), are("1", "200"));
}

#[firecrest::test]
async fn an_address_that_makes_no_sense_is_an_end_or_the_beginning() {
    for (row, first) in [("0", "1"), ("4000000000", "999,801"), ("-1", "1"), ("x", "1")] {
        let page = open(&format!("/live-demo/endless?row={row}")).await;
        assert_eq!(rows(&page).0, first, "{row}");
    }
}
