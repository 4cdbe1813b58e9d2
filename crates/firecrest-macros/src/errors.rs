//! What a macro has to complain about: all of it at once, each at its place.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one macro call.
///
/// They do not stop it: what can be understood is expanded as well, so that editors go on knowing the rest.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Something is wrong at a place.
    pub(crate) fn at(&mut self, place: Span, message: impl Display) {
        self.push(syn::Error::new(place, message));
    }

    /// Something is wrong with tokens, from the first to the last of them.
    pub(crate) fn over(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }
}

/// One `compile_error!` for each.
impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().map(syn::Error::to_compile_error));
    }
}
