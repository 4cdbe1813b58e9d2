//! Components and what is between their tags: the content, and the entries of named slots.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::parse::ParseStream;

use super::attribute::OpenTag;
use super::element::path_text;
use super::name::Name;
use super::node::{Body, Call, Node, Slot};
use super::parse::Parser;

impl Parser {
    /// Reads a component, after its name.
    pub(super) fn call(&mut self, input: ParseStream<'_>, path: TokenStream) -> Call {
        let name = path_text(&path);
        let place = last(&path);
        let tag = self.open_tag(input, &name, place);
        let nodes = if tag.is_closed { Vec::new() } else { self.children(input, &name, place) };
        let mut slots = Vec::new();
        let mut children = Vec::new();
        for node in nodes {
            match node {
                Node::StraySlot(slot) => slots.push(slot),
                node => children.push(node),
            }
        }
        let (attributes, body) = self.split(tag, children);
        Call { path, place, attributes, body, slots }
    }

    /// Reads an entry of a named slot, after its name.
    pub(super) fn slot(&mut self, input: ParseStream<'_>, name: &Name, ident: Ident) -> Slot {
        let tag = self.open_tag(input, &name.text, name.place());
        let children =
            if tag.is_closed { Vec::new() } else { self.children(input, &name.text, name.place()) };
        let (attributes, body) = self.split(tag, children);
        Slot { name: ident, attributes, body }
    }

    fn split(&mut self, tag: OpenTag, children: Vec<Node>) -> (Vec<super::node::Attribute>, Body) {
        if let Some(argument) = tag.argument.as_ref().filter(|_| children.is_empty()) {
            self.errors.at(argument.place, "`let` names what the content is given, but there is no content");
        }
        (tag.attributes, Body { argument: tag.argument, children })
    }
}

fn last(path: &TokenStream) -> Span {
    path.clone().into_iter().last().map_or_else(Span::call_site, |token: TokenTree| token.span())
}
