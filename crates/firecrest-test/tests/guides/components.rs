//! `guides/components.md`: its page and its tests.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/components.md");

mod shop {
    include!("components/shop.rs");

    mod tests {
        use firecrest_test::TestBrowser;

        use super::*;

        #[firecrest::test]
        async fn items_count_are_told_and_dropped() {
            let endpoint = Endpoint::builder().build().unwrap();
            let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Cart>("/"));
            let mut page = browser.open("/").await.unwrap();
            page.element("#item-2 button", "+").click().await;
            assert_eq!(page.texts("li b"), ["1", "2", "1"]);
            assert!(page.has("body > div > #prices[role=dialog]", "feathers"));
            assert!(page.has("#prices script[data-phx-runtime-hook=Upper] + #coupon", None));
            page.element("button", "Two for one").click().await;
            page.settle().await;
            assert_eq!(page.texts("li b"), ["2", "4", "2"]);
            page.element("#item-1 button", "✕").click().await;
            page.settle().await;
            assert_eq!(page.texts("li b"), ["4", "2"]);
            assert_eq!(page.texts("small"), ["7 left", "7 left"]);
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    for block in blocks(GUIDE, "rust") {
        let source = include_str!("components/shop.rs");
        assert!(block.is_in(source), "this is nowhere here:\n{}", block.code());
    }
}
