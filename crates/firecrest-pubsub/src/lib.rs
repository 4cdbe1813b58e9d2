//! Topics: who listens to what, and handing a broadcast to all of them.
//!
//! A crate of its own because it is a *replaceable adapter*'s contract: whatever carries broadcasts between nodes plugs in
//! here, without knowing sockets. It never writes a wire format: a [`Broadcast`] keeps the encodings that its
//! receivers make of it, each made once.
//!
//! Delivery is at most once, nothing is stored (spec §7.1). Broadcasts of one task to one topic arrive in order at each
//! subscriber; between tasks no order is promised. A broadcast without subscribers is lost silently.
//!
//! Several nodes share their topics over a [`cluster`]. A node hears of a topic only while somebody subscribes to it there.

mod broadcast;
pub mod cluster;
mod ear;
mod link;
mod noise;
mod pace;
mod pubsub;
mod registry;
mod subscription;
mod sync;

pub use broadcast::Broadcast;
pub use link::{Service, TooLarge};
pub use noise::Noise;
pub use pubsub::{Around, PubSub, Subscriber, SubscriberId};
pub use subscription::{Hold, Subscription};
