//! Where a template stands in the source, for builds that say so (F018, F019).

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// What a template is.
pub(super) enum SourceName {
    /// That of a whole `html!`.
    Whole,
    /// The content of a component, or of the slot with this name.
    Content(String),
    /// A branch, or the body of a loop.
    Branch,
}

/// What stands at a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    /// The end of a tag's name.
    Tag,
    /// The call of a component.
    Call,
}

/// Places in the statics that come from lines of the source.
#[derive(Default)]
pub(super) struct Marks(Vec<TokenStream>);

pub(super) struct Source {
    pub(super) name: SourceName,
    pub(super) marks: Marks,
}

impl Marks {
    /// Marks a byte of one of the statics. What is read from text, as in tests of the macro, has no lines.
    pub(super) fn push(&mut self, piece: usize, at: usize, place: Span, kind: MarkKind) {
        if !proc_macro::is_available() {
            return;
        }
        let (piece, at, line) = (piece as u32, at as u32, place.unwrap().line() as u32);
        let is_call = kind == MarkKind::Call;
        self.0.push(quote_spanned!(Span::mixed_site()=> (#piece, #at, #line, #is_call)));
    }
}

impl Source {
    /// As an expression.
    pub(super) fn expression(&self, krate: &TokenStream) -> TokenStream {
        let place = Span::mixed_site();
        let name = match &self.name {
            SourceName::Whole => {
                quote_spanned!(place=> #krate::source::Name::Whole(|| ::core::any::type_name_of_val(&__here)))
            }
            SourceName::Content(slot) => quote_spanned!(place=> #krate::source::Name::Content(#slot)),
            SourceName::Branch => quote_spanned!(place=> #krate::source::Name::Branch),
        };
        let marks = &self.marks.0;
        quote_spanned!(place=> #krate::source::Source::new(#name, ::core::file!(), ::core::line!(), &[#(#marks),*]))
    }
}
