//! Who may see what: hooks, logins, and what views are given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use firecrest::prelude::*;
use firecrest::session::Session;
use serde_json::Value;

use crate::pages::{Lab, root};
use crate::visitor::{Mounts, Provide, Visitor, error, join_nested, ok};

/// A hook that can be told to let nobody in.
#[derive(Clone, Default)]
struct Guard {
    denies: Arc<AtomicBool>,
    asked: Mounts,
}

impl Guard {
    fn deny(&self) {
        self.denies.store(true, Ordering::Relaxed);
    }
}

impl MountHook for Guard {
    async fn on_mount(&self, _cx: &mut Mount<'_>) -> Result<(), MountError> {
        self.asked.count();
        if self.denies.load(Ordering::Relaxed) { Err(MountError::redirect("/login")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn f076_no_join_leaves_the_hooks_out() {
    let guard = Guard::default();
    let hook = guard.clone();
    let mut visitor = Visitor::of(|live| {
        live.root_layout(root).session("admin", |admin| admin.on_mount(hook).page::<Lab>("/admin"))
    })
    .await;
    let page = visitor.get("/admin").await;
    visitor.cookie = None;
    let stranger = visitor.get("/admin").await;
    guard.deny();
    let mut tab = visitor.socket(&stranger).await;
    let (topic, join) = (page.topic(), page.join("/admin"));
    let mut navigates = join.clone();
    navigates["redirect"] = join["url"].clone();
    for join in [join.clone(), navigates] {
        let refused = tab.join(&topic, join).await;
        assert_eq!(error(&refused)["redirect"]["to"], "/login");
    }
    for url in [None, Some(Value::Null)] {
        let mut join = join.clone();
        join.as_object_mut().unwrap().remove("url");
        join.as_object_mut().unwrap().extend(url.map(|url| ("url".to_owned(), url)));
        let refused = tab.join(&topic, join).await;
        assert_eq!(
            error(&refused),
            &json!({"reason": "unauthorized"}),
            "a view of a route without an address"
        );
    }
}

async fn login(session: Session) {
    session.insert("live_socket_id", "users:7").unwrap();
}

#[tokio::test]
async fn f092_the_hooks_are_asked_again_about_a_login_that_was_disconnected() {
    let guard = Guard::default();
    let endpoint = crate::support::endpoint();
    let pages: axum::Router =
        endpoint.live("/live").root_layout(root).on_mount(guard.clone()).page::<Lab>("/lab").into_router();
    let login = axum::Router::new().route("/login", axum::routing::get(login));
    let app = pages.merge(login.layer(endpoint.session_layer()));
    let mut visitor = Visitor::at(endpoint.clone(), app).await;
    visitor.get("/login").await;
    ok(&visitor.open("/lab").await.2);
    assert_eq!(guard.asked.get(), 1, "the view of the page was adopted");

    let page = visitor.get("/lab").await;
    guard.deny();
    endpoint.disconnect("users:7");
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), page.join("/lab")).await;
    assert_eq!(error(&refused)["redirect"]["to"], "/login");
}

/// Gives its child what its visitor may do, and listens for changes of that.
struct Giver {
    role: &'static str,
}

impl LiveView for Giver {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.subscribe("roles");
        let may_edit = cx.get::<MayEdit>().is_some_and(|may_edit| may_edit.load(Ordering::Relaxed));
        Ok(Giver { role: if may_edit { "editor" } else { "guest" } })
    }

    fn render(&self) -> Html {
        html! { <p>{nested::<Given>("given").given("role", self.role)}</p> }
    }
}

type MayEdit = Arc<AtomicBool>;

struct Given {
    role: String,
}

impl LiveView for Given {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Given { role: cx.session("role").unwrap_or_default() })
    }

    fn render(&self) -> Html {
        html! { <b>{&self.role}</b> }
    }
}

#[tokio::test]
async fn f120_a_child_has_what_its_parent_gives_it_now() {
    let may_edit = MayEdit::default();
    let provided = Arc::clone(&may_edit);
    let mut visitor =
        Visitor::of(|live| live.root_layout(root).on_mount(Provide(provided)).page::<Giver>("/giver")).await;
    let page = visitor.get("/giver").await;
    assert!(page.body.contains("<b>guest</b>"), "{}", page.body);
    may_edit.store(true, Ordering::Relaxed);
    visitor.server.endpoint.broadcast("roles", "changed", &json!({})).unwrap();
    let mut tab = visitor.socket(&page).await;
    let joined = tab.join(&page.topic(), page.join("/giver")).await;
    let container = ok(&joined)["rendered"]["0"].as_str().unwrap();
    let joined = tab.join("lv:given", join_nested(container, Some(page.fixed_of("given")))).await;
    assert_eq!(ok(&joined)["rendered"]["0"], "editor");
}
