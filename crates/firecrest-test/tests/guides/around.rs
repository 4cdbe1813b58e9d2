//! `guides/around-a-view.md`: its code and its tests.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/around-a-view.md");

mod app {
    include!("around/app.rs");

    mod tests {
        use firecrest_test::{TestBrowser, TestPage};

        use super::*;

        async fn desk() -> TestPage {
            let endpoint = Endpoint::builder().build().unwrap();
            TestBrowser::new(&endpoint, site(&endpoint)).open("/office/desks/7").await.unwrap()
        }

        #[firecrest::test]
        async fn a_desk_is_asked_from_outside() {
            let mut page = desk().await;
            page.event("come", json!({ "who": "Ann" })).await;
            let asked = page.browser().open("/waiting/7").await.unwrap();
            assert!(asked.html().contains('1'), "{}", asked.html());
            let asked = page.browser().open("/waiting/8").await.unwrap();
            assert!(asked.html().contains("it has ended"), "{}", asked.html());
        }

        #[firecrest::test]
        async fn a_desk_is_in_a_page_of_another_handler_and_in_the_list() {
            let page = desk().await;
            let mut hall = page.browser().open("/hall").await.unwrap();
            let ids: Vec<_> =
                page.browser().endpoint().live_views(10).into_iter().map(|info| info.id).collect();
            assert_eq!(ids.len(), 2);
            hall.element("h1", "Desk 1").event("come", json!({ "who": "Bob" })).await;
            assert_eq!(hall.text("p"), "1");
            let list = list(page.browser().endpoint()).await;
            assert!(list.iter().any(|line| line.starts_with("/office/desks/{number} Desk {")), "{list:?}");
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let source = include_str!("around/app.rs");
    for block in blocks(GUIDE, "rust") {
        assert!(block.is_in(source), "this is nowhere here:\n{}", block.code());
    }
}
