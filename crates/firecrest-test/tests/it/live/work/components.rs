//! Work of components, and streams that are loaded.

use std::time::Duration;

use firecrest::live::Panic;
use firecrest::prelude::*;
use firecrest_test::{TestPage, settle};
use serde::Deserialize;
use tokio::time::sleep;

use super::{Task, Tasks, browser, task};

/// Cards that work by themselves.
pub(super) struct Board {
    cards: Vec<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BoardEvent {
    Cards { cards: Vec<u32> },
}

impl LiveView for Board {
    type Event = BoardEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Board { cards: vec![1, 2] })
    }

    async fn handle_event(&mut self, BoardEvent::Cards { cards }: BoardEvent, _cx: &mut View<'_>) -> Outcome {
        self.cards = cards;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { for card in &self.cards, key = card { {live_component::<Card>(card, *card)} } }
    }
}

struct Card {
    heard: Vec<String>,
    list: Async<Stream<String>>,
    tasks: Tasks,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum CardEvent {
    Start { task: Task },
    Cancel,
    Reload,
}

impl Card {
    async fn list(number: u32) -> Result<Stream<String>, String> {
        sleep(Duration::from_secs(1)).await;
        let mut stream = Stream::new(String::clone);
        stream.extend(["a", "b"].map(|row| format!("{row}-{number}")));
        if number == 99 { Err("no such card".to_owned()) } else { Ok(stream) }
    }
}

impl LiveComponent for Card {
    type Props = u32;
    type Event = CardEvent;
    type Info = String;

    async fn mount(number: &u32, cx: &mut ComponentCx<'_, Self>) -> Result<Self, MountError> {
        let tasks = cx.get().cloned().unwrap_or_default();
        Ok(Card { heard: Vec::new(), list: cx.load(Card::list(*number)), tasks })
    }

    async fn update_many(
        updates: Updates<'_, Self>,
        cx: &mut ComponentCx<'_, Self>,
    ) -> Result<(), MountError> {
        if updates.iter().any(|update| *update.props() == 0) {
            cx.start("nobody's", async { String::new() });
        }
        updates.each(cx).await
    }

    async fn handle_event(&mut self, event: CardEvent, cx: &mut ComponentCx<'_, Self>) -> Outcome {
        match event {
            CardEvent::Start { task } => cx.start("it", task.run(self.tasks.begin())),
            CardEvent::Cancel => return Reply::ok(json!({ "was": cx.cancel_work("it") })).into(),
            CardEvent::Reload => cx.reload(&mut self.list, Card::list(99)),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, info: String, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.heard.push(info);
        Outcome::Render
    }

    async fn handle_crash(&mut self, name: &str, _panic: &Panic, _cx: &mut ComponentCx<'_, Self>) -> Outcome {
        self.heard.push(format!("crash of {name}"));
        Outcome::Render
    }

    fn render(&self, cx: &Rendering<'_, Self>) -> Html {
        html! {
            <section id={format!("card-{}", cx.props())}>
                <p>{self.heard.join(" ")}</p>
                if self.list.is_loading() { <i>"…"</i> }
                if let Some(list) = self.list.value() {
                    <ul id={format!("list-{}", cx.props())} phx-update="stream">
                        stream (id, row) in list { <li id={id}>{row}</li> }
                    </ul>
                }
                if let Some(error) = self.list.error() { <b>{error}</b> }
            </section>
        }
    }
}

async fn board() -> (TestPage, Tasks) {
    let (browser, tasks) = browser();
    (browser.open("/board").await.unwrap(), tasks)
}

#[firecrest::test]
async fn f082_streams_are_loaded_in_the_background_in_a_loop() {
    let (mut page, _) = board().await;
    assert_eq!((page.count("section i"), page.count("li")), (2, 0));
    page.work_done().await;
    assert_eq!(page.count("section i"), 0);
    assert_eq!(page.texts("li"), ["a-1", "b-1", "a-2", "b-2"]);
}

#[firecrest::test]
async fn f081_f134_a_component_loads_a_value_and_only_it_changes() {
    let (mut page, _) = board().await;
    page.work_done().await;
    page.element("#card-2", None).component_event("reload", ()).await;
    assert_eq!((page.count("section i"), page.texts("li").len()), (1, 4), "what was there stays");
    page.work_done().await;
    assert_eq!((page.text("#card-2 b"), page.has("#card-1 b", None)), ("no such card".to_owned(), false));
}

#[firecrest::test]
async fn f080_f134_work_of_a_component_is_its_own() {
    let (mut page, tasks) = board().await;
    page.work_done().await;
    for (card, says) in [(1, "one"), (2, "two")] {
        let task = json!({ "task": task(1, says) });
        page.element(&format!("#card-{card}"), None).component_event("start", task).await;
    }
    page.work_done().await;
    assert_eq!((page.text("#card-1 p"), page.text("#card-2 p")), ("one".to_owned(), "two".to_owned()));
    page.element("#card-2", None).component_event("start", json!({ "task": task(1, "!") })).await;
    page.work_done().await;
    assert_eq!(page.text("#card-2 p"), "two crash of it");
    page.element("#card-1", None).component_event("start", json!({ "task": task(9, "never") })).await;
    let cancelled = page.element("#card-2", None).component_event("cancel", ()).await;
    assert_eq!((cancelled, tasks.left()), (Some(json!({ "was": false })), 1));
    page.event("cards", json!({ "cards": [2] })).await;
    settle().await;
    assert_eq!(tasks.left(), 0, "it ends with the component");
}

#[firecrest::test]
async fn f080_work_that_would_be_nobodys_crashes_the_view() {
    let (mut page, _) = board().await;
    page.work_done().await;
    page.allow_crash();
    page.event("cards", json!({ "cards": [0] })).await;
    let crash = page.expect_crash().await;
    assert!(crash.contains("is for many: work"), "{crash}");
}
