//! What the benchmarks are about, made ready before their instructions are counted.
//!
//! Everything is used once while it is made: what happens only the first time in a process is not counted.

mod activity;
mod cards;
mod echo;
mod fan_out;
mod live;
mod outbox;
mod routes;
mod stream;
mod viewers;
mod wire;

pub use activity::Requests;
pub use cards::Cards;
pub use echo::Echo;
pub use fan_out::{Audience, SIZE as AUDIENCE};
pub use live::{Counter, Table};
pub use outbox::Outbox;
pub use routes::Routes;
pub use stream::List;
pub use viewers::Viewers;
pub use wire::{Broadcast, Incoming, Reply};
