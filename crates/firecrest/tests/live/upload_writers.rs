//! Writers that fail or take their time, over a real connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use firecrest::live::{Fault, Upload, UploadOptions, UploadWriter};
use firecrest::prelude::*;
use serde::Deserialize;

use crate::pages::root;
use crate::uploads::Opened;
use crate::visitor::{Visitor, error, ok};

/// Takes no byte.
struct Full;

impl UploadWriter for Full {
    type Meta = ();

    async fn write_chunk(&mut self, _chunk: Bytes) -> Result<(), Fault> {
        Err("the disk is full".into())
    }

    async fn finish(self) -> Result<(), Fault> {
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Check,
}

struct Store(Upload<()>);

impl LiveView for Store {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let (waits, has_waited) = (cx.params().get("waits").is_some(), Arc::new(AtomicBool::new(false)));
        let options = UploadOptions::new().writer(move |_| {
            let waits = waits && !has_waited.swap(true, Ordering::Relaxed);
            async move { if waits { std::future::pending().await } else { Ok(Full) } }
        });
        Ok(Store(cx.allow_upload("files", options)?))
    }

    async fn handle_event(&mut self, Event::Check: Event, _cx: &mut View<'_>) -> Outcome {
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <form phx-change="check" phx-submit="check">{self.0.input()}</form>
            for entry in self.0.entries() { <p>{entry.name()} for error in entry.errors() { {error} }</p> }
        }
    }
}

/// The page, and what serves it.
async fn open(path: &str) -> (Opened, Visitor) {
    let mut visitor = Visitor::of(|live| live.root_layout(root).page::<Store>("/store")).await;
    let (tab, page, _) = visitor.open(path).await;
    (Opened { tab, page }, visitor)
}

#[tokio::test]
async fn f160_what_could_not_be_written_is_not_tried_again() {
    let (mut it, _visitor) = open("/store").await;
    let token = it.token(2).await;
    ok(&it.join("0", &token).await);
    assert_eq!(error(&it.chunk("0", b"ab").await), &json!({ "reason": "writer_error" }));
    let topic = it.page.topic();
    let frames = [it.tab.next_json().await, it.tab.next_json().await];
    let shows = |frame: &serde_json::Value| {
        frame[2] == *topic && frame[4].to_string().contains("could not be stored")
    };
    assert!(frames.iter().any(shows), "{frames:?}");
    assert_eq!(error(&it.join("0", &token).await), &json!({ "reason": "disallowed" }));
    let again = it.token(2).await;
    assert!(again.is_null(), "{again}");
}

/// A client that has lost patience with a join joins again.
#[tokio::test]
async fn f153_a_join_that_was_given_up_may_be_tried_again() {
    let (mut it, _visitor) = open("/store?waits").await;
    let token = it.token(2).await;
    let first = it.tab.begin_join("lvu:0", json!({ "token": token })).await;
    let second = it.tab.begin_join("lvu:0", json!({ "token": token })).await;
    assert_eq!(error(&it.tab.reply_to(&first).await), &json!({ "reason": "join replaced" }));
    assert_eq!(ok(&it.tab.reply_to(&second).await), &json!({}));
}
