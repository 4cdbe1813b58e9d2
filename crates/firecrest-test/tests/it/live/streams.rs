//! Streams reach the page of a test as they would reach a browser's (T63).

use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage};
use serde::Deserialize;

use super::fixture::endpoint;

type Row = (u32, String);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    /// What to do, one thing after another: `+7` appends, `^7` prepends, `~7` updates, `-7` deletes, `0` resets, `<3` and `>3` limit.
    Do {
        what: String,
    },
    Poke {
        id: String,
    },
}

struct Rows {
    rows: Stream<Row>,
    turn: u32,
    poked: String,
}

impl LiveView for Rows {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut rows = Stream::new(|(id, _): &Row| format!("row-{id}"));
        let first = if cx.params().get("both").is_some() && cx.connected() { 3 } else { 1 };
        rows.extend((first..=4).map(|id| (id, "0".to_owned())));
        Ok(Rows { rows, turn: 0, poked: String::new() })
    }

    async fn handle_event(&mut self, event: Event, _cx: &mut View<'_>) -> Outcome {
        match event {
            Event::Poke { id } => self.poked = id,
            Event::Do { what } => {
                self.turn += 1;
                what.split(' ').for_each(|step| self.step(step));
            }
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <p id="poked">{&self.poked}</p>
            <div id="rows" phx-update="stream">
                stream (id, (number, text)) in &self.rows {
                    <button id={id} phx-click="poke" phx-value-id={number}>{number} ":" {text}</button>
                }
            </div>
        }
    }
}

impl Rows {
    fn step(&mut self, step: &str) {
        let (action, number) = step.split_at(1);
        let row = || (number.parse().unwrap(), self.turn.to_string());
        match action {
            "+" => self.rows.append(row()),
            "^" => self.rows.prepend(row()),
            "~" => self.rows.update_only(row()),
            "-" => self.rows.delete_id(&format!("row-{number}")),
            "0" => self.rows.reset(),
            "<" => drop(self.rows.limit(number.parse().unwrap())),
            _ => drop(self.rows.limit(-number.parse::<i32>().unwrap())),
        }
    }
}

async fn open(path: &str) -> TestPage {
    let endpoint = endpoint();
    let router = endpoint.live("/live").page::<Rows>("/rows").into_router();
    TestBrowser::new(&endpoint, router).open(path).await.unwrap()
}

async fn after(page: &mut TestPage, what: &str) -> String {
    page.event("do", json!({ "what": what })).await;
    rows(page)
}

fn rows(page: &TestPage) -> String {
    page.texts("#rows > button").join(" ")
}

#[tokio::test(start_paused = true)]
async fn t63_each_operation_does_to_the_page_what_the_browser_does() {
    let mut page = open("/rows").await;
    assert_eq!(rows(&page), "1:0 2:0 3:0 4:0");
    for (what, then) in [
        ("+5 ^6", "6:1 1:0 2:0 3:0 4:0 5:1"),
        ("+1 ~2 ~9", "6:1 1:2 2:2 3:0 4:0 5:1"),
        ("-6 -3 +3", "1:2 2:2 4:0 5:1 3:3"),
        (">5 +7", "2:2 4:0 5:1 3:3 7:4"),
        ("<5 ^8", "8:5 2:2 4:0 5:1 3:3"),
        ("+9", "8:5 2:2 4:0 5:1 3:3"),
        ("0 +3 +8 +1", "3:7 8:7 1:7"),
        ("0", ""),
    ] {
        assert_eq!(after(&mut page, what).await, then, "after {what}");
    }
}

#[tokio::test(start_paused = true)]
async fn t63_an_item_of_long_ago_still_does_what_it_says() {
    let mut page = open("/rows").await;
    after(&mut page, "+5").await;
    page.element("#row-2", None).click().await;
    assert_eq!(page.element("#poked", None).text(), "2");
    assert_eq!(rows(&page), "1:0 2:0 3:0 4:0 5:1");
}

#[tokio::test(start_paused = true)]
async fn t63_items_of_the_first_html_that_do_not_come_again_are_gone() {
    let page = open("/rows?both").await;
    assert_eq!(rows(&page), "3:0 4:0");
}

/// Rows in an element that is no stream.
struct Stray {
    rows: Stream<Row>,
}

impl LiveView for Stray {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut rows = Stream::new(|(id, _): &Row| format!("row-{id}"));
        rows.append((1, String::new()));
        Ok(Stray { rows })
    }

    fn render(&self) -> Html {
        let rows = html! { stream (id, _) in &self.rows { <li id={id}></li> } };
        html! { <ul id="rows">{rows}</ul> }
    }
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = r#"without `phx-update="stream"` or without an id: <ul id="rows">"#)]
async fn t61_a_stream_in_an_element_that_is_none_is_a_mistake() {
    let endpoint = endpoint();
    let router = endpoint.live("/live").page::<Stray>("/rows").into_router();
    drop(TestBrowser::new(&endpoint, router).open("/rows").await);
}

/// Boxes in a stream, each of which is a component with a stream of its own.
struct Boxes {
    boxes: Stream<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BoxesEvent {
    Again { order: Vec<u32> },
}

impl LiveView for Boxes {
    type Event = BoxesEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut boxes = Stream::new(|number: &u32| format!("box-{number}"));
        boxes.extend(1..=3);
        Ok(Boxes { boxes })
    }

    async fn handle_event(&mut self, BoxesEvent::Again { order }: BoxesEvent, _cx: &mut View<'_>) -> Outcome {
        self.boxes.reset();
        self.boxes.extend(order);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <div id="boxes" phx-update="stream">
                stream (id, number) in &self.boxes { {live_component::<Box>(number, id.to_owned())} }
            </div>
        }
    }
}

struct Box {
    things: Stream<u32>,
    count: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BoxEvent {
    Put,
}

impl LiveComponent for Box {
    type Props = String;
    type Event = BoxEvent;
    type Info = ();

    async fn mount(id: &String, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        let id = id.clone();
        let mut things = Stream::new(move |number: &u32| format!("{id}-{number}"));
        things.append(1);
        Ok(Box { things, count: 1 })
    }

    async fn handle_event(&mut self, BoxEvent::Put: BoxEvent, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.count += 1;
        self.things.append(self.count);
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <section id={cx.props()}>
                <button phx-click="put" phx-target={cx.myself()}>"Put"</button>
                <ul id={format!("{}-things", cx.props())} phx-update="stream">
                    stream (id, number) in &self.things { <li id={id}>{number}</li> }
                </ul>
            </section>
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f058_f134_streams_in_components_in_a_stream_go_their_own_ways() {
    let endpoint = endpoint();
    let router = endpoint.live("/live").page::<Boxes>("/boxes").into_router();
    let mut page = TestBrowser::new(&endpoint, router).open("/boxes").await.unwrap();
    assert_eq!(page.texts("#boxes li"), ["1", "1", "1"]);
    page.element("#box-2 button", None).click().await;
    page.element("#box-2 button", None).click().await;
    assert_eq!(page.texts("#box-2-things li"), ["1", "2", "3"]);
    page.event("again", json!({ "order": [3, 2] })).await;
    assert_eq!(page.texts("#boxes li"), ["1", "1", "2", "3"]);
    page.element("#box-2 button", None).click().await;
    assert_eq!(page.texts("#box-2-things li"), ["1", "2", "3", "4"]);
    page.event("again", json!({ "order": [1, 2] })).await;
    assert!(page.has("#box-1 button", None) && !page.has("#box-3", None));
}
