use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Path;
use axum::response::Html as Page;
use axum::routing::get;
use firecrest::channel::{Answer, CallError};
use firecrest::live::{Flow, Hook, LiveMount, NotEmbedded, ViewHandle};
use firecrest::prelude::*;
use firecrest::session::Session;

/// The desks that are open, by number.
#[derive(Clone, Default)]
struct Desks(Arc<Mutex<HashMap<u32, ViewHandle<Ask>>>>);

enum Ask {
    Waiting(Answer<usize>),
}

#[derive(Debug)]
struct Desk {
    number: u32,
    waiting: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeskEvent {
    Come { who: String },
}

impl LiveView for Desk {
    type Event = DeskEvent;
    type Info = Ask;

    async fn mount(cx: &mut Mount<'_, Ask>) -> Result<Self, MountError> {
        let desks: Desks = cx.state()?;
        let number = cx.params().get("number").unwrap_or("1").parse()?;
        if let (Some(handle), Ok(mut open)) = (cx.handle(), desks.0.lock()) {
            open.insert(number, handle);
        }
        Ok(Desk { number, waiting: Vec::new() })
    }

    async fn handle_event(&mut self, event: DeskEvent, _cx: &mut View<'_, Ask>) -> Outcome {
        let DeskEvent::Come { who } = event;
        self.waiting.push(who);
        Outcome::Render
    }

    async fn handle_info(&mut self, ask: Ask, _cx: &mut View<'_, Ask>) -> Outcome {
        let Ask::Waiting(answer) = ask;
        answer.send(self.waiting.len());
        Outcome::NoReply
    }

    fn inspect(&self) -> Option<&dyn std::fmt::Debug> {
        Some(self)
    }

    fn render(&self) -> Html {
        html! { <h1>"Desk " {self.number}</h1> <p>{self.waiting.len()}</p> }
    }
}

struct ReadOnly;

impl MountHook for ReadOnly {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        let hook = Hook::event(|event, cx| {
            cx.push_event("refused", &json!({ "event": event.name }));
            Flow::Halt(Outcome::NoReply)
        });
        cx.attach_hook("read only", hook);
        Ok(())
    }
}

fn pages(endpoint: &Endpoint) -> LiveMount {
    endpoint
        .live("/live")
        .base("/office")
        .state(Desks::default())
        .page::<Desk>("/desks/{number}")
        .session("screens", |pages| {
            pages.host("screens.example.com").on_mount(ReadOnly).page::<Desk>("/desks/{number}")
        })
        .embeds::<Desk>()
        .inspect()
}

async fn waiting(desks: Desks, number: u32) -> Result<String, CallError> {
    let handle = desks.0.lock().ok().and_then(|open| open.get(&number).cloned());
    let waiting = handle.ok_or(CallError::Gone)?.call(Ask::Waiting).await?;
    Ok(waiting.to_string())
}

async fn hall(endpoint: Endpoint, session: Session) -> Result<Page<String>, NotEmbedded> {
    let desk = endpoint.embed::<Desk>(&session).render().await?;
    let page = html! {
        <!DOCTYPE html>
        <html lang="en">
            <head>{desk.head()}<script type="module" src="/office/assets/live.js"></script></head>
            <body><h1>"The hall"</h1>{desk.content()}</body>
        </html>
    };
    Ok(Page(page.to_string()))
}

fn site(endpoint: &Endpoint) -> Router {
    let (here, there) = (endpoint.clone(), endpoint.clone());
    let hall = get(move |session: Session| hall(here.clone(), session));
    let waiting = get(async move |Path(number): Path<u32>| {
        let desks = there.state().unwrap_or_default();
        waiting(desks, number).await.unwrap_or_else(|error| error.to_string())
    });
    let ours = Router::new().route("/hall", hall).route("/waiting/{number}", waiting);
    ours.layer(endpoint.session_layer()).merge(pages(endpoint))
}

async fn list(endpoint: &Endpoint) -> Vec<String> {
    let mut lines = Vec::new();
    for info in endpoint.live_views(100) {
        let insight = endpoint.look_into(info.key).await;
        let state = insight.ok().and_then(|insight| insight.state);
        lines.push(format!("{} {}", info.path.unwrap_or_default(), state.unwrap_or_default()));
    }
    lines
}
