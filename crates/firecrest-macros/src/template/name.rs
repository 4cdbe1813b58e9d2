//! Names of elements and attributes: `div`, `phx-click`, `xlink:href`, `@click`, `type`.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

/// A name as HTML has it, and the tokens it was made of.
#[derive(Clone)]
pub(super) struct Name {
    pub(super) text: String,
    tokens: TokenStream,
}

impl Name {
    /// Whether a name comes next.
    pub(super) fn is_next(input: ParseStream<'_>) -> bool {
        input.peek(syn::Ident::peek_any) || (input.peek(Token![@]) && input.peek2(syn::Ident::peek_any))
    }

    /// The first token of it.
    pub(super) fn place(&self) -> Span {
        self.tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
    }

    /// The name as one of Rust, if it is one: keywords become raw identifiers.
    pub(super) fn ident(&self) -> Option<Ident> {
        let mut tokens = self.tokens.clone().into_iter();
        match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Ident(ident)), None) => Some(plain_or_raw(&ident)),
            _ => None,
        }
    }

    /// What follows a prefix such as `slot:`, if it is one identifier.
    pub(super) fn after(&self, prefix: &str) -> Option<Ident> {
        let rest = self.text.strip_prefix(prefix)?;
        match self.tokens.clone().into_iter().last() {
            Some(TokenTree::Ident(ident)) if ident.unraw() == rest => Some(plain_or_raw(&ident)),
            _ => None,
        }
    }

    fn push(&mut self, text: &str, token: impl ToTokens) {
        self.text.push_str(text);
        token.to_tokens(&mut self.tokens);
    }

    fn part(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(syn::Ident::peek_any) {
            let ident = input.call(syn::Ident::parse_any)?;
            self.push(&ident.unraw().to_string(), ident);
            return Ok(());
        }
        if !self.text.is_empty() && input.cursor().literal().is_some() {
            let digits: Literal = input.parse()?;
            let text = digits.to_string();
            if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_')) {
                self.push(&text, digits);
                return Ok(());
            }
            return Err(syn::Error::new(digits.span(), "a name goes on with letters or digits here"));
        }
        Err(input.error("expected a name of letters, digits, `-`, `:`, `.`"))
    }
}

impl Name {
    /// Reads the name of an element. In `<p :class…>` the colon is no part of it: it cannot be seen how tokens are spaced.
    pub(super) fn element(input: ParseStream<'_>) -> syn::Result<Name> {
        Name::read(input, |name, input| {
            name.text == "slot" && input.peek(Token![:]) && !input.peek(Token![::])
        })
    }

    /// Reads the name of an attribute.
    pub(super) fn attribute(input: ParseStream<'_>) -> syn::Result<Name> {
        Name::read(input, |_, input| input.peek(Token![:]) && !input.peek(Token![::]))
    }

    fn read(input: ParseStream<'_>, has_colon: impl Fn(&Name, ParseStream<'_>) -> bool) -> syn::Result<Name> {
        let mut name = Name { text: String::new(), tokens: TokenStream::new() };
        if input.peek(Token![@]) {
            name.push("@", input.parse::<Token![@]>()?);
        }
        name.part(input)?;
        loop {
            if input.peek(Token![-]) {
                name.push("-", input.parse::<Token![-]>()?);
            } else if has_colon(&name, input) {
                name.push(":", input.parse::<Token![:]>()?);
            } else if input.peek(Token![.]) && !input.peek(Token![..]) {
                name.push(".", input.parse::<Token![.]>()?);
            } else {
                return Ok(name);
            }
            // `a--b` is a name, too.
            if !input.peek(Token![-]) {
                name.part(input)?;
            }
        }
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.clone());
    }
}

fn plain_or_raw(ident: &Ident) -> Ident {
    let text = ident.to_string();
    let is_plain = syn::parse2::<Ident>(ident.to_token_stream()).is_ok();
    // The last ones cannot be raw; the compiler says what is wrong with them.
    if is_plain || matches!(&*text, "self" | "Self" | "super" | "crate" | "_") {
        ident.clone()
    } else {
        Ident::new_raw(&text, ident.span())
    }
}
