//! A site with views that do a bit of everything.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::response::{Html as Page, Redirect};
use axum::routing::{get, post};
use firecrest::live::form::{ClientEvent, EventValue, ReadError};
use firecrest::live::{LayoutContext, LiveEvent};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage};
use serde_json::Value;

pub(crate) fn endpoint() -> Endpoint {
    Endpoint::builder().node("test").build().unwrap()
}

/// The whole site.
pub(crate) fn site(endpoint: &Endpoint) -> Router {
    let pages = endpoint
        .live("/live")
        .layout(layout)
        .page::<Desk>("/desk")
        .page::<Desk>("/desk/{id}")
        .page::<Family>("/family")
        .page::<Gate>("/gate/{how}")
        .page::<Visitor>("/visitor")
        .session("admin", |pages| pages.page::<Gate>("/admin/{how}"));
    Router::new()
        .merge(pages)
        .route("/plain", get(async || Page("<title>Plain</title><p>Hello</p><a href='/desk'>desk</a>")))
        .route("/away", get(async || Redirect::to("/plain")))
        .route("/submit", post(async |body: String| Page(format!("<pre>{body}</pre>"))))
}

fn layout(context: &LayoutContext<'_>, content: &Html) -> Html {
    html! {
        for (kind, message) in context.flash().iter() { <p class={["flash", kind]}>{message}</p> }
        {content}
    }
}

pub(crate) fn browser() -> TestBrowser {
    let endpoint = endpoint();
    TestBrowser::new(&endpoint, site(&endpoint))
}

pub(crate) async fn desk() -> TestPage {
    browser().open("/desk").await.unwrap()
}

/// Whatever a view is told.
pub(crate) struct Told(ClientEvent);

impl LiveEvent for Told {
    fn read(event: &ClientEvent) -> Result<Self, ReadError> {
        Ok(Told(event.clone()))
    }
}

/// Shows what it was told, and does what the event's name says.
pub(crate) struct Desk {
    told: Vec<String>,
    triggered: bool,
    page: String,
    uri: String,
    name: String,
}

impl LiveView for Desk {
    type Event = Told;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.set_title("Desk");
        cx.subscribe("desks");
        Ok(Desk {
            told: Vec::new(),
            triggered: false,
            page: String::new(),
            uri: String::new(),
            name: "old".into(),
        })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        self.page = cx.params().get("page").unwrap_or("1").to_owned();
        self.uri = cx.uri().to_owned();
        if self.page == "0" {
            cx.push_patch("/desk?page=1");
        }
        Outcome::Render
    }

    async fn handle_event(&mut self, Told(event): Told, cx: &mut View<'_>) -> Outcome {
        let value = match &event.value {
            EventValue::Json(value) => value.clone(),
            EventValue::Form(data) => Value::Object(data.as_map().clone()),
        };
        self.told.push(format!("{} {} {value}", event.kind.unwrap_or_default(), event.name));
        match event.name.as_str() {
            "crash" => panic!("asked to crash"),
            "ask" => return Reply::ok(json!({ "answer": 42 })).into(),
            "notify" => cx.push_event("toast", &json!({ "text": "hi" })),
            "title" => cx.set_title("New title"),
            "trigger" => self.triggered = true,
            "rename" => self.name = "new".into(),
            "go" => {
                cx.put_flash("info", "moved");
                cx.push_navigate("/gate/open");
            }
            "redirect" => {
                cx.put_flash("info", "moved");
                cx.redirect("/gate/open");
            }
            "leave" => cx.redirect_external("https://other.example/x"),
            "patch" => cx.push_patch("/desk?page=2"),
            "stop" => return Stop::normal().into(),
            "later" => drop(cx.send_after(Duration::from_millis(50), ())),
            _ => {}
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, (): (), cx: &mut View<'_>) -> Outcome {
        cx.push_patch("/desk?page=3");
        cx.push_event("tick", &json!({}));
        Outcome::Render
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut View<'_>) -> Outcome {
        if broadcast.event() == "crash" {
            panic!("broadcast to crash");
        }
        self.told.push(format!("broadcast {}", broadcast.event()));
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <ol id="told">for said in &self.told { <li>{said}</li> }</ol>
            <p id="where">{&self.page} " at " {&self.uri}</p>
            <div id="kept" phx-update="ignore" data-page={&self.page} title={&self.page}>{&self.page}</div>
            {buttons()}
            {inputs()}
            {forms(&self.name, self.triggered)}
        }
    }
}

