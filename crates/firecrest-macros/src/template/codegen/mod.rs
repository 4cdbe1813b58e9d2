//! From nodes to the calls that render them.

mod call;
mod element;
mod flow;
mod leave;
mod node;
mod whole;

pub(crate) use whole::expand;
