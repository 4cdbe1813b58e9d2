//! From tokens to nodes: what stands between tags.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser as _};
use syn::token::Brace;
use syn::{LitStr, Token};

use super::node::{Node, Value};
use super::text;
use crate::errors::Errors;

/// Reads a template, and goes on after what is wrong with it.
#[derive(Default)]
pub(super) struct Parser {
    pub(super) errors: Errors,
    /// The names of the elements that are open in this block, outermost first.
    pub(super) open: Vec<String>,
}

impl Parser {
    /// Reads all tokens of a template or of a branch of one.
    pub(super) fn template(&mut self, tokens: TokenStream) -> Vec<Node> {
        let outer = std::mem::take(&mut self.open);
        let mut nodes = Vec::new();
        let parse = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if is_closing(input) {
                    self.stray_closing(input);
                } else {
                    self.node(input, &mut nodes);
                }
            }
            Ok(())
        };
        if let Err(error) = parse.parse2(tokens) {
            self.errors.push(error);
        }
        self.open = outer;
        nodes
    }

    /// Reads the next node, or skips what is none.
    pub(super) fn node(&mut self, input: ParseStream<'_>, nodes: &mut Vec<Node>) {
        let before = input.cursor();
        match self.try_node(input) {
            Ok(node) => nodes.push(node),
            Err(error) => self.errors.push(error),
        }
        if input.cursor() == before {
            // Whatever it is, it has been complained about.
            let _ = input.parse::<TokenTree>();
        }
    }

    fn try_node(&mut self, input: ParseStream<'_>) -> syn::Result<Node> {
        if input.peek(LitStr) {
            Ok(Node::Text(text_literal(input)?))
        } else if input.peek(Brace) {
            value(input)
        } else if input.peek(Token![<]) {
            self.tag(input)
        } else if let Some(node) = self.flow(input) {
            node
        } else {
            Err(unquoted(input))
        }
    }
}

fn value(input: ParseStream<'_>) -> syn::Result<Node> {
    let group: Group = input.parse()?;
    if group.stream().is_empty() {
        return Err(syn::Error::new(group.span(), "there is no expression between the braces"));
    }
    let value = Value::new(&group);
    Ok(match value.literal() {
        Some(literal) => Node::Text(literal),
        None => Node::Value(value),
    })
}

/// Whether a closing tag comes next.
pub(super) fn is_closing(input: ParseStream<'_>) -> bool {
    input.peek(Token![<]) && input.peek2(Token![/])
}

pub(super) fn text_literal(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let literal: LitStr = input.parse()?;
    if literal.suffix().is_empty() {
        Ok(literal)
    } else {
        Err(syn::Error::new(literal.span(), format!("put the `{}` into the quotes, too", literal.suffix())))
    }
}

/// Takes what is no node, up to the next thing that is one.
pub(super) fn no_node(input: ParseStream<'_>) -> TokenStream {
    let mut run = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![<]) && !input.peek(Brace) && !input.peek(LitStr) {
        let Ok(token) = input.parse::<TokenTree>() else { break };
        token.to_tokens(&mut run);
    }
    run
}

/// Complains about what is no node.
fn unquoted(input: ParseStream<'_>) -> syn::Error {
    let run = no_node(input);
    let words: Vec<String> = run.clone().into_iter().map(|token| token.to_string()).collect();
    let message = match words.first().map(String::as_str) {
        Some("," | ";") => format!("nothing separates the nodes of a template: remove the `{}`", words[0]),
        Some("#") if is_doc(&run) => "a comment in a template begins with `//`, not with `///`".to_owned(),
        _ => format!("text must be a string literal: write `\"{}\"`", text::prose(&words)),
    };
    syn::Error::new_spanned(run, message)
}

/// Whether tokens begin with a documentation comment, which is an attribute by the time it is seen.
fn is_doc(tokens: &TokenStream) -> bool {
    match tokens.clone().into_iter().nth(1) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            group.stream().into_iter().next().is_some_and(|token| token.to_string() == "doc")
        }
        _ => false,
    }
}
