//! From a tree of fields to a type of the user's.

mod entries;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub(crate) use value::{Reader, read_form};
