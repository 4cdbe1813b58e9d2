//! Components that leave the page, and come back before the client has said so (spec §3.5).

use firecrest_live::Html;
use serde_json::Value;

use crate::components::{Page, board, card, nested, text, two};

#[test]
fn f132_who_is_called_again_before_the_client_has_deleted_it_stays_with_all_that_is_in_it() {
    let mut page = Page::new();
    let with = || two(|html| [board(9), card(2)].into_iter().for_each(|call| html.component(call)));
    let without = || two(|html| [Html::empty(), Html::empty()].iter().for_each(|none| html.slot(none)));
    let render = |id: &str| Some(if id == "9" { nested(card(1)) } else { text(id) });
    page.view(with(), render);
    page.view(without(), |_| None);
    assert_eq!(page.roster.mark(&[1, 2, 3]), [1, 2, 3]);
    page.held.forget(&[1, 2, 3]);
    let message = page.view(with(), render);
    assert!(message.contains(r#""1":{"#) && message.matches("\"r\":1").count() >= 3, "{message}");
    assert!(page.roster.delete(&[1, 2, 3]).is_empty());
    assert_eq!(page.html(), "<main><section><div><p>1</p></div></section><p>2</p></main>");
}

/// Nobody has heard of it yet: what is inside would be an empty element to a client that was not told of it again.
#[test]
fn f132_who_is_called_again_before_anybody_was_told_is_sent_with_all_that_is_in_it() {
    let mut page = Page::new();
    let with = || two(|html| html.component(board(9)));
    let render = |id: &str| Some(if id == "9" { nested(card(1)) } else { text(id) });
    page.view(with(), render);
    page.view(two(Html::nothing), |_| None);
    let message: Value = serde_json::from_str(&page.view(with(), render)).unwrap();
    let whole: Vec<_> = ["1", "2"].map(|cid| message["c"][cid]["r"].clone()).into();
    assert_eq!(whole, [1, 1], "{message}");
}

#[test]
fn f132_who_is_called_stays_until_it_is_not_whatever_the_client_says() {
    let mut page = Page::new();
    let with = || two(|html| [1, 2].into_iter().for_each(|id| html.component(card(id))));
    let render = |id: &str| Some(text(id));
    page.view(with(), render);
    page.roster.mark(&[1, 2]);
    assert!(page.roster.delete(&[1, 2]).is_empty());
    // It is called again: whatever the client has said is of no matter any more.
    page.view(with(), render);
    page.view(two(|html| html.component(card(1))), |_| None);
    assert_eq!(page.roster.len(), 2);
    page.roster.mark(&[1]);
    assert!(page.roster.delete(&[1, 2]).is_empty());
    page.view(two(Html::nothing), |_| None);
    assert_eq!((page.roster.find(card(1).kind(), "1"), page.roster.len()), (None, 1));
}
