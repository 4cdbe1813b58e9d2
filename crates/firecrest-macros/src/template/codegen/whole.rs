//! A whole template.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::errors::Errors;
use crate::template::node::Node;
use crate::template::parse::Parser;
use crate::template::source::SourceName;
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
    let Some(TokenTree::Group(krate)) = input.next() else {
        let error = syn::Error::new(Span::call_site(), "use the `html!` of the crate `firecrest`");
        return error.into_compile_error();
    };
    let krate = krate.stream();
    let mut parser = Parser::default();
    let nodes = parser.template(input.collect());
    let errors = parser.errors;
    Codegen { krate, errors, templates: Vec::new(), picks: false, in_entry: false }.whole(&nodes)
}

impl Codegen {
    fn whole(mut self, nodes: &[Node]) -> TokenStream {
        let Branch { template, code, .. } = self.template(nodes, is_root(nodes), SourceName::Whole);
        let Codegen { krate, errors, templates, picks, .. } = &self;
        let count = templates.len();
        let sources = templates.iter().flatten().map(|constant| constant.source(krate));
        let constants = templates.iter().flatten().enumerate();
        let constants = constants.map(|(index, constant)| constant.expression(index, krate));
        let traits = picks.then(|| {
            quote_spanned!(Span::mixed_site()=> use #krate::pick::{Neither as _, Shown as _, Slotted as _};)
        });
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
            #[cfg(debug_assertions)]
            fn __here() {}
            #[cfg(debug_assertions)]
            static __SOURCES: [#krate::source::Source; #count] = [#(#sources),*];
            static __TEMPLATES: [#krate::Template; #count] = [#(#constants),*];
            #traits
            #body
        }}
    }

    /// Writes a template of its own.
    pub(super) fn template(&mut self, nodes: &[Node], is_root: bool, name: SourceName) -> Branch {
        let index = self.templates.len();
        self.templates.push(None);
        let mut writer = Writer::default();
        self.nodes(nodes, &mut writer);
        let (constant, code) = writer.finish(is_root, name);
        let fingerprint = constant.fingerprint;
        self.templates[index] = Some(constant);
        let template = quote_spanned!(Span::mixed_site()=> &__TEMPLATES[#index]);
        Branch { template, code, fingerprint }
    }

    /// Writes the value of a slot that is a branch: its template, or nothing if there is nothing in it.
    pub(super) fn branch(&mut self, nodes: &[Node], writer: &mut Writer) -> TokenStream {
        self.named_branch(nodes, SourceName::Branch, writer)
    }

    pub(super) fn named_branch(
        &mut self,
        nodes: &[Node],
        name: SourceName,
        writer: &mut Writer,
    ) -> TokenStream {
        if nodes.is_empty() {
            writer.nested(0);
            return quote_spanned!(Span::mixed_site()=> html.nothing(););
        }
        let Branch { template, code, fingerprint } = self.template(nodes, false, name);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What templates are made of, and what they are not.
    const PIECES: &str = r##"
        < </ > /> <p> </p> <p <br> </br> <> </> <Card> </Card> <ui::Card :: <slot:a> </slot:a> <script> </script>
        <!DOCTYPE <!-- --> ! "text" "a"b 'c' 5 -1 1.5e3x {x} {} {..x} {x;y} {<p>} (x) [x] if else match for stream let in while
        true _ self key = => , ; : . - @ #[doc="d"] phx-hook="H" id="i" a={x} let={x}
    "##;

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(PIECES.split_whitespace().collect::<Vec<_>>())
    }

    /// The fingerprints of a template and its branches.
    fn fingerprints(source: &str) -> Vec<u64> {
        let expanded = expand(format!("{{crate}} {source}").parse().unwrap()).to_string();
        let numbers = expanded.split("fingerprint : ").skip(1);
        numbers.map(|rest| rest.split(' ').next().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn f042_a_fingerprint_depends_on_all_of_the_source_and_on_nothing_else() {
        let sources = r#"<p>{a}</p>
            <p>{b}</p>
            <b>{a}</b>
            <p x={a}/>
            <p y={a}/>
            <p class={a}/>
            <p {..a}/>
            <p>if a { "a" }</p>
            <p>if a { "b" }</p>
            <p>if b { "a" }</p>
            <p>if a {} else { "a" }</p>
            <p>for a in b { {a} }</p>
            <p>for a in b { {b} }</p>
            <p>for a in b, key = a { {a} }</p>
            <p>stream (a, b) in c { {b} }</p>
            <p>stream (a, b) in c { {a} }</p>
            <p>match a { b => { {a} } }</p>
            <p>match a { c => { {a} } }</p>
            <p>let a = b; {a}</p>
            <C a={b}/>
            <C a={c}/>
            <C>{b}</C>
            <C let={b}>{b}</C>
            <C><slot:a>{b}</slot:a></C>"#;
        let mut all: Vec<u64> = sources.lines().map(|source| fingerprints(source)[0]).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), sources.lines().count());
        assert_eq!(
            fingerprints("<p>if a.b { \"a\" }</p>"),
            fingerprints("<p> if a . b\n{\"a\"} </p> // c\n")
        );
    }

    proptest! {
        #[test]
        fn f016_whatever_stands_in_a_template_there_is_an_answer(
            pieces in prop::collection::vec(piece(), 0..20),
        ) {
            let source = format!("{{::firecrest_live}} {}", pieces.join(" "));
            let expanded = expand(source.parse().expect("the pieces are tokens"));
            prop_assert!(expanded.to_string().contains("Html"));
        }
    }
}
