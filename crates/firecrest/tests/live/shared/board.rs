//! A board that everybody sees and may write on.

use std::time::Duration;

use firecrest::live::Replica;
use firecrest::live::shared::{Shared, SharedOptions, SharedView, Start, Viewer};
use firecrest::prelude::*;
use firecrest::viewers::Viewers;
use serde::Deserialize;
use serde_json::Value;

use crate::pages::root;
use crate::visitor::{Page, Tab, Visitor, ok};

pub(crate) struct Board {
    lines: Vec<String>,
    viewers: Viewers,
    coming: Vec<&'static str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BoardEvent {
    Write { line: String },
    Ask,
    Whisper,
    Nothing,
    Crash,
}

/// What is shown at once, so that a test sees every change by itself.
const FAST: u32 = 1_000_000;

impl SharedView for Board {
    type Event = BoardEvent;
    type Info = String;

    async fn start(cx: &mut Start<'_, String>) -> Result<Self, MountError> {
        if cx.params().get("name") == Some("nothing") {
            return Err(MountError::not_found());
        }
        let topic = format!("board {}", cx.key());
        cx.subscribe(&topic);
        Ok(Board { lines: Vec::new(), viewers: cx.viewers(), coming: Vec::new() })
    }

    async fn handle_join(&mut self, _viewer: &Viewer, _cx: &mut Shared<'_, String>) -> Outcome {
        self.coming.push("+");
        Outcome::NoReply
    }

    async fn handle_leave(&mut self, _viewer: &Viewer, _cx: &mut Shared<'_, String>) -> Outcome {
        self.coming.push("-");
        Outcome::NoReply
    }

    async fn handle_event(
        &mut self,
        event: BoardEvent,
        viewer: &Viewer,
        cx: &mut Shared<'_, String>,
    ) -> Outcome {
        match event {
            BoardEvent::Write { line } => self.lines.push(line),
            BoardEvent::Ask => return Reply::ok(json!({ "lines": self.lines.len() })).into(),
            BoardEvent::Whisper => cx.push_event_to(viewer.id(), "psst", &json!({ "for": "you" })),
            BoardEvent::Nothing => return Outcome::NoReply,
            BoardEvent::Crash => panic!("the board falls"),
        }
        Outcome::Render
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, cx: &mut Shared<'_, String>) -> Outcome {
        match broadcast.event() {
            "later" => drop(cx.send_after(Duration::from_millis(1), "later".to_owned())),
            "handle" => cx.handle().send("by handle".to_owned()).unwrap(),
            event => self.add(event.to_owned(), cx),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, info: String, cx: &mut Shared<'_, String>) -> Outcome {
        self.add(info, cx);
        Outcome::Render
    }

    fn title(&self) -> Option<String> {
        Some(format!("{} lines", self.lines.len()))
    }

    fn render(&self) -> Html {
        html! {
            <p>{self.viewers.count()}</p>
            <i>{self.coming.concat()}</i>
            for line in &self.lines { <b>{line}</b> }
        }
    }

    fn options() -> SharedOptions {
        SharedOptions::default().frames_per_second(FAST)
    }
}

impl Board {
    fn add(&mut self, line: String, cx: &mut Shared<'_, String>) {
        self.lines.push(line);
        cx.push_event("added", &json!(self.lines.len()));
    }
}

/// Somebody who visits boards.
pub(crate) async fn visitor() -> Visitor {
    Visitor::of(|live| live.root_layout(root).shared::<Board>("/boards/{name}")).await
}

/// A tab in front of a view, which keeps what it is shown.
pub(crate) struct Watcher {
    pub(crate) tab: Tab,
    pub(crate) page: Page,
    pub(crate) topic: String,
    pub(crate) joined: Value,
    replica: Replica,
    /// What came with `e`: the numbers of pushed events.
    pub(crate) events: Vec<Value>,
    /// How many pushes were merged.
    pub(crate) frames: usize,
}

impl Watcher {
    pub(crate) async fn open(visitor: &mut Visitor, path: &str) -> Watcher {
        let (tab, page, joined) = visitor.open(path).await;
        Self::new(tab, page, joined)
    }

    pub(crate) fn new(tab: Tab, page: Page, joined: Value) -> Watcher {
        let topic = page.topic();
        let mut replica = Replica::new();
        replica.merge(&ok(&joined)["rendered"]).unwrap();
        Watcher { tab, page, topic, joined, replica, events: Vec::new(), frames: 0 }
    }

    /// What is shown now.
    pub(crate) fn html(&self) -> String {
        self.replica.html().unwrap()
    }

    /// Takes one frame. Gives it, if it is no change of the view.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let frame = self.tab.next_json().await;
        if frame[2] != json!(self.topic) || frame[3] != "diff" {
            return Some(frame);
        }
        self.frames += 1;
        let mut diff = frame[4].clone();
        if let Some(Value::Array(events)) = diff.as_object_mut().unwrap().remove("e") {
            self.events.extend(events);
        }
        diff.as_object_mut().unwrap().remove("t");
        self.replica.merge(&diff).unwrap();
        None
    }

    /// Takes changes until the page looks like this.
    pub(crate) async fn until(&mut self, condition: impl Fn(&str) -> bool) {
        while !condition(&self.html()) {
            let other = self.next().await;
            assert_eq!(other, None, "while waiting at {}", self.html());
        }
    }

    /// Says something, and gives the answer's payload.
    pub(crate) async fn ask(&mut self, event: &str, value: Value) -> Value {
        let payload = json!({ "type": "click", "event": event, "value": value });
        let reference = self.tab.tell(&self.topic, "event", payload).await;
        loop {
            if let Some(frame) = self.next().await {
                assert_eq!((&frame[1], &frame[3]), (&json!(reference), &json!("phx_reply")), "{frame}");
                return ok(&frame[4]).clone();
            }
        }
    }
}

/// The lines in the answer to a join.
pub(crate) fn lines(joined: &Value) -> Vec<String> {
    let Some(list) = ok(joined)["rendered"]["2"]["k"].as_object() else { return Vec::new() };
    let count = list["kc"].as_u64().unwrap();
    (0..count).map(|at| list[&at.to_string()]["0"].as_str().unwrap().to_owned()).collect()
}
