//! What a view knows of the visit (F072–F074), of the application, and of where it can go from here (F108).

use firecrest::live::{Document, Line, Way};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestView};
use serde::Deserialize;

/// A view that says all it knows.
struct Guest {
    said: Vec<String>,
    ways: Vec<(String, Way)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GuestEvent {
    Ways { to: Vec<String> },
    Line,
    Crash,
}

impl LiveView for Guest {
    type Event = GuestEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let peer = cx.peer().map(|peer| peer.ip().to_string());
        let said = vec![
            format!("from {} with {}", peer.as_deref().unwrap_or("?"), cx.user_agent().unwrap_or("?")),
            format!("secret {}", cx.header("x-secret").unwrap_or("?")),
            format!("mounts {} attempts {}", cx.mounts(), cx.mount_attempts()),
            format!("referer {}", cx.referer().as_deref().unwrap_or("?")),
            format!("changed {}", cx.static_changed()),
        ];
        Ok(Guest { said, ways: Vec::new() })
    }

    async fn handle_event(&mut self, event: GuestEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            GuestEvent::Ways { to } => {
                self.ways = to.into_iter().map(|to| (to.clone(), cx.way_to(&to))).collect();
            }
            GuestEvent::Line => {
                if let Some(line) = cx.line() {
                    cx.endpoint().set_state(line);
                }
            }
            GuestEvent::Crash => return Stop::error("was asked to").into(),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            for said in &self.said { <li>{said}</li> }
            for (to, way) in &self.ways { <a {..way.link(to.as_str())}>{format!("{way:?}")}</a> }
        }
    }
}

/// Another type, at other addresses.
struct Other;

impl LiveView for Other {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Other)
    }

    fn render(&self) -> Html {
        html! { <h1>"Other"</h1>{nested::<Guest>("inside")} }
    }
}

fn document(document: &Document<'_>) -> Html {
    html! {
        <html>
            <head>
                {document.head()}
                <link rel="stylesheet" phx-track-static href="/assets/app.css?v=2">
                <script phx-track-static src="/assets/app.js?v=1"></script>
            </head>
            <body>{document.content()}</body>
        </html>
    }
}

fn browser(files: &[&str]) -> TestBrowser {
    let endpoint = super::fixture::endpoint();
    let pages = endpoint
        .live("/live")
        .root_layout(document)
        .keep_headers(["user-agent"])
        .static_files(files.iter().copied())
        .page::<Guest>("/guest")
        .page::<Guest>("/guest/{id}")
        .page::<Other>("/other")
        .session("apart", |pages| pages.page::<Guest>("/apart"));
    TestBrowser::new(&endpoint, pages)
        .peer(([192, 0, 2, 7], 4000).into())
        .header("user-agent", "Lynx")
        .header("x-secret", "hush")
}

const CURRENT: [&str; 2] = ["/assets/app.css?v=2", "https://cdn.example/assets/app.js?v=1"];

#[tokio::test(start_paused = true)]
async fn f072_a_view_knows_the_address_and_the_headers_that_are_kept() {
    let mut page = browser(&CURRENT).open("/guest").await.unwrap();
    let expected = ["from 192.0.2.7 with Lynx", "secret ?"];
    assert_eq!(page.texts("li")[..2], expected, "of the page's request");
    page.reconnect().await.unwrap();
    assert_eq!(page.texts("li")[..2], expected, "of the socket's request");
    let page = page.browser().open("/other").await.unwrap();
    assert_eq!(page.texts("li")[..2], expected, "a view inside another too");

    let page = TestView::mount::<Guest>().await;
    assert_eq!(page.texts("li")[0], "from ? with ?", "nothing is kept that no mount keeps");
}

