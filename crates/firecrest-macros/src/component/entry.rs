//! `#[component]` on a struct: the entry of a slot.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Fields, Ident, ItemStruct};

use super::builder::Builder;
use super::field::Field;

/// Whether an item is a struct.
pub(super) fn is_struct(item: &TokenStream) -> bool {
    let is_word =
        |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "struct" || word == "fn");
    item.clone().into_iter().find(is_word).is_some_and(|word| word.to_string() == "struct")
}

/// Expands to the struct and what `html!` needs to make one.
pub(super) fn expand(mut item: ItemStruct, krate: &TokenStream) -> syn::Result<TokenStream> {
    let fields = fields(&mut item)?;
    let ItemStruct { vis, ident: name, generics, .. } = &item;
    let subject = format!("a slot of `{name}`");
    let builder = Builder { krate, vis, name, subject, generics, fields: &fields };
    let parent = Ident::new("__Parent", Span::call_site());
    let with_parent = builder.with(Some(&parent));
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let (all_parameters, all_arguments, _) = with_parent.split_for_impl();
    let (collector, declarations, initial) = (builder.collector(), builder.declarations(), builder.initial());
    let (methods, values, rest) = (builder.methods(), builder.values(), builder.rest(Some(&parent)));
    let names = fields.iter().map(|field| &field.name);
    let declared = builder.declared();
    Ok(quote! {
        #item

        #[doc(hidden)]
        #[allow(dead_code, non_upper_case_globals)]
        #vis const #name: &[#krate::slots::Declared] = #declared;

        #[doc(hidden)]
        #[allow(dead_code, missing_debug_implementations, clippy::type_complexity)]
        #vis struct #collector #all_parameters #bounds {
            #declarations
            __parent: #parent,
            __push: fn(&mut #parent, #name #arguments),
        }

        #[automatically_derived]
        #[allow(dead_code, missing_docs, clippy::should_implement_trait)]
        impl #all_parameters #collector #all_arguments #bounds {
            #(#methods)*

            #vis fn __finish(mut self) -> #parent {
                let entry = #name { #(#names: #values),* };
                (self.__push)(&mut self.__parent, entry);
                self.__parent
            }
        }

        #rest

        #[automatically_derived]
        impl #parameters #krate::slots::SlotEntry for #name #arguments #bounds {
            type Attributes<#parent> = #collector #all_arguments;

            #[inline]
            fn attributes<#parent>(parent: #parent, push: fn(&mut #parent, Self)) -> Self::Attributes<#parent> {
                #collector { #initial __parent: parent, __push: push }
            }
        }
    })
}

/// Reads the fields, and leaves in the struct what Rust understands.
fn fields(item: &mut ItemStruct) -> syn::Result<Vec<Field>> {
    let Fields::Named(named) = &mut item.fields else {
        return Err(syn::Error::new_spanned(
            &item.ident,
            "the attributes of a slot are the named fields of a struct",
        ));
    };
    let mut fields = Vec::new();
    for field in &mut named.named {
        let Some(name) = &field.ident else { continue };
        let ty = &field.ty;
        let mut others = Vec::new();
        let attributes = std::mem::take(&mut field.attrs);
        fields.push(Field::new(attributes, name, ty, quote!(#ty), &mut others)?);
        field.attrs = others;
        if let Some(read) = fields.last() {
            field.attrs.splice(0..0, read.docs.iter().cloned());
        }
    }
    Ok(fields)
}
