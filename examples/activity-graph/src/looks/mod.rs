//! How the page looks. Nothing here counts.

mod document;
mod layout;
mod page;
mod strip;

pub(crate) use document::document;
pub(crate) use layout::layout;
pub(crate) use page::page;
