//! Control flow: `if`, `match`, `for`, and `let`.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser as _};
use syn::token::Brace;
use syn::{Expr, Ident, LitStr, Token};

use super::node::{For, If, Match, Node};
use super::parse::Parser;

impl Parser {
    /// Reads control flow, if that is what comes next.
    pub(super) fn flow(&mut self, input: ParseStream<'_>) -> Option<syn::Result<Node>> {
        Some(if input.peek(Token![if]) {
            self.if_chain(input).map(Node::If)
        } else if input.peek(Token![match]) {
            self.match_block(input).map(Node::Match)
        } else if input.peek(Token![for]) {
            self.for_loop(input).map(Node::For)
        } else if input.peek(Token![let]) {
            binding(input).map(Node::Let)
        } else if input.peek(Token![while]) || input.peek(Token![loop]) {
            Err(other_loop(input))
        } else {
            return None;
        })
    }

    fn if_chain(&mut self, input: ParseStream<'_>) -> syn::Result<If> {
        let mut chain = If { arms: Vec::new(), otherwise: Vec::new() };
        loop {
            input.parse::<Token![if]>()?;
            let condition = head(input, "a condition")?;
            chain.arms.push((condition, self.branch(input, "the condition")?));
            if !input.peek(Token![else]) {
                return Ok(chain);
            }
            input.parse::<Token![else]>()?;
            if !input.peek(Token![if]) {
                chain.otherwise = self.branch(input, "`else`")?;
                return Ok(chain);
            }
        }
    }

    fn match_block(&mut self, input: ParseStream<'_>) -> syn::Result<Match> {
        input.parse::<Token![match]>()?;
        let on = head(input, "a value")?;
        if !input.peek(Brace) {
            return Err(input.error("expected `{` and the arms of the `match` (and text must be a string literal)"));
        }
        let arms: Group = input.parse()?;
        let mut block = Match { on, arms: Vec::new() };
        let parse = |input: ParseStream<'_>| {
            while !input.is_empty() {
                self.arm(input, &mut block)?;
            }
            Ok(())
        };
        parse.parse2(arms.stream())?;
        Ok(block)
    }

    fn arm(&mut self, input: ParseStream<'_>, block: &mut Match) -> syn::Result<()> {
        let start = input.span();
        let pattern = until(input, |input| input.peek(Token![=>]));
        if input.is_empty() {
            return Err(syn::Error::new(start, "an arm of a `match` is `pattern => { … }`"));
        }
        input.parse::<Token![=>]>()?;
        if input.peek(Brace) {
            block.arms.push((pattern, self.branch(input, "`=>`")?));
        } else {
            let shown = until(input, |input| input.peek(Token![,]));
            self.errors.over(shown, "what an arm of a `match` shows stands in braces: `pattern => { … }`");
            block.arms.push((pattern, Vec::new()));
        }
        input.parse::<Option<Token![,]>>()?;
        Ok(())
    }

    fn for_loop(&mut self, input: ParseStream<'_>) -> syn::Result<For> {
        let keyword: Token![for] = input.parse()?;
        let pattern = until(input, |input| input.peek(Token![in]) || input.peek(Token![<]) || input.peek(LitStr));
        if pattern.is_empty() || !input.peek(Token![in]) {
            let message = "a loop is `for pattern in list { … }`, and text must be a string literal";
            return Err(syn::Error::new(keyword.span, message));
        }
        input.parse::<Token![in]>()?;
        let list = head(input, "a list")?;
        let key = if input.peek(Token![,]) { Some(key(input)?) } else { None };
        let body = self.branch(input, "the head of the loop")?;
        Ok(For { pattern, list, key, body })
    }
}

/// The `, key = expression` of a loop.
fn key(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let comma: Token![,] = input.parse()?;
    let is_key = input.peek(Ident::peek_any) && input.call(Ident::parse_any)? == "key";
    if !is_key || !input.peek(Token![=]) {
        return Err(syn::Error::new(comma.span, "only a key follows the list of a loop: `for row in rows, key = row.id { … }`"));
    }
    input.parse::<Token![=]>()?;
    head(input, "a key")
}

fn binding(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let keyword = input.span();
    let mut tokens = until(input, |input| input.peek(Token![;]));
    if input.is_empty() {
        let message = "a `let` in a template ends with `;`, and text must be a string literal";
        return Err(syn::Error::new(keyword, message));
    }
    input.parse::<Token![;]>()?.to_tokens(&mut tokens);
    Ok(tokens)
}

/// Complains about `while` and `loop`.
fn other_loop(input: ParseStream<'_>) -> syn::Error {
    let place: Span = input.span();
    let name = input.call(Ident::parse_any).map(|keyword| keyword.to_string()).unwrap_or_default();
    if in_sight(input, |input| input.peek(Brace)) {
        until(input, |input| input.peek(Brace));
        let _ = input.parse::<TokenTree>();
    }
    let message =
        format!("there is no `{name}` in a template: write `for … in … {{ … }}` (and text must be a string literal)");
    syn::Error::new(place, message)
}

/// An expression that a block follows, as in `if expression { … }`.
///
/// One that is no expression of Rust is taken up to the next brace as it is, and the compiler says what is wrong with it.
fn head(input: ParseStream<'_>, what: &str) -> syn::Result<TokenStream> {
    let fork = input.fork();
    let error = match Expr::parse_without_eager_brace(&fork) {
        Ok(expression) => {
            input.advance_to(&fork);
            return Ok(expression.into_token_stream());
        }
        Err(error) => error,
    };
    if input.is_empty() || input.peek(Brace) {
        return Err(input.error(format!("expected {what} before the `{{`")));
    }
    if in_sight(input, |input| input.peek(Brace)) {
        return Ok(until(input, |input| input.peek(Brace)));
    }
    Err(error)
}

/// Takes tokens up to what ends them, or all.
fn until(input: ParseStream<'_>, is_end: impl Fn(ParseStream<'_>) -> bool) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !is_end(input) {
        let Ok(token) = input.parse::<TokenTree>() else { break };
        token.to_tokens(&mut tokens);
    }
    tokens
}

/// Whether a thing comes, now or later in this block.
fn in_sight(input: ParseStream<'_>, is_it: impl Fn(ParseStream<'_>) -> bool) -> bool {
    let ahead = input.fork();
    until(&ahead, &is_it);
    is_it(&ahead)
}
