//! A page under test: what its views push, and crashes (T43, T44, T62).

use serde::Serialize;
use serde_json::Value;

use super::TestPage;
use super::failure::{Failure, Place};
use super::tab::Tab;
use crate::params::payload;

impl TestPage {
    /// Expects the next event for the page's scripts that has this name to have this payload, within 100 ms (T43). Events
    /// with other names stay.
    ///
    /// # Panics
    /// When it has another, or there is none; the message lists all events.
    #[track_caller]
    pub fn expect_event(&mut self, name: &str, with: impl Serialize) -> impl Future<Output = ()> {
        let (place, with) = (Place::here(), payload(&with));
        async move {
            let taken = self.tab().take_event(name, Some(&with)).await;
            place.check(taken);
        }
    }

    /// Waits for the next event for the page's scripts that has this name, and returns its payload (T43).
    ///
    /// # Panics
    /// When there is none within 100 ms.
    #[track_caller]
    pub fn next_event(&mut self, name: &str) -> impl Future<Output = Value> {
        let place = Place::here();
        async move { place.check(self.tab().take_event(name, None).await) }
    }

    /// Checks that there is no event for the page's scripts with this name that no assertion has taken (T43).
    ///
    /// # Panics
    /// When there is one.
    #[track_caller]
    pub fn refute_event(&mut self, name: &str) -> impl Future<Output = ()> {
        let place = Place::here();
        async move {
            let tab = self.tab();
            let calm = tab.calm().await;
            let found = tab.news.events.iter().find(|(other, _)| other == name);
            place.check(calm.and(match found {
                Some((_, with)) => {
                    Err(Failure::new(format!("expected no event {name:?}, but there is one with {with}")))
                }
                None => Ok(()),
            }));
        }
    }

    /// What a view has replied to the last event, if anything (T44).
    pub fn reply(&mut self) -> Option<Value> {
        self.tab().news.reply.clone()
    }

    /// Lets the next crash of a view, or of its join, be no failure (T62): [`expect_crash`](Self::expect_crash) tells why.
    pub fn allow_crash(&mut self) {
        self.tab().news.may_crash = true;
    }

    /// Expects that a view crashes or has crashed, within 100 ms, and returns what is said of it, with the reason if the
    /// server runs on the thread of the test (T62).
    ///
    /// ```no_run
    /// # async fn test(mut page: firecrest_test::TestPage) {
    /// page.allow_crash();
    /// page.element("button", "Divide").click().await;
    /// assert!(page.expect_crash().await.contains("divide by zero"));
    /// # }
    /// ```
    ///
    /// # Panics
    /// When no view does.
    #[track_caller]
    pub fn expect_crash(&mut self) -> impl Future<Output = String> {
        let place = Place::here();
        async move { place.check(self.tab().take_crash().await) }
    }
}

impl Tab {
    /// The payload of the next event of a name, which has to be this one if one is given.
    async fn take_event(&mut self, name: &str, with: Option<&Value>) -> Result<Value, Failure> {
        let wanted = || match with {
            Some(with) => format!("expected the event {name:?} with {with}"),
            None => format!("expected the event {name:?}"),
        };
        let find = |tab: &mut Tab| tab.news.events.iter().position(|(other, _)| other == name);
        let found = self.until(self.wait, find).await?;
        let Some(at) = found else {
            return Err(Failure::new(format!("{}, but there is {}", wanted(), self.all_events())));
        };
        if with.is_some_and(|with| self.news.events[at].1 != *with) {
            return Err(Failure::new(format!("{}, but there is {}", wanted(), self.all_events())));
        }
        Ok(self.news.events.remove(at).map(|(_, with)| with).unwrap_or_default())
    }

    fn all_events(&self) -> String {
        let all: Vec<_> =
            self.news.events.iter().map(|(name, with)| format!("{name:?} with {with}")).collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    }

    async fn take_crash(&mut self) -> Result<String, Failure> {
        self.news.may_crash = true;
        let crash = self.until(self.wait, |tab| tab.news.crash.take()).await;
        self.news.may_crash = false;
        crash?.ok_or_else(|| Failure::new("expected a crash, but all views are well"))
    }
}
