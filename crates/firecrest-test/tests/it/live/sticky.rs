//! Views that stay when the page's own goes (F123).

use firecrest::live::{LayoutContext, ViewOptions};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage, TestTopic};
use serde::Deserialize;

use super::fixture::endpoint;

/// Counts, wherever the page is.
struct Radio(u32);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Inc,
    Go { to: String },
    Type { text: String },
    Crash,
}

impl LiveView for Radio {
    type Event = Told;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.endpoint().broadcast("mounts", "radio", &json!({})).unwrap();
        Ok(Radio(0))
    }

    async fn handle_event(&mut self, event: Told, cx: &mut View<'_>) -> Outcome {
        match event {
            Told::Inc => self.0 += 1,
            Told::Go { to } => {
                self.0 += 10;
                cx.push_navigate(to);
            }
            Told::Type { text } => self.0 = text.len() as u32,
            Told::Crash => panic!("the radio is broken"),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <output>{self.0}</output>
            <button type="button" phx-click="inc">"inc"</button>
            <button type="button" phx-click="go" phx-value-to="/two">"go"</button>
            <form id="text" phx-change="type"><input name="text"></form>
            <section>{nested::<Dial>("dial")}</section>
        }
    }
}

/// Inside the radio.
struct Dial(u32);

impl LiveView for Dial {
    type Event = Told;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Dial(0))
    }

    async fn handle_event(&mut self, _event: Told, _cx: &mut View<'_>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <i id="turns">{self.0}</i> }
    }
}

/// A page, with the radio where its number says.
struct Room<const NUMBER: usize>;

impl<const NUMBER: usize> LiveView for Room<NUMBER> {
    type Event = Told;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Room)
    }

    async fn handle_event(&mut self, _event: Told, _cx: &mut View<'_>) -> Outcome {
        panic!("the room is broken")
    }

    fn render(&self) -> Html {
        html! { <h1>{NUMBER}</h1> }
    }

    fn options() -> ViewOptions {
        ViewOptions::default().layout(match NUMBER {
            1 => |_: &LayoutContext<'_>, inner: &Html| html! { <header>{radio()}</header>{inner} },
            2 => |_, inner| html! { {inner}<footer>{radio()}</footer> },
            _ => |_, inner| html! { {inner} },
        })
    }
}

fn radio() -> firecrest::live::Nested<Radio> {
    nested::<Radio>("radio").sticky()
}

async fn page() -> TestPage {
    let endpoint = endpoint();
    let pages =
        endpoint.live("/live").page::<Room<1>>("/one").page::<Room<2>>("/two").page::<Room<3>>("/three");
    let mounts = TestTopic::subscribe(&endpoint, "mounts");
    let mut page = TestBrowser::new(&endpoint, pages).open("/one").await.unwrap();
    mounts.expect("radio", ()).await;
    mounts.refute().await;
    assert_eq!(page.children(), ["radio", "dial"]);
    page.element("button", "inc").click().await;
    page.child("dial").event("inc", json!({})).await;
    page
}

#[firecrest::test]
async fn f123_t40_a_sticky_view_stays_with_everything_in_it() {
    let mut page = page().await;
    page.navigate("/two").await.unwrap();
    assert_eq!(
        (page.text("h1"), page.text("footer output"), page.text("#turns")),
        ("2".into(), "1".into(), "1".into())
    );
    page.element("button", "inc").click().await;
    page.child("dial").event("inc", json!({})).await;
    assert_eq!((page.text("output"), page.text("#turns")), ("2".into(), "2".into()));
}

#[firecrest::test]
async fn f123_t40_a_page_that_does_not_show_it_ends_it() {
    let mut page = page().await;
    page.navigate("/three").await.unwrap();
    assert!(page.children().is_empty());
    page.navigate("/one").await.unwrap();
    assert_eq!((page.text("output"), page.text("#turns")), ("0".into(), "0".into()));
}

#[firecrest::test]
async fn f123_t32_it_takes_the_page_elsewhere_and_has_changed_before() {
    let mut page = page().await;
    page.element("button", "go").click().await;
    assert_eq!(page.text("output"), "11");
    page.expect_redirect("/two").await;
    page.follow_redirect().await.unwrap();
    assert_eq!((page.text("h1"), page.text("output")), ("2".into(), "11".into()));
}

#[firecrest::test]
async fn f123_t62_a_crash_around_it_leaves_it_alone() {
    let mut page = page().await;
    page.allow_crash();
    page.event("crash", ()).await;
    page.expect_crash().await;
    assert_eq!(page.children(), ["radio", "dial"]);
    page.rejoin().await;
    assert_eq!((page.text("output"), page.text("#turns")), ("1".into(), "1".into()));
    page.element("button", "inc").click().await;
    assert_eq!(page.text("output"), "2");
}

#[firecrest::test]
async fn f123_t62_its_crash_leaves_the_page_alone() {
    let mut page = page().await;
    page.allow_crash();
    page.child("radio").event("crash", ()).await;
    assert!(page.expect_crash().await.contains("the radio is broken"));
    assert_eq!(page.text("h1"), "1");
    page.rejoin().await;
    assert_eq!((page.text("output"), page.text("#turns")), ("0".into(), "0".into()));
}

#[firecrest::test]
async fn f123_a_lost_connection_mounts_it_anew_and_tells_it_once_what_is_in_its_forms() {
    let mut page = page().await;
    page.form("#text").fill(json!({ "text": "four" })).change().await;
    assert_eq!(page.text("output"), "4");
    page.reconnect().await.unwrap();
    assert_eq!((page.text("output"), page.text("#turns")), ("4".into(), "0".into()));
    page.navigate("/two").await.unwrap();
    assert_eq!(page.text("output"), "4");
}
