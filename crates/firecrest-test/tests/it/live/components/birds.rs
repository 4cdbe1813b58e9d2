//! The page of the tests about components: birds, each a row with a star in it when it is open.

use std::time::Duration;

use axum::Router;
use firecrest::live::js::Push;
use firecrest::live::{LayoutContext, Updates};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage};
use serde::Deserialize;

use super::super::fixture::endpoint;
use super::wrong::{Away, Deep, Nobody, Two};

/// Birds, each a row with its own state, in one list or another.
struct Birds {
    birds: Vec<u32>,
    shown: bool,
    nest: bool,
    heard: Vec<String>,
    wrong: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BirdsEvent {
    Add { id: u32 },
    Remove { id: u32 },
    Turn,
    Hide,
    Show,
    Nest,
    Wrong { how: String },
    Poke { id: u32 },
    PokeAll,
    PokeLater { id: u32 },
}

impl LiveView for Birds {
    type Event = BirdsEvent;
    type Info = String;

    async fn mount(cx: &mut Mount<'_, String>) -> Result<Self, MountError> {
        cx.subscribe("birds");
        if let Some(id) = cx.params().get("poke").map(str::to_owned) {
            cx.send_component::<Row>(id, RowInfo::Poke);
        }
        let wrong = cx.params().get("wrong").unwrap_or_default().to_owned();
        Ok(Birds { birds: vec![1, 2, 3], shown: true, nest: false, heard: Vec::new(), wrong })
    }

    async fn handle_event(&mut self, event: BirdsEvent, cx: &mut View<'_, String>) -> Outcome {
        match event {
            BirdsEvent::Add { id } => self.birds.push(id),
            BirdsEvent::Remove { id } => self.birds.retain(|bird| *bird != id),
            BirdsEvent::Turn => self.birds.reverse(),
            BirdsEvent::Hide => self.shown = false,
            BirdsEvent::Show => self.shown = true,
            BirdsEvent::Nest => self.nest = !self.nest,
            BirdsEvent::Wrong { how } => self.wrong = how,
            BirdsEvent::Poke { id } => cx.send_component::<Row>(id, RowInfo::Poke),
            BirdsEvent::PokeAll => cx.send_components::<Row>(RowInfo::Poke),
            BirdsEvent::PokeLater { id } => {
                cx.send_component_after::<Row>(Duration::from_secs(5), id, RowInfo::Poke);
            }
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, info: String, _cx: &mut View<'_, String>) -> Outcome {
        self.heard.push(info);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <p id="heard">{self.heard.join(", ")}</p>
            <button id="all" phx-click="open" phx-target=".row">"Open all"</button>
            <button id="third" phx-click={Js::new().push(Push::new("open").target("#row-3 button"))}>"Open the third"</button>
            if self.shown {
                <ul>
                    for id in &self.birds, key = id {
                        {live_component::<Row>(id, RowProps { id: *id, nest: self.nest })}
                    }
                </ul>
            }
            match self.wrong.as_str() {
                "twice" => { {live_component::<Star>("1-star", "twice".into())} }
                "deep" => { {live_component::<Deep>(0, 0)} }
                "two" => { {live_component::<Two>("two", ())} }
                "unmounted" => { {live_component::<Nobody>("unmounted", "unmounted")} }
                "leaves" => { {live_component::<Nobody>("leaves", "leaves")} }
                "stranger" => { {live_component::<Nobody>("stranger", "stranger")} }
                "timer" => { {live_component::<Nobody>("timer", "timer")} }
                "upload" => { {live_component::<Nobody>("upload", "upload")} }
                "away" => { {live_component::<Away>("away", ())} }
                _ => {}
            }
        }
    }
}

#[derive(Clone, PartialEq)]
struct RowProps {
    id: u32,
    nest: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RowEvent {
    Open,
    Say { text: String },
    Flash,
    Hush,
    Ask,
    Go { to: String },
    Patch { to: String },
    Crash,
    Later,
    TellLater { id: u32 },
}

#[derive(Clone)]
enum RowInfo {
    Poke,
}

/// Tells the topic `rows` what becomes of it.
struct Row {
    open: bool,
    pokes: u32,
    name: String,
    _end: End,
}

/// Says when it is dropped.
struct End(Endpoint, u32);

impl Drop for End {
    fn drop(&mut self) {
        self.0.broadcast("rows", "end", &json!({ "id": self.1 })).unwrap();
    }
}

impl LiveComponent for Row {
    type Props = RowProps;
    type Event = RowEvent;
    type Info = RowInfo;

