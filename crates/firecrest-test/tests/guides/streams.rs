//! `guides/streams.md`: its pages and its tests.

use crate::markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/streams.md");

mod chat {
    include!("streams/chat.rs");

    mod tests {
        use firecrest_test::TestBrowser;

        use super::*;

        #[firecrest::test]
        async fn lines_are_said_deleted_and_cleared() {
            let endpoint = Endpoint::builder().build().unwrap();
            let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Chat>("/"));
            let mut page = browser.open("/").await.unwrap();
            for text in ["Hello", "Is anybody here?"] {
                page.form("form").fill(json!({ "text": text })).submit().await;
            }
            assert_eq!(page.count("#lines > [id^=line-]"), 2);
            page.element("#line-1 button", None).click().await;
            assert!(!page.has("#lines", "Hello") && page.has("#lines", "Is anybody here?"));
            page.element("button", "Clear").click().await;
            assert_eq!(page.count("#lines > [id^=line-]"), 0);
        }
    }
}

mod scroll {
    include!("streams/scroll.rs");

    mod tests {
        use firecrest_test::TestBrowser;

        use super::*;

        #[firecrest::test]
        async fn two_hundred_rows_are_in_the_page_wherever_it_is_scrolled_to() {
            let endpoint = Endpoint::builder().build().unwrap();
            let browser = TestBrowser::new(&endpoint, endpoint.live("/live").page::<Table>("/"));
            let mut page = browser.open("/").await.unwrap();
            assert_eq!(page.count("#rows > li"), 50);
            for _ in 0..10 {
                page.element("#rows", None).viewport_bottom().await;
            }
            page.element("#rows", None).viewport_top().await;
            let rows = page.texts("#rows > li");
            assert_eq!((rows.len(), &*rows[0], &*rows[199]), (200, "Row 300", "Row 499"));
        }
    }
}

mod article {
    include!("streams/article.rs");

    mod tests {
        use firecrest_test::TestView;

        use super::*;

        #[firecrest::test]
        async fn the_article_is_in_the_page() {
            let page = TestView::mount::<Article>().await;
            assert_eq!(page.text("#text"), "A long one.");
        }
    }
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let sources = [
        include_str!("streams/article.rs"),
        include_str!("streams/chat.rs"),
        include_str!("streams/scroll.rs"),
    ];
    for block in blocks(GUIDE, "rust") {
        assert!(sources.iter().any(|source| block.is_in(source)), "this is nowhere here:\n{}", block.code());
    }
}
