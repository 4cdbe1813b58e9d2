//! Coming back after a crash or without a connection (spec §2.7, §4.6).

use serde_json::{Map, Value, json};

use super::binding::{Step, steps};
use super::dom::{Node, has_attr};
use super::failure::{Failure, Place, Trouble};
use super::form::{Control, Kind, controls};
use super::joining::Extra;
use super::tab::{About, State, Tab};
use super::{NoPage, TestPage};

/// What a form held, to be told to the new instance of its view.
struct Held {
    id: String,
    /// Its `phx-change`.
    change: String,
    body: String,
    target: String,
}

impl TestPage {
    /// Joins the views again that have crashed, as the client does by itself after a second, and tells them what is in
    /// their forms (F143).
    ///
    /// # Panics
    /// When none has crashed, one is not joined, or crashes again.
    #[track_caller]
    pub fn rejoin(&mut self) -> impl Future<Output = ()> {
        let place = Place::here();
        async move {
            let tab = self.tab();
            let crashed = tab.views.iter().filter(|view| view.state == State::Crashed);
            let crashed: Vec<String> = crashed.map(|view| view.id.clone()).collect();
            let rejoined = match crashed.is_empty() {
                true => Err(Failure::new("no view has crashed")),
                false => tab.join_again(&crashed).await,
            };
            place.check(rejoined);
        }
    }

    /// Loses the connection and opens another one, as the client does by itself: all views are mounted anew, and told what
    /// is in their forms.
    ///
    /// # Errors
    /// When the socket refuses.
    ///
    /// # Panics
    /// When a view is not joined, or crashes.
    #[track_caller]
    pub fn reconnect(&mut self) -> impl Future<Output = Result<(), NoPage>> {
        let place = Place::here();
        async move { place.sort(self.tab().connect_again().await) }
    }
}

impl Tab {
    async fn connect_again(&mut self) -> Result<(), Trouble> {
        self.catch_up()?;
        self.disconnect().await;
        self.connect().await?;
        let roots = self.roots();
        self.views.retain(|view| roots.contains(&view.id));
        for id in &roots {
            for child in self.children_of(id) {
                self.document.set_attr(child, "data-phx-session", "");
            }
        }
        Ok(self.join_again(&roots).await?)
    }

    async fn join_again(&mut self, ids: &[String]) -> Result<(), Failure> {
        let held: Vec<Held> = ids.iter().flat_map(|id| self.held_forms(id)).collect();
        let (typed, names) = (self.typed.clone(), self.typed.named(&self.document));
        for id in ids {
            self.join(id, Extra::default()).await?;
        }
        self.answered().await?;
        for form in held {
            self.recover(&form).await?;
        }
        self.answered().await?;
        // The client shows nothing of the new views before they have answered for their forms.
        self.typed = typed;
        self.typed.follow(&self.document, &names);
        Ok(())
    }

    /// The forms inside a view that the client recovers.
    fn held_forms(&self, id: &str) -> Vec<Held> {
        let forms = self.document.elements().filter(|element| {
            element.value().name() == "form"
                && element.attr("phx-auto-recover") != Some("ignore")
                && self.document.ends_with(element.id(), id)
        });
        forms
            .filter_map(|form| {
                let controls = controls(&self.document, form.id());
                let can_be = |control: &&Control<'_>| {
                    !control.name.is_empty() && !has_attr(control.element, "phx-change")
                };
                let visible = controls.iter().filter(can_be).find(|control| control.kind != Kind::Hidden);
                let first = visible.or_else(|| controls.iter().find(can_be))?;
                Some(Held {
                    id: form.attr("id")?.to_owned(),
                    change: form.attr("phx-change")?.to_owned(),
                    body: self.form_body(form.id(), None, None),
                    target: first.name.to_owned(),
                })
            })
            .collect()
    }

    /// Tells a view what a form held, if the view still shows it.
    async fn recover(&mut self, held: &Held) -> Result<(), Failure> {
        let Some((node, binding)) = self.recovering(held) else { return Ok(()) };
        for step in steps(&binding)? {
            let Step::Push { event, value, .. } = step else { continue };
            let at = self.owner(node)?;
            let mut meta = Map::from_iter([("_target".to_owned(), Value::from(held.target.as_str()))]);
            meta.extend(value);
            let message =
                json!({ "type": "form", "event": event, "value": held.body, "meta": meta, "uploads": {} });
            self.send(at, "event", &message, About::Event(event)).await?;
        }
        Ok(())
    }

    /// The new form, and what it asks for.
    fn recovering(&self, held: &Held) -> Option<(Node, String)> {
        let form = self.document.by_id(&held.id)?;
        let binding = form.attr("phx-auto-recover").unwrap_or(&held.change);
        (form.attr("phx-change") == Some(&held.change)).then(|| (form.id(), binding.to_owned()))
    }
}
