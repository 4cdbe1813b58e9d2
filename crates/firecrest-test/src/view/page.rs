//! A page under test: what it shows.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use firecrest::Endpoint;

use super::dom::{Query, has_attr, is_sticky, text};
use super::element::TestElement;
use super::failure::{Failure, Place, check};
use super::form_handle::TestForm;
use super::tab::{State, Tab};
use super::{NoPage, TestBrowser, snapshot};

/// A page in a visitor's browser, without the browser: the real HTML of the first request, and live views that are joined
/// over the real socket.
///
/// Everything that the visitor does returns when the server has answered and nothing more happens by itself. What is read
/// is as the server has sent it so far; after a broadcast, or [`advance`](crate::advance), too.
///
/// An illegal diff, a page that is wrong by itself ([`Checks`](super::Checks)) and a crash fail the test, a crash at the latest
/// when the page is dropped.
pub struct TestPage {
    tab: Mutex<Tab>,
}

impl TestPage {
    pub(super) fn new(tab: Tab) -> Self {
        TestPage { tab: Mutex::new(tab) }
    }

    pub(super) fn into_tab(self) -> Tab {
        self.tab.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tab(&mut self) -> &mut Tab {
        self.tab.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the page at a path in a [browser](TestBrowser) of its own (T01).
    ///
    /// # Errors
    /// When there is no page: a redirect, an error.
    ///
    /// # Panics
    /// As [`TestBrowser::open`].
    #[track_caller]
    pub fn open(
        endpoint: &Endpoint,
        router: impl Into<Router>,
        address: &str,
    ) -> impl Future<Output = Result<TestPage, NoPage>> {
        let (place, browser) = (Place::here(), TestBrowser::new(endpoint, router));
        async move { place.sort(browser.load(address).await) }
    }

    /// The browser: to open another page as the same visitor.
    pub fn browser(&self) -> TestBrowser {
        self.look(|tab| Ok(tab.browser.clone()))
    }

    /// Path, query and fragment of the page.
    pub fn address(&self) -> String {
        self.look(|tab| Ok(tab.address.clone()))
    }

    /// The title as it is shown, with what the page puts around the view's (T41).
    pub fn title(&self) -> String {
        self.look(|tab| Ok(tab.document.title().map(text).unwrap_or_default()))
    }

    /// What the main view shows, as HTML; of a page without one what is in the body (T07).
    pub fn html(&self) -> String {
        self.look(|tab| {
            let main = tab.document.views().find(|container| has_attr(*container, "data-phx-main"));
            Ok(main.map_or_else(|| tab.document.body(), |main| main.inner_html()))
        })
    }

    /// The text of the only element that a CSS selector matches, as a visitor reads it: with single spaces.
    ///
    /// # Panics
    /// When it matches no element or several.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        check(self.try_look(|tab| {
            let node = tab.document.one(None, Query { selector, text: None })?;
            Ok(text(tab.document.get(node)))
        }))
    }

    /// The texts of all elements that a CSS selector matches.
    ///
    /// # Panics
    /// When it is no selector.
    #[track_caller]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        check(self.try_look(|tab| {
            let found = tab.document.all(None, Query { selector, text: None })?;
            Ok(found.into_iter().map(text).collect())
        }))
    }

    /// Whether an element is there that a CSS selector matches and whose text contains this, if any (T06).
    ///
    /// # Panics
    /// When it is no selector.
    #[track_caller]
    pub fn has<'a>(&self, selector: &'a str, text: impl Into<Option<&'a str>>) -> bool {
        let text = text.into();
        check(self.try_look(|tab| Ok(!tab.document.all(None, Query { selector, text })?.is_empty())))
    }

    /// How many elements a CSS selector matches.
    ///
    /// # Panics
    /// When it is no selector.
    #[track_caller]
    pub fn count(&self, selector: &str) -> usize {
        check(self.try_look(|tab| Ok(tab.document.all(None, Query { selector, text: None })?.len())))
    }

    /// The only element that a CSS selector matches and whose text contains this, if any (T05). When several contain the
    /// text and one of them is nothing but the text, it is that one.
    ///
    /// # Panics
    /// When there is none, or several; the message shows candidates.
    #[track_caller]
    pub fn element<'a>(&mut self, selector: &'a str, text: impl Into<Option<&'a str>>) -> TestElement<'_> {
        let (tab, text) = (self.tab(), text.into());
        let found = tab.catch_up().and_then(|()| tab.document.one(None, Query { selector, text }));
        let node = check(found);
        TestElement { tab, node }
    }

    /// The only form that a CSS selector matches.
    ///
    /// # Panics
    /// When it matches nothing, several elements, or one that is no form.
    #[track_caller]
    pub fn form(&mut self, selector: &str) -> TestForm<'_> {
        let tab = self.tab();
        let found = tab.catch_up().and_then(|()| tab.document.one(None, Query { selector, text: None }));
        let node = check(found);
        check(TestForm::new(tab, node))
    }

    /// The ids of the nested and sticky views that are joined, in the page's order (T40).
    pub fn children(&self) -> Vec<String> {
        self.look(|tab| {
            let is_nested = |container| has_attr(container, "data-phx-parent-id") || is_sticky(container);
            let nested = tab.document.views().filter(|container| is_nested(*container));
            let ids = nested.filter_map(|container| container.attr("id"));
            let is_joined = |id: &&str| tab.view(id).is_some_and(|at| tab.views[at].state == State::Joined);
            Ok(ids.filter(is_joined).map(str::to_owned).collect())
        })
    }

    /// The container of the view with this id: to look at what is in it, or to send it an event (T40).
    ///
    /// # Panics
    /// When no such view is joined; the message shows those that are.
    #[track_caller]
    pub fn child(&mut self, id: &str) -> TestElement<'_> {
        let children = self.children();
        assert!(
            children.iter().any(|child| child == id),
            "there is no nested view {id:?}, only: {children:?}"
        );
        let tab = self.tab();
        let node =
            check(tab.document.by_id(id).map(|found| found.id()).ok_or_else(|| Failure::new("it is gone")));
        TestElement { tab, node }
    }

    /// Whether the page has a live view.
    pub fn is_live(&self) -> bool {
        self.look(|tab| Ok(!tab.views.is_empty()))
    }

    /// Writes the page into a file, says where, and returns its path (T60).
    ///
    /// # Panics
    /// When the file cannot be written.
    #[track_caller]
    pub fn snapshot(&self) -> std::path::PathBuf {
        check(self.try_look(|tab| snapshot::write(&tab.document.html())))
    }

    /// Sets how long expectations wait; see [`TestBrowser::within`].
    #[must_use]
    pub fn within(mut self, wait: Duration) -> Self {
        self.tab().wait = wait;
        self
    }

    #[track_caller]
    fn look<T>(&self, read: impl FnOnce(&Tab) -> Result<T, Failure>) -> T {
        check(self.try_look(read))
    }

    /// Takes in what has been heard, and reads.
    fn try_look<T>(&self, read: impl FnOnce(&Tab) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut tab = self.tab.lock().unwrap_or_else(PoisonError::into_inner);
        tab.catch_up()?;
        read(&tab)
    }
}

impl std::fmt::Debug for TestPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestPage").finish_non_exhaustive()
    }
}
