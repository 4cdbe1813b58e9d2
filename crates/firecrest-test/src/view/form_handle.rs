//! A form of a page under test.

use http::Method;
use serde::Serialize;

use super::dom::{Node, Query, describe, has_attr};
use super::failure::{Failure, Place, Trouble, check};
use super::form::{Control, Given, Kind, controls, entries, fill, form_of, given, is_disabled, key};
use super::tab::Tab;
use super::{NoPage, TestPage};

/// A form of a page, and what a visitor can do with it.
///
/// What is put into it stays there until it is submitted or the server shows the input with another value, as in a browser.
///
/// ```no_run
/// # use firecrest::prelude::*;
/// # async fn test(mut page: firecrest_test::TestPage) {
/// page.form("#signup").fill(json!({ "user": { "name": "Ann", "terms": true } })).change().await;
/// page.form("#signup").fill([("user[name]", "Anne")]).submit().await;
/// # }
/// ```
#[must_use = "do something with it"]
pub struct TestForm<'p> {
    tab: &'p mut Tab,
    node: Node,
    /// The name of the input that was changed last.
    changed: Option<String>,
    submitter: Option<Node>,
}

impl<'p> TestForm<'p> {
    pub(super) fn new(tab: &'p mut Tab, node: Node) -> Result<Self, Failure> {
        let element = tab.document.get(node);
        if element.value().name() != "form" {
            return Err(Failure::new(format!("it is no form: {}", describe(element))));
        }
        Ok(TestForm { tab, node, changed: None, submitter: None })
    }

    /// Puts values into its inputs (T20): an object, whose objects become `outer[inner]`, or pairs of name and value. Boxes are
    /// checked by `true` and `false` or by their values, and what can have several values takes a list.
    ///
    /// # Panics
    /// When an input is missing, or a visitor could not put that into it: it is hidden, disabled, read-only, has no such option.
    #[track_caller]
    pub fn fill(mut self, fields: impl Serialize) -> Self {
        check(self.put(&fields));
        self
    }

    /// Puts values into hidden inputs, as a script can.
    ///
    /// # Panics
    /// When there is no such hidden input.
    #[track_caller]
    pub fn set_hidden(self, fields: impl Serialize) -> Self {
        let document = &self.tab.document;
        for (name, value) in check(given(&fields)) {
            let mut controls = controls(document, self.node).into_iter();
            let is_there = controls.any(|control| control.name == name && control.kind == Kind::Hidden);
            let Given::Text(text) = value else { panic!("the hidden input {name:?} takes a text") };
            assert!(is_there, "the form has no hidden input {name:?}");
            self.tab.typed.form(&key(document, self.node)).hidden.insert(name, text);
        }
        self
    }

    /// Chooses the button that submits it (T21). Default: its first, as when the visitor presses Enter.
    ///
    /// # Panics
    /// When the selector does not match exactly one button of the form that submits it, or it is disabled.
    #[track_caller]
    pub fn submitter(mut self, selector: &str) -> Self {
        let document = &self.tab.document;
        let node = check(document.one(None, Query { selector, text: None }));
        let (element, control) = (document.get(node), Control::new(document.get(node)));
        let submits = control.is_some_and(|control| control.kind == Kind::Submit);
        let is_mine = submits && form_of(document, node) == Some(self.node);
        assert!(is_mine, "it does not submit this form: {}", describe(element));
        assert!(!is_disabled(element), "nobody can click what is disabled: {}", describe(element));
        self.submitter = Some(node);
        self
    }

    /// Says which input has changed. Default: the one that was filled last, or else the first.
    pub fn target(self, name: &str) -> Self {
        TestForm { changed: Some(name.to_owned()), ..self }
    }

