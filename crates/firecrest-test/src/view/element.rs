//! An element of a page under test.

use serde::Serialize;
use serde_json::{Map, Value};

use super::cause::Cause;
use super::dom::{Node, Query, describe, has_attr, text};
use super::failure::{Failure, Place, check};
use super::form::Control;
use super::tab::Tab;
use crate::params::payload;

/// An element of a page, and what a visitor can do with it.
///
/// What a binding asks for happens as in the official client: an event with the values it sends, or all pushes, patches and
/// navigations of a command list. Other commands only change how the page looks, and nothing is seen of them here.
#[must_use = "do something with it"]
pub struct TestElement<'p> {
    pub(super) tab: &'p mut Tab,
    pub(super) node: Node,
}

impl<'p> TestElement<'p> {
    /// The only element inside this one that matches; see [`TestPage::element`](super::TestPage::element).
    ///
    /// # Panics
    /// When there is none, or several.
    #[track_caller]
    pub fn element<'a>(self, selector: &'a str, text: impl Into<Option<&'a str>>) -> TestElement<'p> {
        let query = Query { selector, text: text.into() };
        let node = check(self.tab.document.one(Some(self.node), query));
        TestElement { tab: self.tab, node }
    }

    /// The element of the component that it belongs to (T08): itself, or the innermost one around it.
    ///
    /// # Panics
    /// When it belongs to no component.
    #[track_caller]
    pub fn component(self) -> TestElement<'p> {
        let own = |element| has_attr(element, "data-phx-component");
        let found = self
            .tab
            .component(self.node)
            .and_then(|_| self.tab.document.around(self.node).find(|around| own(*around)));
        let found = found.map(|found| found.id()).ok_or_else(|| {
            Failure::new(format!("it is in no component: {}", describe(self.tab.document.get(self.node))))
        });
        TestElement { node: check(found), tab: self.tab }
    }

    /// Its text, as a visitor reads it.
    pub fn text(&self) -> String {
        text(self.tab.document.get(self.node))
    }

    /// Its HTML.
    pub fn html(&self) -> String {
        self.tab.document.get(self.node).html()
    }

    /// The value of an attribute; empty for one without a value.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.tab.document.get(self.node).attr(name)
    }

    /// Clicks it (T10). Links and buttons do what they do in a browser: a click on a link to another view or page is
    /// followed by [`follow_redirect`](super::TestPage::follow_redirect), one on a button of a form submits the form, one on a
    /// box checks it.
    ///
    /// # Panics
    /// When it is disabled, or nobody hears of the click.
    #[track_caller]
    pub fn click(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab.click(self.node).await) }
    }

    /// Clicks somewhere else: what its `phx-click-away` asks for (T10).
    ///
    /// # Panics
    /// When it has none.
    #[track_caller]
    pub fn click_away(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.run("phx-click-away", Cause::event("click")).await) }
    }

    /// Presses a key in it (T13). With another `phx-key` it does not hear it. When it has no `phx-keydown`, the elements
    /// hear it that have `phx-window-keydown`.
    ///
    /// # Panics
    /// When there are none either.
    #[track_caller]
    pub fn keydown(self, key: &str) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab.key("keydown", Some(self.node), key).await) }
    }

    /// Releases a key in it; see [`keydown`](Self::keydown).
    ///
    /// # Panics
    /// When nobody hears it.
    #[track_caller]
    pub fn keyup(self, key: &str) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab.key("keyup", Some(self.node), key).await) }
    }

    /// Gives it the focus (T14).
    ///
    /// # Panics
    /// When it has no `phx-focus`.
    #[track_caller]
    pub fn focus(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab.focus("focus", Some(self.node)).await) }
    }

    /// Takes the focus from it (T14).
    ///
    /// # Panics
    /// When it has no `phx-blur`.
    #[track_caller]
    pub fn blur(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tab.focus("blur", Some(self.node)).await) }
    }

    /// Sends an event as the element's hook does, to the view that it belongs to, and returns the view's reply, if it has
    /// one (T15, T44).
    ///
    /// # Panics
    /// When the view crashes or does not answer.
    #[track_caller]
    pub fn event(self, name: &str, value: impl Serialize) -> impl Future<Output = Option<Value>> {
        let (place, value) = (Place::here(), payload(&value));
        async move {
            let told = match self.tab.owner(self.node) {
                Ok(at) => self.tab.tell(at, None, "hook", name, &value).await,
                Err(failure) => Err(failure),
            };
            place.check(told)
        }
    }

    /// The same to the component that the element belongs to, as `pushEventTo` of its hook does (T08).
    ///
    /// # Panics
    /// When it belongs to no component, the view crashes or does not answer.
    #[track_caller]
    pub fn component_event(self, name: &str, value: impl Serialize) -> impl Future<Output = Option<Value>> {
        let (place, value) = (Place::here(), payload(&value));
        async move {
            let told = match (self.tab.owner(self.node), self.tab.component(self.node)) {
                (Ok(at), Some(cid)) => self.tab.tell(at, Some(cid), "hook", name, &value).await,
                (Ok(_), None) => Err(Failure::new("the element is in no component")),
                (Err(failure), _) => Err(failure),
            };
            place.check(told)
        }
    }

    /// Scrolls until its first child is seen: what its `phx-viewport-top` asks for (T15).
    ///
    /// # Panics
    /// When it has none.
    #[track_caller]
    pub fn viewport_top(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move {
            let cause = seen(self.tab.document.get(self.node).child_elements().next());
            place.check(self.run("phx-viewport-top", cause).await);
        }
    }

    /// Scrolls until its last child is seen: what its `phx-viewport-bottom` asks for (T15).
    ///
    /// # Panics
    /// When it has none.
    #[track_caller]
    pub fn viewport_bottom(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move {
            let cause = seen(self.tab.document.get(self.node).child_elements().last());
            place.check(self.run("phx-viewport-bottom", cause).await);
        }
    }

    /// Whether it is checked, by the visitor or else by the server.
    pub fn is_checked(&self) -> bool {
        let control = Control::new(self.tab.document.get(self.node));
        control.is_some_and(|control| self.tab.is_checked(control))
    }

    async fn run(self, binding: &str, cause: Cause) -> Result<(), Failure> {
        let Some(commands) = self.attr(binding).map(str::to_owned) else {
            return Err(Failure::new(format!(
                "it has no {binding}: {}",
                describe(self.tab.document.get(self.node))
            )));
        };
        self.tab.execute(&cause, self.node, &commands).await?;
        self.tab.answered().await
    }
}

/// A child has come into view.
fn seen(child: Option<scraper::ElementRef<'_>>) -> Cause {
    let id = child.and_then(|child| child.attr("id")).unwrap_or_default();
    Cause::Event { kind: Some("js"), data: Map::from_iter([("id".to_owned(), Value::from(id))]) }
}

impl std::fmt::Debug for TestElement<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TestElement").field(&describe(self.tab.document.get(self.node))).finish()
    }
}
