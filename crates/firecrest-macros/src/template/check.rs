//! What an element must be like for the browser and the client to understand it (F016).

use super::node::{Attribute, Element, Given, Kind, Node};
use super::name::Name;
use crate::errors::Errors;

/// The values that `phx-update` may have (spec §1.7).
const UPDATES: [&str; 5] = ["replace", "stream", "ignore", "append", "prepend"];

/// The attributes that take commands only (spec §6).
const COMMANDS: [&str; 4] = ["phx-mounted", "phx-remove", "phx-connected", "phx-disconnected"];

/// Complains about what is wrong with an element, except its tags.
pub(super) fn element(element: &Element, errors: &mut Errors) {
    for attribute in &element.attributes {
        if let Attribute::Named(name, given) = attribute {
            named(element, name, given, errors);
        }
    }
    if element.kind == Kind::Raw {
        raw_content(element, errors);
    }
}

fn named(element: &Element, name: &Name, given: &Given, errors: &mut Errors) {
    let text = literal(given);
    if matches!(given, Given::Literal(value, tokens) if matches!(&**value, "true" | "false") && tokens.to_string() == *value) {
        let message = format!(
            "write `{0}` or `{0}={{true}}` for an attribute that is there, or `{0}=\"true\"` for the text",
            name.text
        );
        errors.over(name, message);
    }
    match &*name.text {
        "phx-hook" | "data-phx-hook" => needs_id(element, name, errors),
        "phx-update" | "data-phx-update" => {
            if text.as_deref() != Some("replace") {
                needs_id(element, name, errors);
            }
            if text.is_some_and(|text| !UPDATES.contains(&&*text)) {
                errors.over(name, format!("`{}` is one of {}", name.text, UPDATES.join(", ")));
            }
        }
        command if COMMANDS.contains(&command) => {
            if text.is_some_and(|text| !text.trim_start().starts_with('[')) {
                let message = format!(
                    "`{command}` takes commands, not the name of an event: write `{command}={{Js::new().push(\"…\")}}`"
                );
                errors.over(name, message);
            }
        }
        "key" => {
            errors.over(name, "a key belongs to a loop: write `for … in …, key = … { … }`");
        }
        script if is_event_handler(element, script) => {
            let message = format!(
                "inline scripts are not for templates: write `phx-{}`, or `{{..[(\"{script}\", \"…\")]}}` if it must be",
                &script[2..]
            );
            errors.over(name, message);
        }
        _ => {}
    }
}

/// The text that an attribute certainly has.
fn literal(given: &Given) -> Option<String> {
    match given {
        Given::Bare => Some(String::new()),
        Given::Literal(text, _) => Some(text.clone()),
        Given::Value(value) => value.literal().map(|literal| literal.value()),
    }
}

/// Whether a name is one of `onclick`, `onload` and so on. Elements of one's own may have others that begin so.
fn is_event_handler(element: &Element, name: &str) -> bool {
    name.len() > 2 && name.starts_with("on") && !name.contains('-') && !element.name.text.contains('-')
}

fn needs_id(element: &Element, name: &Name, errors: &mut Errors) {
    let is_id = |attribute: &Attribute| match attribute {
        Attribute::Named(name, _) => name.text == "id",
        // It may bring one.
        Attribute::Splat(_) => true,
    };
    if !element.attributes.iter().any(is_id) {
        let message = format!("an element with `{}` needs an `id`, by which the client knows it again", name.text);
        errors.over(name, message);
    }
}

fn raw_content(element: &Element, errors: &mut Errors) {
    let name = &element.name.text;
    for node in &element.children {
        match node {
            Node::Text(literal) => {
                let text = literal.value().to_ascii_lowercase();
                if text.contains("</") || text.contains("<!--") {
                    errors.at(literal.span(), format!("`</` and `<!--` would not stay inside the `<{name}>`: write `<\\\\/`"));
                }
            }
            Node::Value(_) if name == "style" => {}
            Node::Value(value) => errors.at(
                value.place,
                "a value inside a script cannot be escaped: put it into a data attribute and read it from there",
            ),
            _ => errors.over(&element.name, format!("`<{name}>` contains text only, as string literals")),
        }
    }
}
