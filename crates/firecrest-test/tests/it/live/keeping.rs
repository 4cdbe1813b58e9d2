//! What views hand on to those inside, and what they forget once it is shown (F052, F053).

use std::sync::Arc;

use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestView};
use serde::Deserialize;

use super::fixture::endpoint;

/// Who is visiting, as a mount hook has found out.
#[derive(Clone)]
struct Name(&'static str);

/// What is computed once and used by many.
#[derive(Clone)]
struct Prices(Arc<Vec<u32>>);

struct Greeter;

impl MountHook for Greeter {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(Name("Ann"));
        Ok(())
    }
}

/// A view around others, as deep as it is told.
struct Shelf {
    text: String,
    depth: usize,
}

impl LiveView for Shelf {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let depth = cx.session("depth").unwrap_or(0);
        let name = cx.get::<Name>().map_or("nobody", |name| name.0);
        let prices = cx.get::<Prices>().map(|prices| (prices.0.len(), Arc::strong_count(&prices.0) > 1));
        let text = format!("{name} {prices:?}");
        match depth {
            0 => cx.insert(Prices(Arc::new(vec![3; 1_000]))),
            1 => cx.insert(Name("Bob")),
            _ => {}
        }
        Ok(Shelf { text, depth })
    }

    fn render(&self) -> Html {
        html! {
            <p>{&self.text}</p>
            if self.depth < 2 { {nested::<Shelf>(format!("shelf-{}", self.depth)).given("depth", &(self.depth + 1))} }
        }
    }
}

#[firecrest::test]
async fn f052_a_view_takes_over_what_the_view_around_it_has_left() {
    let endpoint = endpoint();
    let pages = endpoint.live("/live").on_mount(Greeter).page::<Shelf>("/");
    let mut page = TestBrowser::new(&endpoint, pages).open("/").await.unwrap();
    let expected = ["Ann None", "Ann Some((1000, true))", "Bob Some((1000, true))"];
    assert_eq!(page.texts("p"), expected, "as it was mounted for the page");
    page.reconnect().await.unwrap();
    assert_eq!(page.texts("p"), expected, "as it was mounted for the socket");
}

/// A long text that is shown and forgotten.
struct Reader {
    text: Stream<Arc<str>>,
    /// The same text, while somebody else has it.
    kept: Arc<str>,
    page: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReaderEvent {
    Turn,
    Write { text: String },
}

impl LiveView for Reader {
    type Event = ReaderEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let kept: Arc<str> = "long".into();
        let mut text = Stream::new(|_: &Arc<str>| "text".to_owned());
        text.append(Arc::clone(&kept));
        Ok(Reader { text, kept, page: 1 })
    }

    async fn handle_event(&mut self, event: ReaderEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            ReaderEvent::Turn => self.page += 1,
            ReaderEvent::Write { text } => self.text.append(text.into()),
        }
        Reply::ok(json!({ "held": Arc::strong_count(&self.kept) })).into()
    }

    fn render(&self) -> Html {
        html! {
            <output>{self.page}</output>
            <div id="texts" phx-update="stream">stream (id, text) in &self.text { <p id={id}>{&**text}</p> }</div>
        }
    }
}

#[firecrest::test]
async fn f053_what_is_in_a_stream_is_forgotten_once_it_is_shown_and_stays_in_the_page() {
    let mut page = TestView::mount::<Reader>().await;
    assert_eq!(page.text("#text"), "long");
    let reply = page.event("turn", ()).await;
    assert_eq!(reply, Some(json!({ "held": 1 })), "the stream has it no more");
    assert_eq!((page.text("output").as_str(), page.text("#text").as_str()), ("2", "long"));
    page.event("write", json!({ "text": "longer" })).await;
    page.event("turn", ()).await;
    assert_eq!((page.text("output").as_str(), page.texts("p").join("")), ("3", "longer".to_owned()));
}