    async fn mount(props: &RowProps, cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        let endpoint = cx.endpoint().clone();
        endpoint.broadcast("rows", "mount", &json!({ "id": props.id })).unwrap();
        Ok(Row {
            open: false,
            pokes: 0,
            name: format!("bird {}", cx.props().id),
            _end: End(endpoint, props.id),
        })
    }

    async fn update(&mut self, props: &RowProps, cx: &mut ComponentCx<'_, Self>) {
        cx.endpoint().broadcast("rows", "update", &json!({ "id": props.id })).unwrap();
    }

    async fn update_many(
        updates: Updates<'_, Self>,
        cx: &mut ComponentCx<'_, Self>,
    ) -> Result<(), MountError> {
        cx.endpoint().broadcast("rows", "many", &json!({ "count": updates.len() })).unwrap();
        updates.each(cx).await
    }

    async fn handle_event(&mut self, event: RowEvent, cx: &mut ComponentCx<'_, Self>) -> Outcome {
        match event {
            RowEvent::Open => self.open = !self.open,
            RowEvent::Say { text } => {
                cx.send_view::<Birds>(format!("{} says {text}", self.name));
                return Outcome::NoReply;
            }
            RowEvent::Flash => {
                cx.put_flash("info", format!("{} greets", self.name));
                cx.push_event("greeted", &json!({ "name": self.name }));
            }
            RowEvent::Hush => cx.clear_flash(None),
            RowEvent::Ask => {
                self.pokes += 1;
                return Reply::ok(json!({ "name": self.name })).into();
            }
            RowEvent::Go { to } => cx.push_navigate(to),
            RowEvent::Patch { to } => cx.push_patch(to),
            RowEvent::Crash => panic!("a row is broken"),
            RowEvent::TellLater { id } => {
                cx.send_component_after::<Row>(Duration::from_secs(5), id, RowInfo::Poke);
            }
            RowEvent::Later => drop(cx.send_after(Duration::from_secs(5), RowInfo::Poke)),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, RowInfo::Poke: RowInfo, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.pokes += 1;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        let props = cx.props();
        html! {
            <li id={format!("row-{}", props.id)} class="row">
                <button phx-click="open" phx-target={cx.myself()}>{&self.name}</button>
                <i>{self.pokes}</i>
                <form phx-submit="say" phx-target={cx.myself()}><input name="text"></form>
                if self.open {
                    <div class="inner">
                        {live_component::<Star>(format!("{}-star", props.id), format!("of {}", props.id))}
                    </div>
                }
                if props.nest { {nested::<Egg>(format!("egg-{}", props.id))} }
            </li>
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StarEvent {
    Shine,
}

struct Star(u32);

impl LiveComponent for Star {
    type Props = String;
    type Event = StarEvent;
    type Info = ();

    async fn mount(_props: &String, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Star(0))
    }

    async fn handle_event(&mut self, _event: StarEvent, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.0 += 1;
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! { <b class="star" phx-click="shine" phx-target={cx.myself()}>{cx.props()} " " {self.0}</b> }
    }
}

pub(super) struct Egg;

impl LiveView for Egg {
    type Event = firecrest::channel::NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Egg)
    }

    fn render(&self) -> Html {
        html! { <em>"egg"</em> }
    }
}

fn layout(context: &LayoutContext<'_>, content: &Html) -> Html {
    html! {
        for (kind, message) in context.flash().iter() { <p class={["flash", kind]}>{message}</p> }
        {content}
    }
}

pub(super) fn site(endpoint: &Endpoint) -> Router {
    endpoint.live("/live").layout(layout).page::<Birds>("/birds").page::<Birds>("/others").into_router()
}

pub(super) fn browser() -> TestBrowser {
    let endpoint = endpoint();
    TestBrowser::new(&endpoint, site(&endpoint))
}

pub(super) async fn birds() -> TestPage {
    browser().open("/birds").await.unwrap()
}
