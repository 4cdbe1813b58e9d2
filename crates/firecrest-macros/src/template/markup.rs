//! What begins with `<!`: the document type and comments.

use proc_macro2::{Span, TokenTree};
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token};

use super::parse::text_literal;

/// Reads `<!DOCTYPE html>` or `<!-- "comment" -->`, after the `<`; the result is sent as it is.
pub(super) fn parse(open: Span, input: ParseStream<'_>) -> syn::Result<String> {
    input.parse::<Token![!]>()?;
    let parsed = if input.peek(Token![-]) { comment(input) } else { doctype(open, input) };
    if parsed.is_err() {
        while !input.is_empty() && !input.peek(Token![<]) {
            let token: TokenTree = input.parse()?;
            if matches!(token, TokenTree::Punct(end) if end.as_char() == '>') {
                break;
            }
        }
    }
    parsed
}

fn doctype(open: Span, input: ParseStream<'_>) -> syn::Result<String> {
    for expected in ["doctype", "html"] {
        let word = input.parse::<Ident>().map(|word| word.to_string()).unwrap_or_default();
        if !word.eq_ignore_ascii_case(expected) {
            let message = "write `<!DOCTYPE html>`, or `<!-- \"…\" -->` for a comment";
            return Err(syn::Error::new(open, message));
        }
    }
    input.parse::<Token![>]>()?;
    Ok("<!DOCTYPE html>".to_owned())
}

fn comment(input: ParseStream<'_>) -> syn::Result<String> {
    let mut comment = String::from("<!--");
    input.parse::<Token![-]>()?;
    input.parse::<Token![-]>()?;
    while input.peek(LitStr) {
        let literal = text_literal(input)?;
        let text = literal.value();
        if text.contains("--") || text.starts_with('>') || text.ends_with('-') {
            let message = "a comment cannot contain `--`, begin with `>` or end with `-`";
            return Err(syn::Error::new(literal.span(), message));
        }
        comment.push_str(&text);
    }
    if !(input.peek(Token![-]) && input.peek2(Token![-]) && input.peek3(Token![>])) {
        let message = "the text of a comment is a string literal, then comes `-->`; \
                       what is not to be sent stands behind `//`";
        return Err(input.error(message));
    }
    input.parse::<Token![-]>()?;
    input.parse::<Token![-]>()?;
    input.parse::<Token![>]>()?;
    comment.push_str("-->");
    Ok(comment)
}
