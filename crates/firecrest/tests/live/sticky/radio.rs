//! Pages with a radio in their layouts.

use std::cell::Cell;

use firecrest::live::{LayoutContext, LiveMount, Nested};
use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::pages::root;
use crate::visitor::{Page, Tab, Visitor, join_nested, ok};

thread_local! {
    /// How many radios were mounted. A test and its server are one thread.
    static MOUNTED: Cell<usize> = const { Cell::new(0) };
}

pub(super) fn mounted() -> usize {
    MOUNTED.get()
}

/// What plays on.
pub(super) struct Radio {
    title: String,
    clicks: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RadioEvent {
    Click,
    Answer { to: String },
    Navigate { to: String },
    Later { to: String },
    Redirect { to: String },
    Patch { to: String },
    Panic,
}

impl LiveView for Radio {
    type Event = RadioEvent;
    type Info = String;

    async fn mount(cx: &mut Mount<'_, String>) -> Result<Self, MountError> {
        MOUNTED.set(mounted() + 1);
        if let Some(to) = cx.session::<String>("away") {
            return Err(MountError::redirect(to));
        }
        let title = cx.session("title").unwrap_or_default();
        Ok(Radio { title, clicks: 0 })
    }

    async fn handle_event(&mut self, event: RadioEvent, cx: &mut View<'_, String>) -> Outcome {
        self.clicks += 1;
        match event {
            RadioEvent::Click => {}
            RadioEvent::Answer { to } => {
                cx.push_navigate(to);
                return Reply::ok(json!({ "said": "yes" })).into();
            }
            RadioEvent::Navigate { to } => {
                cx.put_flash("info", "from the radio");
                cx.push_event("gone", &json!({}));
                cx.replace_navigate(to);
            }
            RadioEvent::Later { to } => drop(cx.send_after(std::time::Duration::ZERO, to)),
            RadioEvent::Redirect { to } => cx.redirect(to),
            RadioEvent::Patch { to } => cx.push_patch(to),
            RadioEvent::Panic => panic!("was told to"),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, to: String, cx: &mut View<'_, String>) -> Outcome {
        self.clicks += 10;
        cx.push_navigate(to);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <b>{&self.title}</b>{self.clicks} }
    }
}

pub(super) fn radio(id: &str) -> Nested<Radio> {
    nested::<Radio>(id).given("title", "News").sticky()
}

/// A page: the number says which layout it has.
pub(super) struct Room<const LAYOUT: usize>;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RoomEvent {
    Navigate { to: String },
    Panic,
}

pub(super) const TOP: usize = 0;
pub(super) const BOTTOM: usize = 1;
pub(super) const SILENT: usize = 2;
pub(super) const TWO: usize = 3;

impl<const LAYOUT: usize> LiveView for Room<LAYOUT> {
    type Event = RoomEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Room)
    }

    async fn handle_event(&mut self, event: RoomEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            RoomEvent::Navigate { to } => cx.push_navigate(to),
            RoomEvent::Panic => panic!("was told to"),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <h1>{LAYOUT}</h1> }
    }

    fn options() -> ViewOptions {
        ViewOptions::default().layout(match LAYOUT {
            TOP => |_: &LayoutContext<'_>, inner: &Html| html! { <header>{radio("radio")}</header>{inner} },
            BOTTOM => |_, inner| html! { {inner}<footer><p>{radio("radio")}</p></footer> },
            TWO => |_, inner| html! { {radio("radio")}{radio("second")}{inner} },
            _ => |_, inner| html! { {inner} },
        })
    }
}

pub(super) fn rooms(live: LiveMount) -> LiveMount {
    live.root_layout(root)
        .page::<Room<TOP>>("/top")
        .page::<Room<BOTTOM>>("/bottom")
        .page::<Room<SILENT>>("/silent")
        .page::<Room<TWO>>("/two")
        .session("others", |others| others.page::<Room<TOP>>("/other"))
}

/// What the client makes of a sticky view's container when it joins it.
pub(super) fn join_sticky(container: &str, fixed: Option<&str>) -> Value {
    let mut payload = join_nested(container, fixed);
    payload["sticky"] = true.into();
    payload
}

/// The payload that joins a sticky view as it is in the page.
pub(super) fn join_first(page: &Page, id: &str) -> Value {
    let container = page.body.split_once(&format!("id=\"{id}\"")).unwrap().1;
    join_sticky(container, Some(page.fixed_of(id)))
}

/// A page with its radio on.
pub(super) async fn tuned_in() -> (Visitor, Tab, Page, Value) {
    let mut visitor = Visitor::of(rooms).await;
    let (mut tab, page, joined) = visitor.open("/top").await;
    ok(&tab.join("lv:radio", join_first(&page, "radio")).await);
    (visitor, tab, page, joined)
}

/// Goes to another page, as the client does. Returns what the join of the next view is answered.
pub(super) async fn go(tab: &mut Tab, page: &Page, to: &str) -> Value {
    ok(&tab.ask(&page.topic(), "phx_leave", json!({})).await);
    tab.push(&page.topic(), "phx_close").await;
    let mut payload = page.join("/");
    payload.as_object_mut().unwrap().remove("url");
    payload["redirect"] = format!("http://localhost{to}").into();
    tab.join(&page.topic(), payload).await
}
