//! What carries messages, and what takes them.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{Health, Node, Reached};

/// Carries messages between the nodes of a cluster: an adapter of a broker, or [`InProcess`](super::InProcess).
///
/// None of its methods waits; what they ask for is queued, in bounds, and done by tasks of the adapter's own.
///
/// * Messages of one node on one subject arrive in the order in which they were published, or not at all.
/// * A message reaches only nodes that have subscribed to its subject. A node may hear its own: [`Receiver`] knows them.
/// * While there is no connection nothing is kept: messages are [`Refused::Offline`], and once there is one again, both
///   directions have a [`Gap`]. At the first connection only what was lost has one: [`Gap::In`] when a subscription was said to be
///   [`Reached`] before, [`Gap::Out`] when a message was refused.
/// * Subscriptions outlive connections: they are made again before [`Health::Connected`] is said, and those that are asked for meanwhile
///   do not delay that.
/// * Subjects are any text of up to 70,000 bytes. An adapter may write them down as it likes, long ones as a digest too: who hears
///   of another subject by accident does no harm.
pub trait Cluster: fmt::Debug + Send + Sync + 'static {
    /// Connects, in the background and for as long as it takes, and hands over what comes from then on. Called once, within a tokio
    /// runtime. Subscriptions may have been asked for before.
    fn start(&self, node: Node, receiver: Arc<dyn Receiver>);

    /// Sends a message to all nodes that have subscribed to a subject.
    ///
    /// # Errors
    /// When it will not be sent. One that is sent may still be lost.
    fn publish(&self, subject: &str, message: Bytes) -> Result<(), Refused>;

    /// Sends a message to the node of this name. If there is none, the message is lost silently.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    fn direct(&self, node: &str, message: Bytes) -> Result<(), Refused>;

    /// Wants the messages of a subject. `reached` is said once that is in effect, or when there is no connection: at once after an attempt to
    /// connect has failed or a connection was lost; while the first attempt is under way, when that has ended. Called only for a subject
    /// that is not wanted yet.
    fn subscribe(&self, subject: &str, reached: Reached);

    /// Does not want the messages of a subject any more. Some that are on their way may still come.
    fn unsubscribe(&self, subject: &str);

    /// How the connection is.
    fn health(&self) -> Health;

    /// Most bytes of a message.
    fn max_message(&self) -> usize;

    /// Sends what waits, for two seconds at most, and ends the connection. Nothing is taken from then on.
    fn close(&self) -> BoxFuture<'static, ()>;
}

/// Takes what comes from other nodes. None of its methods blocks.
pub trait Receiver: Send + Sync + 'static {
    /// A message has come. It need not be one of ours: what cannot be read is counted and left.
    fn receive(&self, message: Bytes);

    /// There is a connection, the first or another: [`Health::Connected`] was said. Before the [`gap`](Self::gap)s that it ends.
    fn connected(&self);

    /// Messages may have been lost.
    fn gap(&self, gap: Gap);
}

/// Messages may have been lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// On their way to this node, whoever sent them.
    In,
    /// On their way from this node. The others are told.
    Out,
    /// On their way from another node, which says so.
    From(Node),
}

/// Why a message will not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Too many messages wait to be sent.
    #[error("too many messages wait to be sent to the other nodes")]
    Full,
    /// There is no connection.
    #[error("there is no connection to the other nodes")]
    Offline,
    /// It is too large.
    #[error("a message to the other nodes has {len} bytes, more than {max}")]
    TooLarge {
        /// How many bytes it has.
        len: usize,
        /// How many it may have.
        max: usize,
    },
}
