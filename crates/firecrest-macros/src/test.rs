//! `#[test]`: a test in virtual time.

use proc_macro2::TokenStream;
use quote::quote;

use crate::function::Function;

/// Expands the attribute on an asynchronous function.
pub(crate) fn expand(arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    match try_expand(arguments, item.clone()) {
        Ok(expanded) => expanded,
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#error #item)
        }
    }
}

fn try_expand(arguments: &TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    if !arguments.is_empty() {
        return Err(syn::Error::new_spanned(arguments, "`#[firecrest::test]` has no arguments"));
    }
    let Function { attributes, vis, signature, body } = syn::parse2(item)?;
    if signature.asyncness.is_none() {
        let message = "`#[firecrest::test]` is for `async fn`: for others, write `#[test]`";
        return Err(syn::Error::new_spanned(signature.fn_token, message));
    }
    if !signature.inputs.is_empty() {
        return Err(syn::Error::new_spanned(&signature.inputs, "a test has no parameters"));
    }
    let (name, output) = (&signature.ident, &signature.output);
    Ok(quote! {
        #(#attributes)*
        #[::core::prelude::v1::test]
        #vis fn #name() #output {
            #signature #body
            ::firecrest::__private::tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .start_paused(true)
                .build()
                .expect("a runtime of one thread can be built")
                .block_on(#name())
        }
    })
}
