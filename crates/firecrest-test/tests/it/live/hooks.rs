//! Hooks that are attached while a view lives (F077).

use firecrest::live::{Flow, Hook, HookStage};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage};
use serde::Deserialize;

/// A view that says what was said to it, and knows nothing of hooks.
struct Parrot {
    heard: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ParrotEvent {
    Say {
        what: String,
    },
    /// Attaches a hook that is there already.
    Twice,
    /// Attaches more than it may.
    Many,
    /// Goes where it may not go.
    Stray,
}

/// What the view is told by its own timer.
#[derive(Debug)]
struct Tick;

impl LiveView for Parrot {
    type Event = ParrotEvent;
    type Info = Tick;

    async fn mount(_cx: &mut Mount<'_, Tick>) -> Result<Self, MountError> {
        Ok(Parrot { heard: Vec::new() })
    }

    async fn handle_params(&mut self, cx: &mut View<'_, Tick>) -> Outcome {
        self.heard.push(format!("at {}", cx.uri()));
        Outcome::Render
    }

    async fn handle_event(&mut self, event: ParrotEvent, cx: &mut View<'_, Tick>) -> Outcome {
        match event {
            ParrotEvent::Say { what } => {
                cx.send_after(std::time::Duration::from_secs(1), Tick);
                self.heard.push(what);
            }
            ParrotEvent::Twice => cx.attach_hook("censor", Hook::params(|_| Flow::Continue)),
            ParrotEvent::Many => {
                for number in 0..100 {
                    cx.attach_hook(number.to_string(), Hook::params(|_| Flow::Continue));
                }
            }
            ParrotEvent::Stray => cx.attach_hook("stray", Hook::after_render(|cx| cx.push_patch("/?away"))),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, info: Tick, _cx: &mut View<'_, Tick>) -> Outcome {
        self.heard.push(format!("{info:?}"));
        Outcome::Render
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut View<'_, Tick>) -> Outcome {
        self.heard.push(broadcast.event().to_owned());
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { for heard in &self.heard { <li>{heard}</li> } }
    }
}

/// Shared views have no hooks.
struct Crowd;

impl SharedView for Crowd {
    type Event = NoEvents;
    type Info = ();

    async fn start(_cx: &mut Start<'_>) -> Result<Self, MountError> {
        Ok(Crowd)
    }

    fn render(&self) -> Html {
        html! { <p>"many"</p> }
    }
}

/// What the library tells itself.
struct Chime(u32);

/// A library: it knows nothing of the views that it is for.
struct Library;

impl MountHook for Library {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.attach_hook("censor", Hook::params(censor_address));
        cx.attach_hook(
            "censor",
            Hook::event(|event, _| match event.name.as_str() {
                "hush" => Flow::Halt(Reply::ok(json!({ "quiet": true })).into()),
                "enough" => Flow::Halt(Outcome::NoReply),
                _ => Flow::Continue,
            }),
        );
        cx.attach_hook(
            "release",
            Hook::event(|event, cx| {
                if event.name == "release" {
                    assert!(cx.detach_hook(HookStage::Event, "censor"));
                    assert!(!cx.detach_hook(HookStage::Event, "censor"));
                    return Flow::Halt(Outcome::NoReply);
                }
                Flow::Continue
            }),
        );
        cx.subscribe("news");
        cx.attach_hook(
            "news",
            Hook::broadcast(|broadcast, cx| match broadcast.event() {
                "secret" => Flow::Halt(Outcome::NoReply),
                "chime" => {
                    cx.typed::<Chime>().send_after(std::time::Duration::from_secs(1), Chime(3));
                    Flow::Halt(Outcome::NoReply)
                }
                _ => Flow::Continue,
            }),
        );
        cx.attach_hook(
            "chime",
            Hook::info(|Chime(left), cx| {
                cx.push_event("chime", &json!({ "left": left }));
                if *left > 1 {
                    cx.send_after(std::time::Duration::from_secs(1), Chime(left - 1));
                }
                Flow::Halt(Outcome::NoReply)
            }),
        );
        cx.attach_hook("shown", Hook::after_render(|cx| cx.push_event("shown", &json!({ "id": cx.id() }))));
        Ok(())
    }
}

fn censor_address(cx: &mut View<'_>) -> Flow {
    if cx.params().get("secret").is_some() { Flow::Halt(Outcome::Render) } else { Flow::Continue }
}

async fn parrot() -> TestPage {
    let endpoint = super::fixture::endpoint();
    let pages = endpoint.live("/live").on_mount(Library).page::<Parrot>("/");
    TestBrowser::new(&endpoint, pages).open("/").await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn f077_hooks_come_before_the_view_and_may_answer_in_its_place() {
    let mut page = parrot().await;
    assert_eq!(page.event("say", json!({ "what": "hello" })).await, None);
    assert_eq!(page.event("hush", ()).await, Some(json!({ "quiet": true })));
    assert_eq!(page.event("enough", ()).await, None);
    assert_eq!(page.texts("li"), ["at /", "hello"]);
    page.patch("/?secret").await;
    page.patch("/?x=1").await;
    assert_eq!(page.texts("li"), ["at /", "hello", "at /?x=1"]);
}

#[tokio::test(start_paused = true)]
async fn f077_a_detached_hook_is_not_called_any_more() {
    let mut page = parrot().await;
    page.event("release", ()).await;
    page.allow_crash();
    page.event("hush", ()).await;
    assert!(page.expect_crash().await.contains("hush"), "the view is asked, which knows no such event");
}

#[tokio::test(start_paused = true)]
async fn f077_hooks_hear_broadcasts_and_infos_of_their_own() {
    let mut page = parrot().await.within(std::time::Duration::from_secs(10));
    let endpoint = page.browser().endpoint().clone();
    for event in ["secret", "open", "chime"] {
        endpoint.broadcast("news", event, &json!({})).unwrap();
    }
    for left in [3, 2, 1] {
        page.expect_event("chime", json!({ "left": left })).await;
    }
    page.event("say", json!({ "what": "hello" })).await;
    page.next_event("shown").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    page.settle().await;
    assert_eq!(page.texts("li"), ["at /", "open", "hello", "Tick"]);
}

#[tokio::test(start_paused = true)]
async fn f077_a_hook_after_rendering_is_called_once_for_each() {
    let mut page = parrot().await;
    page.next_event("shown").await;
    page.refute_event("shown").await;
    page.event("say", json!({ "what": "hello" })).await;
    page.next_event("shown").await;
    page.event("enough", ()).await;
    page.refute_event("shown").await;
    page.allow_crash();
    page.event("stray", ()).await;
    assert!(page.expect_crash().await.contains("a hook cannot send the page elsewhere"));
}

#[tokio::test(start_paused = true)]
async fn f077_what_cannot_be_attached_is_an_error_and_not_ignored() {
    let mut page = parrot().await;
    page.allow_crash();
    page.event("twice", ()).await;
    assert!(page.expect_crash().await.contains("there is a hook \"censor\" of the stage Params already"));
    page.rejoin().await;
    page.allow_crash();
    page.event("many", ()).await;
    assert!(page.expect_crash().await.contains("more than 100 hooks"));
    let endpoint = super::fixture::endpoint();
    let pages = endpoint.live("/live").on_mount(Library).shared::<Crowd>("/");
    let error = TestBrowser::new(&endpoint, pages).open("/").await.unwrap_err().to_string();
    assert!(error.contains("a shared view has none"), "{error}");
}
