//! The file that says which cards there are.

mod error;
mod file;
mod values;
mod web;

pub use error::ConfigError;
pub use file::Config;

pub(crate) use file::{Card, JsonCard, RepositoryCard, StreamCard};
pub(crate) use values::{Format, Hours, Title, Zone};
pub(crate) use web::{Pointer, TokenName, WebUrl};
