//! Streams over a real connection: what is sent when, and that a crash is one that says why.

use firecrest::live::shared::{SharedView, Start};
use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::captured::Captured;
use crate::pages::root;
use crate::visitor::{Visitor, ok};

type Song = (usize, String);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Add {
        title: String,
    },
    AddQuietly {
        title: String,
    },
    Load,
    Flood,
    /// Too much, and then a new list.
    Anew,
    Twice,
}

struct Songs {
    songs: Stream<Song>,
    next: usize,
    is_twice: bool,
}

fn songs() -> Stream<Song> {
    Stream::new(|(id, _): &Song| format!("songs-{id}"))
}

fn list(songs: &Stream<Song>) -> Html {
    html! { <ul id="songs" phx-update="stream">stream (id, (_, title)) in songs { <li id={id}>{title}</li> }</ul> }
}

impl Songs {
    fn add(&mut self, title: String) {
        self.songs.append((self.next, title));
        self.next += 1;
    }
}

impl Songs {
    fn flood(&mut self) {
        self.songs.extend((0..=Stream::<()>::MAX_WAITING).map(|id| (id, String::new())));
    }
}

impl LiveView for Songs {
    type Event = Event;
    type Info = Vec<&'static str>;

    async fn mount(cx: &mut Mount<'_, Self::Info>) -> Result<Self, MountError> {
        let is_twice = cx.params().get("twice").is_some();
        let mut songs = Songs { songs: songs(), next: 1, is_twice };
        songs.add("first".to_owned());
        if cx.params().get("flood").is_some() {
            songs.flood();
        }
        Ok(songs)
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_, Self::Info>) -> Outcome {
        match event {
            Event::Add { title } => self.add(title),
            Event::AddQuietly { title } => {
                self.add(title);
                return Outcome::NoReply;
            }
            Event::Load => cx.start("load", async { vec!["a", "b"] }),
            Event::Flood => self.flood(),
            Event::Anew => {
                self.flood();
                self.songs.reset();
                self.add("anew".to_owned());
            }
            Event::Twice => self.is_twice = true,
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, titles: Vec<&'static str>, _cx: &mut View<'_, Self::Info>) -> Outcome {
        titles.into_iter().for_each(|title| self.add(title.to_owned()));
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            {list(&self.songs)}
            if self.is_twice { {list(&self.songs)} }
        }
    }
}

async fn visitor() -> Visitor {
    Visitor::of(|live| live.root_layout(root).page::<Songs>("/songs")).await
}

/// What is put into the stream by a message: the ids.
fn inserted(rendered: &Value) -> Vec<&str> {
    let inserts = rendered["0"]["0"]["stream"][1].as_array().unwrap();
    inserts.iter().map(|insert| insert[0].as_str().unwrap()).collect()
}

#[tokio::test]
async fn f058_what_the_page_showed_comes_again_with_the_join_and_then_never() {
    let mut visitor = visitor().await;
    let (mut tab, page, joined) = visitor.open("/songs").await;
    assert!(page.body.contains(r#"<li id="songs-1">first</li>"#), "{}", page.body);
    let rendered = &ok(&joined)["rendered"];
    assert_eq!(rendered["0"]["0"]["stream"], json!(["0", [["songs-1", -1, null, false]], []]));
    assert_eq!(rendered["0"]["0"]["s"], json!(["<li", ">", "</li>"]));
    let reply = tab.click(&page.topic(), "add", json!({ "title": "second" })).await;
    let item = json!({"0": {"0": " id=\"songs-2\"", "1": "second"}, "kc": 1});
    let stream = json!(["0", [["songs-2", -1, null, false]], []]);
    assert_eq!(reply, json!({"diff": {"0": {"0": {"k": item, "stream": stream}}}}));
}

#[tokio::test]
async fn f058_what_is_done_without_rendering_waits_for_the_next_message() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/songs").await;
    assert_eq!(tab.click(&page.topic(), "add_quietly", json!({ "title": "b" })).await, json!({}));
    let reply = tab.click(&page.topic(), "add", json!({ "title": "c" })).await;
    assert_eq!(inserted(&reply["diff"]), ["songs-2", "songs-3"]);
}

#[tokio::test]
async fn f082_work_in_the_background_fills_a_stream() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/songs").await;
    assert_eq!(tab.click(&page.topic(), "load", json!({})).await, json!({}));
    let diff = tab.push(&page.topic(), "diff").await;
    assert_eq!(inserted(&diff), ["songs-2", "songs-3"]);
}

#[tokio::test]
async fn f059_a_stream_that_is_too_full_or_shown_twice_ends_the_view_with_the_reason() {
    let logs = Captured::start();
    for (event, reason) in [
        ("flood", "more than 100000 operations waited in a stream"),
        ("twice", "a stream is shown twice in one page"),
    ] {
        let mut visitor = visitor().await;
        let (mut tab, page, _) = visitor.open("/songs").await;
        logs.take();
        tab.tell(&page.topic(), "event", json!({"type": "click", "event": event, "value": {}})).await;
        tab.push(&page.topic(), "phx_error").await;
        let logs = logs.take();
        assert!(logs.contains(reason), "{logs}");
    }
}

#[tokio::test]
async fn f059_a_page_whose_streams_cannot_be_sent_is_not_shown() {
    let logs = Captured::start();
    for (query, reason) in [
        ("flood", "more than 100000 operations waited in a stream"),
        ("twice", "a stream is shown twice in one page"),
    ] {
        let mut visitor = visitor().await;
        logs.take();
        assert_eq!(visitor.get(&format!("/songs?{query}")).await.status, 500);
        let logs = logs.take();
        assert!(logs.contains(reason), "{logs}");
    }
}

#[tokio::test]
async fn f059_a_reset_mends_a_stream_that_was_too_full() {
    let mut visitor = visitor().await;
    let (mut tab, page, _) = visitor.open("/songs").await;
    let reply = tab.click(&page.topic(), "anew", json!({})).await;
    let stream = &reply["diff"]["0"]["0"]["stream"];
    assert_eq!(*stream, json!(["0", [["songs-2", -1, null, false]], [], true]));
}

/// A shared view with a stream, which cannot be.
struct Board(Stream<Song>);

impl SharedView for Board {
    type Event = NoEvents;
    type Info = ();

    async fn start(_cx: &mut Start<'_, ()>) -> Result<Self, MountError> {
        Ok(Board(songs()))
    }

    fn render(&self) -> Html {
        list(&self.0)
    }
}

#[tokio::test]
async fn f059_a_shared_view_with_a_stream_does_not_start() {
    let logs = Captured::start();
    let mut visitor = Visitor::of(|live| live.root_layout(root).shared::<Board>("/board")).await;
    assert_eq!(visitor.get("/board").await.status, 500);
    let logs = logs.take();
    assert!(logs.contains("a shared view cannot have a stream"), "{logs}");
}
