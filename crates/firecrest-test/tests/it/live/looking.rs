//! Looking into views while they run (F089), and views in pages of other handlers (F003).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::response::Html as Text;
use axum::routing::get;
use firecrest::connection::Transport;
use firecrest::live::{Insight, LiveViewInfo, LookError, NotEmbedded};
use firecrest::prelude::*;
use firecrest::session::Session;
use firecrest_test::TestBrowser;
use serde::Deserialize;

/// How often views were mounted.
type Mounts = Arc<AtomicUsize>;

/// A view that lets itself be looked into.
#[derive(Debug)]
struct Glass {
    clicks: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GlassEvent {
    Click,
    Sleep,
}

impl LiveView for Glass {
    type Event = GlassEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        if let Ok(mounts) = cx.state::<Mounts>() {
            mounts.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(to) = cx.session::<String>("away") {
            cx.put_flash("info", "not here");
            return Err(MountError::redirect(to));
        }
        if cx.session::<bool>("hidden").is_some() {
            return Err(MountError::not_found());
        }
        assert!(cx.session::<bool>("broken").is_none(), "was asked to");
        Ok(Glass { clicks: cx.session("clicks").unwrap_or_default() })
    }

    async fn handle_event(&mut self, event: GlassEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            GlassEvent::Click => self.clicks += 1,
            GlassEvent::Sleep => tokio::time::sleep(Duration::from_secs(20)).await,
        }
        Outcome::Render
    }

    fn inspect(&self) -> Option<&dyn std::fmt::Debug> {
        Some(self)
    }

    fn render(&self) -> Html {
        html! { <p>{self.clicks}</p> <button phx-click="click">"+"</button> {live_component::<Part>("one", ())} }
    }
}

struct Part;

impl LiveComponent for Part {
    type Props = ();
    type Event = NoEvents;
    type Info = ();

    async fn mount(_: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Part)
    }

    fn render(&self, _: &Rendering<'_, Self>) -> Html {
        html! { <i>"part"</i> }
    }
}

/// One that does not, and that everybody shares.
struct Wall;

impl SharedView for Wall {
    type Event = NoEvents;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Wall)
    }

    fn render(&self) -> Html {
        html! { <p>"wall"</p> }
    }
}

fn browser(inspects: bool) -> TestBrowser {
    let endpoint = super::fixture::endpoint();
    let pages = endpoint.live("/live").page::<Glass>("/glass/{token}").shared::<Wall>("/wall");
    let pages = if inspects { pages.inspect() } else { pages };
    TestBrowser::new(&endpoint, pages)
}

fn list(endpoint: &Endpoint) -> Vec<LiveViewInfo> {
    let mut views = endpoint.live_views(100);
    views.sort_by_key(|info| info.transport.is_none());
    views
}

#[tokio::test(start_paused = true)]
async fn f089_views_are_listed_without_what_is_their_visitors() {
    let browser = browser(true);
    let endpoint = browser.endpoint().clone();
    let before = SystemTime::now();
    let page = browser.open("/glass/s3cr3t").await.unwrap();
    let walls = [browser.open("/wall").await.unwrap(), browser.open("/wall").await.unwrap()];
    let views = list(&endpoint);
    let [own, shared] = &views[..] else { panic!("{views:?}") };
    assert_eq!((own.view, own.path.as_deref()), (std::any::type_name::<Glass>(), Some("/glass/{token}")));
    assert_eq!((own.viewers, own.transport.map(Transport::as_str)), (1, Some("test")));
    assert!(page.has(&format!("#{}", own.id), None) && own.since >= before && own.since <= SystemTime::now());
    assert_eq!((shared.view, shared.path.as_deref()), (std::any::type_name::<Wall>(), Some("/wall")));
    assert_eq!((shared.viewers, walls.len()), (2, 2));
    assert_eq!(endpoint.live_views(1).len(), 1, "no more than was asked for");
    drop(page);
    firecrest_test::settle().await;
    assert!(list(&endpoint).iter().all(|info| info.transport.is_none()), "it has ended");
}

