//! What the server says, and what the client makes of it (spec §5).

use firecrest::live::Replica;
use firecrest::wire::client::Heard;
use serde_json::Value;

use super::address::{Where, resolve};
use super::components::Components;
use super::failure::Failure;
use super::no_page::because;
use super::redirect::{Redirect, RedirectKind};
use super::tab::{About, Asked, State, Tab};
use super::{address, checks, log};
use crate::client::json;

impl Tab {
    pub(super) fn hear(&mut self, heard: &Heard) -> Result<(), Failure> {
        let payload = json(&heard.payload);
        if let Some(status) = &heard.status {
            let Some(at) = self.asked.iter().position(|asked| asked.reference == heard.reference) else {
                return Ok(());
            };
            let asked = self.asked.remove(at);
            return self.hear_answer(asked, status, &payload);
        }
        let id = heard.topic.as_str().and_then(|topic| topic.strip_prefix("lv:")).unwrap_or_default();
        let Some(at) = self.view(id) else { return Ok(()) };
        if !heard.join_ref.is_null() && heard.join_ref != self.views[at].join_ref {
            return Ok(());
        }
        match &*heard.event {
            "diff" if self.views[at].state == State::Joining => {
                Err(Failure::new(format!("the view {id:?} sent a diff before it was joined: {payload}")))
            }
            "diff" => self.merge(at, &payload),
            "live_patch" => {
                self.patched(&payload);
                Ok(())
            }
            "live_redirect" => {
                self.go(Redirect::of(RedirectKind::Navigate, &payload, &self.browser));
                Ok(())
            }
            "redirect" => {
                self.go(Redirect::of(RedirectKind::Load, &payload, &self.browser));
                Ok(())
            }
            "phx_error" => {
                self.crashed(at);
                Ok(())
            }
            "phx_close" => {
                self.end(at, State::Ended);
                Ok(())
            }
            other => Err(Failure::new(format!("the view {id:?} sent {other:?}, which no client knows"))),
        }
    }

    fn hear_answer(&mut self, asked: Asked, status: &str, response: &Value) -> Result<(), Failure> {
        let Some(at) = self.view(&asked.id) else { return Ok(()) };
        match (asked.about, status) {
            (About::Join, "ok") => self.joined(at, response),
            (About::Join, _) => {
                self.refused(at, response);
                Ok(())
            }
            (About::File, status) => {
                self.news.file_answer = Some((status.to_owned(), response.clone()));
                Ok(())
            }
            (About::Preflight, "ok") => {
                self.news.file_answer = Some(("ok".to_owned(), response.clone()));
                self.take_response(at, response)
            }
            (About::Event(_), "ok") => self.take_response(at, response),
            (About::WillDestroy(cids), "ok") => {
                self.views[at].will_be_destroyed(cids);
                Ok(())
            }
            (About::Destroyed, "ok") => self.views[at].are_destroyed(response),
            (About::Patch { to, counts }, "ok") => self.take_patch(at, response, to, counts),
            (about, status) => Err(Failure::new(format!(
                "the view {:?} answered {about} with {status}, which the client never gets over: {response}",
                asked.id
            ))),
        }
    }

    fn joined(&mut self, at: usize, response: &Value) -> Result<(), Failure> {
        let view = &mut self.views[at];
        (view.state, view.replica) = (State::Joined, Replica::new());
        view.components = Components::default();
        view.mounts += 1;
        let is_other_page = view.redirect.is_some() && view.mounts == 1;
        let container = self.document.by_id(&view.id).map(|container| container.id());
        if let Some(container) = container.filter(|_| is_other_page) {
            match response.get("container").and_then(tag_and_attributes) {
                Some((tag, attributes)) => self.document.retag(container, &tag, &attributes),
                None => self.document.patch(container, "")?,
            }
        }
        let rendered = response.get("rendered").cloned().unwrap_or_default();
        if rendered.get("t").is_none() && self.main() == Some(at) {
            self.reset_title();
        }
        self.merge(at, &rendered)?;
        if let Some(patch) = response.get("live_patch") {
            self.patched(patch);
        }
        Ok(())
    }

    fn refused(&mut self, at: usize, response: &Value) {
        self.note_events(response.get("events"));
        self.views[at].state = State::Ended;
        if !self.has_left(response) {
            self.news.refused = Some((self.views[at].id.clone(), response.clone()));
        }
    }

    fn take_response(&mut self, at: usize, response: &Value) -> Result<(), Failure> {
        self.news.reply = response.pointer("/diff/r").cloned();
        if let Some(patch) = response.get("live_patch") {
            self.patched(patch);
        }
        // A view that stays says both.
        response.get("diff").map_or(Ok(()), |diff| self.merge(at, diff))?;
        self.has_left(response);
        Ok(())
    }

