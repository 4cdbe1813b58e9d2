//! One template while it is written: what is constant, and what identifies it.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;

use super::source::{MarkKind, Marks, Source, SourceName};
use super::text;
use crate::fingerprint::Fingerprint;

/// A template while its nodes are written. Constant pieces that follow one another become one.
#[derive(Default)]
pub(super) struct Writer {
    /// The pieces that a slot has ended.
    statics: Vec<String>,
    /// The piece at the end.
    tail: String,
    fingerprint: Fingerprint,
    marks: Marks,
    /// The calls that write the slots.
    pub(super) code: TokenStream,
}

/// What becomes a `Template`.
pub(super) struct Constant {
    statics: Vec<String>,
    pub(super) fingerprint: u64,
    is_root: bool,
    source: Source,
}

impl Writer {
    /// The piece that is being written, for HTML.
    pub(super) fn tail(&mut self) -> &mut String {
        &mut self.tail
    }

    /// A slot comes next. What is hashed of it is up to the caller.
    pub(super) fn slot(&mut self, kind: &str) {
        let before = std::mem::take(&mut self.tail);
        self.fingerprint.text(&before);
        self.fingerprint.text(kind);
        self.statics.push(before);
    }

    /// A name that a slot has.
    pub(super) fn name(&mut self, name: &str) {
        self.fingerprint.text(name);
    }

    /// The source that a slot is made of.
    pub(super) fn print(&mut self, source: &TokenStream) {
        self.fingerprint.tokens(source);
    }

    /// The fingerprint of a template inside a slot.
    pub(super) fn nested(&mut self, fingerprint: u64) {
        self.fingerprint.number(fingerprint);
    }

    /// What is written next has this line in the source.
    pub(super) fn mark(&mut self, place: Span, kind: MarkKind) {
        self.marks.push(self.statics.len(), self.tail.len(), place, kind);
    }

    pub(super) fn push(&mut self, code: TokenStream) {
        self.code.extend(code);
    }

    pub(super) fn finish(mut self, is_root: bool, name: SourceName) -> (Constant, TokenStream) {
        self.fingerprint.text(&self.tail);
        self.statics.push(self.tail);
        let fingerprint = self.fingerprint.value();
        let source = Source { name, marks: self.marks };
        (Constant { statics: self.statics, fingerprint, is_root, source }, self.code)
    }
}

impl Constant {
    /// Where it stands in the source, as an expression.
    pub(super) fn source(&self, krate: &TokenStream) -> TokenStream {
        self.source.expression(krate)
    }

    /// As an expression; it is the template of this number.
    pub(super) fn expression(&self, index: usize, krate: &TokenStream) -> TokenStream {
        let fingerprint = Literal::u64_unsuffixed(self.fingerprint);
        let statics = &self.statics;
        let json = text::json(&self.statics);
        let is_root = self.is_root;
        quote_spanned! {Span::mixed_site()=>
            #krate::Template {
                fingerprint: #fingerprint,
                statics: &[#(#statics),*],
                json: #json,
                is_root: #is_root,
                #[cfg(debug_assertions)]
                source: ::core::option::Option::Some(&__SOURCES[#index]),
                #[cfg(not(debug_assertions))]
                source: ::core::option::Option::None,
            }
        }
    }
}
