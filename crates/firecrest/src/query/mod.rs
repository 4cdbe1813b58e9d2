//! Live queries: named, typed questions whose answers are kept current, on each node for itself: an action on one node does not
//! change the answers of another.
//!
//! A [`Query`] knows how to ask. Who [watches](Query::watch) gets the answer, [`Live`], and every newer one. Whoever changes
//! something says which question it [touches](Query::touch), and does not wait until it has been answered (K034, K045). However
//! many watch a question, it is asked once (K049).
//!
//! ```
//! use std::convert::Infallible;
//! use std::sync::atomic::{AtomicU64, Ordering};
//!
//! use firecrest::prelude::*;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! static LIKES: AtomicU64 = AtomicU64::new(0);
//! let likes = Query::new("likes", async |_post: u64| Ok::<_, Infallible>(LIKES.load(Ordering::Relaxed)));
//!
//! let mut shown = likes.watch(7).await?;
//! assert_eq!(*shown.get(), 0);
//!
//! LIKES.fetch_add(1, Ordering::Relaxed);
//! likes.touch(&7);
//! shown.changed().await;
//! assert_eq!(*shown.get(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Read in this order: [`Query`]; [`Live`]; `question` and `table`, what is watched; `keeper`, what keeps an answer current;
//! `asking`, one evaluation.

mod asking;
mod error;
mod keeper;
mod live;
mod options;
#[allow(clippy::module_inception, reason = "the module is named after the type it holds")]
mod query;
mod question;
mod table;

pub use error::QueryError;
pub use live::Live;
pub use options::QueryOptions;
pub use query::Query;
