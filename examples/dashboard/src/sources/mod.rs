//! Sources of figures: asked by HTTP, at most one question at a time for all viewers of this node.

mod client;
mod document;
mod figures;
mod format;
mod inside;
mod limits;
mod token;

pub(crate) use client::{Client, FetchError};
pub(crate) use document::Document;
pub(crate) use figures::{Figure, Figures, Source, figures};
pub(crate) use format::{cut, format, number};
pub(crate) use limits::{MAX_PAUSE, pause};
pub(crate) use token::Token;
pub use token::TokenError;
