//! Jumps out of the middle of a loop's entry.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// Finds a `break` or `continue` that is not inside another macro.
pub(super) fn find(tokens: &TokenStream) -> Option<Ident> {
    let mut after_bang = false;
    for token in tokens.clone() {
        let was_after_bang = std::mem::replace(&mut after_bang, false);
        match token {
            TokenTree::Ident(ident) if ident == "break" || ident == "continue" => return Some(ident),
            TokenTree::Punct(punct) => after_bang = punct.as_char() == '!',
            TokenTree::Group(group) if !was_after_bang => {
                if let Some(found) = find(&group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}
