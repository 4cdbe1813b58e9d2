//! Elements and their attributes.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::whole::Codegen;
use crate::template::name::Name;
use crate::template::node::{Attribute, Element, Given, Kind, Node, Value};
use crate::template::source::MarkKind;
use crate::template::statics::Writer;
use crate::template::text;

impl Codegen {
    pub(super) fn element(&mut self, element: &Element, writer: &mut Writer) {
        let name = &element.name.text;
        writer.tail().push('<');
        writer.tail().push_str(name);
        writer.mark(element.name.place(), MarkKind::Tag);
        for attribute in &element.attributes {
            self.attribute(attribute, writer);
        }
        writer.tail().push('>');
        match element.kind {
            Kind::Void => return,
            Kind::Normal => self.scope(&element.children, writer),
            Kind::Raw => self.raw(&element.children, writer),
        }
        writer.tail().push_str("</");
        writer.tail().push_str(name);
        writer.tail().push('>');
    }

    fn raw(&mut self, children: &[Node], writer: &mut Writer) {
        for child in children {
            match child {
                Node::Text(literal) => writer.tail().push_str(&literal.value()),
                other => self.nodes(std::slice::from_ref(other), writer),
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute, writer: &mut Writer) {
        match attribute {
            Attribute::Splat(value) => {
                let attributes = self.dynamic("attributes", value, writer);
                writer.push(quote_spanned!(Span::mixed_site()=> html.attributes(#attributes);));
            }
            Attribute::Named(name, Given::Bare) => {
                writer.tail().push(' ');
                writer.tail().push_str(&name.text);
            }
            Attribute::Named(name, Given::Literal(value, _)) => {
                text::push_attribute(writer.tail(), &name.text, value);
            }
            Attribute::Named(name, Given::Value(value)) => match value.literal() {
                Some(literal) => text::push_attribute(writer.tail(), &name.text, &literal.value()),
                None => self.named(name, value, writer),
            },
        }
    }

    fn named(&mut self, name: &Name, value: &Value, writer: &mut Writer) {
        match &*name.text {
            "class" => self.list("class", value, writer),
            "style" => self.list("style", value, writer),
            text => {
                let value = self.dynamic("attribute", value, writer);
                writer.name(text);
                writer.push(quote_spanned!(Span::mixed_site()=> html.attribute(#text, #value);));
            }
        }
    }

    /// An attribute whose quotes are always there.
    fn list(&mut self, name: &str, value: &Value, writer: &mut Writer) {
        writer.tail().push_str(&format!(" {name}=\""));
        let value = self.dynamic(name, value, writer);
        writer.tail().push('"');
        let method = proc_macro2::Ident::new(name, Span::mixed_site());
        writer.push(quote_spanned!(Span::mixed_site()=> html.#method(#value);));
    }

    fn dynamic(&mut self, kind: &str, value: &Value, writer: &mut Writer) -> TokenStream {
        self.stays(&value.tokens);
        writer.slot(kind);
        writer.print(&value.tokens);
        value.reference()
    }
}
