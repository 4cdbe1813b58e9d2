//! Cards in two places.

use firecrest_test::TestPage;

use crate::open;

/// The birds of a place, and how often each was seen.
fn place(page: &TestPage, name: &str) -> Vec<String> {
    let cards = page.texts(&format!(".board [aria-label={name}] h3"));
    cards.into_iter().map(|card| card.replace("seen ", "")).collect()
}

async fn click(page: &mut TestPage, bird: &str, button: &str) {
    page.element(&format!("#{bird} button"), button).click().await;
}

#[firecrest::test]
async fn f130_f133_a_card_keeps_what_it_knows_wherever_it_is() {
    let mut page = open("/live-demo/components").await;
    assert_eq!(place(&page, "Wood"), ["Firecrest 0", "Robin 0", "Wren 0"]);
    click(&mut page, "robin", "Saw it").await;
    click(&mut page, "robin", "Robin").await;
    click(&mut page, "robin", "Move").await;
    assert_eq!(place(&page, "Wood"), ["Firecrest 0", "Wren 0"]);
    assert_eq!(place(&page, "Garden"), ["Blue tit 0", "Goldcrest 0", "Robin 1"]);
    assert!(page.has("#robin p", "Sings all winter"));
    page.element("button", "Swap the places").click().await;
    assert_eq!(place(&page, "Wood"), ["Blue tit 0", "Goldcrest 0", "Robin 1"]);
    assert!(page.has("#robin p", None));
}

#[firecrest::test]
async fn f132_who_leaves_is_forgotten() {
    let mut page = open("/live-demo/components").await;
    click(&mut page, "wren", "Saw it").await;
    click(&mut page, "wren", "Leaves").await;
    assert_eq!(place(&page, "Wood"), ["Firecrest 0", "Robin 0"]);
    page.element("button", "Call them back").click().await;
    assert_eq!(place(&page, "Wood"), ["Firecrest 0", "Robin 0", "Wren 0"]);
}

#[firecrest::test]
async fn f085_all_cards_are_told_at_once() {
    let mut page = open("/live-demo/components").await;
    page.element("button", "Count them all").click().await;
    page.settle().await;
    assert_eq!(place(&page, "Wood"), ["Firecrest 1", "Robin 1", "Wren 1"]);
    assert_eq!(place(&page, "Garden"), ["Blue tit 1", "Goldcrest 1"]);
    while !place(&page, "Wood").is_empty() {
        page.element(".board [aria-label=Wood] li:first-child button", "Leaves").click().await;
    }
    assert_eq!(page.text(".board .empty"), "Nobody is here.");
}
