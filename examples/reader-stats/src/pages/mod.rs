//! The pages: each is a view and its template.

mod index;
mod post;
mod readers;
mod stats;

pub(crate) use index::Index;
pub(crate) use post::PostPage;
pub(crate) use readers::Readers;
pub(crate) use stats::Stats;
