//! `guides/live-numbers.md`: its pages and its tests.

mod stock;

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/live-numbers.md");
const PAGE: &str = include_str!("../../../firecrest/examples/live_numbers.rs");

#[allow(dead_code, reason = "`main` is not called")]
mod traffic {
    include!("live_numbers/traffic.rs");

    mod tests {
        use std::time::Duration;

        use firecrest_test::{TestBrowser, advance};

        use super::*;

        /// Viewers are sent twenty changes a second.
        const FRAME: Duration = Duration::from_millis(50);

        #[firecrest::test]
        async fn two_windows_show_the_same_numbers() {
            let endpoint = Endpoint::builder().tally(Tally::in_memory()).build().unwrap();
            let browser = TestBrowser::new(&endpoint, endpoint.live("/live").shared::<Traffic>("/"));
            let one = browser.open("/").await.unwrap();
            let other = browser.open("/").await.unwrap();
            advance(FRAME).await;
            assert_eq!(one.texts("p"), ["Total: 2", "Active: 2"]);
            drop(one);
            advance(FRAME).await;
            assert_eq!(other.texts("p"), ["Total: 2", "Active: 1"]);
        }
    }
}

#[test]
fn the_guide_shows_the_page_as_it_is_and_its_view_takes_twenty_lines() {
    let blocks = blocks(GUIDE, "rust");
    assert_eq!((blocks[0].section, blocks[0].code().as_str()), ("The page", PAGE));
    assert!(PAGE.ends_with(include_str!("live_numbers/traffic.rs")));
    let (_, view) = PAGE.split_once("struct Traffic").unwrap();
    let (view, _) = view.split_once("#[tokio::main]").unwrap();
    assert!(view.trim().lines().count() <= 20);
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let sources = [include_str!("live_numbers.rs"), include_str!("live_numbers/stock.rs"), PAGE];
    for block in blocks(GUIDE, "rust") {
        assert!(sources.iter().any(|source| block.is_in(source)), "this is nowhere here:\n{}", block.code());
    }
}
