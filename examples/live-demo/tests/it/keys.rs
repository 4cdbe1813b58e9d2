//! Keys, and what only the browser knows.

use firecrest::prelude::json;
use firecrest_test::TestPage;

use crate::open;

async fn press(page: &mut TestPage, keys: &[&str]) {
    for key in keys {
        page.window_keydown(key).await;
    }
}

fn place(page: &mut TestPage) -> String {
    page.element(".meadow", None).attr("aria-label").unwrap().to_owned()
}

#[firecrest::test]
async fn keys_move_the_bird_within_the_meadow() {
    let mut page = open("/live-demo/keys").await;
    assert_eq!(place(&mut page), "The bird is in column 7 of row 4.");
    press(&mut page, &["ArrowRight", "d", "ArrowUp", "x", "Escape"]).await;
    assert_eq!(place(&mut page), "The bird is in column 9 of row 3.");
    press(&mut page, &["w"; 9]).await;
    press(&mut page, &["A"; 20]).await;
    assert_eq!(place(&mut page), "The bird is in column 1 of row 1.");
    page.element(".pad button", "↓").click().await;
    assert_eq!(place(&mut page), "The bird is in column 1 of row 2.");
}

#[firecrest::test]
async fn a_fly_is_caught_where_the_bird_is_and_another_comes() {
    let mut page = open("/live-demo/keys").await;
    let fly = page.element(".fly:first-child", None).attr("transform").unwrap().to_owned();
    let fly = fly.trim_start_matches("translate(").trim_end_matches(')').split_once(' ').unwrap();
    let (x, y): (usize, usize) = (fly.0.parse().unwrap(), fly.1.parse().unwrap());
    press(&mut page, &vec!["a"; 6 - x.min(6)]).await;
    press(&mut page, &vec!["d"; x.saturating_sub(6)]).await;
    press(&mut page, &vec!["w"; 3 - y.min(3)]).await;
    press(&mut page, &vec!["s"; y.saturating_sub(3)]).await;
    let caught: u32 = page.text("#caught").split(' ').next().unwrap().parse().unwrap();
    assert!(caught >= 1, "{caught}");
    assert_eq!(page.count(".fly"), 5);
}

#[firecrest::test]
async fn f061_the_server_asks_a_hook_and_shows_what_it_answers() {
    let mut page = open("/live-demo/keys").await;
    page.element("button", "Time zone").click().await;
    page.expect_event("ask", json!({ "about": "time_zone" })).await;
    let answer = json!({ "about": "time_zone", "value": "Asia/<b>" });
    page.element("#browser", None).event("answer", answer).await;
    assert_eq!(page.text("#browser [role=status]"), "Your time zone is Asia/<b>.");
    page.element("#browser", None).event("answer", json!({ "about": "mood", "value": null })).await;
    assert_eq!(page.text("#browser [role=status]"), "Your mood is no idea.");
}
