//! `html!`: from tokens to a tree of nodes to the calls that render it.

mod attribute;
mod call;
mod check;
mod closing;
mod codegen;
mod element;
mod flow;
mod markup;
mod name;
mod node;
mod parse;
mod source;
mod statics;
mod text;

pub(crate) use codegen::expand;
