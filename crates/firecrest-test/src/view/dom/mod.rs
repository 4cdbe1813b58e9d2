//! The page as a browser holds it.

mod document;
mod parts;
mod patch;
mod query;
mod text;

pub(super) use document::{Document, Node};
pub(super) use parts::{attr_names, closest, has_attr, position};
pub(super) use query::Query;
pub(super) use text::{describe, text};
