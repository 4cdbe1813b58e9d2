//! The page as a browser holds it.

mod document;
mod parts;
mod patch;
mod portals;
mod query;
mod sticky;
mod text;

pub(super) use document::{Document, Node};
pub(super) use parts::{attr_names, closest, has_attr, position};
pub(super) use query::Query;
pub(super) use sticky::is_sticky;
pub(super) use text::{describe, text};
