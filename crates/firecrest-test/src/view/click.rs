//! What happens in a page when the visitor does something (T10–T15).

use scraper::ElementRef;
use serde_json::{Map, Value};

use super::cause::Cause;
use super::dom::{Node, closest, describe, has_attr};
use super::failure::Failure;
use super::form::{Control, Kind, form_of, is_disabled, key};
use super::redirect::{Redirect, RedirectKind};
use super::tab::{About, Tab};

impl Tab {
    /// A click, and what a browser does by itself then.
    pub(super) async fn click(&mut self, node: Node) -> Result<(), Failure> {
        let shown = self.clickable(node)?;
        let link = self.around(node, |around| has_attr(around, "data-phx-link"));
        let bound = self.bound(node, "phx-click");
        self.toggle(node);
        let mut is_heard = link.is_some() || bound.is_some();
        if let Some(link) = link {
            self.follow_link(link).await?;
        }
        if let Some((bound, commands)) = bound {
            self.execute(&Cause::event("click"), bound, &commands).await?;
        }
        if link.is_none() && self.news.gone.is_none() {
            is_heard |= self.act_by_default(node).await?;
        }
        if !is_heard {
            return Err(Failure::new(format!(
                "nobody hears the click: neither this nor what is around it has phx-click or is a link or a button of a \
                 form: {shown}"
            )));
        }
        self.answered().await
    }

    /// How the element looks, unless it is disabled.
    fn clickable(&self, node: Node) -> Result<String, Failure> {
        let element = self.document.get(node);
        let shown = describe(element);
        if is_disabled(element) {
            return Err(Failure::new(format!("nobody can click what is disabled: {shown}")));
        }
        Ok(shown)
    }

    fn around(&self, node: Node, is: impl Fn(ElementRef<'_>) -> bool) -> Option<Node> {
        closest(self.document.get(node), is).map(|around| around.id())
    }

    /// The element that hears an event: this, or the innermost around it in the same view that has the binding and is
    /// not disabled.
    fn bound(&self, node: Node, binding: &str) -> Option<(Node, String)> {
        let hears = |element: ElementRef<'_>| {
            has_attr(element, "data-phx-session") || (has_attr(element, binding) && !is_disabled(element))
        };
        let found = closest(self.document.get(node), hears)?;
        let commands = found.attr(binding).filter(|commands| !commands.is_empty())?;
        Some((found.id(), commands.to_owned()))
    }

    async fn follow_link(&mut self, link: Node) -> Result<(), Failure> {
        let (patches, href) = self.link(link)?;
        if patches {
            return self.push_patch(&href, true).await;
        }
        self.go(Redirect::to(RedirectKind::Navigate, &href, &self.browser));
        Ok(())
    }

    /// Whether a live link patches, and where it leads.
    fn link(&self, link: Node) -> Result<(bool, String), Failure> {
        let element = self.document.get(link);
        let href = element.attr("href").unwrap_or_default().to_owned();
        match (element.attr("data-phx-link"), element.attr("data-phx-link-state")) {
            (Some("patch"), Some("push" | "replace")) => Ok((true, href)),
            (Some("redirect"), Some("push" | "replace")) => Ok((false, href)),
            _ => Err(Failure::new(format!(
                "data-phx-link must be patch or redirect, and data-phx-link-state push or replace: {}",
                describe(element)
            ))),
        }
    }

    /// Goes to another address of the main view, as a link does (T30).
    pub(super) async fn push_patch(&mut self, href: &str, counts: bool) -> Result<(), Failure> {
        let main = self
            .main()
            .ok_or_else(|| Failure::new("the page has no main view whose address could change"))?;
        self.speaking(main)?;
        let Some(to) = self.here(href) else {
            return Err(Failure::new(format!("{href:?} is on another host: it cannot be patched to")));
        };
        let url = serde_json::json!({ "url": super::address::full(&to) });
        self.send(main, "live_patch", &url, About::Patch { to, counts }).await
    }

    /// What a browser does with a click that no script keeps it from. Returns whether it does anything.
    async fn act_by_default(&mut self, node: Node) -> Result<bool, Failure> {
        if let Some(href) = self.plain_link(node) {
            let leads_away = !href.starts_with('#');
            if leads_away {
                self.go(Redirect::to(RedirectKind::Load, &href, &self.browser));
            }
            return Ok(leads_away);
        }
        let Some(input) = self.around(node, |around| Control::new(around).is_some()) else {
            return Ok(false);
        };
        let Some(form) = form_of(&self.document, input) else { return Ok(false) };
        match Control::new(self.document.get(input)).map(|control| control.kind) {
            Some(Kind::Submit) => self.submit(form, Some(input)).await.map(|()| true),
            Some(Kind::Checkbox | Kind::Radio) => self.change(form, input).await,
            _ => Ok(false),
        }
    }

