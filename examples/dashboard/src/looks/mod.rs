//! How the page looks. Nothing here is live.

mod document;
mod layout;

pub(crate) use document::document;
pub(crate) use layout::layout;
