//! A view and one inside it that panic when and where they are told to (E010–E016). The query says where:
//!
//! * `page=panic`: in the mount for the page; `socket=panic`: in that for the socket;
//! * `nested`: there is a nested view; `nested=3`: whose mount for the socket panics three times;
//! * `nested=tied`: whose crash takes the outer view along.
//!
//! Both show the number of their mount.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use firecrest::live::ViewHandle;
use firecrest::prelude::*;
use serde::Deserialize;

use crate::serial;

/// The outer views by the number of their mount, and how often the views inside are still to panic.
static OUTER: LazyLock<Mutex<HashMap<u64, Outer>>> = LazyLock::new(Mutex::default);

struct Outer {
    panics: u64,
    /// Where a tied view says that it has crashed.
    tie: Option<ViewHandle<Crashed>>,
}

fn outer() -> MutexGuard<'static, HashMap<u64, Outer>> {
    OUTER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a view inside this one is to panic; that is one time less then.
fn takes_panic(number: u64) -> bool {
    let mut outer = outer();
    let Some(left) = outer.get_mut(&number).map(|outer| &mut outer.panics) else { return false };
    let takes = *left > 0;
    *left = left.saturating_sub(1);
    takes
}

pub(crate) struct Main {
    number: u64,
    has_nested: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    Crash,
}

/// A tied view has crashed.
pub(crate) struct Crashed;

impl LiveView for Main {
    type Event = Event;
    type Info = Crashed;

    async fn mount(cx: &mut Mount<'_, Crashed>) -> Result<Self, MountError> {
        let (connected, number) = (cx.connected(), serial::next());
        let when = if connected { "socket" } else { "page" };
        assert!(cx.params().get(when) != Some("panic"), "as asked");
        let nested = cx.params().get("nested").map(str::to_owned);
        if connected && let Some(nested) = &nested {
            let tie = if nested == "tied" { cx.handle() } else { None };
            outer().insert(number, Outer { panics: nested.parse().unwrap_or(0), tie });
        }
        Ok(Main { number, has_nested: nested.is_some() })
    }

    async fn handle_event(&mut self, Event::Crash: Event, _cx: &mut View<'_, Crashed>) -> Outcome {
        panic!("as asked");
    }

    async fn handle_info(&mut self, Crashed: Crashed, _cx: &mut View<'_, Crashed>) -> Outcome {
        panic!("the nested view has crashed");
    }

    fn render(&self) -> Html {
        html! {
            <output id="outer">{self.number}</output>
            <button phx-click="crash">"Crash the outer view"</button>
            if self.has_nested {
                {nested::<Inside>("inside").given("outer", &self.number)}
            }
        }
    }
}

pub(crate) struct Inside {
    number: u64,
    outer: u64,
    connected: bool,
}

impl LiveView for Inside {
    type Event = Event;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let outer = cx.session("outer").unwrap_or_default();
        let connected = cx.connected();
        assert!(!connected || !takes_panic(outer), "as asked");
        Ok(Inside { number: serial::next(), outer, connected })
    }

    async fn handle_event(&mut self, Event::Crash: Event, _cx: &mut View<'_>) -> Outcome {
        panic!("as asked");
    }

    async fn terminate(&mut self, reason: &Reason) {
        let tie = outer().get(&self.outer).and_then(|outer| outer.tie.clone());
        if let Some(tie) = tie.filter(|_| reason.is_crash()) {
            // An outer view that has ended has nothing to be taken along.
            let _ = tie.send(Crashed);
        }
    }

    fn render(&self) -> Html {
        html! {
            <output id="inner">{self.number}</output>
            if self.connected {
                <p id="joined">"Joined"</p>
            }
            <button phx-click="crash">"Crash the nested view"</button>
        }
    }
}
