//! How the pages look. Nothing here counts.

mod document;
mod layout;
mod page;
mod rolling;

pub(crate) use document::document;
pub(crate) use layout::layout;
pub(crate) use page::page;
