//! The list in any order.

use firecrest::prelude::json;
use firecrest_test::TestPage;

use crate::open;

fn flock(page: &TestPage) -> Vec<String> {
    let names = page.texts("#flock .grow").into_iter();
    names.map(|name| name.rsplitn(3, ' ').last().unwrap().to_owned()).collect()
}

#[firecrest::test]
async fn birds_come_and_leave() {
    let mut page = open("/live-demo/list").await;
    assert_eq!(flock(&page), ["Firecrest", "Robin", "Wren", "Blue tit", "Goldcrest", "Siskin"]);
    page.element("#blue-tit [phx-click=remove]", None).click().await;
    page.element("button", "Add a bird").click().await;
    page.element("button", "Add a bird").click().await;
    assert_eq!(flock(&page), ["Firecrest", "Robin", "Wren", "Goldcrest", "Siskin", "Blue tit", "Great tit"]);
    assert_eq!(page.text("[role=status].hidden-visually"), "Great tit has come.");
    while !flock(&page).is_empty() {
        page.element("#flock li:first-child [phx-click=remove]", None).click().await;
    }
    assert_eq!(page.text(".empty"), "All have flown.");
}

#[firecrest::test]
async fn nobody_comes_twice() {
    let mut page = open("/live-demo/list").await;
    while page.element("button", "Add a bird").attr("disabled").is_none() {
        page.element("button", "Add a bird").click().await;
    }
    let mut names = flock(&page);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 14);
}

#[firecrest::test]
async fn the_flock_is_sorted_and_shuffled() {
    let mut page = open("/live-demo/list").await;
    page.element("button", "Sort by name").click().await;
    assert_eq!(flock(&page), ["Blue tit", "Firecrest", "Goldcrest", "Robin", "Siskin", "Wren"]);
    let sorted = flock(&page);
    page.element("button", "Shuffle").click().await;
    let mut shuffled = flock(&page);
    shuffled.sort();
    assert_eq!(shuffled, sorted);
    page.element("button", "Sort by weight").click().await;
    assert_eq!(flock(&page), ["Firecrest", "Goldcrest", "Wren", "Blue tit", "Siskin", "Robin"]);
}

#[firecrest::test]
async fn the_hook_moves_a_bird_and_what_cannot_be_is_ignored() {
    let mut page = open("/live-demo/list").await;
    page.element("#flock", None).event("reorder", json!({ "from": 0, "to": 2 })).await;
    assert_eq!(flock(&page)[..3], ["Robin", "Wren", "Firecrest"]);
    let before = flock(&page);
    for (from, to) in [(0, 6), (6, 0), (99, 99)] {
        page.element("#flock", None).event("reorder", json!({ "from": from, "to": to })).await;
        assert_eq!(flock(&page), before);
    }
}
