//! Who may see a shared view, and what a visit does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use firecrest::live::shared::{SharedOptions, SharedView, Start};
use firecrest::prelude::*;
use firecrest::testing::times_reached;

use super::board::{Board, Watcher, visitor};
use crate::pages::root;
use crate::visitor::{Provide, Visitor, error, ok};

/// How often it was visited, and started.
#[derive(Clone, Default)]
struct Numbers(Arc<[AtomicUsize; 2]>);

impl Numbers {
    fn get(&self) -> [usize; 2] {
        [0, 1].map(|at| self.0[at].load(Ordering::SeqCst))
    }
}

struct Visits(Numbers);

static STARTED: AtomicUsize = AtomicUsize::new(0);

impl SharedView for Visits {
    type Event = NoEvents;
    type Info = ();

    async fn visit(cx: &mut Mount<'_>) -> Result<(), MountError> {
        if cx.params().get("refused").is_some() {
            return Err(MountError::redirect("/elsewhere"));
        }
        let numbers: Numbers = cx.get().cloned().unwrap();
        numbers.0[0].fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        STARTED.fetch_add(1, Ordering::SeqCst);
        Ok(Visits(Numbers::default()))
    }

    fn render(&self) -> Html {
        html! { <p>{self.0.get()[1]}</p> }
    }

    fn options() -> SharedOptions {
        SharedOptions::default().linger(std::time::Duration::ZERO)
    }
}

async fn visits() -> (Visitor, Numbers) {
    let numbers = Numbers::default();
    let hook = Provide(numbers.clone());
    let visitor = Visitor::of(|live| {
        live.root_layout(root).on_mount(hook).shared::<Visits>("/visits/{of}").shared::<Visits>("/visits")
    });
    (visitor.await, numbers)
}

#[tokio::test]
async fn k005_a_page_load_is_a_visit_and_a_join_is_none() {
    let (mut visitor, numbers) = visits().await;
    let (mut tab, page, joined) = visitor.open("/visits").await;
    ok(&joined);
    assert_eq!(numbers.get()[0], 1);
    // Again, as after a lost connection.
    let joined = tab.join(&page.topic(), page.join("/visits")).await;
    assert_eq!((joined["status"].as_str(), numbers.get()[0]), (Some("ok"), 1));
    let head = format!(
        "HEAD /visits HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncookie: {}\r\n\r\n",
        visitor.cookie.as_deref().unwrap()
    );
    assert!(visitor.server.http(&head).await.starts_with("HTTP/1.1 200"));
    assert_eq!(numbers.get()[0], 1, "nobody sees the answer to HEAD");
    let mut payload = page.join("/visits");
    payload["redirect"] = json!("http://localhost/visits/x");
    tab.begin_join(&page.topic(), payload).await;
    crate::support::until(|| numbers.get()[0] == 2).await;
}

#[tokio::test]
async fn a_visitor_can_be_refused() {
    let (mut visitor, numbers) = visits().await;
    let page = visitor.get("/visits?refused").await;
    assert_eq!((page.status, page.header("location")), (302, Some("/elsewhere")));
    let (mut tab, page, _) = visitor.open("/visits").await;
    let mut payload = page.join("/visits");
    payload["redirect"] = json!("http://localhost/visits?refused");
    let reference = tab.begin_join(&page.topic(), payload).await;
    let refused = loop {
        let frame = tab.next_json().await;
        if frame[1] == json!(reference) {
            break frame[4].clone();
        }
    };
    assert_eq!(error(&refused), &json!({ "redirect": { "to": "/elsewhere" } }));
    assert_eq!(numbers.get()[0], 1);
}

#[tokio::test]
async fn what_a_view_cannot_show_is_no_page() {
    let mut visitor = visitor().await;
    assert_eq!(visitor.get("/boards/nothing").await.status, 404);
    assert_eq!(visitor.get("/boards/a").await.status, 200);
}

#[tokio::test]
async fn a_page_is_one_however_its_address_is_written() {
    let mut visitor = visitor().await;
    let mut first = Watcher::open(&mut visitor, "/boards/a%20b").await;
    let mut second = Watcher::open(&mut visitor, "/boards/%61%20%62?query=other").await;
    first.until(|html| html.starts_with("<p>2</p>")).await;
    second.ask("write", json!({ "line": "both" })).await;
    first.until(|html| html.ends_with("<b>both</b>")).await;
}

#[tokio::test]
async fn another_query_is_the_same_page_and_another_path_another() {
    let mut visitor = visitor().await;
    let mut board = Watcher::open(&mut visitor, "/boards/a").await;
    board.until(|html| html.starts_with("<p>1</p>")).await;
    for (url, response) in [
        ("http://localhost/boards/a?x=1#y", json!({})),
        ("http://localhost/boards/b", json!({ "link_redirect": true })),
    ] {
        let topic = board.topic.clone();
        let reply = board.tab.ask(&topic, "live_patch", json!({ "url": url })).await;
        assert_eq!(ok(&reply), &response, "{url}");
    }
}

#[tokio::test]
async fn a_view_that_nobody_looks_at_makes_room_for_another() {
    let mut visitor =
        Visitor::of(|live| live.root_layout(root).shared::<Board>("/boards/{name}").max_shared(1)).await;
    assert_eq!(visitor.get("/boards/a").await.status, 200);
    let mut watcher = Watcher::open(&mut visitor, "/boards/b").await;
    watcher.until(|html| html.contains("<p>1</p>")).await;
    let before = times_reached("shared_views");
    assert_eq!(visitor.get("/boards/c").await.status, 503, "somebody looks at the only one");
    assert!(times_reached("shared_views") > before);
    assert_eq!(visitor.get("/boards/b").await.status, 200);
}

#[tokio::test]
async fn a_view_ends_when_nobody_looks_and_starts_when_somebody_does() {
    let (mut visitor, _numbers) = visits().await;
    let before = STARTED.load(Ordering::SeqCst);
    // Each of these finds the last one ending or ended; none finds nothing.
    while STARTED.load(Ordering::SeqCst) < before + 20 {
        let page = visitor.get("/visits/linger").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let (mut tab, page, joined) = visitor.open("/visits/linger").await;
        ok(&joined);
        let payload = page.join("/visits/linger");
        assert_eq!(tab.join(&page.topic(), payload).await["status"], "ok");
    }
}

#[tokio::test]
async fn another_page_than_the_one_that_was_loaded_is_a_visit_too() {
    let (mut visitor, numbers) = visits().await;
    let (mut tab, page, _) = visitor.open("/visits").await;
    assert_eq!(numbers.get()[0], 1);
    let mut payload = page.join("/visits/other");
    payload["params"]["_mounts"] = json!(7);
    tab.begin_join(&page.topic(), payload).await;
    crate::support::until(|| numbers.get()[0] == 2).await;
}

#[tokio::test]
async fn who_has_navigated_and_comes_back_is_no_second_visitor() {
    let (mut visitor, numbers) = visits().await;
    let (mut tab, page, _) = visitor.open("/visits").await;
    let mut payload = page.join("/visits");
    payload["redirect"] = json!("http://localhost/visits/x");
    payload["params"]["_mounts"] = json!(1);
    let reference = tab.begin_join(&page.topic(), payload).await;
    loop {
        let frame = tab.next_json().await;
        if frame[1] == json!(reference) {
            assert_eq!(frame[4]["status"], "ok");
            break;
        }
    }
    assert_eq!(numbers.get()[0], 1);
}
