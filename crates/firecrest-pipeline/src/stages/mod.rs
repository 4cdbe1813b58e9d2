//! Stages: producers that emit what they are asked for, and who asks.
//!
//! Demand goes one way and items the other. Who is subscribed asks for so many; the producer emits no more than that, and
//! what comes without having been asked for waits in a bounded buffer. So the slowest decides how fast all are.
//!
//! ```
//! use firecrest_pipeline::stages::{Demand, Producer};
//! use futures_util::StreamExt as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut next = 0;
//! let numbers = Producer::from_fn(move |demand| {
//!     let some: Vec<u64> = (next..).take(demand).collect();
//!     next += demand as u64;
//!     async { Some(some) }
//! });
//! let squares = numbers.subscribe(Demand::new(10, 5)?)?.then(4, |number| async move { number * number });
//! let first: Vec<_> = squares.subscribe(Demand::up_to(2)?)?.into_stream().take(4).collect().await;
//! assert_eq!(first, [0, 1, 4, 9]);
//! # Ok(())
//! # }
//! ```
//!
//! What one process does at once needs no stages: a [`Pipeline`](crate::Pipeline) is quicker. They are for what should not be
//! fetched before somebody wants it, and for what goes through several hands at different speeds.
//!
//! Who is given an item: with [`by_demand`](Builder::by_demand), whoever has asked for most; with
//! [`broadcast`](Builder::broadcast), everybody, as fast as the slowest; with [`partition`](Builder::partition), the one that the
//! item belongs to.

mod consumer;
mod demand;
mod dispatch;
mod error;
mod flow;
mod producer;
mod source;
mod subscription;

pub use consumer::{Cancel, Consumer, Ended};
pub use demand::Demand;
pub use error::{EmitError, End, SubscribeError};
pub use producer::{Builder, Producer};
pub use subscription::Subscription;
