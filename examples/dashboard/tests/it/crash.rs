//! Cards crash alone (D016).

use std::time::Duration;

use firecrest_test::advance;

use crate::Site;

const CARDS: &str =
    "allow_crash = true\n[[clock]]\ntitle = 'One'\n[[clock]]\ntitle = 'Two'\ntime_zone = 'Asia/Tokyo'\n";

#[firecrest::test]
async fn d016_a_card_that_crashes_says_so_to_all_and_the_others_go_on() {
    let site = Site::new(CARDS);
    let (mut ann, ben) = (site.open().await, site.open().await);
    let id = ann.children()[0].clone();
    ann.allow_crash();
    ann.child(&id).event("crash", serde_json::json!({})).await;
    ann.expect_crash().await;
    ann.rejoin().await;
    advance(Duration::from_millis(500)).await;
    for page in [&ann, &ben] {
        assert_eq!((page.count(".crashed"), page.count(".time")), (1, 1), "{}", page.html());
        assert_eq!(page.texts("h2"), ["One", "Two"]);
    }
    let newcomer = site.open().await;
    assert_eq!((newcomer.count(".crashed"), newcomer.count(".time")), (1, 1), "{}", newcomer.html());
    ann.element(".crashed button", "Try again").click().await;
    advance(Duration::from_millis(500)).await;
    for page in [&ann, &ben, &newcomer] {
        assert_eq!((page.count(".crashed"), page.count(".time")), (0, 2), "{}", page.html());
    }
}

#[firecrest::test]
async fn a_card_crashes_only_where_the_file_allows_it() {
    let site = Site::new(&CARDS.replace("true", "false"));
    let mut page = site.open().await;
    let id = page.children()[0].clone();
    page.child(&id).event("crash", serde_json::json!({})).await;
    advance(Duration::from_millis(500)).await;
    assert_eq!((page.count(".crashed"), page.count(".time")), (0, 2));
}

#[firecrest::test]
async fn a_retry_of_what_has_not_crashed_changes_nothing() {
    let site = Site::new(CARDS);
    let mut page = site.open().await;
    let id = page.children()[0].clone();
    page.child(&id).event("retry", serde_json::json!({})).await;
    advance(Duration::from_millis(500)).await;
    assert_eq!((page.count(".crashed"), page.count(".time")), (0, 2));
}
