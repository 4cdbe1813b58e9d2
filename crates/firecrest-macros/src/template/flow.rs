//! Control flow: `if`, `match`, `for`, `stream`, and `let`.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser as _};
use syn::token::{Brace, Paren};
use syn::{Expr, Ident, LitStr, Token};

use super::check;
use super::node::{For, If, Match, Node, Stream};
use super::parse::{Parser, no_node};

const IF: &str = "a condition is `if … { … }`, and text must be a string literal";
const MATCH: &str = "a `match` is `match … { pattern => { … } }`, and text must be a string literal";
const FOR: &str =
    "a loop is `for pattern in list, key = expression { … }`, and text must be a string literal";
const STREAM: &str =
    "a stream is `stream (id, item) in &stream { <li id={id}>…</li> }`, and text must be a string literal";
const LET: &str = "a `let` in a template ends with `;`, and text must be a string literal";

impl Parser {
    /// Reads control flow, if that is what comes next.
    pub(super) fn flow(&mut self, input: ParseStream<'_>) -> Option<syn::Result<Node>> {
        let place = input.span();
        Some(if input.peek(Token![if]) {
            self.if_chain(input, place).map(Node::If)
        } else if input.peek(Token![match]) {
            self.match_block(input, place).map(Node::Match)
        } else if input.peek(Token![for]) {
            self.for_loop(input, place).map(Node::For)
        } else if is_stream(input) {
            self.stream(input, place).map(Node::Stream)
        } else if input.peek(Token![let]) {
            binding(input, place).map(Node::Let)
        } else if input.peek(Token![while]) || input.peek(Token![loop]) {
            Err(other_loop(input, place))
        } else {
            return None;
        })
    }

    fn if_chain(&mut self, input: ParseStream<'_>, place: Span) -> syn::Result<If> {
        let mut chain = If { arms: Vec::new(), otherwise: Vec::new() };
        loop {
            input.parse::<Token![if]>()?;
            let condition = head(input, place, IF)?;
            chain.arms.push((condition, self.branch(input, place, IF)?));
            if !input.peek(Token![else]) {
                return Ok(chain);
            }
            input.parse::<Token![else]>()?;
            if !input.peek(Token![if]) {
                chain.otherwise =
                    self.branch(input, place, "an `else` is `else { … }` or `else if … { … }`")?;
                return Ok(chain);
            }
        }
    }

    fn match_block(&mut self, input: ParseStream<'_>, place: Span) -> syn::Result<Match> {
        input.parse::<Token![match]>()?;
        let on = head(input, place, MATCH)?;
        let arms = block(input, place, MATCH)?;
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
        let place = input.span();
        // What may stand before the `=>` is between brackets if it has one of its own.
        let pattern = until(input, |input| input.peek(Token![=>]));
        if input.is_empty() {
            return Err(syn::Error::new(place, "an arm of a `match` is `pattern => { … }`"));
        }
        input.parse::<Token![=>]>()?;
        let mut shown = Vec::new();
        if input.peek(Brace) {
            shown = self.branch(input, place, MATCH)?;
        } else {
            let unbraced = until(input, |input| input.peek(Token![,]));
            self.errors.over(unbraced, "what an arm of a `match` shows stands in braces: `pattern => { … }`");
        }
        block.arms.push((pattern, shown));
        input.parse::<Option<Token![,]>>()?;
        Ok(())
    }

    fn for_loop(&mut self, input: ParseStream<'_>, place: Span) -> syn::Result<For> {
        input.parse::<Token![for]>()?;
        let pattern =
            until(input, |input| input.peek(Token![in]) || input.peek(Token![<]) || input.peek(LitStr));
        if pattern.is_empty() || !input.peek(Token![in]) {
            return Err(syn::Error::new(place, FOR));
        }
        input.parse::<Token![in]>()?;
        let list = head(input, place, FOR)?;
        let key = if input.peek(Token![,]) { Some(self.key(input, place)?) } else { None };
        let body = self.branch(input, place, FOR)?;
        Ok(For { pattern, list, key, body })
    }

    fn stream(&mut self, input: ParseStream<'_>, place: Span) -> syn::Result<Stream> {
        let keyword: Ident = input.parse()?;
        let pattern = until(input, |input| input.peek(Token![in]) || input.peek(LitStr));
        if !input.peek(Token![in]) {
            return Err(syn::Error::new(place, STREAM));
        }
        input.parse::<Token![in]>()?;
        let list = head(input, place, STREAM)?;
        let body = self.branch(input, place, STREAM)?;
        let stream = Stream { keyword, pattern, list, body };
        check::stream(&stream, &mut self.errors);
        Ok(stream)
    }

    /// The `, key = expression` of a loop.
    fn key(&mut self, input: ParseStream<'_>, place: Span) -> syn::Result<TokenStream> {
        input.parse::<Token![,]>()?;
        if !input.peek(Ident::peek_any) || !input.peek2(Token![=]) {
            return Err(syn::Error::new(place, FOR));
        }
        let name = input.call(Ident::parse_any)?;
        if name != "key" {
            self.errors.at(
                name.span(),
                "only a key follows the list of a loop: `for row in rows, key = row.id { … }`",
            );
        }
        input.parse::<Token![=]>()?;
        head(input, place, FOR)
    }

    /// The nodes between the braces that must come next.
    fn branch(&mut self, input: ParseStream<'_>, place: Span, expected: &str) -> syn::Result<Vec<Node>> {
        let group = block(input, place, expected)?;
        Ok(self.template(group.stream()))
    }
}

/// Whether a stream comes next. `stream` is no keyword of Rust.
fn is_stream(input: ParseStream<'_>) -> bool {
    input.peek(Ident)
        && input.peek2(Paren)
        && input.fork().parse::<Ident>().is_ok_and(|word| word == "stream")
}

fn block(input: ParseStream<'_>, place: Span, expected: &str) -> syn::Result<Group> {
    if input.peek(Brace) {
        return input.parse();
    }
    // It belongs to the same mistake.
    no_node(input);
    Err(syn::Error::new(place, expected))
}

fn binding(input: ParseStream<'_>, place: Span) -> syn::Result<TokenStream> {
    let mut tokens = until(input, |input| input.peek(Token![;]));
    if input.is_empty() {
        return Err(syn::Error::new(place, LET));
    }
    input.parse::<Token![;]>()?.to_tokens(&mut tokens);
    Ok(tokens)
}

/// Complains about `while` and `loop`.
fn other_loop(input: ParseStream<'_>, place: Span) -> syn::Error {
    let name = input.call(Ident::parse_any).map(|keyword| keyword.to_string()).unwrap_or_default();
    if in_sight(input, |input| input.peek(Brace)) {
        until(input, |input| input.peek(Brace));
        let _ = input.parse::<TokenTree>();
    }
    syn::Error::new(place, format!("there is no `{name}` in a template: {FOR}"))
}

/// An expression that a block follows, as in `if expression { … }`.
///
/// One that is no expression of Rust is taken up to the next brace as it is, and the compiler says what is wrong with it.
fn head(input: ParseStream<'_>, place: Span, expected: &str) -> syn::Result<TokenStream> {
    if input.is_empty() || input.peek(Brace) {
        return Err(syn::Error::new(place, expected));
    }
    let fork = input.fork();
    if let Ok(expression) = Expr::parse_without_eager_brace(&fork) {
        input.advance_to(&fork);
        return Ok(expression.into_token_stream());
    }
    if in_sight(input, |input| input.peek(Brace)) {
        return Ok(until(input, |input| input.peek(Brace)));
    }
    no_node(input);
    Err(syn::Error::new(place, expected))
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
