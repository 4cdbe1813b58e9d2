//! The views these tests visit.

use std::time::Duration;

use firecrest::live::Document;
use firecrest::prelude::*;
use http::StatusCode;
use serde::Deserialize;

use crate::visitor::Mounts;

pub(crate) fn root(document: &Document<'_>) -> Html {
    html! {
        <!DOCTYPE html>
        <html>
            <head>{document.head()}{document.title_element("Nothing", " · Test")}</head>
            <body>{document.content()}</body>
        </html>
    }
}

/// What a click says to [`Lab`].
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LabEvent {
    Add { by: i64 },
    Answer,
    Silent,
    Title { to: String },
    Event { name: String },
    Flash { info: String },
    Patch { to: String },
    Navigate { to: String },
    Redirect { to: String },
    External { to: String },
    Panic,
    Stop,
    After,
    Listen { to: String },
    Say { to: String },
}

/// A view that does what it is told.
pub(crate) struct Lab {
    count: i64,
    uri: String,
    heard: Vec<String>,
}

impl LiveView for Lab {
    type Event = LabEvent;
    type Info = &'static str;

    async fn mount(cx: &mut Mount<'_, &'static str>) -> Result<Self, MountError> {
        if let Some(mounts) = cx.get::<Mounts>() {
            mounts.count();
        }
        if let Some(status) = cx.params().get("status") {
            return Err(MountError::status(status.parse::<StatusCode>()?));
        }
        if let Some(to) = cx.params().get("redirect") {
            let to = to.to_owned();
            cx.put_flash("error", "not here");
            return Err(MountError::redirect(to));
        }
        if cx.params().get("panic").is_some() {
            panic!("mount was told to");
        }
        if let Some(topic) = cx.params().get("listen").map(str::to_owned) {
            cx.subscribe(&topic);
        }
        if cx.params().get("connected").is_some() {
            let connected = cx.connected();
            return Ok(Lab { count: if connected { 1 } else { -1 }, uri: String::new(), heard: Vec::new() });
        }
        Ok(Lab { count: 0, uri: String::new(), heard: Vec::new() })
    }

    async fn handle_params(&mut self, cx: &mut View<'_, &'static str>) -> Outcome {
        self.uri = cx.uri().to_owned();
        match cx.params().get("then").map(str::to_owned) {
            Some(to) if to == "loop" => cx.push_patch("/lab?then=loop"),
            Some(to) if to == "external" => cx.redirect_external("https://example.com/x"),
            Some(to) => cx.push_patch(to),
            None => {}
        }
        Outcome::Render
    }

    async fn handle_event(&mut self, event: LabEvent, cx: &mut View<'_, &'static str>) -> Outcome {
        match event {
            LabEvent::Add { by } => self.count += by,
            LabEvent::Answer => return Reply::ok(json!({ "count": self.count })).into(),
            LabEvent::Silent => {
                self.count += 1;
                return Outcome::NoReply;
            }
            LabEvent::Title { to } => cx.set_title(to),
            LabEvent::Event { name } => cx.push_event(&name, &json!({ "count": self.count })),
            LabEvent::Flash { info } => cx.put_flash("info", info),
            LabEvent::Patch { to } => cx.push_patch(to),
            LabEvent::Navigate { to } => {
                cx.put_flash("info", "gone");
                cx.push_event("bye", &json!({}));
                cx.push_navigate(to);
            }
            LabEvent::Redirect { to } => cx.redirect(to),
            LabEvent::External { to } => cx.redirect_external(to),
            LabEvent::Panic => panic!("was told to"),
            LabEvent::Stop => return Stop::normal().into(),
            LabEvent::After => drop(cx.send_after(Duration::from_millis(1), "after")),
            LabEvent::Listen { to } => cx.subscribe(&to),
            LabEvent::Say { to } => {
                let said = cx.endpoint().broadcast(&to, "said", &json!({ "x": 1 }));
                assert!(said.is_ok(), "{said:?}");
            }
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, info: &'static str, _cx: &mut View<'_, &'static str>) -> Outcome {
        self.heard.push(info.to_owned());
        Outcome::Render
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut View<'_, &'static str>) -> Outcome {
        self.heard.push(format!("{} on {}", broadcast.event(), broadcast.topic()));
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <output>{self.count}</output>
            <i>{&self.uri}</i>
            for heard in &self.heard { <b>{heard}</b> }
        }
    }
}

/// Another view, with a container and a layout of its own.
pub(crate) struct Other {
    flash: String,
}

impl LiveView for Other {
    type Event = firecrest::channel::NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.set_title("Other");
        Ok(Other { flash: cx.flash().get("info").unwrap_or("none").to_owned() })
    }

    fn render(&self) -> Html {
        html! { <h1>"Other"</h1><p>{&self.flash}</p> }
    }

    fn options() -> ViewOptions {
        ViewOptions::default().tag("section").attribute("class", "other")
    }
}

/// A view with views inside.
pub(crate) struct Family {
    children: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FamilyEvent {
    Children { count: usize },
    Twins,
    Panic,
}

impl LiveView for Family {
    type Event = FamilyEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        if let Some(mounts) = cx.get::<Mounts>() {
            mounts.count();
        }
        Ok(Family { children: 1 })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.children = cx.params().get("children").map_or(self.children, str::len);
        Outcome::Render
    }

    async fn handle_event(&mut self, event: FamilyEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            FamilyEvent::Children { count } => self.children = count,
            FamilyEvent::Twins => self.children = usize::MAX,
            FamilyEvent::Panic => panic!("was told to"),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let ids = if self.children == usize::MAX { vec![0, 0] } else { (0..self.children).collect() };
        html! {
            <h1>{ids.len()}</h1>
            for id in ids { {nested::<Child>(format!("child-{id}")).given("name", &format!("Ann <{id}>"))} }
        }
    }
}

/// A view inside another.
pub(crate) struct Child {
    name: String,
    clicks: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChildEvent {
    Click,
    Panic,
    Patch { to: String },
    Redirect { to: String },
}

impl LiveView for Child {
    type Event = ChildEvent;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Child { name: cx.session("name").unwrap_or_default(), clicks: 0 })
    }

    async fn handle_event(&mut self, event: ChildEvent, cx: &mut View<'_>) -> Outcome {
        match event {
            ChildEvent::Click => self.clicks += 1,
            ChildEvent::Panic => panic!("was told to"),
            ChildEvent::Patch { to } => {
                self.clicks += 1;
                cx.push_patch(to);
            }
            ChildEvent::Redirect { to } => cx.redirect(to),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <em>{&self.name}</em>{self.clicks} }
    }
}
