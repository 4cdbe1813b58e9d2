//! Control flow: each branch is a template of its own.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::whole::{Branch, Codegen};
use crate::template::node::{For, If, Match, Node, Stream};
use crate::template::source::SourceName;
use crate::template::statics::Writer;

impl Codegen {
    pub(super) fn if_chain(&mut self, chain: &If, writer: &mut Writer) {
        writer.slot("if");
        let mut code = TokenStream::new();
        for (condition, shown) in &chain.arms {
            self.stays(condition);
            writer.print(condition);
            let shown = self.branch(shown, writer);
            code.extend(quote_spanned!(Span::mixed_site()=> if #condition { #shown } else));
        }
        let otherwise = self.branch(&chain.otherwise, writer);
        writer.push(quote_spanned!(Span::mixed_site()=> #code { #otherwise }));
    }

    pub(super) fn match_block(&mut self, block: &Match, writer: &mut Writer) {
        writer.slot("match");
        self.stays(&block.on);
        writer.print(&block.on);
        let mut arms = TokenStream::new();
        for (pattern, shown) in &block.arms {
            self.stays(pattern);
            writer.print(pattern);
            let shown = self.branch(shown, writer);
            arms.extend(quote_spanned!(Span::mixed_site()=> #pattern => { #shown }));
        }
        let on = &block.on;
        writer.push(quote_spanned!(Span::mixed_site()=> match #on { #arms }));
    }

    pub(super) fn for_loop(&mut self, list: &For, writer: &mut Writer) {
        let For { pattern, list, key, body } = list;
        self.stays(list);
        writer.slot("for");
        writer.print(pattern);
        writer.print(list);
        let entry = match key {
            Some(key) => {
                writer.print(key);
                quote_spanned!(Span::mixed_site()=> html.keyed_entry(&mut entries, &(#key));)
            }
            None => quote_spanned!(Span::mixed_site()=> html.entry(&mut entries);),
        };
        // What is bound before the first node may skip the entry.
        let bound = body.iter().take_while(|node| matches!(node, Node::Let(_))).count();
        let (bindings, shown) = body.split_at(bound);
        let bindings = bindings
            .iter()
            .filter_map(|node| if let Node::Let(binding) = node { Some(binding) } else { None });
        let bindings: TokenStream = bindings.inspect(|binding| writer.print(binding)).cloned().collect();
        let outer = std::mem::replace(&mut self.in_entry, true);
        let Branch { template, code, fingerprint } = self.template(shown, false, SourceName::Branch);
        self.in_entry = outer;
        writer.nested(fingerprint);
        writer.push(quote_spanned! {Span::mixed_site()=>
            let mut entries = html.begin_loop(#template);
            for #pattern in #list {
                #bindings
                #entry
                #code
            }
            html.end_loop(entries);
        });
    }

    pub(super) fn stream(&mut self, stream: &Stream, writer: &mut Writer) {
        let Stream { pattern, list, body, .. } = stream;
        self.stays(list);
        writer.slot("stream");
        writer.print(pattern);
        writer.print(list);
        let outer = std::mem::replace(&mut self.in_entry, true);
        let Branch { template, code, fingerprint } = self.template(body, false, SourceName::Branch);
        self.in_entry = outer;
        writer.nested(fingerprint);
        writer.push(quote_spanned! {Span::mixed_site()=> {
            let items = html.stream(#template, #list);
            for #pattern in items.iter() {
                html.item();
                #code
            }
        }});
    }
}
