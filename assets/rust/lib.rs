//! The browser side of the examples: JavaScript and CSS that `cargo xtask assets` has bundled, embedded in the binary.
//!
//! A crate of its own for its *audience*: all examples share one bundle. [`router`] serves it, [`page`] fills in an HTML
//! page that refers to it.

mod page;
mod serve;

pub use page::page;
pub use serve::{router, url};

/// The bundle. Every file lies there twice more, compressed: with `.br` and `.gz` at the end of its name.
#[derive(rust_embed::Embed)]
#[folder = "dist/"]
struct Bundle;
