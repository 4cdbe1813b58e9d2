//! What an element must be like for the browser and the client to understand it (F016).

use super::name::Name;
use super::node::{Attribute, Element, Given, Kind, Node};
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
    if element.attributes.iter().any(is_stream) {
        stream_content(&element.children, errors);
    }
}

fn named(element: &Element, name: &Name, given: &Given, errors: &mut Errors) {
    let text = literal(given);
    boolean(name, given, errors);
    match &*name.text {
        "phx-hook" | "data-phx-hook" => needs_id(element, name, errors),
        "phx-update" | "data-phx-update" => update(element, name, text.as_deref(), errors),
        "key" => errors.over(name, "a key belongs to a loop: write `for … in …, key = … { … }`"),
        other if COMMANDS.contains(&other) => commands(name, text.as_deref(), errors),
        other if is_event_handler(element, other) => {
            let message = format!(
                "inline scripts are not for templates: write an event such as `phx-click`, \
                 or `{{..[(\"{other}\", \"…\")]}}` if it must be"
            );
            errors.over(name, message);
        }
        _ => {}
    }
}

fn boolean(name: &Name, given: &Given, errors: &mut Errors) {
    let Given::Literal(text, literal) = given else { return };
    if literal.to_string() == *text && matches!(&**text, "true" | "false") {
        let name_text = &name.text;
        let message = format!(
            "write `{name_text}` or `{name_text}={{true}}` for an attribute that is there, \
             or `{name_text}=\"true\"` for the text"
        );
        errors.over(name, message);
    }
}

fn update(element: &Element, name: &Name, text: Option<&str>, errors: &mut Errors) {
    if text != Some("replace") {
        needs_id(element, name, errors);
    }
    if text.is_some_and(|text| !UPDATES.contains(&text)) {
        errors.over(name, format!("`{}` is one of {}", name.text, UPDATES.join(", ")));
    }
}

fn commands(name: &Name, text: Option<&str>, errors: &mut Errors) {
    if text.is_some_and(|text| !text.trim_start().starts_with('[')) {
        let name_text = &name.text;
        let message = format!(
            "`{name_text}` takes commands, not the name of an event: write `{name_text}={{Js::new().push(\"…\")}}`"
        );
        errors.over(name, message);
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
    if !has_id(element) {
        let message =
            format!("an element with `{}` needs an `id`, by which the client knows it again", name.text);
        errors.over(name, message);
    }
}

fn has_id(element: &Element) -> bool {
    element.attributes.iter().any(|attribute| match attribute {
        Attribute::Named(name, _) => name.text == "id",
        // It may bring one.
        Attribute::Splat(_) => true,
    })
}

fn is_stream(attribute: &Attribute) -> bool {
    matches!(attribute, Attribute::Named(name, given)
        if name.text == "phx-update" && literal(given).as_deref() == Some("stream"))
}

/// The client removes what has no id from a stream (spec §1.7).
fn stream_content(nodes: &[Node], errors: &mut Errors) {
    for node in nodes {
        match node {
            Node::Element(child) if !has_id(child) => {
                errors.over(
                    &child.name,
                    "each element of a stream needs an `id`, by which the client knows it again",
                );
            }
            Node::Fragment(nodes) => stream_content(nodes, errors),
            Node::For(list) => stream_content(&list.body, errors),
            Node::If(chain) => {
                chain.arms.iter().for_each(|(_, shown)| stream_content(shown, errors));
                stream_content(&chain.otherwise, errors);
            }
            Node::Match(block) => block.arms.iter().for_each(|(_, shown)| stream_content(shown, errors)),
            _ => {}
        }
    }
}

fn raw_content(element: &Element, errors: &mut Errors) {
    let name = &element.name.text;
    for node in &element.children {
        match node {
            Node::Text(literal) => {
                let text = literal.value().to_ascii_lowercase();
                if text.contains("</") || text.contains("<!--") {
                    let message = format!("`</` and `<!--` would not stay inside the `<{name}>`: write `<\\\\/`");
                    errors.at(literal.span(), message);
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
