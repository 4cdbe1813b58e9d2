//! What the first response says, and what counts as a visit.

use http::header::CONTENT_SECURITY_POLICY;
use http::{Method, StatusCode};

use crate::{Site, numbers, seen};

const PAGES: [&str; 5] = ["/traffic", "/traffic/feeder", "/traffic/hedge", "/traffic/pond", "/traffic/nest"];

#[firecrest::test]
async fn k005_the_first_html_has_the_own_visit_and_a_reload_counts_again() {
    let site = Site::new();
    for visits in 1..=12 {
        let html = site.html("/traffic/nest").await;
        assert_eq!(numbers(&html), seen((0, visits), (0, visits)));
    }
}

#[firecrest::test]
async fn every_page_has_numbers_of_its_own_and_those_of_all() {
    let site = Site::new();
    for (others, path) in PAGES.iter().enumerate() {
        assert_eq!(numbers(&site.html(path).await), seen((0, 1), (0, others as u64 + 1)), "{path}");
    }
    let html = site.html("/traffic/pond?from=afar").await;
    assert_eq!(numbers(&html), seen((0, 2), (0, 6)), "whatever its query, a page is one");
}

#[firecrest::test]
async fn who_asks_for_the_headers_only_is_not_counted() {
    let site = Site::new();
    for path in PAGES {
        assert_eq!(site.ask(Method::HEAD, path).await.status(), StatusCode::OK, "{path}");
    }
    assert_eq!(site.ask(Method::HEAD, "/traffic/nowhere").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(numbers(&site.html("/traffic").await), seen((0, 1), (0, 1)));
}

#[firecrest::test]
async fn a_page_that_there_is_not_is_not_found_and_not_counted() {
    let site = Site::new();
    for path in ["/traffic/nowhere", "/traffic/", "/traffic/Nest", "/traffic/nest/egg"] {
        assert_eq!(site.ask(Method::GET, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(numbers(&site.html("/traffic").await), seen((0, 1), (0, 1)));
}

#[firecrest::test]
async fn the_digits_say_what_is_read_out() {
    let site = Site::new();
    let nest = site.endpoint.tally().counter("/traffic/nest").await.unwrap();
    nest.increment(4_506).await.unwrap();
    let html = site.html("/traffic/nest").await;
    let (_, digits) = html.split_once(">4507</span>").unwrap();
    let digits = digits.split("</dd>").next().unwrap().split("data-digit=\"").skip(1);
    let digits: String = digits.map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(digits, "7054", "the last place first");
}

#[firecrest::test]
async fn pages_are_strict_about_scripts_and_styles() {
    let site = Site::new();
    for path in PAGES {
        let response = site.ask(Method::GET, path).await;
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let html = site.html(path).await;
        assert!(!html.contains(" style=\"") && html.matches("<script").count() == 1, "{path}");
    }
}
