//! Nodes: text, values, and what is between other nodes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::leave;
use super::whole::Codegen;
use crate::template::node::{Node, Value};
use crate::template::statics::Writer;
use crate::template::text;

impl Codegen {
    pub(super) fn nodes(&mut self, nodes: &[Node], writer: &mut Writer) {
        for node in nodes {
            self.node(node, writer);
        }
    }

    fn node(&mut self, node: &Node, writer: &mut Writer) {
        match node {
            Node::Text(literal) => text::push(writer.tail(), &literal.value()),
            Node::Markup(markup) => writer.tail().push_str(markup),
            Node::Value(value) => self.value(value, writer),
            Node::Element(element) => self.element(element, writer),
            Node::Call(call) => self.call(call, writer),
            Node::Fragment(children) => self.scope(children, writer),
            Node::If(chain) => self.if_chain(chain, writer),
            Node::Match(block) => self.match_block(block, writer),
            Node::For(list) => self.for_loop(list, writer),
            Node::Stream(stream) => self.stream(stream, writer),
            Node::Let(binding) => {
                self.stays(binding);
                writer.print(binding);
                writer.push(binding.clone());
            }
            Node::StraySlot(slot) => {
                let message = format!(
                    "`<slot:{}>` must stand directly inside the component that has this slot",
                    slot.name
                );
                self.errors.at(slot.name.span(), message);
            }
        }
    }

    /// Nodes whose `let`s are not for what follows them.
    pub(super) fn scope(&mut self, nodes: &[Node], writer: &mut Writer) {
        if !nodes.iter().any(|node| matches!(node, Node::Let(_))) {
            return self.nodes(nodes, writer);
        }
        let outer = std::mem::take(&mut writer.code);
        self.nodes(nodes, writer);
        let inner = std::mem::replace(&mut writer.code, outer);
        writer.push(quote_spanned!(Span::mixed_site()=> { #inner }));
    }

    fn value(&mut self, value: &Value, writer: &mut Writer) {
        self.stays(&value.tokens);
        self.picks = true;
        writer.slot("value");
        writer.print(&value.tokens);
        let krate = &self.krate;
        let expression = value.reference();
        // An error about what is shown appears at the braces.
        let shown = Ident::new("value", Span::mixed_site().located_at(value.place));
        writer.push(quote_spanned! {Span::mixed_site()=>
            match #expression {
                #shown => (&&&#krate::pick::Pick(#shown)).kind().write(#shown, html),
            }
        });
    }

    /// Complains about an expression that would leave an entry of a loop half written.
    pub(super) fn stays(&mut self, tokens: &TokenStream) {
        let Some(keyword) = leave::find(tokens).filter(|_| self.in_entry) else { return };
        let message = format!(
            "`{keyword}` would leave this entry of the loop half written: \
             it can stand in a `let … else` before the first node"
        );
        self.errors.at(keyword.span(), message);
    }
}
