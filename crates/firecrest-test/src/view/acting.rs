//! A page under test: what the visitor does without an element.

use std::time::Duration;

use firecrest::testing::live;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::TestPage;
use super::failure::{Failure, Place};
use super::tab::{About, MAX_ROUNDS, Tab};
use crate::params::payload;

/// How long work in the background may take.
const WORK: Duration = Duration::from_secs(30);

impl TestPage {
    /// Sends the main view an event by its name, as a script of the page can, and returns the view's reply, if it has one
    /// (T16). `()` is the empty value.
    ///
    /// # Panics
    /// When the page has no main view, it crashes, or it does not answer.
    #[track_caller]
    pub fn event(&mut self, name: &str, value: impl Serialize) -> impl Future<Output = Option<Value>> {
        let (place, value) = (Place::here(), payload(&value));
        async move {
            let tab = self.tab();
            let main = tab.main().ok_or_else(|| Failure::new("the page has no main view"));
            let told = match main {
                Ok(main) => tab.tell(main, None, "js", name, &value).await,
                Err(failure) => Err(failure),
            };
            place.check(told)
        }
    }

    /// Presses a key, wherever the focus is: for all elements with `phx-window-keydown` (T13). Those with another
    /// `phx-key` do not hear it.
    ///
    /// # Panics
    /// When there is no such element.
    #[track_caller]
    pub fn window_keydown(&mut self, key: &str) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab().key("keydown", None, key).await) }
    }

    /// Releases a key; see [`window_keydown`](Self::window_keydown).
    ///
    /// # Panics
    /// When there is no element with `phx-window-keyup`.
    #[track_caller]
    pub fn window_keyup(&mut self, key: &str) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab().key("keyup", None, key).await) }
    }

    /// The visitor comes back to the window (T14).
    ///
    /// # Panics
    /// When there is no element with `phx-window-focus`.
    #[track_caller]
    pub fn window_focus(&mut self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab().focus("focus", None).await) }
    }

    /// The visitor looks at another window (T14).
    ///
    /// # Panics
    /// When there is no element with `phx-window-blur`.
    #[track_caller]
    pub fn window_blur(&mut self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab().focus("blur", None).await) }
    }

    /// Waits until nothing happens by itself any more. It is only needed when views have appeared without the visitor's
    /// doing: they are joined now.
    #[track_caller]
    pub fn settle(&mut self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab().calm().await) }
    }

    /// Waits until the work that views have started in the background is done, what has come of it is shown, and so is the work that was
    /// started because of it (T42). In virtual time that takes none. It waits for all views of the endpoint.
    ///
    /// # Panics
    /// When there is always more of it, or it takes longer than 30 s.
    #[track_caller]
    pub fn work_done(&mut self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab().work_done().await) }
    }
}

impl Tab {
    async fn work_done(&mut self) -> Result<(), Failure> {
        for _ in 0..MAX_ROUNDS {
            self.calm().await?;
            let endpoint = self.browser.endpoint();
            if !live::is_working(endpoint) {
                return Ok(());
            }
            if timeout(WORK, live::work_done(endpoint)).await.is_err() {
                return Err(Failure::new(format!(
                    "work in the background is not done in {} s",
                    WORK.as_secs()
                )));
            }
        }
        Err(Failure::new("work in the background leads to ever more work"))
    }

    /// Sends a view or a component of it an event of a script, and returns its reply.
    pub(super) async fn tell(
        &mut self,
        at: usize,
        cid: Option<u64>,
        kind: &str,
        name: &str,
        value: &Value,
    ) -> Result<Option<Value>, Failure> {
        self.catch_up()?;
        self.speaking(at)?;
        self.news.reply = None;
        let mut message = json!({ "type": kind, "event": name, "value": value });
        if let Some(cid) = cid {
            message["cid"] = cid.into();
        }
        self.send(at, "event", &message, About::Event(name.to_owned())).await?;
        self.answered().await?;
        Ok(self.news.reply.clone())
    }
}
