//! Closing tags, and the tags that lack one.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Token;
use syn::parse::ParseStream;

use super::element::{VOID, path, path_text};
use super::name::Name;
use super::parse::Parser;

/// What to do with a closing tag.
pub(super) enum Closing {
    /// It is this element's: gone.
    Own,
    /// It is nobody's: gone, and reported.
    Nobodys,
    /// It belongs to an element around this one: still there.
    Outer,
}

impl Parser {
    pub(super) fn closing(&mut self, input: ParseStream<'_>, name: &str, place: Span) -> Closing {
        let closed = closing_name(&input.fork());
        if closed == name {
            self.skip_closing(input);
            return Closing::Own;
        }
        if VOID.contains(&&*closed) {
            self.stray_closing(input);
            return Closing::Nobodys;
        }
        if self.open.contains(&closed) {
            self.errors
                .at(place, format!("`<{name}>` is not closed: write `</{name}>` before `</{closed}>`"));
            return Closing::Outer;
        }
        let tokens = self.skip_closing(input);
        self.errors.over(tokens, format!("`</{closed}>` does not close `<{name}>`: write `</{name}>`"));
        Closing::Own
    }

    /// Complains about a closing tag that closes nothing.
    pub(super) fn stray_closing(&mut self, input: ParseStream<'_>) {
        let name = closing_name(&input.fork());
        let tokens = self.skip_closing(input);
        self.errors.over(
            tokens,
            if VOID.contains(&&*name) {
                format!("`<{name}>` has no content and no closing tag: remove `</{name}>`")
            } else {
                format!("`</{name}>` closes nothing that is open in this block")
            },
        );
    }

    fn skip_closing(&mut self, input: ParseStream<'_>) -> TokenStream {
        let mut tokens = TokenStream::new();
        loop {
            let Ok(token) = input.parse::<TokenTree>() else { break };
            let is_end = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '>');
            token.to_tokens(&mut tokens);
            if is_end {
                return tokens;
            }
            if input.is_empty() || input.peek(Token![<]) {
                break;
            }
        }
        self.errors.over(&tokens, "the closing tag does not end: write `>` after its name");
        tokens
    }
}

/// The name of the closing tag that comes next, empty for `</>`.
fn closing_name(input: ParseStream<'_>) -> String {
    let name = || -> syn::Result<String> {
        input.parse::<Token![<]>()?;
        input.parse::<Token![/]>()?;
        if input.peek(Token![::]) || input.peek2(Token![::]) {
            return path(input).map(|path| path_text(&path));
        }
        Ok(Name::element(input)?.text)
    };
    name().unwrap_or_default()
}
