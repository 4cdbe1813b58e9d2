//! What the first response says.

use std::time::Duration;

use firecrest_test::advance;
use http::header::CONTENT_SECURITY_POLICY;

use crate::Site;

#[firecrest::test]
async fn without_scripts_there_is_a_table_with_the_numbers_so_far() {
    let site = Site::new();
    site.ask_often(23).await;
    advance(Duration::from_secs(1)).await;
    let html = site.html().await;
    assert!(html.contains("<caption") && html.contains("Time (UTC)"));
    assert!(html.contains(r#"<td class="number">23</td>"#), "{html}");
}

#[firecrest::test]
async fn the_page_is_strict_about_scripts_and_styles() {
    let site = Site::new();
    let response = site.ask("/activity").await;
    let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let html = site.html().await;
    assert!(!html.contains(" style=\""));
    let scripts: Vec<_> = html.split("<script").skip(1).map(|rest| rest.split('?').next().unwrap()).collect();
    let expected = ["activity.js", "live.js"].map(|file| format!(" type=\"module\" src=\"/assets/{file}"));
    assert_eq!(scripts, expected);
}