fn buttons() -> Html {
    let several = Js::new().hide("#menu").push("first").push("second").exec("data-more");
    html! {
        <button type="button" id="inc" phx-click="inc" phx-value-by="2" phx-value-value="v">"+"</button>
        <button type="button" phx-click="off" disabled>"off"</button>
        <button type="button" phx-click="add">"10"</button>
        <button type="button" phx-click="add">"1"</button>
        <span id="quiet">"nothing"</span>
        <div phx-click="outer" id="outer"><b id="inner">"deep"</b></div>
        <button type="button" id="several" phx-click={several} data-more={Js::new().push("third")}>"several"</button>
        <button type="button" id="targeted" phx-click="aim" phx-target="#inner, #outer">"aim"</button>
        <a id="to-patch" href="/desk?page=5" data-phx-link="patch" data-phx-link-state="push">"patch"</a>
        <a id="to-gate" href="/gate/open" data-phx-link="redirect" data-phx-link-state="push">"navigate"</a>
        <a id="to-admin" href="/admin/open" data-phx-link="redirect" data-phx-link-state="push">"admin"</a>
        <a id="to-plain" href="/plain">"plain"</a>
        <div id="menu" phx-click-away="close" phx-window-keyup="released" phx-key="Escape"
            phx-window-focus="back" phx-window-blur="gone">"menu"</div>
        <div id="keys" phx-window-keydown="pressed">"keys"</div>
        <p id="appearing" phx-mounted={Js::new().push("appeared")}>"there"</p>
        <ul id="rows" phx-viewport-top="before" phx-viewport-bottom="after"><li id="r1">"1"</li><li id="r2">"2"</li></ul>
        <button type="button" id="js-gate" phx-click={Js::new().push("bye").navigate("/gate/open")}>"go"</button>
    }
}

fn inputs() -> Html {
    html! {
        <input id="search" name="q" value="text" phx-keydown="typed" phx-focus="in" phx-blur="out">
        <input id="flag" type="checkbox" phx-click="flag" phx-value-id="7">
        <input id="set" type="checkbox" checked phx-click="flag">
        <ol><li id="item" phx-click="item" value="3">"three"</li></ol>
    }
}

fn forms(name: &str, triggered: bool) -> Html {
    html! {
        <form id="signup" phx-change="validate" phx-submit="save" phx-value-extra="E">
            <input type="hidden" name="user[id]" value="9">
            <input name="user[name]" value={name}>
            <input name="user[nick]" maxlength="5">
            <input type="number" name="user[age]">
            <input name="user[old]" value="x" disabled>
            <input name="user[fixed]" value="x" readonly>
            <input type="hidden" name="user[admin]" value="false">
            <input type="checkbox" name="user[admin]" value="true">
            <input type="checkbox" name="user[tags][]" value="a" checked>
            <input type="checkbox" name="user[tags][]" value="b">
            <input type="radio" name="user[size]" value="s">
            <input type="radio" name="user[size]" value="m" checked>
            <select name="user[color]"><option value="red">"Red"</option><option>"blue"</option></select>
            <select name="user[langs][]" multiple><option>"de"</option><option>"en"</option></select>
            <textarea name="user[about]">"me"</textarea>
            <input name="user[single]" phx-change="single">
            <input type="file" name="user[photo]">
            <button name="action" value="save">"Save"</button>
            <button id="delete" name="action" value="delete">"Delete"</button>
            <button id="locked" name="action" value="locked" disabled>"Locked"</button>
        </form>
        <form id="ordinary" action="/submit?from=desk" method="post">
            <input name="a" value="1"><input name="b"><button name="go" value="1">"Go"</button>
        </form>
        <form id="search-form" action="/desk"><input name="page" value="7"></form>
        <form id="triggering" phx-submit="trigger" action="/submit" method="post"
            phx-trigger-action={triggered.then_some("")}>
            <input name="secret" value="s"><button name="as" value="user">"Log in"</button>
        </form>
    }
}

