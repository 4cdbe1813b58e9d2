//! Lifetimes that are left out in a component's parameters: all of them are one.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Lifetime;

/// The lifetime that stands for those that are left out.
pub(super) const NAME: &str = "'attributes";

/// Names the lifetimes that a type leaves out, and says whether there are any.
pub(super) fn name(ty: impl ToTokens) -> (TokenStream, bool) {
    let mut naming = Naming { found: false };
    let named = naming.tokens(ty.into_token_stream());
    (named, naming.found)
}

/// The first lifetime that a type names; the longest one if it names none.
pub(super) fn first(ty: &TokenStream) -> Lifetime {
    let mut tokens = ty.clone().into_iter();
    while let Some(token) = tokens.next() {
        if let (TokenTree::Punct(quote), Some(TokenTree::Ident(name))) = (&token, tokens.clone().next())
            && quote.as_char() == '\''
        {
            return Lifetime { apostrophe: quote.span(), ident: name };
        }
    }
    Lifetime::new("'static", Span::call_site())
}

struct Naming {
    found: bool,
}

impl Naming {
    fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let mut out = TokenStream::new();
        let mut tokens = tokens.into_iter().peekable();
        // In `Fn(&T) -> &U` the lifetimes are the function's own.
        let mut is_function = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => {
                    let is_arguments = group.delimiter() == Delimiter::Parenthesis && is_function;
                    is_function = is_arguments;
                    out.extend([if is_arguments { TokenTree::Group(group) } else { self.group(&group) }]);
                }
                TokenTree::Ident(ident) => {
                    is_function = matches!(&*ident.to_string(), "fn" | "Fn" | "FnMut" | "FnOnce");
                    ident.to_tokens(&mut out);
                }
                TokenTree::Punct(punct) if punct.as_char() == '&' => {
                    let is_named =
                        matches!(tokens.peek(), Some(TokenTree::Punct(quote)) if quote.as_char() == '\'');
                    let span = punct.span();
                    punct.to_tokens(&mut out);
                    if !is_named && !is_function {
                        self.lifetime(span, &mut out);
                    }
                }
                TokenTree::Punct(quote) if quote.as_char() == '\'' => match tokens.next() {
                    Some(TokenTree::Ident(name)) if name == "_" => self.lifetime(quote.span(), &mut out),
                    name => out.extend([Some(TokenTree::Punct(quote)), name].into_iter().flatten()),
                },
                TokenTree::Punct(punct) => {
                    is_function &= matches!(punct.as_char(), '-' | '>');
                    punct.to_tokens(&mut out);
                }
                literal => literal.to_tokens(&mut out),
            }
        }
        out
    }

    fn group(&mut self, group: &Group) -> TokenTree {
        let mut named = Group::new(group.delimiter(), self.tokens(group.stream()));
        named.set_span(group.span());
        TokenTree::Group(named)
    }

    fn lifetime(&mut self, span: Span, out: &mut TokenStream) {
        self.found = true;
        Lifetime::new(NAME, span).to_tokens(out);
    }
}

#[cfg(test)]
mod tests {
    fn named(ty: &str) -> String {
        let (named, found) = super::name(ty.parse::<proc_macro2::TokenStream>().unwrap());
        let text = named.to_string().replace(' ', "");
        assert_eq!(found, text.contains("'attributes"));
        text
    }

    #[test]
    fn lifetimes_that_are_left_out_get_the_name() {
        assert_eq!(named("&str"), "&'attributesstr");
        assert_eq!(named("Option<&'_ [&T]>"), "Option<&'attributes[&'attributesT]>");
        assert_eq!(
            named("(SlotFn<'_, &Row>, &mut u8)"),
            "(SlotFn<'attributes,&'attributesRow>,&'attributesmutu8)"
        );
    }

    #[test]
    fn lifetimes_of_others_stay() {
        for ty in [
            "&'a str",
            "Slot<'a>",
            "u8",
            "Box<dyn Fn(&T) -> &U>",
            "fn(&(u8, &T)) -> u8",
            "dyn for<'b> Fn(&'b T)",
        ] {
            assert_eq!(named(ty), ty.replace(' ', ""), "{ty}");
        }
        assert_eq!(named("(fn(&T), &U)"), "(fn(&T),&'attributesU)");
    }
}
