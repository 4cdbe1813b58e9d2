//! Work in the background of views, and waiting for it (F037, F080–F083, T42).

mod components;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use firecrest::live::{MAX_WORK, Panic};
use firecrest::prelude::*;
use firecrest_test::{TestBrowser, TestPage, advance, settle};
use serde::Deserialize;
use tokio::time::sleep;

use super::fixture::endpoint;

/// What takes a time and then says something. It panics for `!`, and fails for what begins with `no`.
#[derive(Clone, Deserialize)]
struct Task {
    #[serde(default)]
    seconds: u64,
    says: String,
}

impl Task {
    async fn run(self, running: Running) -> String {
        let _running = running;
        sleep(Duration::from_secs(self.seconds)).await;
        assert_ne!(self.says, "!", "was told to");
        self.says
    }

    async fn load(self, running: Running) -> Result<String, String> {
        let says = self.run(running).await;
        if says.starts_with("no") { Err(says) } else { Ok(says) }
    }
}

/// How many tasks have begun, and how many are there.
#[derive(Clone, Default)]
struct Tasks(Arc<[AtomicUsize; 2]>);

struct Running(Tasks);

impl Tasks {
    fn begin(&self) -> Running {
        for count in self.0.iter() {
            count.fetch_add(1, Ordering::Relaxed);
        }
        Running(self.clone())
    }

    fn begun(&self) -> usize {
        self.0[0].load(Ordering::Relaxed)
    }

    fn left(&self) -> usize {
        self.0[1].load(Ordering::Relaxed)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0[1].fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Start {
        name: String,
        task: Task,
    },
    Cancel {
        name: String,
    },
    /// Starts what is done before this event is, and then this, if anything.
    Overtake {
        then: Option<Task>,
    },
    /// Starts something while as many messages wait as may.
    Flood,
    Many {
        count: usize,
    },
    Load {
        task: Task,
    },
    Reload {
        task: Task,
    },
    CancelLoad,
    Change,
}

struct Office {
    tasks: Tasks,
    heard: Vec<String>,
    crashes: Vec<String>,
    value: Async<String>,
    /// Whether it starts something again whenever something is done.
    repeats: bool,
}

impl LiveView for Office {
    type Event = Event;
    type Info = String;

    async fn mount(cx: &mut Mount<'_, String>) -> Result<Self, MountError> {
        let tasks: Tasks = cx.get().cloned().unwrap_or_default();
        let task = Task { seconds: 1, says: "first".to_owned() };
        let mounted = tasks.clone();
        cx.start("mount", async move { task.run(mounted.begin()).await });
        let loaded = tasks.clone();
        let value =
            cx.load(async move { Task { seconds: 2, says: "loaded".to_owned() }.load(loaded.begin()).await });
        let repeats = cx.params().get("repeats").is_some();
        Ok(Office { tasks, heard: Vec::new(), crashes: Vec::new(), value, repeats })
    }

    async fn handle_event(&mut self, event: Event, cx: &mut View<'_, String>) -> Outcome {
        match event {
            Event::Start { name, task } => cx.start(name, task.run(self.tasks.begin())),
            Event::Cancel { name } => return Reply::ok(json!({ "was": cx.cancel_work(&name) })).into(),
            Event::Overtake { then } => {
                cx.start("overtaken", async { "old".to_owned() });
                sleep(Duration::from_secs(1)).await;
                match then {
                    Some(task) => cx.start("overtaken", task.run(self.tasks.begin())),
                    None => return Reply::ok(json!({ "was": cx.cancel_work("overtaken") })).into(),
                }
            }
            Event::Flood => {
                let view = cx.handle().unwrap();
                while view.send("flood".to_owned()).is_ok() {}
                cx.start("late", async { "late".to_owned() });
                sleep(Duration::from_secs(1)).await;
            }
            Event::Many { count } => {
                (0..count).for_each(|number| cx.start(number.to_string(), std::future::pending()));
            }
            Event::Load { task } => self.value = cx.load(task.load(self.tasks.begin())),
            Event::Reload { task } => cx.reload(&mut self.value, task.load(self.tasks.begin())),
            Event::CancelLoad => return Reply::ok(json!({ "was": self.value.cancel() })).into(),
            Event::Change => self.value.value_mut().into_iter().for_each(|value| value.push('!')),
        }
        Outcome::Render
    }

    async fn handle_info(&mut self, info: String, cx: &mut View<'_, String>) -> Outcome {
        if info == "again" || self.repeats {
            cx.start("again", Task { seconds: 3, says: "done".to_owned() }.run(self.tasks.begin()));
        }
        self.heard.push(info);
        self.heard.dedup();
        Outcome::Render
    }

