//! What a template is made of.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::LitStr;

use super::name::Name;

pub(super) enum Node {
    /// Text as it is meant, not yet escaped.
    Text(LitStr),
    /// What is sent as it is: a comment, a document type.
    Markup(String),
    Value(Value),
    Element(Element),
    Call(Call),
    Fragment(Vec<Node>),
    If(If),
    Match(Match),
    For(For),
    Stream(Stream),
    /// A `let` statement, with its semicolon.
    Let(TokenStream),
    /// A `<slot:name>` that stands where no component takes it.
    StraySlot(Slot),
}

/// An expression in braces.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) tokens: TokenStream,
    /// The braces: where errors about the expression are shown.
    pub(super) place: Span,
}

pub(super) struct Element {
    pub(super) name: Name,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
    pub(super) kind: Kind,
}

/// How an element's content is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    /// None at all, and no closing tag: `<br>`.
    Void,
    /// Text that HTML does not unescape: `<script>`, `<style>`.
    Raw,
}

pub(super) enum Attribute {
    Named(Name, Given),
    /// `{..attributes}`
    Splat(Value),
}

/// What an attribute is given.
pub(super) enum Given {
    /// Nothing: `disabled`.
    Bare,
    /// A literal: its text, and itself.
    Literal(String, TokenStream),
    /// An expression in braces.
    Value(Value),
}

/// A component: `<Card title="Hi">…</Card>`.
pub(super) struct Call {
    pub(super) path: TokenStream,
    /// What is marked when something is wrong with it as a whole.
    pub(super) place: Span,
    pub(super) attributes: Vec<Attribute>,
    pub(super) body: Body,
    pub(super) slots: Vec<Slot>,
}

/// One entry of a named slot: `<slot:column label="Name">…</slot:column>`.
pub(super) struct Slot {
    pub(super) name: Ident,
    pub(super) attributes: Vec<Attribute>,
    pub(super) body: Body,
}

/// What a component renders when it likes.
pub(super) struct Body {
    /// The pattern of `let={…}`.
    pub(super) argument: Option<Value>,
    pub(super) children: Vec<Node>,
}

pub(super) struct If {
    /// Each condition and what is shown if it holds and none before it did.
    pub(super) arms: Vec<(TokenStream, Vec<Node>)>,
    /// What is shown else; nothing when there is no `else`.
    pub(super) otherwise: Vec<Node>,
}

pub(super) struct Match {
    pub(super) on: TokenStream,
    /// Each pattern, with its guard, and what is shown.
    pub(super) arms: Vec<(TokenStream, Vec<Node>)>,
}

pub(super) struct For {
    pub(super) pattern: TokenStream,
    pub(super) list: TokenStream,
    pub(super) key: Option<TokenStream>,
    pub(super) body: Vec<Node>,
}

pub(super) struct Stream {
    /// The word that it begins with.
    pub(super) keyword: Ident,
    /// What the id of an item and the item are bound to.
    pub(super) pattern: TokenStream,
    pub(super) list: TokenStream,
    pub(super) body: Vec<Node>,
}

impl Value {
    pub(super) fn new(group: &Group) -> Self {
        Value { tokens: group.stream(), place: group.span() }
    }

    /// The value of `{"a literal"}`, which is as constant as without braces.
    pub(super) fn literal(&self) -> Option<LitStr> {
        let mut tokens = self.tokens.clone().into_iter();
        match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Literal(_)), None) => syn::parse2(self.tokens.clone()).ok(),
            _ => None,
        }
    }

    /// A reference to it, as an argument of a call.
    pub(super) fn reference(&self) -> TokenStream {
        let expression = self.group(self.place);
        quote_spanned!(self.place=> &#expression)
    }

    /// Itself, as an argument of a call.
    pub(super) fn argument(&self) -> TokenStream {
        // Parentheses that are not the user's are no reason to warn.
        let place = Span::mixed_site().located_at(self.place);
        self.group(place).into_token_stream()
    }

    /// As one expression, whatever is in it.
    fn group(&self, place: Span) -> Group {
        let is_statement = |token| matches!(token, TokenTree::Punct(end) if end.as_char() == ';');
        let has_statements = self.tokens.clone().into_iter().any(is_statement);
        let delimiter = if has_statements { Delimiter::Brace } else { Delimiter::Parenthesis };
        let mut group = Group::new(delimiter, self.tokens.clone());
        group.set_span(place);
        group
    }
}
