//! Streams in components, and components in streams.

use firecrest::prelude::*;
use firecrest_test::TestPage;
use serde::Deserialize;

use super::super::fixture::endpoint;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum LogsEvent {
    Add { id: u32 },
    Remove { id: u32 },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum LogEvent {
    Open,
}

/// A log that only the page keeps, in a component; and components as the rows of another.
struct Logs(Stream<u32>);

impl LiveView for Logs {
    type Event = LogsEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let mut rows = Stream::new(|id: &u32| format!("p{id}"));
        rows.extend([1, 2]);
        Ok(Logs(rows))
    }

    async fn handle_event(&mut self, event: LogsEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            LogsEvent::Add { id } => self.0.append(id),
            LogsEvent::Remove { id } => self.0.delete(&id),
        };
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <section id="rows" phx-update="stream">
                stream (id, _) in &self.0 { {live_component::<Log>(&id, id.to_string())} }
            </section>
        }
    }
}

struct Log(Stream<String>, u32);

impl LiveComponent for Log {
    type Props = String;
    type Event = LogEvent;
    type Info = ();

    async fn mount(_id: &String, _cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        Ok(Log(Stream::new(String::clone), 0))
    }

    async fn handle_event(&mut self, LogEvent::Open: LogEvent, cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.1 += 1;
        let line = format!("{}-line-{}", cx.props(), self.1);
        self.0.append(line);
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        let id = cx.props();
        html! {
            <div id={id}>
                <button phx-click="open" phx-target={cx.myself()}>"Log " {id} " " {self.1}</button>
                <ul id={format!("{id}-lines")} phx-update="stream">
                    stream (id, line) in &self.0 { <li id={id}>{line}</li> }
                </ul>
            </div>
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f058_f134_streams_in_components_and_components_in_streams() {
    let endpoint = endpoint();
    let router = endpoint.live("/live").page::<Logs>("/logs").into_router();
    let mut page = TestPage::open(&endpoint, router, "/logs").await.unwrap();
    assert_eq!(page.texts("#rows button"), ["Log p1 0", "Log p2 0"]);
    page.element("#p1 button", None).click().await;
    page.element("#p1 button", None).click().await;
    page.element("#p2 button", None).click().await;
    assert_eq!(page.texts("#p1 li"), ["p1-line-1", "p1-line-2"]);
    page.event("add", json!({ "id": 3 })).await;
    assert_eq!(page.texts("#rows button"), ["Log p1 2", "Log p2 1", "Log p3 0"]);
    page.element("#p3 button", None).click().await;
    page.event("remove", json!({ "id": 2 })).await;
    assert_eq!(page.texts("#rows li"), ["p1-line-1", "p1-line-2", "p3-line-1"]);
    page.element("#p1 button", None).click().await;
    assert_eq!(page.texts("#rows li"), ["p1-line-1", "p1-line-2", "p1-line-3", "p3-line-1"]);
}
