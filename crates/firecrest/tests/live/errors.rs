//! What fails, and who notices (spec §2.6, §8.4).

use firecrest::prelude::*;

use crate::pages::{Lab, root};
use crate::visitor::{Visitor, error, ok};

async fn visitor() -> Visitor {
    Visitor::of(|live| live.root_layout(root).page::<Lab>("/lab")).await
}

#[tokio::test]
async fn f176_a_mount_that_panics_is_an_error_of_the_join() {
    let mut visitor = visitor().await;
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), page.join("/lab?panic")).await;
    assert_eq!(error(&refused), &json!({"reason": "join crashed"}));
    ok(&tab.join(&page.topic(), page.join("/lab")).await);
}

#[tokio::test]
async fn f176_a_status_makes_the_client_load_the_error_page() {
    let mut visitor = visitor().await;
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), page.join("/lab?status=404")).await;
    let response = error(&refused);
    assert_eq!((&response["reason"], &response["status"]), (&json!("reload"), &json!(404)));
    let cookie = format!("__phoenix_reload_status__={}", response["token"].as_str().unwrap());
    let shown = visitor.get_with("/lab", &cookie).await;
    assert_eq!(shown.status, 404);
    assert!(shown.head.contains("__phoenix_reload_status__=; path=/; max-age=0"), "{}", shown.head);
    assert_eq!(visitor.get_with("/lab", "__phoenix_reload_status__=forged").await.status, 500);
}

#[tokio::test]
async fn a_panic_ends_the_view_and_the_client_joins_again() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/lab").await;
    let topic = page.topic();
    tab.click(&topic, "add", json!({ "by": 3 })).await;
    tab.tell(&topic, "event", json!({"type": "click", "event": "panic", "value": {}})).await;
    assert_eq!(tab.push(&topic, "phx_error").await, json!({"reason": "channel_crash"}));
    let joined = tab.join(&topic, page.join("/lab")).await;
    assert_eq!(ok(&joined)["rendered"]["0"], "0");
}

#[tokio::test]
async fn f091_a_server_that_stops_closes_with_a_code_that_brings_clients_back() {
    let mut visitor = visitor().await;
    let (mut tab, _, _) = visitor.open("/lab").await;
    visitor.server.begin_stop();
    loop {
        if let tokio_tungstenite::tungstenite::Message::Close(frame) = tab.next().await {
            assert_ne!(u16::from(frame.unwrap().code), 1000);
            break;
        }
    }
}

/// Is flooded while it is mounted for its socket.
struct Flooded;

impl LiveView for Flooded {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        if cx.connected() {
            cx.subscribe("flood");
            for _ in 0..2_000 {
                cx.endpoint().broadcast("flood", "drop", &json!({}))?;
            }
            tokio::task::yield_now().await;
        }
        Ok(Flooded)
    }

    fn render(&self) -> Html {
        html! { <b>"flooded"</b> }
    }
}

#[tokio::test]
async fn f176_a_view_that_more_waits_for_than_may_is_an_error_of_its_join() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Flooded>("/flooded")).await;
    let (_tab, _page, refused) = visitor.open("/flooded").await;
    assert_eq!(error(&refused), &json!({"reason": "join crashed"}));
}

/// A type of the same name wherever it stands in a function.
macro_rules! twin {
    ($id:literal) => {{
        struct Twin;
        impl LiveView for Twin {
            type Event = NoEvents;
            type Info = ();

            async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
                Ok(Twin)
            }

            fn render(&self) -> Html {
                html! { <b>{$id}</b> }
            }
        }
        nested::<Twin>($id)
    }};
}

struct Twins {
    has_second: bool,
}

impl LiveView for Twins {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Twins { has_second: cx.params().get("second").is_some() })
    }

    fn render(&self) -> Html {
        let (first, second) = (twin!("first"), twin!("second"));
        html! { {first} if self.has_second { {second} } }
    }
}

/// A token names its view's type: of two with one name the client could join the wrong one.
#[tokio::test]
async fn f173_two_types_of_one_name_are_an_error() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Twins>("/twins")).await;
    let page = visitor.get("/twins").await;
    assert!(page.status == 200 && page.body.contains("<b>first</b>"), "{}", page.body);
    assert_eq!(visitor.get("/twins?second").await.status, 500);
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), page.join("/twins?second")).await;
    assert_eq!(error(&refused), &json!({"reason": "join crashed"}));
}