    async fn handle_crash(&mut self, name: &str, panic: &Panic, _cx: &mut View<'_, String>) -> Outcome {
        self.crashes.push(format!("{name} {panic}"));
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            <p id="heard">{self.heard.join(" ")}</p>
            <p id="crashes">{self.crashes.join(" ")}</p>
            <p id="value">
                match self.value.state() {
                    AsyncState::Loading(before) => { "loading " {before} }
                    AsyncState::Ok(value) => { "ok " {value} }
                    AsyncState::Failed(error, before) => { "failed: " {error} ", " {before} }
                }
            </p>
        }
    }
}

fn browser() -> (TestBrowser, Tasks) {
    let (endpoint, tasks) = (endpoint(), Tasks::default());
    let pages = endpoint
        .live("/live")
        .on_mount(Provide(tasks.clone()))
        .page::<Office>("/")
        .page::<components::Board>("/board");
    (TestBrowser::new(&endpoint, pages), tasks)
}

/// Hands a value to views.
struct Provide<T>(T);

impl<T: Clone + Send + Sync + 'static> MountHook for Provide<T> {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(self.0.clone());
        Ok(())
    }
}

/// A page whose first work is done.
async fn open() -> (TestPage, Tasks) {
    let (browser, tasks) = browser();
    let mut page = browser.open("/").await.unwrap();
    page.work_done().await;
    assert_eq!((heard(&page), value(&page)), ("first".to_owned(), "ok loaded".to_owned()));
    (page, tasks)
}

fn heard(page: &TestPage) -> String {
    page.text("#heard")
}

fn value(page: &TestPage) -> String {
    page.text("#value")
}

fn task(seconds: u64, says: &str) -> serde_json::Value {
    json!({ "seconds": seconds, "says": says })
}

async fn start(page: &mut TestPage, name: &str, seconds: u64, says: &str) {
    page.event("start", json!({ "name": name, "task": task(seconds, says) })).await;
}

#[firecrest::test]
async fn f080_what_work_returns_arrives_in_handle_info_when_it_is_done() {
    let (mut page, tasks) = open().await;
    start(&mut page, "a", 2, "two").await;
    start(&mut page, "b", 1, "one").await;
    assert_eq!((heard(&page).as_str(), tasks.left()), ("first", 2));
    advance(Duration::from_secs(1)).await;
    settle().await;
    assert_eq!(heard(&page), "first one");
    advance(Duration::from_secs(1)).await;
    settle().await;
    assert_eq!(heard(&page), "first one two");
}

#[firecrest::test]
async fn f080_what_is_started_again_under_a_name_replaces_what_runs() {
    let (mut page, tasks) = open().await;
    start(&mut page, "a", 9, "old").await;
    start(&mut page, "a", 9, "new").await;
    settle().await;
    assert_eq!(tasks.left(), 1, "the first is ended where it waits");
    page.work_done().await;
    assert_eq!(heard(&page), "first new");
}

#[firecrest::test]
async fn f080_a_result_on_its_way_is_dropped_when_its_work_is_replaced_or_cancelled() {
    let (mut page, _) = open().await;
    page.event("overtake", json!({ "then": task(0, "new") })).await;
    page.work_done().await;
    assert_eq!(heard(&page), "first new");
    assert_eq!(page.event("overtake", json!({})).await, Some(json!({ "was": true })));
    page.work_done().await;
    assert_eq!(heard(&page), "first new");
}

#[firecrest::test]
async fn f080_cancelled_work_ends_where_it_waits() {
    let (mut page, tasks) = open().await;
    start(&mut page, "a", 9, "a").await;
    assert_eq!(page.event("cancel", json!({ "name": "b" })).await, Some(json!({ "was": false })));
    assert_eq!(page.event("cancel", json!({ "name": "a" })).await, Some(json!({ "was": true })));
    settle().await;
    assert_eq!(tasks.left(), 0);
    assert_eq!(page.event("cancel", json!({ "name": "a" })).await, Some(json!({ "was": false })));
    page.work_done().await;
    assert_eq!(heard(&page), "first");
}

#[firecrest::test]
async fn f080_a_panic_arrives_in_handle_crash_and_the_view_goes_on() {
    let (mut page, _) = open().await;
    start(&mut page, "a", 1, "!").await;
    page.work_done().await;
    let crashes = page.text("#crashes");
    assert!(crashes.starts_with("a panicked: ") && crashes.contains("was told to"), "{crashes}");
    start(&mut page, "a", 1, "well").await;
    page.work_done().await;
    assert_eq!(heard(&page), "first well");
}

