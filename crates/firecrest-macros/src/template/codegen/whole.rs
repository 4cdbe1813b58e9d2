//! A whole template.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::errors::Errors;
use crate::template::node::Node;
use crate::template::parse::Parser;
use crate::template::statics::{Constant, Writer};

/// What all parts of a template share while it is written.
pub(super) struct Codegen {
    /// The path of the crate whose types are used.
    pub(super) krate: TokenStream,
    pub(super) errors: Errors,
    /// The template and its branches, the outermost first; none while it is written.
    templates: Vec<Option<Constant>>,
    /// Whether a value needs the traits that find out how it is shown.
    pub(super) picks: bool,
    /// Whether an entry of a loop is being written, which must not be left before its end.
    pub(super) in_entry: bool,
}

/// A template inside another.
pub(super) struct Branch {
    /// An expression: a reference to its `Template`.
    pub(super) template: TokenStream,
    /// The calls that write its slots.
    pub(super) code: TokenStream,
    pub(super) fingerprint: u64,
}

/// Expands `{crate} template` to an expression of type `Html`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let krate = match input.next() {
        Some(TokenTree::Group(krate)) => krate.stream(),
        _ => return quote_spanned!(Span::call_site()=> ::core::compile_error!("use the `html!` of the crate `firecrest`")),
    };
    let mut parser = Parser::default();
    let nodes = parser.template(input.collect());
    let errors = parser.errors;
    Codegen { krate, errors, templates: Vec::new(), picks: false, in_entry: false }.whole(&nodes)
}

impl Codegen {
    fn whole(mut self, nodes: &[Node]) -> TokenStream {
        let Branch { template, code, .. } = self.template(nodes, is_root(nodes));
        let Codegen { krate, errors, templates, picks, .. } = &self;
        let count = templates.len();
        let constants = templates.iter().flatten().map(|constant| constant.expression(krate));
        let traits = picks.then(|| quote_spanned!(Span::mixed_site()=> use #krate::pick::{Neither as _, Shown as _, Slotted as _};));
        let body = if code.is_empty() {
            quote_spanned!(Span::mixed_site()=> #krate::Html::new(#template))
        } else {
            quote_spanned! {Span::mixed_site()=>
                let mut tree = #krate::Html::new(#template);
                let html = &mut tree;
                #code
                tree
            }
        };
        quote_spanned! {Span::mixed_site()=> {
            #errors
            static __TEMPLATES: [#krate::Template; #count] = [#(#constants),*];
            #traits
            #body
        }}
    }

    /// Writes a template of its own.
    pub(super) fn template(&mut self, nodes: &[Node], is_root: bool) -> Branch {
        let index = self.templates.len();
        self.templates.push(None);
        let mut writer = Writer::default();
        self.nodes(nodes, &mut writer);
        let (constant, code) = writer.finish(is_root);
        let fingerprint = constant.fingerprint;
        self.templates[index] = Some(constant);
        let template = quote_spanned!(Span::mixed_site()=> &__TEMPLATES[#index]);
        Branch { template, code, fingerprint }
    }

    /// Writes the value of a slot that is a branch: its template, or nothing if there is nothing in it.
    pub(super) fn branch(&mut self, nodes: &[Node], writer: &mut Writer) -> TokenStream {
        if nodes.is_empty() {
            writer.nested(0);
            return quote_spanned!(Span::mixed_site()=> html.nothing(););
        }
        let Branch { template, code, fingerprint } = self.template(nodes, false);
        writer.nested(fingerprint);
        quote_spanned!(Span::mixed_site()=> html.open(#template); #code)
    }
}

/// Whether nodes are exactly one element, whatever their values are (F017). Comments beside it may be of one line only
/// (spec §3.8).
fn is_root(nodes: &[Node]) -> bool {
    let mut elements = 0;
    for node in nodes {
        match node {
            Node::Let(_) => {}
            Node::Markup(comment) if comment.starts_with("<!--") && !comment.contains('\n') => {}
            Node::Element(_) => elements += 1,
            Node::Fragment(inner) if is_root(inner) => elements += 1,
            _ => return false,
        }
    }
    elements == 1
}
