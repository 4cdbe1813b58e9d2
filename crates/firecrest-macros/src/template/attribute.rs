//! Attributes of a tag: `disabled`, `type="button"`, `value={expression}`, `{..attributes}`.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::token::Brace;
use syn::{Lit, Token};

use super::name::Name;
use super::node::{Attribute, Given, Value};
use super::parse::Parser;

/// What a tag contains.
#[derive(Default)]
pub(super) struct OpenTag {
    pub(super) attributes: Vec<Attribute>,
    /// The pattern of `let={…}`.
    pub(super) argument: Option<Value>,
    /// Whether it ends in `/>`.
    pub(super) is_closed: bool,
}

impl Parser {
    /// Reads the next attribute, or skips what is none.
    pub(super) fn attribute(&mut self, input: ParseStream<'_>, tag: &mut OpenTag) {
        let before = input.cursor();
        if let Err(error) = self.try_attribute(input, tag) {
            self.errors.push(error);
            if input.cursor() == before {
                // Whatever it is, it has been complained about.
                let _ = input.parse::<TokenTree>();
            }
        }
    }

    fn try_attribute(&mut self, input: ParseStream<'_>, tag: &mut OpenTag) -> syn::Result<()> {
        if input.peek(Brace) {
            tag.attributes.push(splat(&input.parse()?)?);
            return Ok(());
        }
        if input.peek(Token![:]) {
            return Err(directive(input));
        }
        if !Name::is_next(input) {
            return Err(input.error(
                "expected an attribute: `name`, `name=\"text\"`, `name={expression}` or `{..attributes}`",
            ));
        }
        let name = Name::attribute(input)?;
        let given = given(input, &name)?;
        match given {
            Given::Value(pattern) if name.text == "let" => tag.argument = Some(pattern),
            _ if name.text == "let" => {
                self.errors.over(&name, "put the pattern into braces: `let={pattern}`");
            }
            given => self.push_attribute(tag, name, given),
        }
        Ok(())
    }

    fn push_attribute(&mut self, tag: &mut OpenTag, name: Name, given: Given) {
        let is_same = |other: &Attribute| match other {
            Attribute::Named(other, _) => other.text.eq_ignore_ascii_case(&name.text),
            Attribute::Splat(_) => false,
        };
        if tag.attributes.iter().any(is_same) {
            self.errors.over(&name, format!("the attribute `{}` is given twice", name.text));
        } else {
            tag.attributes.push(Attribute::Named(name, given));
        }
    }
}

fn given(input: ParseStream<'_>, name: &Name) -> syn::Result<Given> {
    if !input.peek(Token![=]) {
        return Ok(Given::Bare);
    }
    let equals: Token![=] = input.parse()?;
    if input.peek(Brace) {
        let group: Group = input.parse()?;
        if group.stream().is_empty() {
            let message = format!("there is no expression between the braces of `{}`", name.text);
            return Err(syn::Error::new(group.span(), message));
        }
        return Ok(Given::Value(Value::new(&group)));
    }
    if is_literal(input) {
        return literal(input, name);
    }
    Err(unbraced(name, equals, input))
}

fn splat(group: &Group) -> syn::Result<Attribute> {
    let mut tokens = group.stream().into_iter();
    let is_dot =
        |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(dot)) if dot.as_char() == '.');
    if is_dot(tokens.next()) && is_dot(tokens.next()) {
        return Ok(Attribute::Splat(Value { tokens: tokens.collect(), place: group.span() }));
    }
    let message = "an attribute has a name: write `name={…}`, or `{..attributes}` for a list of them";
    Err(syn::Error::new(group.span(), message))
}

/// Whether a literal comes next. `syn` would look at a negative number as a whole, which may not be one.
fn is_literal(input: ParseStream<'_>) -> bool {
    let start = input.cursor();
    let number = start.punct().filter(|(punct, _)| punct.as_char() == '-').map_or(start, |(_, rest)| rest);
    number.literal().is_some() || start.ident().is_some_and(|(word, _)| word == "true" || word == "false")
}

fn literal(input: ParseStream<'_>, name: &Name) -> syn::Result<Given> {
    let mut tokens = input.parse::<Option<Token![-]>>()?.into_token_stream();
    let mut text = tokens.to_string();
    let literal: Lit = input.parse()?;
    match &literal {
        Lit::Str(value) => text.push_str(&value.value()),
        Lit::Char(value) => text.push(value.value()),
        Lit::Int(value) => text.push_str(value.base10_digits()),
        Lit::Float(value) => text.push_str(value.base10_digits()),
        Lit::Bool(value) => text.push_str(if value.value { "true" } else { "false" }),
        _ => return Err(syn::Error::new(literal.span(), "an attribute is text or a number")),
    }
    literal.to_tokens(&mut tokens);
    if literal.suffix().is_empty() || is_type(literal.suffix()) {
        return Ok(Given::Literal(text, tokens));
    }
    let message = format!("put the value into quotes: `{}=\"{text}{}\"`", name.text, literal.suffix());
    Err(syn::Error::new_spanned(tokens, message))
}

/// Whether the suffix of a number is its type.
fn is_type(suffix: &str) -> bool {
    let (kind, bits) = suffix.split_at_checked(1).unwrap_or_default();
    matches!(kind, "i" | "u" | "f") && matches!(bits, "8" | "16" | "32" | "64" | "128" | "size")
}

/// Complains about `name=expression`.
fn unbraced(name: &Name, equals: Token![=], input: ParseStream<'_>) -> syn::Error {
    let mut run = TokenStream::new();
    while !input.is_empty() && !ends_value(input) {
        let Ok(token) = input.parse::<TokenTree>() else { break };
        token.to_tokens(&mut run);
    }
    let name = &name.text;
    if run.is_empty() {
        return syn::Error::new(equals.span, format!("the value of `{name}` is missing after the `=`"));
    }
    let text = super::element::path_text(&run);
    syn::Error::new_spanned(run, format!("put the expression into braces: `{name}={{{text}}}`"))
}

/// Whether what comes next cannot belong to an unbraced value.
fn ends_value(input: ParseStream<'_>) -> bool {
    input.peek(Token![>])
        || input.peek(Token![<])
        || (input.peek(Token![/]) && input.peek2(Token![>]))
        || (Name::is_next(input) && input.peek2(Token![=]))
}

/// Complains about `:if={…}` and the like, which other template languages have.
fn directive(input: ParseStream<'_>) -> syn::Error {
    let skip = || -> syn::Result<TokenStream> {
        let mut tokens = input.parse::<Token![:]>()?.into_token_stream();
        Name::attribute(input)?.to_tokens(&mut tokens);
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?.to_tokens(&mut tokens);
            input.parse::<TokenTree>()?.to_tokens(&mut tokens);
        }
        Ok(tokens)
    };
    let message = "conditions and loops stand around the element: \
                   `if … { <p>…</p> }`, `for … in …, key = … { <p>…</p> }`";
    match skip() {
        Ok(tokens) => syn::Error::new_spanned(tokens, message),
        Err(error) => error,
    }
}
