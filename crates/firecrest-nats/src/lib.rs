//! Clusters of nodes on NATS: broadcasts reach the subscribers on all of them.
//!
//! A crate of its own because it is a *replaceable adapter* with foreign dependencies. [`NatsCluster`] implements
//! [`Cluster`](firecrest_pubsub::cluster::Cluster) on core NATS: nothing is stored, delivery is at most once, and whenever messages
//! may have been lost, that is said.
//!
//! It speaks NATS' protocol itself, which is six verbs each way. So a subscription costs little more than its name, what comes is
//! handed over as fast as it is read and not queued, what is sent waits in one queue with a bound, and a subscription is known to
//! be in effect when the server has answered what was asked after it.
//!
//! Read it in this order: [`config`](NatsClusterOptions), `cluster`, `outbox` and `subscriptions` (what waits, and what is wanted),
//! `link` (connecting, and a connection's life), `wire` (the protocol).

mod cluster;
mod config;
mod link;
mod name;
mod outbox;
mod servers;
mod shared;
mod status;
mod subscriptions;
mod wire;

pub use cluster::NatsCluster;
pub use config::{ConfigError, NatsClusterOptions};
