//! Work in the background: a bounded queue in front, so many workers at once behind, and what is lost is counted.
//!
//! A crate of its own because it is of use to *another audience* than web applications. It knows nothing of the web, and uses
//! tokio's own parts where they suffice.
//!
//! ```
//! use firecrest_pipeline::{Job, Pipeline};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let letters = Pipeline::builder("letters").max_demand(10).start(async |letter: Job<String>| {
//!     println!("to the post with {}", letter.item());
//!     Ok::<_, std::io::Error>(())
//! })?;
//!
//! letters.push("Dear Ada".to_owned());                                      // returns at once, whatever the workers do
//! let drained = letters.drain(std::time::Duration::from_secs(5)).await;     // at the end of the program
//! assert_eq!(drained.left, 0);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Pipeline`] is the whole of it for most: who has something pushes it, and a handler is called with each. Nothing is
//! stored, and what a handler was given and lost is lost (at most once), unless a [`Restart`] says otherwise.
//!
//! [`stages`] are what pipelines of several steps are made of: a [`Producer`](stages::Producer) emits no more than it has been
//! asked for, and what is slow at the end is slow at the beginning.
//!
//! A [`Stamp`] says when something was handed over, on any node.

mod drops;
mod lane;
mod pipeline;
pub mod stages;
mod stamp;

pub use drops::Keep;
pub use pipeline::{
    Builder, ConfigError, Drained, Dropped, Job, MAX_WORKERS, Pipeline, Pushed, Restart, Stats,
};
pub use stamp::{Elapsed, Stamp};
