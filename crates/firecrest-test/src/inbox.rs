//! What was heard and no assertion has taken yet.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firecrest::wire::websocket::CloseCode;
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long an assertion waits unless told otherwise (spec §9).
pub(crate) const WAIT: Duration = Duration::from_millis(100);

/// Something heard that a failed assertion can show.
pub(crate) trait Describe {
    fn describe(&self) -> String;
}

/// What was heard, in order.
pub(crate) struct Inbox<T> {
    state: Mutex<State<T>>,
    news: Notify,
}

struct State<T> {
    heard: VecDeque<T>,
    /// Set when nothing more can be heard.
    closed: Option<CloseCode>,
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Inbox { state: Mutex::new(State { heard: VecDeque::new(), closed: None }), news: Notify::new() }
    }
}

impl<T: Describe> Inbox<T> {
    pub(crate) fn hear(&self, heard: T) {
        self.lock().heard.push_back(heard);
        self.news.notify_waiters();
    }

    pub(crate) fn close(&self, code: CloseCode) {
        self.lock().closed = Some(code);
        self.news.notify_waiters();
    }

    pub(crate) fn closed(&self) -> Option<CloseCode> {
        self.lock().closed
    }

    /// Takes the first that there is.
    pub(crate) fn try_next(&self) -> Option<T> {
        self.lock().heard.pop_front()
    }

    /// Takes the first that there is, waiting for it; nothing when nothing more can be heard.
    pub(crate) async fn next(&self) -> Option<T> {
        self.until(|state| state.heard.pop_front().map(Some).or(state.closed.map(|_| None))).await
    }

    /// Takes the first that is `wanted`, waiting for it.
    ///
    /// # Panics
    /// When there is none in time.
    pub(crate) async fn take(&self, wait: Duration, what: &str, wanted: impl Fn(&T) -> bool) -> T {
        let taking = self.until(|state| {
            let found = state.heard.iter().position(&wanted).and_then(|at| state.heard.remove(at));
            found.map(Some).or(state.closed.map(|_| None))
        });
        let taken = timeout(wait, taking).await.ok().flatten();
        taken.unwrap_or_else(|| panic!("expected {what}, but heard {}", self.describe(None)))
    }

    /// Takes the first of its `kind`, which has to be the `wanted` one.
    ///
    /// # Panics
    /// When it is another, or there is none in time.
    pub(crate) async fn expect(
        &self,
        wait: Duration,
        what: &str,
        kind: impl Fn(&T) -> bool,
        wanted: impl Fn(&T) -> bool,
    ) {
        let heard = self.take(wait, what, kind).await;
        assert!(wanted(&heard), "expected {what}, but heard {}", self.describe(Some(&heard)));
    }

    /// Checks that nothing `unwanted` was heard.
    ///
    /// # Panics
    /// When something was.
    pub(crate) fn refute(&self, what: &str, unwanted: impl Fn(&T) -> bool) {
        let heard: Vec<_> =
            self.lock().heard.iter().filter(|heard| unwanted(heard)).map(T::describe).collect();
        assert!(heard.is_empty(), "expected no {what}, but heard {}", heard.join(", "));
    }

    /// Waits until nothing more can be heard.
    ///
    /// # Panics
    /// When that takes too long.
    pub(crate) async fn expect_closed(&self, wait: Duration) -> CloseCode {
        let closed = timeout(wait, self.until(|state| state.closed)).await;
        closed.unwrap_or_else(|_| {
            panic!("expected the connection to be closed, but it is open; heard {}", self.describe(None))
        })
    }

    async fn until<R>(&self, check: impl Fn(&mut State<T>) -> Option<R>) -> R {
        loop {
            // Made before the check, so that nothing is missed between the two.
            let news = self.news.notified();
            if let Some(result) = check(&mut self.lock()) {
                return result;
            }
            news.await;
        }
    }

    /// Everything that was heard, for the message of a failed assertion.
    fn describe(&self, first: Option<&T>) -> String {
        let state = self.lock();
        let heard: Vec<_> = first.into_iter().chain(&state.heard).map(T::describe).collect();
        let heard = if heard.is_empty() { "nothing".to_owned() } else { heard.join(", ") };
        match state.closed {
            Some(code) => format!("{heard}; then the connection was closed with {}", code.as_u16()),
            None => heard,
        }
    }

    /// A failed assertion leaves the state intact, so poison means nothing here.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
