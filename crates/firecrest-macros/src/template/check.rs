//! What an element must be like for the browser and the client to understand it (F016).

use super::name::Name;
use super::node::{Attribute, Element, Given, Kind, Node, Stream};
use crate::errors::Errors;

/// The values that `phx-update` may have (spec §1.7).
const UPDATES: [&str; 5] = ["replace", "stream", "ignore", "append", "prepend"];

/// The attributes that take commands only (spec §6).
const COMMANDS: [&str; 4] = ["phx-mounted", "phx-remove", "phx-connected", "phx-disconnected"];

const STRAY: &str = "a stream stands directly in an element with an `id` and `phx-update=\"stream\"`";

const BRANCHED: &str = "a stream stands in no branch or loop of its element, where the client would keep its items when it goes: \
     put the branch or loop around the element";

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
        branched_stream(&element.children, errors);
    } else if !element.attributes.iter().any(may_be_stream) {
        no_stream(&element.children, STRAY, errors);
    }
}

/// Complains about what is wrong with a stream: an item is one node, which is an element with the item's id unless it is something
/// that may render one.
pub(super) fn stream(stream: &Stream, errors: &mut Errors) {
    let mut shown = stream.body.iter().filter(|node| !matches!(node, Node::Let(_) | Node::Markup(_)));
    match (shown.next(), shown.next()) {
        (Some(Node::Element(element)), None) if !has_id(element) => {
            errors.over(&element.name, "the element of a stream's item has the item's id: write `id={id}`");
        }
        (Some(Node::Text(_) | Node::For(_) | Node::Stream(_)), None) | (None, _) | (_, Some(_)) => {
            errors.at(
                stream.keyword.span(),
                "an item of a stream is shown as exactly one element, with `id={id}`",
            );
        }
        _ => {}
    }
}

fn named(element: &Element, name: &Name, given: &Given, errors: &mut Errors) {
    let text = literal(given);
    boolean(name, given, errors);
    match &*name.text {
        "phx-hook" | "data-phx-hook" => needs_id(element, name, errors),
        "phx-update" | "data-phx-update" => update(element, name, text.as_deref(), errors),
        "data-phx-portal" => portal(element, name, errors),
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

/// The client moves the one element that is in it (spec §1.7).
fn portal(element: &Element, name: &Name, errors: &mut Errors) {
    needs_id(element, name, errors);
    let shown: Vec<&Node> =
        element.children.iter().filter(|node| !matches!(node, Node::Let(_) | Node::Markup(_))).collect();
    let is_one = matches!(shown[..], [Node::Element(only)] if has_id(only));
    if element.name.text != "template" || !is_one {
        errors
            .over(name, "a portal is a `<template>` around exactly one element with an `id`: use `<Portal>`");
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

/// Whether an attribute may make its element one of a stream.
fn may_be_stream(attribute: &Attribute) -> bool {
    match attribute {
        Attribute::Named(name, given) => name.text == "phx-update" && literal(given).is_none(),
        Attribute::Splat(_) => true,
    }
}

/// Complains about streams among these nodes, with this message.
fn no_stream(nodes: &[Node], message: &str, errors: &mut Errors) {
    for node in nodes {
        if let Node::Stream(stream) = node {
            errors.at(stream.keyword.span(), message);
        }
        inside(node, |nodes| no_stream(nodes, message, errors));
    }
}

/// Complains about streams that may go while their element stays: the client would keep their items.
fn branched_stream(nodes: &[Node], errors: &mut Errors) {
    for node in nodes {
        match node {
            Node::Fragment(nodes) => branched_stream(nodes, errors),
            Node::If(_) | Node::For(_) | Node::Match(_) => {
                inside(node, |nodes| no_stream(nodes, BRANCHED, errors));
            }
            _ => {}
        }
    }
}

/// The client removes what has no id from a stream (spec §1.7).
fn stream_content(nodes: &[Node], errors: &mut Errors) {
    for node in nodes {
        if let Node::Element(child) = node
            && !has_id(child)
        {
            errors.over(
                &child.name,
                "each element of a stream needs an `id`, by which the client knows it again",
            );
        }
        if let Node::Text(literal) = node
            && !literal.value().trim().is_empty()
        {
            errors.at(
                literal.span(),
                "the client removes text from a stream: put it into an element with an `id`",
            );
        }
        inside(node, |nodes| stream_content(nodes, errors));
    }
}

/// Visits the nodes that stand where this one stands.
fn inside(node: &Node, mut visit: impl FnMut(&[Node])) {
    match node {
        Node::Fragment(nodes) => visit(nodes),
        Node::For(list) => visit(&list.body),
        Node::If(chain) => {
            chain.arms.iter().for_each(|(_, shown)| visit(shown));
            visit(&chain.otherwise);
        }
        Node::Match(block) => block.arms.iter().for_each(|(_, shown)| visit(shown)),
        _ => {}
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