#[tokio::test(start_paused = true)]
async fn f073_a_view_knows_how_often_it_was_mounted_and_from_where_it_was_reached() {
    let mut page = browser(&CURRENT).open("/guest").await.unwrap();
    assert_eq!(page.texts("li")[2..4], ["mounts 0 attempts 0", "referer ?"]);
    page.allow_crash();
    page.event("crash", ()).await;
    page.expect_crash().await;
    page.rejoin().await;
    assert_eq!(page.texts("li")[2..4], ["mounts 1 attempts 0", "referer ?"]);
    page.navigate("/other?x=1").await.unwrap();
    page.navigate("/guest").await.unwrap();
    assert_eq!(page.texts("li")[2..4], ["mounts 0 attempts 0", "referer /other?x=1"]);
}

#[tokio::test(start_paused = true)]
async fn f074_a_page_with_other_files_is_told_so() {
    for (files, expected) in
        [(&CURRENT[..], "changed false"), (&CURRENT[..1], "changed true"), (&[], "changed true")]
    {
        let mut page = browser(files).open("/guest").await.unwrap();
        assert_eq!(page.texts("li")[4], "changed false", "the page itself is new");
        page.reconnect().await.unwrap();
        assert_eq!(page.texts("li")[4], expected, "{files:?}");
    }
    let mut page = TestView::mount::<Guest>().await;
    page.reconnect().await.unwrap();
    assert_eq!(page.texts("li")[4], "changed false", "no files were named");
}

#[tokio::test(start_paused = true)]
async fn f108_a_view_knows_which_way_leads_where() {
    let mut page = browser(&CURRENT).open("/guest").await.unwrap();
    let to = ["/guest?x#y", "/guest/7", "/other", "/apart", "/nowhere", "//evil.example"];
    page.event("ways", json!({ "to": to })).await;
    assert_eq!(page.texts("a"), ["Patch", "Patch", "Navigate", "Load", "Load", "Load"]);
    page.element("a[href='/guest/7']", None).click().await;
    page.expect_patch("/guest/7").await;
    page.element("a", "Navigate").click().await;
    page.expect_redirect("/other").await;
    page.follow_redirect().await.unwrap();
    page.child("inside").event("ways", json!({ "to": ["/guest"] })).await;
    assert_eq!(page.texts("a"), ["Load"], "a view inside another does not know where it is");
}

#[tokio::test(start_paused = true)]
async fn f087_a_views_connection_can_be_closed() {
    let mut page = browser(&CURRENT).open("/guest").await.unwrap();
    page.event("line", ()).await;
    let line: Line = page.browser().endpoint().state().unwrap();
    assert_eq!((line.transport().as_str(), line.is_open()), ("test", true));
    line.close();
    firecrest_test::settle().await;
    assert_eq!((line.is_open(), page.browser().endpoint().connections()), (false, 0));
    page.reconnect().await.unwrap();
    assert!(!line.is_open(), "that is another one");
    assert_eq!(page.texts("li")[2], "mounts 1 attempts 0");
}

/// A service of the application.
#[derive(Clone)]
struct Greeting(&'static str);

struct Greeter(String);

impl LiveView for Greeter {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let Greeting(words) = cx.state()?;
        Ok(Greeter(words.to_owned()))
    }

    fn render(&self) -> Html {
        html! { <p>{&self.0}</p> }
    }
}

#[tokio::test(start_paused = true)]
async fn a_view_has_what_the_application_gave_the_endpoint() {
    let endpoint = super::fixture::endpoint();
    let pages = endpoint.live("/live").state(Greeting("Hello")).page::<Greeter>("/");
    let page = TestBrowser::new(&endpoint, pages).open("/").await.unwrap();
    assert_eq!(page.text("p"), "Hello");
    endpoint.set_state(Greeting("Goodbye"));
    let page = page.browser().open("/").await.unwrap();
    assert_eq!(page.text("p"), "Goodbye");

    let error = TestView::new().open::<Greeter>("/").await.unwrap_err().to_string();
    assert!(error.contains("was given no") && error.contains("Greeting"), "{error}");
}
