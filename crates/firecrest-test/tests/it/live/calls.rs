//! Questions to views (F079).

use std::time::Duration;

use firecrest::channel::{Answer, CallError, SendError};
use firecrest::live::ViewHandle;
use firecrest::live::shared::SharedHandle;
use firecrest::prelude::*;
use firecrest_test::TestBrowser;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::Instant;

enum Ask {
    Count(Answer<u32>),
    Add(u32),
    /// Keeps the question.
    Wait(Answer<u32>),
    /// Lets the question go.
    Forget(Answer<u32>),
    Crash {
        /// It goes with the view.
        _answer: Answer<u32>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Leave,
}

#[derive(Default)]
struct Count {
    count: u32,
    open: Vec<Answer<u32>>,
}

impl Count {
    fn hear(&mut self, ask: Ask) -> Outcome {
        match ask {
            Ask::Count(answer) => drop(answer.send(self.count)),
            Ask::Add(more) => self.count += more,
            Ask::Wait(answer) => self.open.push(answer),
            Ask::Forget(answer) => drop(answer),
            Ask::Crash { .. } => return Stop::error("was asked to").into(),
        }
        Outcome::Render
    }
}

impl LiveView for Count {
    type Event = Said;
    type Info = Ask;

    async fn mount(cx: &mut Mount<'_, Ask>) -> Result<Self, MountError> {
        if let Some(handle) = cx.handle() {
            cx.state::<Latest<ViewHandle<Ask>>>()?.send_replace(Some(handle));
        }
        Ok(Count::default())
    }

    async fn handle_event(&mut self, Said::Leave: Said, cx: &mut View<'_, Ask>) -> Outcome {
        cx.redirect("/elsewhere");
        Outcome::Render
    }

    async fn handle_info(&mut self, ask: Ask, _cx: &mut View<'_, Ask>) -> Outcome {
        self.hear(ask)
    }

    fn render(&self) -> Html {
        html! { <p>{self.count}</p> }
    }
}

#[derive(Default)]
struct SharedCount(Count);

impl SharedView for SharedCount {
    type Event = NoEvents;
    type Info = Ask;

    async fn start(cx: &mut Start<'_, Ask>) -> Result<Self, MountError> {
        cx.state::<Latest<SharedHandle<Ask>>>()?.send_replace(Some(cx.handle()));
        Ok(SharedCount::default())
    }

    async fn handle_info(&mut self, ask: Ask, _cx: &mut Shared<'_, Ask>) -> Outcome {
        self.0.hear(ask)
    }

    fn render(&self) -> Html {
        html! { <p>{self.0.count}</p> }
    }

    fn options() -> SharedOptions {
        SharedOptions::default().linger(Duration::from_secs(1))
    }
}

fn crash(answer: Answer<u32>) -> Ask {
    Ask::Crash { _answer: answer }
}

/// The handle of the view that was mounted last.
type Latest<H> = watch::Sender<Option<H>>;

/// A browser, and where the handles of the views arrive.
fn browser() -> (TestBrowser, Latest<ViewHandle<Ask>>, Latest<SharedHandle<Ask>>) {
    let (own, shared) = (watch::Sender::new(None), watch::Sender::new(None));
    let endpoint = super::fixture::endpoint();
    let pages = endpoint.live("/live").state(own.clone()).state(shared.clone());
    let pages = pages.page::<Count>("/own").shared::<SharedCount>("/shared");
    (TestBrowser::new(&endpoint, pages), own, shared)
}

#[tokio::test(start_paused = true)]
async fn f079_a_view_is_told_and_asked_by_its_handle() {
    let (browser, own, _) = browser();
    let mut page = browser.open("/own").await.unwrap();
    let handle = own.borrow().clone().unwrap();
    handle.send(Ask::Add(2)).unwrap();
    assert_eq!(handle.call(Ask::Count).await, Ok(2), "in the order of the infos");
    assert_eq!(handle.call(Ask::Forget).await, Err(CallError::Dropped));

    let begun = Instant::now();
    assert_eq!(handle.call(Ask::Wait).await, Err(CallError::TimedOut));
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
    let begun = Instant::now();
    assert_eq!(handle.call_within(Duration::from_secs(60), Ask::Wait).await, Err(CallError::TimedOut));
    assert_eq!(begun.elapsed(), Duration::from_secs(60));
    page.settle().await;
    assert_eq!(page.text("p"), "2");
}

#[tokio::test(start_paused = true)]
async fn f079_a_view_that_is_gone_does_not_let_wait() {
    let (browser, own, _) = browser();
    let mut page = browser.open("/own").await.unwrap();
    let handle = own.borrow().clone().unwrap();
    let begun = Instant::now();
    let waiting = tokio::spawn({
        let handle = handle.clone();
        async move { handle.call(Ask::Wait).await }
    });
    page.settle().await;
    page.allow_crash();
    assert_eq!(handle.call(crash).await, Err(CallError::Dropped));
    assert_eq!(waiting.await.unwrap(), Err(CallError::Dropped), "what it had kept is gone with it");
    page.expect_crash().await;
    assert_eq!(handle.call(Ask::Count).await, Err(CallError::Gone));
    assert!(begun.elapsed() < Duration::from_secs(1));

    page.rejoin().await;
    let handle = own.borrow().clone().unwrap();
    page.event("leave", ()).await;
    page.expect_redirect("/elsewhere").await;
    assert_eq!(handle.call(Ask::Count).await, Err(CallError::Gone));
}

#[tokio::test(start_paused = true)]
async fn f079_a_shared_view_is_asked_too() {
    let (browser, _, shared) = browser();
    let page = browser.open("/shared").await.unwrap();
    let handle = shared.borrow().clone().unwrap();
    handle.send(Ask::Add(3)).unwrap();
    assert_eq!(handle.call(Ask::Count).await, Ok(3));
    assert_eq!(handle.call(Ask::Forget).await, Err(CallError::Dropped));
    assert_eq!(handle.call(Ask::Wait).await, Err(CallError::TimedOut));
    assert_eq!(handle.call(crash).await, Err(CallError::Dropped));
    assert_eq!(handle.call(Ask::Count).await, Ok(0), "the next state answers: the handle is the view's");
    drop(page);
    firecrest_test::advance(Duration::from_secs(2)).await;
    assert_eq!(handle.call(Ask::Count).await, Err(CallError::Gone), "nobody looks any more");
    assert_eq!(handle.send(Ask::Add(1)), Err(SendError::Closed));
}
