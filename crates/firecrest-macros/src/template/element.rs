//! Tags: elements, components, slots and fragments.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Token};

use super::attribute::OpenTag;
use super::closing::Closing;
use super::name::Name;
use super::node::{Element, Kind, Node};
use super::parse::{Parser, is_closing};
use super::{check, markup};

/// Elements without content (HTML's void elements).
pub(super) const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// Elements whose content HTML takes as it is.
const RAW: [&str; 2] = ["script", "style"];

/// What a tag names.
enum Tag {
    Element(Name),
    /// The path of a component.
    Component(TokenStream),
    /// The name behind `slot:`.
    Slot(Name, Ident),
}

impl Parser {
    /// Reads what begins with `<`.
    pub(super) fn tag(&mut self, input: ParseStream<'_>) -> syn::Result<Node> {
        let open: Token![<] = input.parse()?;
        if input.peek(Token![!]) {
            return markup::parse(open.span, input).map(Node::Markup);
        }
        if input.peek(Token![>]) {
            input.parse::<Token![>]>()?;
            return Ok(Node::Fragment(self.children(input, "", open.span)));
        }
        Ok(match Tag::parse(input)? {
            Tag::Element(name) => Node::Element(self.element(input, name)),
            Tag::Component(path) => Node::Call(self.call(input, path)),
            Tag::Slot(name, ident) => Node::StraySlot(self.slot(input, &name, ident)),
        })
    }

    fn element(&mut self, input: ParseStream<'_>, name: Name) -> Element {
        let tag = self.open_tag(input, &name.text, name.place());
        let kind = Kind::of(&name.text);
        if let Some(argument) = tag.argument {
            self.errors
                .at(argument.place, "`let` belongs to a component or a `<slot:…>`; here, write `let … = …;`");
        }
        let children = if tag.is_closed || kind == Kind::Void {
            Vec::new()
        } else {
            self.children(input, &name.text, name.place())
        };
        let element = Element { name, attributes: tag.attributes, children, kind };
        check::element(&element, &mut self.errors);
        element
    }

    /// The attributes of a tag, up to its `>`.
    pub(super) fn open_tag(&mut self, input: ParseStream<'_>, name: &str, place: Span) -> OpenTag {
        let mut tag = OpenTag::default();
        loop {
            if input.peek(Token![>]) {
                let _ = input.parse::<Token![>]>();
                return tag;
            }
            if input.peek(Token![/]) && input.peek2(Token![>]) {
                let _ = input.parse::<Token![/]>().and_then(|_| input.parse::<Token![>]>());
                tag.is_closed = true;
                return tag;
            }
            if input.is_empty() || input.peek(Token![<]) {
                self.errors
                    .at(place, format!("the tag `<{name}` does not end: write `>` after its attributes"));
                return tag;
            }
            self.attribute(input, &mut tag);
        }
    }

    /// The nodes up to the closing tag.
    pub(super) fn children(&mut self, input: ParseStream<'_>, name: &str, place: Span) -> Vec<Node> {
        self.open.push(name.to_owned());
        let mut nodes = Vec::new();
        loop {
            if input.is_empty() {
                self.errors.at(place, format!("`<{name}>` is not closed: write `</{name}>`"));
                break;
            }
            if !is_closing(input) {
                self.node(input, &mut nodes);
                continue;
            }
            match self.closing(input, name, place) {
                Closing::Own => break,
                Closing::Nobodys => {}
                Closing::Outer => break,
            }
        }
        self.open.pop();
        nodes
    }
}

impl Kind {
    fn of(name: &str) -> Kind {
        if VOID.contains(&name) {
            Kind::Void
        } else if RAW.contains(&name) {
            Kind::Raw
        } else {
            Kind::Normal
        }
    }
}

impl Tag {
    fn parse(input: ParseStream<'_>) -> syn::Result<Tag> {
        if input.peek(Token![::]) || input.peek2(Token![::]) {
            return path(input).map(Tag::Component);
        }
        if !Name::is_next(input) {
            return Err(input.error("expected the name of an element or a component after `<`"));
        }
        let name = Name::element(input)?;
        if let Some(ident) = name.after("slot:") {
            return Ok(Tag::Slot(name, ident));
        }
        Ok(match name.ident() {
            Some(ident) if name.text.starts_with(char::is_uppercase) => {
                Tag::Component(ident.into_token_stream())
            }
            _ => Tag::Element(name),
        })
    }
}

/// `ui::Card`: the path of a component, without generics.
pub(super) fn path(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut path = TokenStream::new();
    input.parse::<Option<Token![::]>>()?.to_tokens(&mut path);
    loop {
        input.call(Ident::parse_any)?.to_tokens(&mut path);
        if !input.peek(Token![::]) {
            return Ok(path);
        }
        input.parse::<Token![::]>()?.to_tokens(&mut path);
    }
}

/// A path as it is written, without spaces.
pub(super) fn path_text(path: &TokenStream) -> String {
    path.clone().into_iter().map(|token| token.to_string()).collect()
}
