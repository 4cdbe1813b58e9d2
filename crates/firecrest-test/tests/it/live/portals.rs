//! Content that is shown elsewhere (F038).

use firecrest::live::{Document, Portal};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage};
use serde::Deserialize;

use super::fixture::endpoint;

/// A dialog with a form, a component and a view inside, all of them at the end of the document.
struct Desk {
    name: String,
    shown: bool,
    clicks: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeskEvent {
    Typed { name: String },
    Click,
    Toggle,
    Crash,
}

impl LiveView for Desk {
    type Event = DeskEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Desk { name: String::new(), shown: true, clicks: 0 })
    }

    async fn handle_event(&mut self, event: DeskEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            DeskEvent::Typed { name } => self.name = name,
            DeskEvent::Click => self.clicks += 1,
            DeskEvent::Toggle => self.shown = !self.shown,
            DeskEvent::Crash => panic!("a crash that the test asks for"),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <section id="around" phx-click="click">
                <output id="clicks">{self.clicks}</output>
                <button phx-click="toggle">"Toggle"</button>
                if self.shown {
                    <Portal id="dialog" target="#room">
                        <form id="form" phx-change="typed"><input name="name" value={&self.name}></form>
                        <b id="inert">"Nothing"</b>
                        {live_component::<Counter>("counter", ())}
                        {nested::<Inner>("inner")}
                    </Portal>
                }
            </section>
        }
    }
}

struct Counter(u32);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Count {
    Up,
}

impl LiveComponent for Counter {
    type Props = ();
    type Event = Count;
    type Info = ();

    async fn mount(_props: &(), _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Counter(0))
    }

    async fn handle_event(&mut self, Count::Up: Count, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <p id="component">
                {self.0}
                <Portal id="far" target="#room"><i id="far-away" phx-click="up" phx-target={cx.myself()}>"+"</i></Portal>
            </p>
        }
    }
}

struct Inner(u32);

impl LiveView for Inner {
    type Event = Count;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Inner(0))
    }

    async fn handle_event(&mut self, Count::Up: Count, _cx: &mut View<'_>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <Portal id="inner-portal" target="#room"><button phx-click="up">"Inner " {self.0}</button></Portal>
        }
    }
}

fn document(document: &Document<'_>) -> Html {
    html! {
        <!DOCTYPE html>
        <html><head>{document.head()}</head><body>{document.content()}<div id="room"></div></body></html>
    }
}

async fn desk() -> TestPage {
    let endpoint = endpoint();
    let pages = endpoint.live("/live").root_layout(document).page::<Desk>("/");
    TestBrowser::new(&endpoint, pages).open("/").await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn f038_the_content_is_found_at_its_target_and_nowhere_else() {
    let page = desk().await;
    assert!(page.has("#room #form", None) && !page.has("#around #form", None));
    assert_eq!((page.count("#form"), page.text("#around").as_str()), (1, "0 Toggle"));
}

#[tokio::test(start_paused = true)]
async fn f038_forms_components_and_views_inside_answer_from_there() {
    let mut page = desk().await;
    page.form("#form").fill(json!({ "name": "Ann" })).change().await;
    assert_eq!(page.element("input", None).attr("value"), Some("Ann"));
    page.element("#far-away", None).click().await;
    assert_eq!(page.text("#room #component"), "1");
    assert_eq!(page.element("#far-away", None).component().attr("id"), Some("component"));
    page.element("#far-away", None).component_event("up", json!({})).await;
    assert_eq!(page.text("#component"), "2");
    assert_eq!(page.children(), ["inner"]);
    page.element("button", "Inner").click().await;
    assert_eq!(page.text("#room button"), "Inner 1");
    assert_eq!(page.text("#clicks"), "0");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "nobody hears the click")]
async fn f038_clicks_do_not_reach_what_is_around_the_portal() {
    let mut page = desk().await;
    page.element("#inert", None).click().await;
}

#[tokio::test(start_paused = true)]
async fn f038_the_content_goes_with_its_portal_and_comes_back() {
    let mut page = desk().await;
    page.element("button", "Toggle").click().await;
    assert_eq!((page.count("#room *"), page.children().len()), (0, 0));
    page.element("button", "Toggle").click().await;
    page.element("button", "Inner").click().await;
    assert_eq!(page.text("#room button"), "Inner 1");
}

#[tokio::test(start_paused = true)]
async fn f038_f143_a_form_in_a_portal_is_recovered() {
    let mut page = desk().await;
    page.form("#form").fill(json!({ "name": "Ann" })).change().await;
    page.allow_crash();
    page.event("crash", json!({})).await;
    page.expect_crash().await;
    page.rejoin().await;
    assert_eq!(page.element("input", None).attr("value"), Some("Ann"));
}
