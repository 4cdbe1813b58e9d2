//! What can go wrong between stages, and how it ends.

use std::sync::Arc;

/// Why nobody was subscribed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubscribeError {
    /// Each partition has one consumer (G028).
    #[error("partition {0} has a consumer already")]
    Taken(usize),
    /// There is no such partition.
    #[error("there is no partition {partition}: there are {of}, counted from 0")]
    NoPartition {
        /// Which was asked for.
        partition: usize,
        /// How many there are.
        of: usize,
    },
    /// Items are partitioned: say which partition.
    #[error("items are partitioned: subscribe to one of the partitions")]
    Partitioned,
}

/// Why nothing was emitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// An item belongs to a partition that there is not (G027). None of the items was emitted.
    #[error("an item belongs to partition {partition}: there are {of}, counted from 0")]
    NoPartition {
        /// Which it belongs to.
        partition: usize,
        /// How many there are.
        of: usize,
    },
    /// The producer has ended.
    #[error("the producer has ended")]
    Ended,
}

/// How a producer has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// There is nothing more.
    Finished,
    /// Something went wrong.
    Failed(Arc<str>),
    /// It had ended before anybody subscribed.
    Gone,
}
