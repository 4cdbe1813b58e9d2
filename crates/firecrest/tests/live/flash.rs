//! Messages that are shown once (F063, F104).

use firecrest::prelude::*;

use crate::pages::{Lab, Other, root};
use crate::visitor::{Visitor, ok};

async fn visitor() -> Visitor {
    Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab").page::<Other>("/other")).await
}

#[tokio::test]
async fn f104_what_was_put_in_this_turn_travels_over_a_navigation() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    let topic = page.topic();
    tab.click(&topic, "flash", json!({ "info": "earlier" })).await;
    let reference = tab
        .tell(&topic, "event", json!({"type": "click", "event": "navigate", "value": {"to": "/other"}}))
        .await;
    assert_eq!(tab.push(&topic, "diff").await, json!({"e": [["bye", {}]]}), "events go first");
    let reply = tab.reply_to(&reference).await;
    let gone = &ok(&reply)["live_redirect"];
    assert_eq!((&gone["to"], &gone["kind"]), (&json!("/other"), &json!("push")));
    tab.push(&topic, "phx_close").await;

    let mut join = page.join("/lab");
    join["redirect"] = json!("http://localhost/other");
    join["flash"] = gone["flash"].clone();
    let joined = tab.join(&topic, join).await;
    assert_eq!(ok(&joined)["rendered"]["0"], "gone");
}

#[tokio::test]
async fn f104_a_cookie_of_the_client_is_read_once() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    let reference = tab
        .tell(
            &page.topic(),
            "event",
            json!({"type": "click", "event": "navigate", "value": {"to": "/other"}}),
        )
        .await;
    tab.push(&page.topic(), "diff").await;
    let reply = tab.reply_to(&reference).await;
    let flash = ok(&reply)["live_redirect"]["flash"].as_str().unwrap().to_owned();
    let shown = visitor.get_with("/other", &format!("__phoenix_flash__={flash}")).await;
    assert!(shown.body.contains("<p>gone</p>"), "{}", shown.body);
    assert!(shown.head.contains("__phoenix_flash__=; path=/; max-age=0"), "{}", shown.head);
    let forged = visitor.get_with("/other", "__phoenix_flash__=SFMyNTY.x.y").await;
    assert!(forged.body.contains("<p>none</p>"), "{}", forged.body);
}
