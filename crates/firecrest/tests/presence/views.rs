//! Live views that are present, and that show who is.

use firecrest::prelude::*;
use firecrest::presence::{LivePresence, TrackError};
use serde::Deserialize;

use crate::room::endpoint;
use crate::room::options;
use crate::support::until;
use crate::visitor::{Visitor, ok};

const TOPIC: &str = "room:1";

struct Lobby {
    present: u64,
    live: LivePresence,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum LobbyIn {
    Busy,
    Go,
}

impl LiveView for Lobby {
    type Event = LobbyIn;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.track(TOPIC, "ann", &json!({ "busy": false })).unwrap();
        assert!(matches!(cx.track(TOPIC, "ann", &json!({})), Err(TrackError::AlreadyTracked(_))));
        assert!(matches!(cx.track(TOPIC, "eve", &json!(1)), Err(TrackError::NotAnObject)));
        let live = cx.endpoint().presence().live(TOPIC);
        cx.watch(&live);
        let present = cx.endpoint().presence().count(TOPIC).keys;
        Ok(Lobby { present, live })
    }

    async fn handle_event(&mut self, event: LobbyIn, cx: &mut View<'_>) -> Outcome {
        match event {
            LobbyIn::Busy => cx.update_presence(TOPIC, "ann", &json!({ "busy": true })).unwrap(),
            LobbyIn::Go => assert!(cx.untrack(TOPIC, "ann")),
        }
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        let _ = &self.live;
        html! { <p>{self.present}</p> }
    }
}

#[tokio::test]
async fn a_view_is_present_as_long_as_its_socket_is_open() {
    let endpoint = endpoint(options());
    let presence = endpoint.presence();
    let app = endpoint.live("/live").page::<Lobby>("/").into_router();
    let mut visitor = Visitor::at(endpoint.clone(), app).await;
    let page = visitor.get("/").await;
    assert_eq!(presence.count(TOPIC).keys, 0, "a page alone is nobody");
    let mut tab = visitor.socket(&page).await;
    ok(&tab.join(&page.topic(), page.join("/")).await);
    assert_eq!(presence.count(TOPIC).keys, 1);
    tab.click(&page.topic(), "busy", json!({})).await;
    let ann = presence.get_by_key(TOPIC, "ann").await.unwrap();
    assert_eq!(ann.metas[0].parse::<serde_json::Value>().unwrap()["busy"], true);
    tab.click(&page.topic(), "go", json!({})).await;
    assert_eq!(presence.count(TOPIC).keys, 0);

    let (tab, ..) = visitor.open("/").await;
    assert_eq!(presence.count(TOPIC).keys, 1);
    drop(tab);
    until(|| presence.count(TOPIC).keys == 0).await;
}

/// A view for everybody, whose viewers say who they are when they come.
struct Hall;

impl SharedView for Hall {
    type Event = NoEvents;
    type Info = ();

    async fn visit(cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.track(TOPIC, "ann", &json!({})).unwrap();
        Ok(())
    }

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Hall)
    }

    fn render(&self) -> Html {
        html! { <p>"Hall"</p> }
    }
}

#[tokio::test]
async fn a_viewer_of_a_shared_view_is_present_as_long_as_its_socket_is_open() {
    let endpoint = endpoint(options());
    let presence = endpoint.presence();
    let app = endpoint.live("/live").page::<Lobby>("/").shared::<Hall>("/hall").into_router();
    let mut visitor = Visitor::at(endpoint.clone(), app).await;
    let (mut tab, ..) = visitor.open("/").await;
    assert_eq!(presence.count(TOPIC).connections, 1);
    drop(tab);
    until(|| presence.count(TOPIC).connections == 0).await;
    // `visit` runs for the page, where nobody is present yet, and for a navigation.
    let page = visitor.get("/hall").await;
    tab = visitor.socket(&page).await;
    let mut join = page.join("/hall");
    join["redirect"] = join["url"].take();
    ok(&tab.join(&page.topic(), join).await);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(presence.count(TOPIC).connections, 1);
    drop(tab);
    until(|| presence.count(TOPIC).connections == 0).await;
}