/// Is mounted, or not.
pub(crate) struct Gate {
    how: String,
    said: Arc<Mutex<Vec<String>>>,
}

impl LiveView for Gate {
    type Event = Told;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let how = cx.params().get("how").unwrap_or_default().to_owned();
        match how.as_str() {
            "redirect" => {
                cx.put_flash("error", "not here");
                return Err(MountError::redirect("/plain"));
            }
            "navigate" => return Err(MountError::navigate("/gate/open")),
            "missing" => return Err(MountError::not_found()),
            "broken" => panic!("the gate is broken"),
            "halfway" if cx.connected() => panic!("halfway broken"),
            "turned" if cx.connected() => return Err(MountError::redirect("/plain")),
            "lost" if cx.connected() => return Err(MountError::not_found()),
            _ => {}
        }
        Ok(Gate { how, said: Arc::default() })
    }

    async fn handle_event(&mut self, Told(event): Told, _cx: &mut View<'_>) -> Outcome {
        self.said.lock().unwrap().push(event.name);
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <h1>"The gate is " {&self.how}</h1> }
    }

    fn options() -> ViewOptions {
        ViewOptions::default().tag("section").attribute("class", "gate")
    }
}

/// Shows who visits it.
pub(crate) struct Visitor {
    user: Option<String>,
    zone: Option<String>,
}

impl LiveView for Visitor {
    type Event = Told;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Visitor { user: cx.session("user"), zone: cx.connect_param("zone") })
    }

    async fn handle_event(&mut self, _: Told, _cx: &mut View<'_>) -> Outcome {
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        html! { <p>{self.user.as_deref().unwrap_or("nobody")} " in " {self.zone.as_deref().unwrap_or("nowhere")}</p> }
    }
}

/// A view with views inside.
pub(crate) struct Family {
    members: Vec<String>,
    born: u32,
}

impl LiveView for Family {
    type Event = Told;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        cx.subscribe("families");
        cx.endpoint().broadcast("mounts", "family", &json!({})).unwrap();
        Ok(Family { members: vec!["ann".into()], born: 0 })
    }

    async fn handle_event(&mut self, Told(event): Told, _cx: &mut View<'_>) -> Outcome {
        match event.name.as_str() {
            "add" => self.members.push("bob".into()),
            "broken" => self.members.push("broken".into()),
            "remove" => drop(self.members.remove(0)),
            "crash" => panic!("the family is broken"),
            _ => self.born += 1,
        }
        Outcome::Render
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut View<'_>) -> Outcome {
        self.members.push(broadcast.event().to_owned());
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <p id="born">{self.born}</p>
            <button type="button" phx-click="add">"add"</button>
            <button type="button" phx-click="remove">"remove"</button>
            <button type="button" phx-click="broken">"broken"</button>
            <button type="button" phx-click="other">"other"</button>
            for name in &self.members, key = name {
                <section>{nested::<Member>(name.as_str()).given("name", name)}</section>
            }
        }
    }
}

/// A view inside another.
pub(crate) struct Member {
    name: String,
    count: u32,
}

impl LiveView for Member {
    type Event = Told;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let name: String = cx.session("name").unwrap_or_default();
        assert_ne!(name, "broken", "this one cannot be mounted");
        cx.endpoint().broadcast("mounts", "member", &json!({})).unwrap();
        Ok(Member { name, count: 0 })
    }

    async fn handle_event(&mut self, Told(event): Told, cx: &mut View<'_>) -> Outcome {
        match event.name.as_str() {
            "crash" => panic!("a member is broken"),
            "title" => cx.set_title("A member"),
            _ => self.count += 1,
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <span class="name">{&self.name} " " {self.count}</span>
            <button type="button" phx-click="inc">{&self.name} " +"</button>
            <button type="button" phx-click="crash">{&self.name} " crash"</button>
        }
    }
}
