//! Being sent elsewhere (T32, T33).

use firecrest::live::Flash;
use http::StatusCode;
use serde_json::Value;

use super::address::{Where, resolve};
use super::failure::Place;
use super::{NoPage, TestBrowser, TestPage};

/// How a visitor is sent elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectKind {
    /// By the answer to an HTTP request.
    Http(StatusCode),
    /// With a page load: `redirect`, an ordinary link.
    Load,
    /// To another view, over the open socket where that is possible.
    Navigate,
}

/// Where the visitor is sent, and what goes along.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// As the server has written it.
    pub(super) to: String,
    pub(super) kind: RedirectKind,
    pub(super) flash: Flash,
    /// The flash, as the client passes it on.
    pub(super) token: Option<String>,
    pub(super) browser: TestBrowser,
}

impl Redirect {
    /// What the body of a `redirect` or `live_redirect` says.
    pub(super) fn of(kind: RedirectKind, body: &Value, browser: &TestBrowser) -> Self {
        let token = body.get("flash").and_then(Value::as_str).map(str::to_owned);
        let flash =
            token.as_deref().and_then(|token| firecrest::testing::live::flash(browser.endpoint(), token));
        let to = body.get("to").and_then(Value::as_str).unwrap_or_default().to_owned();
        Redirect { to, kind, flash: flash.unwrap_or_default(), token, browser: browser.clone() }
    }

    /// A link, or something like it.
    pub(super) fn to(kind: RedirectKind, to: &str, browser: &TestBrowser) -> Self {
        Redirect { to: to.to_owned(), kind, flash: Flash::default(), token: None, browser: browser.clone() }
    }

    /// Where to: a path, or the full address of another host.
    pub fn address(&self) -> &str {
        &self.to
    }

    /// How.
    pub fn kind(&self) -> RedirectKind {
        self.kind
    }

    /// The messages that go along (F104).
    pub fn flash(&self) -> &Flash {
        &self.flash
    }

    /// Loads the page.
    ///
    /// # Errors
    /// When there is none: another redirect, an error, or another host.
    #[track_caller]
    pub fn follow(self) -> impl Future<Output = Result<TestPage, NoPage>> {
        let place = Place::here();
        async move { place.sort(self.load("/").await) }
    }

    /// Loads the page, from this address.
    pub(super) async fn load(&self, from: &str) -> Result<TestPage, super::failure::Trouble> {
        match resolve(from, &self.to) {
            Where::Here(address) => {
                if let Some(token) = &self.token {
                    self.browser.set_cookie("__phoenix_flash__", token);
                }
                self.browser.load(&address).await
            }
            Where::Elsewhere(url) => Err(NoPage::Elsewhere(url).into()),
        }
    }
}
