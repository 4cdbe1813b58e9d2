//! A page under test: what the visitor does without an element.

use serde::Serialize;
use serde_json::{Value, json};

use super::TestPage;
use super::failure::{Failure, Place};
use super::tab::{About, Tab};
use crate::params::payload;

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
                Ok(main) => tab.tell(main, "js", name, &value).await,
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
}

impl Tab {
    /// Sends a view an event of a script, and returns its reply.
    pub(super) async fn tell(
        &mut self,
        at: usize,
        kind: &str,
        name: &str,
        value: &Value,
    ) -> Result<Option<Value>, Failure> {
        self.catch_up()?;
        self.speaking(at)?;
        self.news.reply = None;
        let message = json!({ "type": kind, "event": name, "value": value });
        self.send(at, "event", &message, About::Event(name.to_owned())).await?;
        self.answered().await?;
        Ok(self.news.reply.clone())
    }
}
