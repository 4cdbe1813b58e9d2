//! The macros of Firecrest: `html!`, `#[component]` and `#[test]`.
//!
//! A crate of its own because *procedural macros* must be. Applications use what `firecrest` exports; these are the parts.

mod component;
mod errors;
mod fingerprint;
mod function;
mod template;
mod test;

use proc_macro::TokenStream;
use quote::quote;

#[doc = include_str!("docs/html.md")]
#[proc_macro]
pub fn html(input: TokenStream) -> TokenStream {
    template::expand(input.into()).into()
}

#[doc = include_str!("docs/component.md")]
#[proc_macro_attribute]
pub fn component(arguments: TokenStream, item: TokenStream) -> TokenStream {
    component::expand(&arguments.into(), &item.into(), &quote!(::firecrest_live)).into()
}

/// `#[component]` as the crate `firecrest` exports it: its users need not know the crate `firecrest-live`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn component_of_firecrest(arguments: TokenStream, item: TokenStream) -> TokenStream {
    component::expand(&arguments.into(), &item.into(), &quote!(::firecrest::__private::live)).into()
}

#[doc = include_str!("docs/test.md")]
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(&arguments.into(), &item.into()).into()
}
