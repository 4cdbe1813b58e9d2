//! `#[component]` on a function.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{FnArg, GenericParam, LifetimeParam, Pat, Signature, Type};

use super::builder::Builder;
use super::elision;
use super::field::Field;
use crate::function::Function;

/// Expands to the function and what `html!` needs to call it.
pub(super) fn expand(mut function: Function, krate: &TokenStream) -> syn::Result<TokenStream> {
    let read = check(&function.signature).and_then(|()| parameters(&mut function.signature));
    let fields = match read {
        Ok(fields) => fields,
        Err(error) => return Ok(as_function(error, function)),
    };
    let Function { attributes, vis, signature, body } = &function;
    let name = &signature.ident;
    let builder = Builder {
        krate,
        vis,
        name,
        subject: format!("`<{name}>`"),
        generics: &signature.generics,
        fields: &fields,
    };
    let (parameters, arguments, bounds) = signature.generics.split_for_impl();
    let (collector, declarations, initial) = (builder.collector(), builder.declarations(), builder.initial());
    let (methods, values, rest) = (builder.methods(), builder.values(), builder.rest(None));
    let (declared, constants, output) = (builder.declared(), builder.slot_constants(), &signature.output);
    Ok(quote! {
        #(#attributes)*
        #[allow(
            non_snake_case,
            clippy::needless_lifetimes,
            clippy::needless_pass_by_value,
            clippy::too_many_arguments
        )]
        #vis #signature #body

        #[doc(hidden)]
        #[allow(dead_code)]
        #vis enum #name {}

        #[automatically_derived]
        #[allow(dead_code, non_upper_case_globals, missing_docs)]
        impl #name {
            #vis const __ATTRIBUTES: &'static [#krate::slots::Declared] = #declared;
            #(#constants)*

            #[inline]
            #vis fn __start #parameters () -> #collector #arguments #bounds {
                #collector { #initial }
            }
        }

        #[doc(hidden)]
        #[allow(dead_code, missing_debug_implementations, clippy::type_complexity)]
        #vis struct #collector #parameters #bounds { #declarations }

        #[automatically_derived]
        #[allow(dead_code, missing_docs, clippy::should_implement_trait)]
        impl #parameters #collector #arguments #bounds {
            #(#methods)*

            #vis fn __finish(self) #output {
                #name(#(#values),*)
            }
        }

        #rest
    })
}

/// The function without what only we understand, and what is wrong with it.
fn as_function(error: syn::Error, mut function: Function) -> TokenStream {
    for input in &mut function.signature.inputs {
        if let FnArg::Typed(parameter) = input {
            parameter.attrs.clear();
        }
    }
    let error = error.into_compile_error();
    let Function { attributes, vis, signature, body } = function;
    quote!(#error #(#attributes)* #[allow(non_snake_case)] #vis #signature #body)
}

fn check(signature: &Signature) -> syn::Result<()> {
    let error = |tokens: &dyn ToTokens, message: &str| {
        Err(syn::Error::new_spanned(tokens.to_token_stream(), message))
    };
    if let Some(asyncness) = &signature.asyncness {
        return error(
            asyncness,
            "a component renders at once: load what it shows before, and give it as an attribute",
        );
    }
    if !signature.ident.unraw().to_string().starts_with(char::is_uppercase) {
        return error(
            &signature.ident,
            "the name of a component begins with a capital letter, unlike that of an element",
        );
    }
    if let Some(constness) = &signature.constness {
        return error(constness, "a component is not `const`");
    }
    if let Some(variadic) = &signature.variadic {
        return error(variadic, "a component has a fixed number of attributes");
    }
    Ok(())
}

/// Reads the parameters, and leaves in the signature what Rust understands.
fn parameters(signature: &mut Signature) -> syn::Result<Vec<Field>> {
    let mut fields = Vec::new();
    let mut elided = false;
    for input in &mut signature.inputs {
        let FnArg::Typed(parameter) = input else {
            return Err(syn::Error::new_spanned(input, "a component is a function without `self`"));
        };
        let name = parameter_name(&parameter.pat)?;
        if matches!(&*parameter.ty, Type::ImplTrait(_)) {
            let message = "a parameter's type has a name: write `fn Component<T: …>(…: T)`";
            return Err(syn::Error::new_spanned(&parameter.ty, message));
        }
        let (named, found) = elision::name(&parameter.ty);
        elided |= found;
        let mut others = Vec::new();
        let attributes = std::mem::take(&mut parameter.attrs);
        fields.push(Field::new(attributes, &name, &parameter.ty, named.clone(), &mut others)?);
        if let Some(other) = others.first() {
            let message =
                "of a component's parameter it can be said: `default`, `into`, `rest`, `slot`, `required`";
            return Err(syn::Error::new_spanned(other, message));
        }
        *parameter.ty = Type::Verbatim(named);
    }
    if elided {
        let lifetime = syn::Lifetime::new(elision::NAME, proc_macro2::Span::call_site());
        signature.generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime)));
    }
    Ok(fields)
}

fn parameter_name(pattern: &Pat) -> syn::Result<Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none() => {
            Ok(pattern.ident.clone())
        }
        _ => Err(syn::Error::new_spanned(
            pattern,
            "an attribute has a name: take it apart in the function's body",
        )),
    }
}
