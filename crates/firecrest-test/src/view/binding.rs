//! What a binding asks for: an event, or a list of commands (spec §6).

use serde_json::{Map, Value};

use super::failure::Failure;

/// A command that the server can see the effect of. All others only change how the page looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// An event for the view, or for those of the elements that `target` selects.
    Push { event: String, value: Map<String, Value>, target: Option<Target> },
    /// The same view at another address.
    Patch { href: String },
    /// Another view.
    Navigate { href: String },
    /// These inputs of a form have changed, as a script says.
    Change { of: Place },
    /// The commands of another attribute, of these elements.
    Exec { attribute: String, of: Place },
}

/// Whom an event is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Component(u64),
    Selector(String),
}

/// Where a command takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Itself,
    Selected(String),
    Inner(String),
    Closest(String),
}

/// What a binding asks for, in order. Text that is no command list is the name of an event.
pub(super) fn steps(binding: &str) -> Result<Vec<Step>, Failure> {
    if !binding.starts_with('[') {
        return Ok(vec![Step::Push { event: binding.to_owned(), value: Map::new(), target: None }]);
    }
    let commands: Vec<(String, Map<String, Value>)> = serde_json::from_str(binding)
        .map_err(|error| Failure::new(format!("{binding} is no list of commands: {error}")))?;
    Ok(commands.iter().filter_map(|(name, options)| step(name, options)).collect())
}

fn step(name: &str, options: &Map<String, Value>) -> Option<Step> {
    let text = |name: &str| options.get(name).and_then(Value::as_str).map(str::to_owned);
    match name {
        "push" => Some(Step::Push {
            event: text("event")?,
            value: options.get("value").and_then(Value::as_object).cloned().unwrap_or_default(),
            target: options.get("target").and_then(target_of),
        }),
        "patch" => Some(Step::Patch { href: text("href")? }),
        "navigate" => Some(Step::Navigate { href: text("href")? }),
        "dispatch" if matches!(text("event")?.as_str(), "change" | "input") => {
            Some(Step::Change { of: place(options.get("to")) })
        }
        "exec" => Some(Step::Exec { attribute: text("attr")?, of: place(options.get("to")) }),
        _ => None,
    }
}

fn target_of(value: &Value) -> Option<Target> {
    match value {
        Value::Number(cid) => cid.as_u64().map(Target::Component),
        Value::String(text) => Some(target(text)),
        _ => None,
    }
}

/// What `phx-target` says.
pub(super) fn target(text: &str) -> Target {
    text.parse().map_or_else(|_| Target::Selector(text.to_owned()), Target::Component)
}

fn place(to: Option<&Value>) -> Place {
    let inner = |name: &str| to.and_then(|to| to.get(name)).and_then(Value::as_str).map(str::to_owned);
    match to.and_then(Value::as_str) {
        Some(selector) => Place::Selected(selector.to_owned()),
        None => {
            let inner_one = inner("inner").map(Place::Inner);
            inner_one.or_else(|| inner("closest").map(Place::Closest)).unwrap_or(Place::Itself)
        }
    }
}

#[cfg(test)]
mod tests {
    use firecrest::live::Js;
    use serde_json::json;

    use super::*;

    #[test]
    fn t10_a_name_is_an_event() {
        let push = Step::Push { event: "inc".into(), value: Map::new(), target: None };
        assert_eq!(steps("inc").unwrap(), [push]);
    }

    #[test]
    fn t10_of_commands_those_count_that_the_server_sees() {
        let commands = Js::new().hide("#menu").push("inc").patch("/x").to_string();
        let push = Step::Push { event: "inc".into(), value: Map::new(), target: None };
        assert_eq!(steps(&commands).unwrap(), [push, Step::Patch { href: "/x".into() }]);
        assert!(steps("[oops").unwrap_err().0.contains("[oops"));
    }

    #[test]
    fn t10_options_of_commands_are_read() {
        let commands = json!([
            ["push", { "event": "a", "value": { "id": 1 }, "target": 3 }],
            ["push", { "event": "b", "target": "#x" }],
            ["exec", { "attr": "data-x", "to": { "closest": "li" } }],
            ["navigate", { "href": "/y", "replace": true }],
            ["dispatch", { "event": "change" }],
            ["dispatch", { "event": "my:own", "to": "#x" }],
        ]);
        let value = json!({ "id": 1 }).as_object().cloned().unwrap();
        let selector = Some(Target::Selector("#x".into()));
        let expected = [
            Step::Push { event: "a".into(), value, target: Some(Target::Component(3)) },
            Step::Push { event: "b".into(), value: Map::new(), target: selector },
            Step::Exec { attribute: "data-x".into(), of: Place::Closest("li".into()) },
            Step::Navigate { href: "/y".into() },
            Step::Change { of: Place::Itself },
        ];
        assert_eq!(steps(&commands.to_string()).unwrap(), expected);
    }
}
