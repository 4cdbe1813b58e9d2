//! One parameter of a component, or one field of a slot's entry.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, GenericArgument, Meta, PathArguments, Type};

/// What a component can be given under one name.
pub(super) struct Field {
    pub(super) name: Ident,
    /// Its type, as it is written, but with all lifetimes named.
    pub(super) ty: TokenStream,
    pub(super) docs: Vec<Attribute>,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
}

pub(super) enum Kind {
    /// `name={value}`
    Attribute { otherwise: Otherwise, conversion: Conversion },
    /// All attributes that are not declared.
    Rest,
    /// What stands between the tags.
    Children,
    /// `<slot:name>`: the type of an entry, where its attributes are declared, and how an entry is taken.
    Slot { entry: TokenStream, declared: Option<TokenStream>, take: Take },
}

/// What an attribute is if it is not given.
pub(super) enum Otherwise {
    /// It must be given.
    Required,
    /// None: its type is an option.
    Absent,
    /// The default of its type.
    Trait,
    Expression(TokenStream),
}

/// How a value becomes one of the attribute's type.
pub(super) enum Conversion {
    /// It is one, or coerces to it.
    Exact,
    /// By `Fit`: text to owned text, a value to an option.
    Fit,
    /// By `Into`.
    Into,
}

/// How a slot takes an entry.
pub(super) enum Take {
    /// As the only one.
    One,
    /// As the only one, in an option.
    Option,
    /// As one of many.
    Many,
}

/// What the attributes on a parameter say.
#[derive(Default)]
struct Marks {
    docs: Vec<Attribute>,
    default: Option<Otherwise>,
    is_into: bool,
    is_rest: bool,
    is_slot: bool,
    is_required: bool,
}

impl Field {
    /// Reads a field; attributes that are not ours go into `others`.
    pub(super) fn new(
        attributes: Vec<Attribute>,
        name: &Ident,
        ty: &Type,
        named: TokenStream,
        others: &mut Vec<Attribute>,
    ) -> syn::Result<Field> {
        let marks = Marks::read(attributes, others)?;
        let kind = kind(&marks, name, ty, &named)?;
        let is_required = match &kind {
            Kind::Attribute { otherwise, .. } => matches!(otherwise, Otherwise::Required),
            _ => marks.is_required,
        };
        Ok(Field { name: name.clone(), ty: named, docs: marks.docs, kind, is_required })
    }

    /// Whether the builder keeps the value as it is, with its own default for what is not given.
    pub(super) fn is_plain(&self) -> bool {
        !matches!(&self.kind, Kind::Attribute { otherwise, .. } if !matches!(otherwise, Otherwise::Absent))
    }
}

fn kind(marks: &Marks, name: &Ident, ty: &Type, named: &TokenStream) -> syn::Result<Kind> {
    if marks.is_rest {
        return Ok(Kind::Rest);
    }
    if name == "children" {
        return Ok(Kind::Children);
    }
    if marks.is_slot {
        return slot(ty, named);
    }
    let last = last_segment(ty);
    let conversion = match last.as_deref() {
        _ if marks.is_into => Conversion::Into,
        Some("Option" | "String") => Conversion::Fit,
        Some("Cow" | "Box" | "Rc" | "Arc") if argument(ty).is_some_and(is_str) => Conversion::Fit,
        _ => Conversion::Exact,
    };
    let otherwise = match &marks.default {
        Some(Otherwise::Expression(expression)) => Otherwise::Expression(expression.clone()),
        Some(_) => Otherwise::Trait,
        None if last.as_deref() == Some("Option") => Otherwise::Absent,
        None => Otherwise::Required,
    };
    Ok(Kind::Attribute { otherwise, conversion })
}

/// `SlotFn<'a, Row>`, `Option<Entry>` or `Vec<Entry>`.
fn slot(ty: &Type, named: &TokenStream) -> syn::Result<Kind> {
    let (take, entry) = match last_segment(ty).as_deref() {
        Some("Vec") => (Take::Many, argument(ty)),
        Some("Option") => (Take::Option, argument(ty)),
        Some("SlotFn") => return Ok(Kind::Slot { entry: named.clone(), declared: None, take: Take::One }),
        _ => (Take::One, None),
    };
    let Some(entry) = entry else {
        let message =
            "a slot is `SlotFn<…>`, or `Option<…>` or `Vec<…>` of it or of a struct with `#[component]`";
        return Err(syn::Error::new_spanned(ty, message));
    };
    let declared =
        (last_segment(entry).as_deref() != Some("SlotFn")).then(|| without_arguments(entry)).flatten();
    Ok(Kind::Slot { entry: super::elision::name(entry).0, declared, take })
}

impl Marks {
    fn read(attributes: Vec<Attribute>, others: &mut Vec<Attribute>) -> syn::Result<Marks> {
        let mut marks = Marks::default();
        for attribute in attributes {
            let Some(name) = attribute.path().get_ident().map(ToString::to_string) else {
                others.push(attribute);
                continue;
            };
            match &*name {
                "doc" => marks.docs.push(attribute),
                "default" => {
                    marks.default = Some(match &attribute.meta {
                        Meta::Path(_) => Otherwise::Trait,
                        Meta::List(list) => Otherwise::Expression(list.tokens.clone()),
                        Meta::NameValue(value) => Otherwise::Expression(value.value.to_token_stream()),
                    });
                }
                "into" => marks.is_into = true,
                "rest" => marks.is_rest = true,
                "slot" => marks.is_slot = true,
                "required" => marks.is_required = true,
                _ => others.push(attribute),
            }
        }
        Ok(marks)
    }
}

/// The name of a type, without the path to it.
fn last_segment(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// The `T` of `Vec<T>`.
fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn is_str(ty: &Type) -> bool {
    last_segment(ty).as_deref() == Some("str")
}

/// The path of a type without its generic arguments.
fn without_arguments(ty: &Type) -> Option<TokenStream> {
    let Type::Path(path) = ty else { return None };
    let names = path.path.segments.iter().map(|segment| &segment.ident);
    let colon = path.path.leading_colon;
    Some(quote!(#colon #(#names)::*))
}
