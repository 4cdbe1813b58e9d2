//! How a cluster on Redis works.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::ConfigError;

/// How a [`RedisCluster`](crate::RedisCluster) works.
///
/// At worst a node takes, besides the names of what it is subscribed to: [`queue_bytes`](Self::queue_bytes), 100 bytes for each of
/// [`queue_messages`](Self::queue_messages), three copies of 1 MiB or of one message that is larger, which are being sent, and three
/// times the largest message that is being read. The last is bounded by the broker's `proto-max-bulk-len`, for what strangers
/// publish: keep them off with the broker's access rights.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RedisClusterOptions {
    /// What the names of all channels begin with, up to a colon. Default: `firecrest`. Applications that share a broker need one
    /// each: nodes of the same prefix hear each other, whichever database is in the URL, since channels do not belong to one.
    pub prefix: String,
    /// Most messages that wait to be sent or for the broker's answer. Default: 16,384. The next ones are
    /// [`Refused::Full`](firecrest_pubsub::cluster::Refused::Full), counted in `firecrest_cluster_refused_total`, and once those
    /// that waited then are answered, the others are told that they have missed some.
    pub queue_messages: usize,
    /// Most bytes of these messages and the names of their channels. Default: 32 MiB. What happens then is the same. The metric
    /// `firecrest_cluster_queue_bytes` shows how many there are.
    pub queue_bytes: usize,
    /// Most bytes of a message. Default: 8 MiB. A larger one is
    /// [`Refused::TooLarge`](firecrest_pubsub::cluster::Refused::TooLarge). The broker's `client-output-buffer-limit pubsub` must be
    /// larger by far, or it disconnects whoever is sent such a message.
    pub max_message: usize,
    /// How long connecting may take, and for how long the broker may be silent when it owes an answer. Default: 5 s. A connection
    /// on which nothing happens is asked for a sign of life after half of it, and has the other half to give one. The largest
    /// message must pass within that half: 8 MiB in 2.5 s are 27 Mbit/s. When it is over, the connection counts as lost. The metric `firecrest_cluster_connections_lost_total` shows how often that was so.
    pub timeout: Duration,
    /// How long to wait before connecting again: the first time, and at most. Default: 100 ms to 5 s. Each time it is twice as
    /// long, and shortened by up to half, at random, so that not all nodes come at once. It begins anew after a connection
    /// that has lasted for longer than `timeout` and the longest pause together.
    pub reconnect: RangeInclusive<Duration>,
    /// Who may vouch for the broker of an encrypted connection: certificates in PEM. Default: those that the system trusts.
    #[cfg(feature = "tls")]
    pub authorities: Option<Vec<u8>>,
}

impl Default for RedisClusterOptions {
    fn default() -> Self {
        RedisClusterOptions {
            prefix: "firecrest".to_owned(),
            queue_messages: 16_384,
            queue_bytes: 32 * 1024 * 1024,
            max_message: 8 * 1024 * 1024,
            timeout: Duration::from_secs(5),
            reconnect: Duration::from_millis(100)..=Duration::from_secs(5),
            #[cfg(feature = "tls")]
            authorities: None,
        }
    }
}

impl RedisClusterOptions {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |name, problem| Err(ConfigError::Option { name, problem });
        let prefix = format!("{}:", self.prefix);
        if prefix.contains(":s:") || prefix.contains(":n:") {
            return wrong("prefix", "has `s` or `n` between colons, where other channels have it");
        }
        if self.queue_messages == 0 {
            return wrong("queue_messages", "is 0");
        }
        if self.max_message == 0 {
            return wrong("max_message", "is 0");
        }
        if self.queue_bytes < self.max_message {
            return wrong("queue_bytes", "is less than max_message");
        }
        if self.timeout.is_zero() {
            return wrong("timeout", "is 0");
        }
        if self.reconnect.start().is_zero() || self.reconnect.is_empty() {
            return wrong("reconnect", "is empty or begins with 0");
        }
        Ok(())
    }
}
