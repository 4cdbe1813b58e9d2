//! From bindings to messages: who is told, and what (spec §4.1, §4.2).

use serde_json::{Map, Value, json};

use super::binding::{self, Place, Step, Target};
use super::dom::{Node, Query, attr_names, closest, describe, has_attr, text};
use super::failure::Failure;
use super::form::{Control, Kind, controls, form_of, key, live_body, shown};
use super::redirect::{Redirect, RedirectKind};
use super::tab::{About, Tab};

/// How deep `exec` commands may refer to each other.
const MAX_DEPTH: usize = 16;

/// What a binding is looked at for.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// Anything but a form's: `click`, `keydown`…; none for what elements ask for by themselves.
    Event {
        kind: Option<&'static str>,
        data: Map<String, Value>,
    },
    /// An input has changed; `target` is its name.
    Change {
        form: Node,
        input: Node,
        target: String,
    },
    Submit {
        form: Node,
        submitter: Option<Node>,
    },
}

impl Cause {
    pub(super) fn event(kind: &'static str) -> Self {
        Cause::Event { kind: Some(kind), data: Map::new() }
    }
}

impl Tab {
    /// Does what a binding of an element asks for, up to the answers.
    pub(super) async fn execute(
        &mut self,
        cause: &Cause,
        source: Node,
        binding: &str,
    ) -> Result<(), Failure> {
        for (source, step) in self.flat(source, binding, 0)? {
            match step {
                Step::Push { event, value, target } => {
                    let mut messages = Vec::new();
                    for (at, cid) in self.targets(source, target)? {
                        self.speaking(at)?;
                        messages.push((at, self.message(cause, source, &event, &value, cid)));
                    }
                    for (at, message) in messages {
                        self.send(at, "event", &message, About::Event(event.clone())).await?;
                    }
                }
                Step::Patch { href } => self.push_patch(&href, true).await?,
                Step::Navigate { href } => {
                    self.go(Redirect::to(RedirectKind::Navigate, &href, &self.browser));
                }
                // What changes because of a change would go on for ever.
                Step::Change { .. } if matches!(cause, Cause::Change { .. }) => {}
                Step::Change { of } => {
                    for input in self.placed(source, &of)? {
                        self.changed_by_script(input).await?;
                    }
                }
                Step::Exec { .. } => {}
            }
        }
        Ok(())
    }

    /// Tells of an input that a command says has changed. A button then counts as used, and is sent with its form.
    async fn changed_by_script(&mut self, input: Node) -> Result<(), Failure> {
        let Some(form) = form_of(&self.document, input) else {
            let input = describe(self.document.get(input));
            return Err(Failure::new(format!(
                "a change is dispatched to what is no input of a form: {input}"
            )));
        };
        if let Some(name) = self.document.get(input).attr("name") {
            let name = name.to_owned();
            self.typed.form(&key(&self.document, form)).used.insert(name);
        }
        Box::pin(self.change(form, input)).await.map(drop)
    }

    /// All steps, those of other attributes included.
    fn flat(&self, source: Node, binding: &str, depth: usize) -> Result<Vec<(Node, Step)>, Failure> {
        let mut out = Vec::new();
        for step in binding::steps(binding)? {
            let Step::Exec { attribute, of } = &step else {
                out.push((source, step));
                continue;
            };
            if depth == MAX_DEPTH {
                return Err(Failure::new(format!("the commands of {attribute:?} execute each other")));
            }
            for node in self.placed(source, of)? {
                let Some(commands) = self.document.get(node).attr(attribute) else {
                    return Err(Failure::new(format!("there are no commands in {attribute:?} to execute")));
                };
                out.extend(self.flat(node, commands, depth + 1)?);
            }
        }
        Ok(out)
    }

    fn placed(&self, source: Node, place: &Place) -> Result<Vec<Node>, Failure> {
        let all = |within, selector| {
            let found = self.document.all(within, Query { selector, text: None })?;
            Ok(found.iter().map(|element| element.id()).collect())
        };
        match place {
            Place::Itself => Ok(vec![source]),
            Place::Selected(selector) => all(None, selector),
            Place::Inner(selector) => all(Some(source), selector),
            Place::Closest(selector) => {
                let matching: Vec<Node> = all(None, selector)?;
                let found = closest(self.document.get(source), |element| matching.contains(&element.id()));
                Ok(found.map(|element| element.id()).into_iter().collect())
            }
        }
    }

