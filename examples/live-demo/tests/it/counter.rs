//! The counter.

use crate::open;

#[firecrest::test]
async fn the_counter_counts() {
    let mut page = open("/counter").await;
    let before: i64 = page.text(".count").parse().unwrap();
    page.element("button[phx-click=inc]", "+").click().await;
    page.element("button[phx-click=inc]", "+").click().await;
    page.element("button[phx-click=dec]", "−").click().await;
    assert_eq!(page.text(".count"), (before + 1).to_string());
}

#[firecrest::test]
async fn two_visitors_count_for_themselves() {
    let (mut one, other) = (open("/counter").await, open("/counter").await);
    let before = other.text(".count");
    one.element("button[phx-click=inc]", "+").click().await;
    assert_eq!(other.text(".count"), before);
}

/// Without blank lines and imports.
#[test]
fn the_counter_is_thirty_lines_of_code() {
    let source = include_str!("../../src/pages/counter.rs");
    let lines = source.lines().filter(|line| !line.is_empty() && !line.starts_with("use "));
    assert!(lines.count() <= 30, "{source}");
}