    /// Where an ordinary link leads.
    fn plain_link(&self, node: Node) -> Option<String> {
        let is_link = |around: ElementRef<'_>| around.value().name() == "a" && has_attr(around, "href");
        closest(self.document.get(node), is_link)?.attr("href").map(str::to_owned)
    }

    /// Tells of a change, if anybody hears of it.
    pub(super) async fn change(&mut self, form: Node, input: Node) -> Result<bool, Failure> {
        let Some((source, binding)) = self.change_binding(form, input) else { return Ok(false) };
        let target = self.document.get(input).attr("name").filter(|name| !name.is_empty());
        let target = target.unwrap_or("undefined").to_owned();
        self.execute(&Cause::Change { form, input, target }, source, &binding).await?;
        Ok(true)
    }

    /// Who hears of a change: the input itself, or else the form.
    fn change_binding(&self, form: Node, input: Node) -> Option<(Node, String)> {
        let binding = |node| self.document.get(node).attr("phx-change").filter(|binding| !binding.is_empty());
        let heard = |node| Some((node, binding(node)?.to_owned()));
        heard(input).or_else(|| heard(form))
    }

    /// Submits a form to its view.
    pub(super) async fn submit(&mut self, form: Node, submitter: Option<Node>) -> Result<(), Failure> {
        let Some(binding) = self.document.get(form).attr("phx-submit").map(str::to_owned) else {
            return Err(Failure::new(format!(
                "the form has no phx-submit, so that it is sent by HTTP: see `request`: {}",
                describe(self.document.get(form))
            )));
        };
        self.note_submit(form, submitter);
        self.execute(&Cause::Submit { form, submitter }, form, &binding).await
    }

    fn note_submit(&mut self, form: Node, submitter: Option<Node>) {
        let button = submitter.and_then(|node| Control::new(self.document.get(node)));
        let button = button.map(|control| (control.name.to_owned(), control.value()));
        let state = self.typed.form(&key(&self.document, form));
        (state.is_submitted, state.submitter) = (true, button);
    }

    /// A key on an element; when it has no binding of its own, every element hears it that listens to the window.
    pub(super) async fn key(
        &mut self,
        kind: &'static str,
        on: Option<Node>,
        pressed: &str,
    ) -> Result<(), Failure> {
        let data = Map::from_iter([("key".to_owned(), Value::from(pressed))]);
        let listeners = self.listeners(kind, on)?;
        for (node, commands) in listeners {
            let wanted = self.document.get(node).attr("phx-key").unwrap_or_default();
            if wanted.is_empty() || wanted.to_lowercase() == pressed.to_lowercase() {
                let cause = Cause::Event { kind: Some(kind), data: data.clone() };
                self.execute(&cause, node, &commands).await?;
            }
        }
        self.answered().await
    }

    /// Focus or blur of an element or of the window.
    pub(super) async fn focus(&mut self, kind: &'static str, on: Option<Node>) -> Result<(), Failure> {
        for (node, commands) in self.listeners(kind, on)? {
            self.execute(&Cause::event(kind), node, &commands).await?;
        }
        self.answered().await
    }

    /// Who hears an event, and the bindings.
    fn listeners(&self, kind: &str, on: Option<Node>) -> Result<Vec<(Node, String)>, Failure> {
        let (own, window) = (format!("phx-{kind}"), format!("phx-window-{kind}"));
        if let Some(node) = on
            && let Some(commands) = self.document.get(node).attr(&own)
        {
            return Ok(vec![(node, commands.to_owned())]);
        }
        let bound = self
            .document
            .elements()
            .filter_map(|element| Some((element.id(), element.attr(&window)?.to_owned())));
        let bound: Vec<_> = bound.collect();
        let is_focus_of_element = on.is_some() && matches!(kind, "focus" | "blur");
        if bound.is_empty() || is_focus_of_element {
            let what = on.map_or("the window".to_owned(), |node| describe(self.document.get(node)));
            let binding = if on.is_some() { own } else { window };
            return Err(Failure::new(format!("nobody hears it: there is no {binding} for {what}")));
        }
        Ok(bound)
    }
}
