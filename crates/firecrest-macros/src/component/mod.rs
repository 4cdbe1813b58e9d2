//! `#[component]`: functions that `html!` calls like elements, and what the entries of their slots are made of.

mod builder;
mod elision;
mod entry;
mod field;
mod function;

use proc_macro2::TokenStream;

/// Expands the attribute on a function or on a struct; `krate` is the path of the crate whose types are used.
pub(crate) fn expand(arguments: &TokenStream, item: &TokenStream, krate: &TokenStream) -> TokenStream {
    let expanded = if !arguments.is_empty() {
        Err(syn::Error::new_spanned(arguments, "`#[component]` has no arguments"))
    } else if entry::is_struct(item) {
        syn::parse2(item.clone()).and_then(|item| entry::expand(item, krate))
    } else {
        syn::parse2(item.clone()).and_then(|item| function::expand(item, krate))
    };
    expanded.unwrap_or_else(|error| {
        let error = error.into_compile_error();
        quote::quote!(#error #item)
    })
}
