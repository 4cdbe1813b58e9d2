//! Components: a chain of calls that ends in their `Html`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;

use super::whole::Codegen;
use crate::template::node::{Attribute, Body, Call, Given, Value};
use crate::template::source::{MarkKind, SourceName};
use crate::template::statics::Writer;

/// A call of a component, as far as it is written.
struct Chain {
    code: TokenStream,
    /// The names of what the component, or the entry of a slot, is given.
    given: Vec<String>,
}

impl Codegen {
    pub(super) fn call(&mut self, call: &Call, writer: &mut Writer) {
        let (krate, path) = (self.krate.clone(), &call.path);
        let place = Span::mixed_site().located_at(call.place);
        writer.mark(call.place, MarkKind::Call);
        writer.slot("component");
        writer.print(path);
        let mut chain = Chain { code: quote_spanned!(place=> #path::__start()), given: Vec::new() };
        let mut checks = TokenStream::new();
        self.attributes(&call.attributes, &mut chain, writer);
        self.body(&call.body, "children", place, &mut chain, writer);
        for slot in &call.slots {
            let (name, place) = (&slot.name, Span::mixed_site().located_at(slot.name.span()));
            writer.print(&name.to_token_stream());
            let Chain { code, given } = &mut chain;
            given.push(name.unraw().to_string());
            let mut entry = Chain { code: quote_spanned!(place=> #code.#name()), given: Vec::new() };
            self.attributes(&slot.attributes, &mut entry, writer);
            self.body(&slot.body, &name.unraw().to_string(), place, &mut entry, writer);
            let Chain { code, given } = entry;
            chain.code = quote_spanned!(place=> #code.__finish());
            checks.extend(quote_spanned!(name.span()=> const _: () = __check(#path::#name, &[#(#given),*]);));
        }
        let Chain { code, given } = chain;
        // What fails in a constant is shown where its tokens stand if none of them is of the macro.
        let check = Ident::new("__check", call.place);
        checks
            .extend(quote_spanned!(call.place=> const _: () = __check(#path::__ATTRIBUTES, &[#(#given),*]);));
        writer.push(quote_spanned! {place=> {
            use #krate::slots::{GlobalAttributes as _, check as #check};
            #checks
            html.slot(&#code.__finish());
        }});
    }

    fn attributes(&mut self, attributes: &[Attribute], chain: &mut Chain, writer: &mut Writer) {
        for attribute in attributes {
            match attribute {
                Attribute::Splat(value) => self.splat(value, chain, writer),
                Attribute::Named(name, given) => {
                    writer.print(&name.to_token_stream());
                    let value = self.given(given, writer);
                    let place = Span::mixed_site().located_at(name.place());
                    let code = &chain.code;
                    if let Some(ident) = name.ident() {
                        chain.given.push(name.text.clone());
                        chain.code = quote_spanned!(place=> #code.#ident(#value));
                    } else {
                        let name = &name.text;
                        chain.code = quote_spanned!(place=> #code.undeclared_attribute(#name, #value));
                    }
                }
            }
        }
    }

    fn splat(&mut self, value: &Value, chain: &mut Chain, writer: &mut Writer) {
        self.stays(&value.tokens);
        writer.print(&value.tokens);
        let (code, attributes) = (&chain.code, value.reference());
        let place = Span::mixed_site().located_at(value.place);
        chain.code = quote_spanned!(place=> #code.undeclared_attributes(#attributes));
    }

    fn given(&mut self, given: &Given, writer: &mut Writer) -> TokenStream {
        let value = match given {
            Given::Bare => quote_spanned!(Span::mixed_site()=> true),
            Given::Literal(_, literal) => literal.clone(),
            Given::Value(value) => {
                self.stays(&value.tokens);
                value.argument()
            }
        };
        writer.print(&value);
        value
    }

    /// What stands between the tags, as a function that writes it.
    fn body(&mut self, body: &Body, name: &str, place: Span, chain: &mut Chain, writer: &mut Writer) {
        if body.children.is_empty() {
            return;
        }
        chain.given.push("children".to_owned());
        let pattern = match &body.argument {
            Some(pattern) => pattern.tokens.clone(),
            None => quote_spanned!(Span::mixed_site()=> _),
        };
        writer.print(&pattern);
        let outer = std::mem::replace(&mut self.in_entry, false);
        let shown = self.named_branch(&body.children, SourceName::Content(name.to_owned()), writer);
        self.in_entry = outer;
        let (krate, code) = (&self.krate, &chain.code);
        let content = quote_spanned! {Span::mixed_site()=>
            #krate::slots::SlotFn::new(&|html: &mut #krate::Html, #pattern| { #shown })
        };
        chain.code = quote_spanned!(place=> #code.children(#content));
    }
}
