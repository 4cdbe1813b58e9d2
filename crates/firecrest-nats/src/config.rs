//! How a cluster on NATS works.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Most bytes of the prefix.
const MAX_PREFIX: usize = 100;

/// Most bytes of a message that a server can be made to take.
const MAX_PAYLOAD: usize = 64 * 1024 * 1024;

/// Shorter ones would give up connections that are fine.
const MIN_TIMEOUT: Duration = Duration::from_millis(10);

/// How a [`NatsCluster`](crate::NatsCluster) works.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NatsClusterOptions {
    /// What all subjects begin with, up to a dot: words of letters, digits, `-` and `_`, with dots between them, at most 100 bytes.
    /// Default: `firecrest`. Clusters with different prefixes do not hear each other. A user with restricted rights needs to
    /// publish and subscribe to `PREFIX.>`.
    pub prefix: String,
    /// How many messages may wait to be sent. Default: 16,384. Those beyond are refused as
    /// [`Full`](firecrest_pubsub::cluster::Refused::Full), and once the others are sent, a gap is reported. Costs about 64 bytes for
    /// each, beside the message itself. The metric `firecrest_cluster_refused_total` with the reason `full` counts them.
    pub queue_messages: usize,
    /// How many bytes the messages that wait may have, with their subjects. Default: 32 MiB, at least
    /// [`max_message`](Self::max_message) and 1 KiB. That is also the most memory they take; a connection needs up to
    /// twice a message more in each direction. Beyond, it is as with [`queue_messages`](Self::queue_messages). The metric
    /// `firecrest_cluster_queue_bytes` shows how many there are.
    pub queue_bytes: usize,
    /// How many bytes a message may have. Default: 1 MiB, at most 64 MiB; the server's own limit, which is 1 MiB unless configured,
    /// counts as well, with 25 bytes less, which say who has sent it. Larger ones are refused as
    /// [`TooLarge`](firecrest_pubsub::cluster::Refused::TooLarge), which the same metric counts with the reason `too_large`.
    pub max_message: usize,
    /// How long connecting may take, and how long an answer. Default: 5 s. A connection on which nothing was heard for half as
    /// long is asked whether it lives; when the answer takes too long, it is given up and made anew. So a server that
    /// stops answering is given up after once to twice this time, 5 to 10 s. The metric `firecrest_cluster_connections_lost_total` shows how often a
    /// connection was lost.
    pub timeout: Duration,
    /// How long to wait after a connection was lost, or all servers have failed: the first time, and at most. Default: 100 ms to
    /// 5 s. Each time it is twice as long, and shortened by up to half, at random, so that not all nodes come at once. It begins
    /// anew after a connection that has lasted for longer than the longest wait.
    pub reconnect: RangeInclusive<Duration>,
    /// Who may vouch for servers of encrypted connections: certificates in PEM. Default: those that the system trusts.
    pub authorities: Option<Vec<u8>>,
}

impl Default for NatsClusterOptions {
    fn default() -> Self {
        NatsClusterOptions {
            prefix: "firecrest".to_owned(),
            queue_messages: 16_384,
            queue_bytes: 32 * 1024 * 1024,
            max_message: 1024 * 1024,
            timeout: Duration::from_secs(5),
            reconnect: Duration::from_millis(100)..=Duration::from_secs(5),
            authorities: None,
        }
    }
}

/// Why there can be no cluster of this kind. None of these shows a password or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A server's URL is none. It is not repeated here, since it may hold a password.
    #[error("NATS server {number} in the URL: {problem}")]
    Url {
        /// The position of the server among them, the first being 1.
        number: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The prefix cannot begin a subject.
    #[error(
        "the prefix {0:?} is not words of letters, digits, `-` and `_` with dots between them, of {MAX_PREFIX} bytes at most"
    )]
    Prefix(String),
    /// An option cannot be so.
    #[error("the option `{name}` must be {bounds}")]
    Option {
        /// Which one.
        name: &'static str,
        /// What it must be.
        bounds: &'static str,
    },
    /// The certificates of [`NatsClusterOptions::authorities`] are none.
    #[error("authorities: {0}")]
    Authorities(String),
}

impl NatsClusterOptions {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !is_prefix(&self.prefix) {
            return Err(ConfigError::Prefix(self.prefix.clone()));
        }
        let bounds = [
            (self.queue_messages >= 1, "queue_messages", "at least 1"),
            ((1..=MAX_PAYLOAD).contains(&self.max_message), "max_message", "1 byte to 64 MiB"),
            (
                self.queue_bytes >= self.max_message.saturating_add(1024),
                "queue_bytes",
                "at least max_message and 1 KiB",
            ),
            (self.timeout >= MIN_TIMEOUT, "timeout", "at least 10 ms"),
            (
                !self.reconnect.start().is_zero() && !self.reconnect.is_empty(),
                "reconnect",
                "a range that begins with more than nothing",
            ),
        ];
        let broken = bounds.into_iter().find(|(is_kept, ..)| !is_kept);
        broken.map_or(Ok(()), |(_, name, bounds)| Err(ConfigError::Option { name, bounds }))
    }
}

fn is_prefix(prefix: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    prefix.len() <= MAX_PREFIX && prefix.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_words_with_dots_between_them() {
        for prefix in ["firecrest", "shop.eu-1", "A_b", &"x".repeat(100)] {
            assert!(is_prefix(prefix), "{prefix}");
        }
        for prefix in
            ["", ".", "a.", ".a", "a..b", "a b", "*", "a.>", "ä", "$SYS", "a\r\nPUB x", &"x".repeat(101)]
        {
            assert!(!is_prefix(prefix), "{prefix}");
        }
    }

    #[test]
    fn options_keep_their_bounds() {
        let with = |change: fn(&mut NatsClusterOptions)| {
            let mut options = NatsClusterOptions::default();
            change(&mut options);
            options.check().map_err(|error| error.to_string())
        };
        assert_eq!(with(|_| ()), Ok(()));
        for (wrong, option) in [
            (with(|options| options.queue_messages = 0), "queue_messages"),
            (with(|options| options.queue_bytes = options.max_message), "queue_bytes"),
            (with(|options| options.max_message = 0), "max_message"),
            (with(|options| options.max_message = usize::MAX), "max_message"),
            (with(|options| options.timeout = Duration::ZERO), "timeout"),
            (with(|options| options.reconnect = Duration::ZERO..=Duration::MAX), "reconnect"),
            (with(|options| options.reconnect = Duration::MAX..=Duration::ZERO), "reconnect"),
        ] {
            assert!(
                wrong.as_ref().is_err_and(|error| error.contains(&format!("`{option}`"))),
                "{option}: {wrong:?}"
            );
        }
    }
}