    /// Tells of the change (T12): one event, with the name of the changed input as `_target`.
    ///
    /// # Panics
    /// When neither the form nor the input has `phx-change`.
    #[track_caller]
    pub fn change(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tell_change().await) }
    }

    /// Submits it (T11).
    ///
    /// # Panics
    /// When it has no `phx-submit`, or the first of its buttons is disabled.
    #[track_caller]
    pub fn submit(self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move { place.check(self.tell_submit().await) }
    }

    /// Whether the view has it sent by HTTP: it has got `phx-trigger-action` (T11).
    pub fn is_triggered(&self) -> bool {
        has_attr(self.tab.document.get(self.node), "phx-trigger-action")
    }

    /// What is in the first input of this name, as it would be sent.
    pub fn value(&self, name: &str) -> Option<String> {
        let found = self.entries().into_iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value)
    }

    /// Performs its HTTP request (T22): of an ordinary form, or of one that the view has [triggered](Self::is_triggered). The
    /// page is then the one that was answered.
    ///
    /// # Errors
    /// When there is none: a redirect, an error.
    ///
    /// # Panics
    /// When the form is sent to its view, or holds files.
    #[track_caller]
    pub fn request(self) -> impl Future<Output = Result<(), NoPage>> {
        let place = Place::here();
        async move { place.sort(self.perform().await) }
    }

    fn put(&mut self, fields: &impl Serialize) -> Result<(), Failure> {
        let Tab { document, typed, .. } = &mut *self.tab;
        let (controls, state) = (controls(document, self.node), typed.form(&key(document, self.node)));
        for (name, value) in given(fields)? {
            self.changed = Some(fill(&controls, state, &name, value)?);
        }
        Ok(())
    }

    async fn tell_change(self) -> Result<(), Failure> {
        let Some(input) = self.changed_input() else {
            return Err(Failure::new("the form has no input that could have changed"));
        };
        if !self.tab.change(self.node, input).await? {
            let form = describe(self.tab.document.get(self.node));
            return Err(Failure::new(format!("nobody hears of the change: there is no phx-change: {form}")));
        }
        self.tab.answered().await
    }

    /// The input that has changed: one that the visitor can use, if possible.
    fn changed_input(&self) -> Option<Node> {
        let controls = controls(&self.tab.document, self.node);
        let is_named = |control: &&Control<'_>| match &self.changed {
            Some(name) => control.name == *name,
            None => !control.name.is_empty() && !matches!(control.kind, Kind::Submit | Kind::Button),
        };
        let named: Vec<_> = controls.iter().filter(is_named).collect();
        let visible = named.iter().find(|control| control.kind != Kind::Hidden);
        visible.or(named.first()).map(|control| control.element.id())
    }

    async fn tell_submit(self) -> Result<(), Failure> {
        let submitter = self.chosen_submitter()?;
        self.tab.submit(self.node, submitter).await?;
        self.tab.answered().await
    }

    fn chosen_submitter(&self) -> Result<Option<Node>, Failure> {
        if self.submitter.is_some() {
            return Ok(self.submitter);
        }
        let controls = controls(&self.tab.document, self.node);
        let Some(first) = controls.iter().find(|control| control.kind == Kind::Submit) else {
            return Ok(None);
        };
        if is_disabled(first.element) {
            let button = describe(first.element);
            return Err(Failure::new(format!("the button that submits the form is disabled: {button}")));
        }
        Ok(Some(first.element.id()))
    }

    fn entries(&self) -> Vec<(String, String)> {
        entries_with(self.tab, self.node, self.submitter)
    }

    async fn perform(self) -> Result<(), Trouble> {
        self.tab.catch_up()?;
        let (method, to, body) = self.http_request()?;
        let loaded = self.tab.browser.request(method, &to, body).await?;
        let browser = self.tab.browser.clone();
        *self.tab = TestPage::land(&browser, loaded).await?.into_tab();
        Ok(())
    }

    /// Method, address and body.
    fn http_request(&self) -> Result<(Method, String, Option<String>), Trouble> {
        let form = self.tab.document.get(self.node);
        if has_attr(form, "phx-submit") && !self.is_triggered() {
            let form = describe(form);
            return Err(Failure::new(format!(
                "the form is sent to its view, which has not triggered it: {form}"
            ))
            .into());
        }
        let submitter = if self.is_triggered() { self.last_submitter() } else { self.chosen_submitter()? };
        let button = submitter.map(|node| self.tab.document.get(node));
        let option = |own: &str, general: &str| {
            button.and_then(|button| button.attr(own)).or(form.attr(general)).unwrap_or_default()
        };
        if option("formenctype", "enctype") == "multipart/form-data" {
            return Err(Failure::new("a form that is sent with files cannot be sent here").into());
        }
        let action = option("formaction", "action");
        let Some(to) = self.tab.here(action) else { return Err(NoPage::Elsewhere(action.to_owned()).into()) };
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(entries_with(self.tab, self.node, submitter));
        let (path, body) = (to.split(['?', '#']).next().unwrap_or("/"), body.finish());
        match option("formmethod", "method").to_lowercase().as_str() {
            "post" => Ok((Method::POST, to, Some(body))),
            "dialog" => Err(Failure::new("the form closes a dialog, and is not sent").into()),
            _ => Ok((Method::GET, format!("{path}?{body}"), None)),
        }
    }

    /// The button that it was submitted to its view with.
    fn last_submitter(&self) -> Option<Node> {
        let document = &self.tab.document;
        let (name, value) = self.tab.typed.state(&key(document, self.node)).submitter?;
        let mut buttons =
            controls(document, self.node).into_iter().filter(|control| control.kind == Kind::Submit);
        buttons
            .find(|button| button.name == name && button.value() == value)
            .map(|button| button.element.id())
    }
}

fn entries_with(tab: &Tab, form: Node, submitter: Option<Node>) -> Vec<(String, String)> {
    let state = tab.typed.state(&key(&tab.document, form));
    entries(&controls(&tab.document, form), &state, submitter)
}

impl std::fmt::Debug for TestForm<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TestForm").field(&describe(self.tab.document.get(self.node))).finish()
    }
}
