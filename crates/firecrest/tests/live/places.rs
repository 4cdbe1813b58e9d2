//! Where pages are: below a path, on a host (F113).

use firecrest::live::{Document, LayoutContext};
use firecrest::prelude::*;
use serde_json::Value;

use crate::pages::{Lab, Other, root};
use crate::visitor::{Page, Tab, Visitor, error, ok};

/// A view that says where it is.
struct Here {
    name: String,
    next: String,
}

impl LiveView for Here {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let name = cx.params().get("name").unwrap_or("nobody").to_owned();
        Ok(Here { name, next: cx.path("/here/next") })
    }

    fn render(&self) -> Html {
        html! { <b>{&self.name}</b><a href={&*self.next}>"Next"</a> }
    }
}

/// The same for everybody.
struct Common;

impl SharedView for Common {
    type Event = NoEvents;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Common)
    }

    fn render(&self) -> Html {
        html! { <p>"common"</p> }
    }
}

fn based(document: &Document<'_>) -> Html {
    html! { <html><head>{document.head()}</head><body>{document.content()}<i>{document.path("/x.css")}</i></body></html> }
}

fn layout(context: &LayoutContext<'_>, inner: &Html) -> Html {
    html! { <u>{context.path("/")}" "{context.is_at("/app")}</u>{inner} }
}

/// Opens the socket where the page says that it is.
async fn connect(visitor: &Visitor, page: &Page) -> Tab {
    assert_eq!(page.after("name=\"live-socket\" content=\""), "/app/live");
    visitor.socket_at("/app/live", page).await
}

#[tokio::test]
async fn f113_everything_of_a_mount_is_below_its_base() {
    let mut visitor = Visitor::of(|live| {
        live.base("/app/").root_layout(based).layout(layout).page::<Here>("/").page::<Here>("/here/{name}")
    })
    .await;
    assert_eq!(visitor.get("/here/ann").await.status, 404);
    let page = visitor.get("/app").await;
    assert!(page.body.contains("<u>/app true</u><b>nobody</b>"), "{}", page.body);
    assert!(page.body.contains("<i>/app/x.css</i>"), "{}", page.body);
    assert_eq!(page.after("<a href=\""), "/app/here/next");
    let mut tab = connect(&visitor, &page).await;
    ok(&tab.join(&page.topic(), page.join("/app")).await);
    let to = json!({ "url": "http://localhost/app/here/bob" });
    let patched = tab.ask(&page.topic(), "live_patch", to).await;
    assert_eq!(patched["status"], "ok", "{patched}");
    let mut elsewhere = page.join("/here/ann");
    elsewhere["redirect"] = elsewhere["url"].take();
    assert_eq!(error(&tab.join(&page.topic(), elsewhere).await), &json!({ "reason": "unauthorized" }));
}

#[tokio::test]
async fn f113_variables_of_the_path_are_decoded() {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Here>("/here/{name}")).await;
    for (path, name) in [
        ("/here/J%C3%BCrgen%20B", "Jürgen B"),
        ("/here/a%2Fb", "a/b"),
        ("/here/%3Cscript%3E", "&lt;script&gt;"),
        ("/here/100%25", "100%"),
        ("/here/%FF", "\u{fffd}"),
        ("/here/a+b", "a+b"),
    ] {
        let page = visitor.get(path).await;
        assert!(page.body.contains(&format!("<b>{name}</b>")), "{path}: {}", page.body);
    }
}

async fn hosts() -> Visitor {
    Visitor::of(|live| {
        live.root_layout(root)
            .page::<Here>("/")
            .shared::<Common>("/common")
            .session("admin", |admin| admin.host("admin.example.com").page::<Lab>("/").page::<Lab>("/lab"))
            .session("tenants", |tenants| tenants.host("*.example.com").page::<Other>("/"))
    })
    .await
}

/// What joins a page on the host that it was loaded from.
fn join_on(page: &Page, host: &str, path: &str) -> Value {
    let mut join = page.join(path);
    join["url"] = format!("https://{host}{path}").into();
    join
}

#[tokio::test]
async fn f113_a_path_leads_to_other_views_on_other_hosts() {
    let mut visitor = hosts().await;
    for (host, holds) in [
        ("localhost", "<b>nobody</b>"),
        ("ADMIN.example.com:4000", "<output>0</output>"),
        ("acme.example.com", "<h1>Other</h1>"),
        ("example.com", "<b>nobody</b>"),
    ] {
        visitor.host = host;
        let page = visitor.get("/").await;
        assert!(page.body.contains(holds), "{host}: {}", page.body);
    }
    visitor.host = "acme.example.com";
    assert_eq!(visitor.get("/lab").await.status, 404, "that is another host's");
    assert_eq!(visitor.get("/common").await.status, 200, "what is for all hosts is there too");
}

#[tokio::test]
async fn f113_a_page_of_all_hosts_is_not_patched_to_one_of_a_single_host() {
    let mut visitor = hosts().await;
    let (mut tab, page, joined) = visitor.open("/").await;
    ok(&joined);
    let to = |url: &str| json!({ "url": format!("http://localhost{url}") });
    assert_eq!(tab.ask(&page.topic(), "live_patch", to("/?x")).await["response"], json!({}));
    tab.tell(&page.topic(), "live_patch", to("/lab")).await;
    assert_eq!(
        tab.push(&page.topic(), "phx_error").await["reason"],
        "channel_crash",
        "there is no such page here"
    );
}

#[tokio::test]
async fn f113_a_page_is_joined_and_patched_on_its_host() {
    let mut visitor = hosts().await;
    visitor.host = "admin.example.com";
    let page = visitor.get("/lab").await;
    let mut tab = visitor.socket(&page).await;
    let refused = tab.join(&page.topic(), join_on(&page, "acme.example.com", "/lab")).await;
    assert_eq!(error(&refused), &json!({ "reason": "unauthorized" }), "no such page there");
    ok(&tab.join(&page.topic(), join_on(&page, "admin.example.com:443", "/lab")).await);
    let topic = page.topic();
    let value = json!({ "to": "/?x=1" });
    let asked = tab.tell(&topic, "event", json!({ "type": "click", "event": "patch", "value": value })).await;
    assert_eq!(tab.push(&topic, "live_patch").await, json!({ "to": "/?x=1", "kind": "push" }));
    let patched = tab.reply_to(&asked).await;
    assert_eq!(patched["response"]["diff"]["1"], "/?x=1", "the same view on the same host");
    // On its host another view is at `/`, so there is nothing else that it could be patched to.
    let to = json!({ "url": "https://admin.example.com/common" });
    assert_eq!(tab.ask(&topic, "live_patch", to).await["response"], json!({ "link_redirect": true }));
}
