//! `guides/background.md`: its page and its tests.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/background.md");

mod orders {
    include!("background/orders.rs");

    mod tests {
        use firecrest_test::TestView;

        use super::*;

        include!("background/test.rs");

        #[firecrest::test]
        async fn an_export_is_waited_for_dropped_and_may_fail() {
            let mut page = TestView::mount::<Orders>().await;
            page.element("button", "Export").click().await;
            page.work_done().await;
            assert_eq!(page.text("output"), "That did not work.");
            page.element("button", "Export").click().await;
            assert_eq!(page.text("output"), "One moment …");
            page.work_done().await;
            assert_eq!(page.text("output"), "It is in 3.csv.");
            page.element("button", "Export").click().await;
            page.event("forget", ()).await;
            page.work_done().await;
            assert_eq!(page.text("output"), "Never mind.");
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let sources = [include_str!("background/orders.rs"), include_str!("background/test.rs")];
    for block in blocks(GUIDE, "rust") {
        assert!(sources.iter().any(|source| block.is_in(source)), "this is nowhere here:\n{}", block.code());
    }
}