    fn take_patch(&mut self, at: usize, response: &Value, to: String, counts: bool) -> Result<(), Failure> {
        if response.get("link_redirect").is_some() {
            self.go(Redirect::to(RedirectKind::Navigate, &to, &self.browser));
            return Ok(());
        }
        self.take_response(at, response)?;
        if self.news.gone.is_none() {
            self.address.clone_from(&to);
            self.news.patches.extend(counts.then_some(to));
        }
        Ok(())
    }

    /// Whether an answer sends the visitor elsewhere.
    fn has_left(&mut self, response: &Value) -> bool {
        let kinds = [("redirect", RedirectKind::Load), ("live_redirect", RedirectKind::Navigate)];
        for (name, kind) in kinds {
            if let Some(body) = response.get(name) {
                self.go(Redirect::of(kind, body, &self.browser));
                return true;
            }
        }
        false
    }

    pub(super) fn go(&mut self, redirect: Redirect) {
        self.asked.clear();
        self.news.gone.get_or_insert(redirect);
    }

    fn patched(&mut self, patch: &Value) {
        let Some(to) = patch.get("to").and_then(Value::as_str) else { return };
        if let Where::Here(address) = resolve(&self.address, to) {
            self.address = address;
        }
        self.news.patches.push_back(to.to_owned());
    }

    /// Merges a tree or a diff, and shows what has become of it.
    fn merge(&mut self, at: usize, message: &Value) -> Result<(), Failure> {
        let wrong = |id: &str, error: firecrest::live::ReplicaError| {
            Failure::new(format!("the view {id:?} sent what no client can show: {error}: {message}"))
        };
        let view = &mut self.views[at];
        view.replica.merge(message).map_err(|error| wrong(&view.id, error))?;
        let is_empty =
            message.as_object().is_none_or(|members| members.keys().all(|name| "ter".contains(&**name)));
        if !is_empty {
            let html = view.replica.marked_html().map_err(|error| wrong(&view.id, error))?;
            view.note_components().map_err(|error| wrong(&view.id, error))?;
            let container = self.document.by_id(&view.id).map(|container| container.id());
            if let Some(container) = container {
                let names = self.typed.named(&self.document);
                self.document.patch(container, &html)?;
                self.typed.follow(&self.document, &names);
            }
            checks::check_streams(&view.replica, &self.document)?;
            self.is_new = true;
        }
        if let Some(title) = message.get("t").and_then(Value::as_str) {
            self.set_title(title);
        }
        self.note_events(message.get("e"));
        Ok(())
    }

    fn note_events(&mut self, events: Option<&Value>) {
        for event in events.and_then(Value::as_array).into_iter().flatten() {
            let name = event.get(0).and_then(Value::as_str).unwrap_or_default().to_owned();
            self.news.events.push_back((name, event.get(1).cloned().unwrap_or_default()));
        }
    }

    fn crashed(&mut self, at: usize) {
        let view = &self.views[at];
        let reason = because(log::take(&view.topic()).as_deref());
        self.news.crash = Some(format!("the view {:?} has crashed{reason}", view.id));
        self.end(at, State::Crashed);
    }

    /// A view and those inside it are not there any more.
    pub(super) fn end(&mut self, at: usize, state: State) {
        self.views[at].state = state;
        let id = self.views[at].id.clone();
        self.asked.retain(|asked| asked.id != id);
        for child in self.children_of(&id) {
            self.document.set_attr(child, "data-phx-session", "");
        }
    }

    /// Sets the title as the page wants it (spec §1.3).
    fn set_title(&mut self, title: &str) {
        if title.trim().is_empty() {
            return self.reset_title();
        }
        let Some(element) = self.document.title() else { return };
        let part = |name| element.attr(name).unwrap_or_default();
        let whole = format!("{}{title}{}", part("data-prefix"), part("data-suffix"));
        self.document.set_title(&whole);
    }

    fn reset_title(&mut self) {
        let default = self.document.title().and_then(|title| title.attr("data-default")).map(str::to_owned);
        if let Some(default) = default.filter(|default| !default.trim().is_empty()) {
            self.set_title(&default);
        }
    }

    /// Where a link on this page leads, when that is on this host.
    pub(super) fn here(&self, to: &str) -> Option<String> {
        match address::resolve(&self.address, to) {
            Where::Here(address) => Some(address),
            Where::Elsewhere(_) => None,
        }
    }
}

/// What a container becomes.
fn tag_and_attributes(container: &Value) -> Option<(String, Vec<(String, String)>)> {
    let attributes = container.get(1)?.as_object()?.iter();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let attributes = attributes.map(|(name, value)| (name.clone(), text(value))).collect();
    Some((container.get(0)?.as_str()?.to_owned(), attributes))
}
