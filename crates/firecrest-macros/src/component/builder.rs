//! What `html!` calls to give a component, or an entry of a slot, what stands in the template.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Generics, Visibility};

use super::field::{Conversion, Field, Kind, Otherwise, Take};

/// The parts that a function and a struct have in common.
pub(super) struct Builder<'a> {
    /// The path of the crate whose types are used.
    pub(super) krate: &'a TokenStream,
    pub(super) vis: &'a Visibility,
    /// Of the function or the struct.
    pub(super) name: &'a Ident,
    /// How errors name it.
    pub(super) subject: String,
    pub(super) generics: &'a Generics,
    pub(super) fields: &'a [Field],
}

impl Builder<'_> {
    /// The name of the struct that collects the attributes.
    pub(super) fn collector(&self) -> Ident {
        format_ident!("{}Attributes", self.name)
    }

    /// The fields of the struct that collects the attributes.
    pub(super) fn declarations(&self) -> TokenStream {
        let fields = self.fields.iter().map(|field| {
            let Field { name, ty, .. } = field;
            if field.is_plain() { quote!(#name: #ty,) } else { quote!(#name: ::core::option::Option<#ty>,) }
        });
        // A parameter may occur in bounds only.
        let lifetimes = self.generics.lifetimes().map(|parameter| &parameter.lifetime);
        let parameters = self.generics.type_params().map(|parameter| &parameter.ident);
        quote! {
            #(#fields)*
            __marker: ::core::marker::PhantomData<(#(&#lifetimes (),)* #(fn() -> *const #parameters,)*)>,
        }
    }

    /// The values of these fields before anything is given.
    pub(super) fn initial(&self) -> TokenStream {
        let names = self.fields.iter().map(|field| &field.name);
        quote! {
            #(#names: ::core::default::Default::default(),)*
            __marker: ::core::marker::PhantomData,
        }
    }

    /// The values of the fields in the end.
    pub(super) fn values(&self) -> impl Iterator<Item = TokenStream> {
        self.fields.iter().map(|field| {
            let name = &field.name;
            match &field.kind {
                Kind::Attribute { otherwise: Otherwise::Expression(value), .. } => {
                    quote!(self.#name.unwrap_or_else(|| #value))
                }
                Kind::Attribute { otherwise: Otherwise::Trait, .. } => quote!(self.#name.unwrap_or_default()),
                Kind::Attribute { otherwise: Otherwise::Required, .. } => {
                    let message = format!("the attribute `{}` is required", name.unraw());
                    quote!(self.#name.expect(#message))
                }
                _ => quote!(self.#name),
            }
        })
    }

    /// The methods that `html!` calls, one for each field.
    pub(super) fn methods(&self) -> impl Iterator<Item = TokenStream> {
        self.fields.iter().map(|field| self.method(field))
    }

    fn method(&self, field: &Field) -> TokenStream {
        let Builder { krate, vis, .. } = self;
        let Field { name, ty, docs, .. } = field;
        match &field.kind {
            Kind::Rest => TokenStream::new(),
            Kind::Children => quote! {
                #(#docs)* #[inline]
                #vis fn #name(mut self, value: #ty) -> Self { self.#name = value; self }
            },
            Kind::Attribute { otherwise, conversion } => {
                let (parameter, value) = match conversion {
                    Conversion::Exact => (quote!(#ty), quote!(value)),
                    Conversion::Fit => {
                        (quote!(impl #krate::slots::Fit<#ty>), quote!(#krate::slots::Fit::fit(value)))
                    }
                    Conversion::Into => {
                        (quote!(impl ::core::convert::Into<#ty>), quote!(::core::convert::Into::into(value)))
                    }
                };
                let value = match otherwise {
                    Otherwise::Absent => value,
                    _ => quote!(::core::option::Option::Some(#value)),
                };
                quote! {
                    #(#docs)* #[inline]
                    #vis fn #name(mut self, value: #parameter) -> Self { self.#name = #value; self }
                }
            }
            Kind::Slot { entry, take, .. } => {
                let take = match take {
                    Take::One => quote!(this.#name = entry),
                    Take::Option => quote!(this.#name = ::core::option::Option::Some(entry)),
                    Take::Many => quote!(this.#name.push(entry)),
                };
                quote! {
                    #(#docs)* #[inline]
                    #vis fn #name(self) -> <#entry as #krate::slots::SlotEntry>::Attributes<Self> {
                        <#entry as #krate::slots::SlotEntry>::attributes(self, |this, entry| #take)
                    }
                }
            }
        }
    }

    /// How the attributes that are not declared are taken, if they are.
    pub(super) fn rest(&self, extra: Option<&Ident>) -> TokenStream {
        let Some(field) = self.fields.iter().find(|field| matches!(field.kind, Kind::Rest)) else {
            return TokenStream::new();
        };
        let Builder { krate, .. } = self;
        let Field { name, ty, .. } = field;
        let lifetime = super::elision::first(ty);
        let (generics, collector) = (self.with(extra), self.collector());
        let (parameters, _, bounds) = generics.split_for_impl();
        let arguments = self.arguments(extra);
        quote! {
            #[automatically_derived]
            impl #parameters #krate::slots::HasRestParameter<#lifetime> for #collector #arguments #bounds {
                #[inline]
                fn __rest(&mut self) -> &mut #ty {
                    &mut self.#name
                }
            }
        }
    }

    /// The list of what is declared, by which `html!` finds out what is missing.
    pub(super) fn declared(&self) -> TokenStream {
        let krate = self.krate;
        let entries = self.fields.iter().filter(|field| !matches!(field.kind, Kind::Rest)).map(|field| {
            let (name, subject) = (field.name.unraw().to_string(), &self.subject);
            let missing = match (&field.kind, field.is_required) {
                (_, false) => String::new(),
                (Kind::Children, true) => format!("{subject} needs content"),
                (Kind::Slot { .. }, true) => format!("{subject} needs a `<slot:{name}>`"),
                (_, true) => format!("{subject} needs the attribute `{name}`"),
            };
            let twice = match &field.kind {
                Kind::Slot { take: Take::One | Take::Option, .. } => {
                    format!("{subject} takes one `<slot:{name}>` only")
                }
                _ => String::new(),
            };
            quote!(#krate::slots::Declared { name: #name, missing: #missing, twice: #twice })
        });
        quote!(&[#(#entries),*])
    }

    /// The constants by which `html!` checks the entries of each slot.
    pub(super) fn slot_constants(&self) -> impl Iterator<Item = TokenStream> {
        let Builder { krate, vis, .. } = self;
        self.fields.iter().filter_map(move |field| {
            let Kind::Slot { declared, .. } = &field.kind else { return None };
            let constant = &field.name;
            let value = match declared {
                Some(path) => quote!(#path),
                None => quote!(#krate::slots::BODY),
            };
            Some(quote!(#vis const #constant: &'static [#krate::slots::Declared] = #value;))
        })
    }

    /// The generics, and a type parameter more.
    pub(super) fn with(&self, extra: Option<&Ident>) -> Generics {
        let mut generics = self.generics.clone();
        generics.params.extend(extra.map(|name| syn::GenericParam::Type(name.clone().into())));
        generics
    }

    /// The arguments of the collector's type.
    pub(super) fn arguments(&self, extra: Option<&Ident>) -> TokenStream {
        let generics = self.with(extra);
        let (_, arguments, _) = generics.split_for_impl();
        quote!(#arguments)
    }
}