#[tokio::test(start_paused = true)]
async fn f089_a_view_shows_what_its_type_lets_see() {
    let browser = browser(true);
    let endpoint = browser.endpoint().clone();
    let mut page = browser.open("/glass/1").await.unwrap();
    let _wall = browser.open("/wall").await.unwrap();
    page.element("button", "+").click().await;
    let [own, shared] = &list(&endpoint)[..] else { panic!() };
    let Insight { components, state, .. } = endpoint.look_into(own.key).await.unwrap();
    assert_eq!((components, state.as_deref()), (1, Some("Glass {\n    clicks: 1,\n}")));
    assert_eq!(endpoint.look_into(shared.key).await.unwrap().state, None);

    let looking = tokio::spawn({
        let (endpoint, key) = (endpoint.clone(), own.key);
        async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            endpoint.look_into(key).await
        }
    });
    page.event("sleep", ()).await;
    assert_eq!(looking.await.unwrap(), Err(LookError::Busy));
    drop(page);
    firecrest_test::settle().await;
    assert_eq!(endpoint.look_into(own.key).await, Err(LookError::Gone));
}

#[tokio::test(start_paused = true)]
async fn f089_nothing_is_listed_unless_a_mount_says_so() {
    let browser = browser(false);
    let _page = browser.open("/glass/1").await.unwrap();
    let _wall = browser.open("/wall").await.unwrap();
    assert_eq!(browser.endpoint().live_views(100), []);
}

/// A page with two views in it, made by an ordinary handler.
async fn about(endpoint: Endpoint, session: Session) -> Result<Text<String>, NotEmbedded> {
    let first = endpoint.embed::<Glass>(&session).id("first").given("clicks", &5).render().await?;
    let second = endpoint.embed::<Glass>(&session).render().await?;
    let page = html! {
        <html>
            <head>{first.head()}</head>
            <body><h1>"About"</h1>{first.content()}<hr>{second.content()}</body>
        </html>
    };
    Ok(Text(page.to_string()))
}

fn site(embeds: bool) -> TestBrowser {
    let endpoint = super::fixture::endpoint();
    let live = endpoint.live("/elsewhere/live");
    let live = if embeds { live.embeds::<Glass>() } else { live };
    let handler = {
        let endpoint = endpoint.clone();
        move |session: Session| about(endpoint.clone(), session)
    };
    let pages = Router::new().route("/about", get(handler)).layer(endpoint.session_layer()).merge(live);
    TestBrowser::new(&endpoint, pages)
}

#[tokio::test(start_paused = true)]
async fn f003_a_page_of_another_handler_has_live_views_in_it() {
    let (site, mounts) = (site(true), Mounts::default());
    site.endpoint().set_state(mounts.clone());
    let mut page = site.open("/about").await.unwrap();
    assert_eq!(mounts.load(Ordering::Relaxed), 2, "each waits for its socket");
    assert_eq!((page.text("h1"), page.is_live()), ("About".into(), true));
    assert!(!page.has("[data-phx-main]", None), "none of them has the page's address");
    page.element("#first button", "+").click().await;
    assert_eq!(page.texts("p"), ["6", "0"]);
    page.reconnect().await.unwrap();
    assert_eq!(page.texts("p"), ["5", "0"], "it is given the same when its client comes back");
}

#[tokio::test(start_paused = true)]
async fn f003_a_view_that_does_not_want_to_be_shown_answers_in_the_pages_place() {
    let redirect = site(true).session("away", "/login").open("/about").await.unwrap_err().into_redirect();
    assert_eq!((redirect.address(), redirect.flash().get("info")), ("/login", Some("not here")));
    for (key, status) in [("hidden", 404), ("broken", 500)] {
        let error = site(true).session(key, true).open("/about").await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{key}");
    }
    let error = site(false).open("/about").await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500), "no mount has named it");
}
