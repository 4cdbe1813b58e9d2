//! Nodes that hear each other through Redis 6 or newer, or through Valkey.
//!
//! A [`RedisCluster`] is a [`Cluster`](firecrest_pubsub::cluster::Cluster) on the broker's channels: one connection publishes, another
//! is subscribed to what this node wants to hear. Nothing is stored in the broker, and a broker that is away, slow or gone for good
//! keeps nobody waiting: the node serves its own clients, and says what may have been lost once it is connected again.
//!
//! Where to begin: `cluster.rs` is what a node calls, and it only writes down what is wanted, in `queue.rs` (messages) and
//! `interest.rs` (subscriptions). Two tasks do it: `publisher.rs` and `subscriber.rs`; `status.rs` knows how they fare.

mod broker;
mod cluster;
mod error;
mod former;
mod interest;
mod names;
mod options;
mod pauses;
mod publisher;
mod queue;
mod session;
mod signs;
mod status;
mod subscriber;

pub use cluster::RedisCluster;
pub use error::ConfigError;
pub use options::RedisClusterOptions;