    /// The views that an event is for, and the component in them.
    fn targets(&self, source: Node, target: Option<Target>) -> Result<Vec<(usize, Option<u64>)>, Failure> {
        let own = || self.document.get(source).attr("phx-target").map(binding::target);
        match target.or_else(own) {
            None => Ok(vec![(self.owner(source)?, None)]),
            Some(Target::Component(cid)) => Ok(vec![(self.owner(source)?, Some(cid))]),
            Some(Target::Selector(selector)) => {
                let found = self.document.all(None, Query { selector: &selector, text: None })?;
                if found.is_empty() {
                    return Err(Failure::new(format!("nothing matches the phx-target {selector:?}")));
                }
                found.iter().map(|found| Ok((self.owner(found.id())?, self.component(found.id())))).collect()
            }
        }
    }

    /// The component that an element belongs to, if it is in one of its view.
    pub(super) fn component(&self, node: Node) -> Option<u64> {
        let ends = |element| has_attr(element, "data-phx-component") || has_attr(element, "data-phx-session");
        self.document.around(node).find(|around| ends(*around))?.attr("data-phx-component")?.parse().ok()
    }

    /// The view that an element belongs to.
    pub(super) fn owner(&self, node: Node) -> Result<usize, Failure> {
        let owner = self.document.owner(node).and_then(|id| self.view(id)).or_else(|| self.main());
        owner.ok_or_else(|| Failure::new("the page has no live view that could be told"))
    }

    fn message(
        &self,
        cause: &Cause,
        source: Node,
        event: &str,
        value: &Map<String, Value>,
        cid: Option<u64>,
    ) -> Value {
        let mut message = match cause {
            Cause::Event { kind, data } => {
                let mut values = data.clone();
                self.add_values(&mut values, source);
                values.extend(value.clone());
                json!({ "type": kind, "event": event, "value": values })
            }
            Cause::Change { form, input, target } => {
                let button =
                    Some(*input).filter(|input| self.document.get(*input).value().name() == "button");
                let input = self.document.get(*input);
                let only = has_attr(input, "phx-change").then(|| input.attr("name").unwrap_or_default());
                let mut meta = Map::from_iter([("_target".to_owned(), Value::from(target.as_str()))]);
                self.add_values(&mut meta, *form);
                meta.extend(value.clone());
                let body = self.form_body(*form, button, only);
                json!({ "type": "form", "event": event, "value": body, "meta": meta, "uploads": self.uploads(*form) })
            }
            Cause::Submit { form, submitter } => {
                let mut meta = Map::new();
                self.add_values(&mut meta, *form);
                meta.extend(value.clone());
                let body = self.form_body(*form, *submitter, None);
                json!({ "type": "form", "event": event, "value": body, "meta": meta })
            }
        };
        if let Some(cid) = cid {
            message["cid"] = cid.into();
        }
        message
    }

    pub(super) fn form_body(&self, form: Node, submitter: Option<Node>, only: Option<&str>) -> String {
        let state = self.typed.state(&key(&self.document, form));
        let controls = controls(&self.document, form);
        live_body(self.document.get(form), &controls, &state, submitter, only)
    }

    /// What the attributes `phx-value-…` and the element's own value say.
    fn add_values(&self, values: &mut Map<String, Value>, node: Node) {
        let element = self.document.get(node);
        let named = attr_names(element, "phx-value-");
        values.extend(named.map(|(name, value)| (name.to_owned(), Value::from(value))));
        if let Some(own) = self.own_value(node) {
            values.insert("value".to_owned(), own);
        } else if matches!(Control::new(element).map(|it| it.kind), Some(Kind::Checkbox | Kind::Radio)) {
            values.remove("value");
        }
    }

    /// The value that an element has for scripts, if it is of a kind that has one.
    fn own_value(&self, node: Node) -> Option<Value> {
        let element = self.document.get(node);
        let value = element.attr("value").unwrap_or_default();
        let number = |or| value.parse::<f64>().ok().or(or).map(number_value);
        match (element.value().name(), Control::new(element)) {
            (_, Some(control)) => match (control.kind, form_of(&self.document, node)) {
                (Kind::Checkbox | Kind::Radio, _) => self.is_checked(control).then(|| control.value().into()),
                (Kind::Text | Kind::Select, Some(form)) if !control.name.is_empty() => {
                    let all = controls(&self.document, form);
                    let state = self.typed.state(&key(&self.document, form));
                    let values = state.values(control.name, shown(&all, control.name));
                    let mut alike = all.iter().filter(|other| other.name == control.name);
                    let at = alike.position(|other| other.element.id() == node).unwrap_or_default();
                    Some(values.get(at).or(values.first()).cloned().unwrap_or_default().into())
                }
                _ => Some(control.value().into()),
            },
            ("li", _) => number(Some(0.0)),
            ("meter" | "progress", _) => number(Some(0.0)),
            ("option", _) => Some(element.attr("value").map_or_else(|| text(element), str::to_owned).into()),
            ("data" | "param", _) => Some(value.into()),
            ("output", _) => Some(element.text().collect::<String>().into()),
            _ => None,
        }
    }
}

/// Whole numbers are written as such.
fn number_value(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}