#[firecrest::test]
async fn f080_work_ends_with_its_view() {
    let (mut page, tasks) = open().await;
    start(&mut page, "a", 100, "a").await;
    page.event("load", json!({ "task": task(100, "b") })).await;
    assert_eq!(tasks.left(), 2);
    drop(page);
    settle().await;
    assert_eq!(tasks.left(), 0);
}

#[firecrest::test]
async fn f080_work_of_mount_waits_for_the_socket_and_begins_once() {
    let (browser, tasks) = browser();
    let pages = browser.clone().socket::<Deaf>();
    assert!(pages.open("/").await.is_err(), "the page was made, and its socket was not let in");
    advance(Duration::from_secs(60)).await;
    assert_eq!(tasks.begun(), 0);
    let page = browser.open("/").await.unwrap();
    assert_eq!((tasks.begun(), heard(&page), value(&page)), (2, String::new(), "loading".to_owned()));
}

/// A socket that lets nobody in.
struct Deaf(LiveConnection);

impl Socket for Deaf {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Err(Refused::new("nobody is let in"))
    }

    fn channels() -> Channels<Self> {
        Channels::new().live()
    }
}

impl LiveHost for Deaf {
    fn live(&self) -> &LiveConnection {
        &self.0
    }
}

#[firecrest::test]
async fn f080_a_result_waits_for_room_in_the_mailbox() {
    let (mut page, _) = open().await;
    page.event("flood", ()).await;
    page.work_done().await;
    assert_eq!(heard(&page), "first flood late");
}

#[firecrest::test]
async fn f080_more_than_a_thousand_works_at_once_crash_the_view() {
    let (mut page, _) = open().await;
    let reached = || firecrest::testing::times_reached("work");
    let before = reached();
    page.event("many", json!({ "count": MAX_WORK })).await;
    page.event("many", json!({ "count": MAX_WORK })).await;
    page.allow_crash();
    start(&mut page, "one more", 0, "").await;
    assert!(page.expect_crash().await.contains("more than 1000 works run in the background"));
    assert!(reached() > before);
}

#[firecrest::test]
async fn f037_f081_a_value_is_loaded_and_loaded_anew() {
    let (mut page, _) = open().await;
    page.event("reload", json!({ "task": task(1, "b") })).await;
    assert_eq!(value(&page), "loading loaded");
    page.work_done().await;
    assert_eq!(value(&page), "ok b");
    page.event("load", json!({ "task": task(1, "c") })).await;
    assert_eq!(value(&page), "loading");
    page.work_done().await;
    assert_eq!(value(&page), "ok c");
    page.event("change", ()).await;
    assert_eq!(value(&page), "ok c!");
}

#[firecrest::test]
async fn f037_f081_a_value_that_cannot_be_loaded_says_why_and_a_panic_does_not() {
    let (mut page, _) = open().await;
    page.event("reload", json!({ "task": task(1, "nobody knows") })).await;
    page.work_done().await;
    assert_eq!(value(&page), "failed: nobody knows, loaded");
    page.event("reload", json!({ "task": task(1, "!") })).await;
    page.work_done().await;
    assert_eq!(value(&page), "failed: something went wrong, loaded");
    assert_eq!(page.text("#crashes"), "");
    page.event("load", json!({ "task": task(1, "no") })).await;
    page.work_done().await;
    assert_eq!(value(&page), "failed: no,");
}

#[firecrest::test]
async fn f081_an_earlier_value_never_overwrites_a_later_one() {
    let (mut page, tasks) = open().await;
    page.event("reload", json!({ "task": task(9, "slow") })).await;
    page.event("reload", json!({ "task": task(1, "fast") })).await;
    settle().await;
    assert_eq!(tasks.left(), 1);
    advance(Duration::from_secs(60)).await;
    assert_eq!(value(&page), "ok fast");
}

#[firecrest::test]
async fn f081_loading_can_be_cancelled() {
    let (mut page, tasks) = open().await;
    page.event("reload", json!({ "task": task(9, "b") })).await;
    assert_eq!(page.event("cancel_load", ()).await, Some(json!({ "was": true })));
    assert_eq!(value(&page), "failed: cancelled, loaded");
    settle().await;
    assert_eq!(tasks.left(), 0);
    assert_eq!(page.event("cancel_load", ()).await, Some(json!({ "was": false })));
}

#[firecrest::test]
async fn t42_what_work_leads_to_is_waited_for_too() {
    let (mut page, _) = open().await;
    start(&mut page, "a", 5, "again").await;
    page.work_done().await;
    assert_eq!(heard(&page), "first again done");
}

#[firecrest::test]
#[should_panic(expected = "work in the background is not done in 30 s")]
async fn t42_work_without_an_end_fails_the_test() {
    let (browser, _) = browser();
    let mut page = browser.open("/?repeats").await.unwrap();
    page.work_done().await;
}
