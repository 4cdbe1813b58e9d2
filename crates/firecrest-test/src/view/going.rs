//! A page under test: going to other addresses (T30–T34).

use super::address::{Where, full, resolve};
use super::failure::{Failure, Place, Trouble};
use super::joining::Extra;
use super::redirect::{Redirect, RedirectKind};
use super::tab::{Tab, View};
use super::{NoPage, TestPage};

impl TestPage {
    /// Goes to another address of the main view, as a patch link does (T30).
    ///
    /// # Panics
    /// When the page has no main view, or it crashes: when no route leads there, say.
    #[track_caller]
    pub fn patch(&mut self, path: &str) -> impl Future<Output = ()> {
        let place = Place::here();
        async move {
            let tab = self.tab();
            let patched = match tab.push_patch(path, false).await {
                Ok(()) => tab.answered().await,
                failed => failed,
            };
            place.check(patched);
        }
    }

    /// Goes to another view, as a navigate link does: over the open socket, or with a page load when the path leads out of
    /// the live session (T34).
    ///
    /// # Errors
    /// When there is no page; this one is left nevertheless.
    ///
    /// # Panics
    /// As [`TestBrowser::open`](super::TestBrowser::open).
    #[track_caller]
    pub fn navigate(&mut self, path: &str) -> impl Future<Output = Result<(), NoPage>> {
        let place = Place::here();
        async move {
            let tab = self.tab();
            let redirect = Redirect::to(RedirectKind::Navigate, path, &tab.browser);
            place.sort(tab.follow(redirect).await)
        }
    }

    /// Expects that the address has been patched to this, by the server or by a link, within 100 ms (T31). Patches are
    /// expected one after another.
    ///
    /// # Panics
    /// When it was patched to another, or not at all.
    #[track_caller]
    pub fn expect_patch(&mut self, path: &str) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab().take_patch_to(path).await) }
    }

    /// Checks that the address has not been patched since the last patch that was expected (T31).
    ///
    /// # Panics
    /// When it has.
    #[track_caller]
    pub fn refute_patch(&mut self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move {
            let tab = self.tab();
            let calm = tab.calm().await;
            place.check(calm.and_then(|()| match tab.news.patches.front() {
                Some(to) => Err(Failure::new(format!("expected no patch, but the address became {to:?}"))),
                None => Ok(()),
            }));
        }
    }

    /// Expects that the page goes elsewhere, to this address, within 100 ms (T32). It returns how, and the flash that goes
    /// along; [`follow_redirect`](Self::follow_redirect) then goes there.
    ///
    /// # Panics
    /// When it goes to another address, or stays.
    #[track_caller]
    pub fn expect_redirect(&mut self, to: &str) -> impl Future<Output = Redirect> {
        let place = Place::here();
        async move { place.check(self.tab().wait_for_redirect(to).await) }
    }

    /// Checks that the page has not gone elsewhere (T32).
    ///
    /// # Panics
    /// When it has.
    #[track_caller]
    pub fn refute_redirect(&mut self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move {
            let tab = self.tab();
            let calm = tab.calm().await;
            place.check(calm.and_then(|()| match &tab.news.gone {
                Some(gone) => {
                    let to = gone.address();
                    Err(Failure::new(format!("expected the page to stay, but it has gone to {to:?}")))
                }
                None => Ok(()),
            }));
        }
    }

    /// Goes where the page has been sent: by its view, a link, or an answer. The next page is this one then, live or not
    /// (T33).
    ///
    /// # Errors
    /// When there is no page there.
    ///
    /// # Panics
    /// When the page has not gone elsewhere, and as [`TestBrowser::open`](super::TestBrowser::open).
    #[track_caller]
    pub fn follow_redirect(&mut self) -> impl Future<Output = Result<(), NoPage>> {
        let place = Place::here();
        async move {
            let tab = self.tab();
            let followed = match tab.catch_up().map(|()| tab.news.gone.clone()) {
                Ok(Some(redirect)) => tab.follow(redirect).await,
                Ok(None) => Err(Failure::new("the page has not gone elsewhere").into()),
                Err(failure) => Err(failure.into()),
            };
            place.sort(followed)
        }
    }
}

impl Tab {
    async fn take_patch_to(&mut self, path: &str) -> Result<(), Failure> {
        let to = self.until(self.wait, |tab| tab.news.patches.pop_front()).await?;
        match to {
            Some(to) if to == path => Ok(()),
            Some(to) => {
                let others: String =
                    self.news.patches.iter().map(|other| format!(", then {other:?}")).collect();
                Err(Failure::new(format!("expected a patch to {path:?}, but it was to {to:?}{others}")))
            }
            None => {
                let address = &self.address;
                Err(Failure::new(format!(
                    "expected a patch to {path:?}, but the page is still at {address:?}"
                )))
            }
        }
    }

    async fn wait_for_redirect(&mut self, to: &str) -> Result<Redirect, Failure> {
        let gone = self.until(self.wait, |tab| tab.news.gone.clone()).await?;
        match gone {
            Some(gone) if gone.address() == to => Ok(gone),
            Some(gone) => {
                let other = gone.address();
                Err(Failure::new(format!("expected the page to go to {to:?}, but it has gone to {other:?}")))
            }
            None => {
                let address = &self.address;
                Err(Failure::new(format!(
                    "expected the page to go to {to:?}, but it is still at {address:?}"
                )))
            }
        }
    }

    /// Goes where it is sent, over the socket if the page can.
    async fn follow(&mut self, redirect: Redirect) -> Result<(), Trouble> {
        let left = match (redirect.kind, self.main()) {
            (RedirectKind::Navigate, Some(main)) if self.client.is_some() => {
                self.go_over_socket(main, &redirect).await
            }
            _ => self.load(&redirect).await,
        };
        if let Err(Trouble::NoPage(NoPage::Redirect(next))) = &left {
            self.news.gone = Some((**next).clone());
        }
        left
    }

    async fn load(&mut self, redirect: &Redirect) -> Result<(), Trouble> {
        let page = redirect.load(&self.address).await?;
        *self = page.into_tab();
        Ok(())
    }

    /// Joins the next view in the place of the main one (spec §4.5); when that is not allowed, loads the page.
    async fn go_over_socket(&mut self, main: usize, redirect: &Redirect) -> Result<(), Trouble> {
        let Where::Here(to) = resolve(&self.address, redirect.address()) else {
            return Err(NoPage::Elsewhere(redirect.address().to_owned()).into());
        };
        let id = self.views[main].id.clone();
        let inside = self.ids_inside(&id);
        self.news.gone = None;
        for id in inside.iter().chain([&id]) {
            self.leave(id).await?;
        }
        let from = std::mem::replace(&mut self.address, to);
        self.views.push(View { redirect: Some(full(&self.address)), ..View::new(&id) });
        self.join(&id, Extra { flash: redirect.token.as_deref(), referer: Some(&from) }).await?;
        self.all_answers().await?;
        let reason = self.news.refused.as_ref().and_then(|(_, answer)| answer.get("reason")?.as_str());
        if matches!(reason, Some("unauthorized" | "stale")) {
            self.news.refused = None;
            return self.load(redirect).await;
        }
        self.no_refusal().await?;
        self.calm().await?;
        self.no_refusal().await
    }
}
