//! What the pages share.

mod layout;
mod root;

pub(crate) use layout::layout;
pub(crate) use root::document;

/// How many readers, in words.
pub(crate) fn readers(count: i64) -> &'static str {
    if count == 1 { "reader" } else { "readers" }
}
