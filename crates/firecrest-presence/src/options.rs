//! What a replica can be told, with every default.

/// Times and bounds of a [`Replica`](crate::Replica). Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Least time between two deltas. The first after a quiet time goes at once. Default 1500.
    pub broadcast_ms: u64,
    /// Longest silence when there is nothing to say, give or take a tenth. Default 5000.
    pub heartbeat_ms: u64,
    /// Silence after which the rows of a node are hidden; at least twice the heartbeat (P059). Default 30 000.
    pub down_ms: u64,
    /// Silence after which a node is forgotten; more than `down_ms` (P060). Default 1 200 000, twenty minutes.
    pub forget_ms: u64,
    /// From noticing that something is missing to asking for it, so that what is late can arrive. Default 500.
    pub request_delay_ms: u64,
    /// How long nothing of an answer may come before another node is asked. Default 3000.
    pub request_timeout_ms: u64,
    /// Least time between two diffs of one topic; 0 gives each change at once. Default 500.
    pub diff_ms: u64,
    /// Most changed rows that wait for one diff; beyond it the diff says [`Resync`](crate::Change::Resync). Default
    /// 10 000, which hold about a megabyte.
    pub diff_rows: usize,
    /// Most recent operations kept for catching up, per node; who lacks more gets a snapshot. One takes some 30 bytes,
    /// that of a removed row 150, and what it held last if that was not yet heard everywhere. Default 10 000.
    pub log_ops: usize,
    /// Where a delta or a snapshot is cut into messages, in bytes. A row larger than this travels alone. Default
    /// 262 144.
    pub message_bytes: usize,
    /// Most bytes of an unfinished snapshot, per node; one that is larger is dropped. Default 268 435 456, a quarter of
    /// a gigabyte, into which a million rows fit with 200 bytes of topic, key and meta each.
    pub staging_bytes: usize,
    /// Most nodes known at a time; the messages of others are refused. Every heartbeat names them all: with 1024 it has
    /// 26 kilobytes, and to hear one takes the better part of a millisecond. Default 1024.
    pub nodes: usize,
    /// Most rows of this node; [`TrackError::Full`](crate::TrackError::Full) beyond. Default 1 000 000.
    pub rows: usize,
    /// Most rows of one other node that are held. Those beyond are not listed, which an
    /// [event](crate::Event::TooManyRows) says, until it has no more than these. Default 1 000 000.
    pub remote_rows: usize,
    /// Largest meta of this node, in bytes, no more than [`MAX_META`](crate::limits::MAX_META). Default 4096.
    pub meta_bytes: usize,
    /// Least time between two announcements of numbers. Default 1000.
    pub count_ms: u64,
    /// How often all numbers are announced again; those of others expire after two and a half such periods,
    /// give or take a twentieth. Default
    /// 30 000.
    pub count_repeat_ms: u64,
    /// Most topics with a number, per node; those beyond are left out. Default 100 000.
    pub count_topics: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            broadcast_ms: 1500,
            heartbeat_ms: 5000,
            down_ms: 30_000,
            forget_ms: 1_200_000,
            request_delay_ms: 500,
            request_timeout_ms: 3000,
            diff_ms: 500,
            diff_rows: 10_000,
            log_ops: 10_000,
            message_bytes: 256 * 1024,
            staging_bytes: 256 * 1024 * 1024,
            nodes: 1024,
            rows: 1_000_000,
            remote_rows: 1_000_000,
            meta_bytes: 4096,
            count_ms: 1000,
            count_repeat_ms: 30_000,
            count_topics: 100_000,
        }
    }
}

impl Options {
    /// Whether they fit together.
    pub fn check(&self) -> Result<(), OptionsError> {
        let positive = [
            ("broadcast_ms", self.broadcast_ms),
            ("heartbeat_ms", self.heartbeat_ms),
            ("request_timeout_ms", self.request_timeout_ms),
            ("count_ms", self.count_ms),
            ("count_repeat_ms", self.count_repeat_ms),
        ];
        if let Some((name, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(OptionsError::Zero { name });
        }
        if self.down_ms < self.heartbeat_ms.saturating_mul(2) {
            return Err(OptionsError::Down { down_ms: self.down_ms, heartbeat_ms: self.heartbeat_ms });
        }
        if self.forget_ms <= self.down_ms {
            return Err(OptionsError::Forget { forget_ms: self.forget_ms, down_ms: self.down_ms });
        }
        Ok(())
    }

    /// How long the numbers of another node hold.
    pub(crate) fn count_expiry_ms(&self) -> u64 {
        self.count_repeat_ms.max(self.count_ms).saturating_mul(5) / 2
    }
}

/// Why a replica cannot start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// A node would be down between two of its heartbeats.
    #[error("down_ms is {down_ms}, which is less than twice heartbeat_ms ({heartbeat_ms})")]
    Down {
        /// What was given.
        down_ms: u64,
        /// What it must be twice as large as.
        heartbeat_ms: u64,
    },
    /// A node would be forgotten before it is down.
    #[error("forget_ms is {forget_ms}, which is not more than down_ms ({down_ms})")]
    Forget {
        /// What was given.
        forget_ms: u64,
        /// What it must be larger than.
        down_ms: u64,
    },
    /// The name of the node is empty or longer than [`MAX_NAME`](crate::limits::MAX_NAME).
    #[error("a node's name has 1 to {} bytes, not {len}", crate::limits::MAX_NAME)]
    Name {
        /// How many bytes it has.
        len: usize,
    },
    /// A period that must not be 0 is.
    #[error("{name} is 0")]
    Zero {
        /// Which.
        name: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p059_p060_times_that_contradict_each_other_are_refused_in_words() {
        assert_eq!(Options::default().check(), Ok(()));
        let down = Options { down_ms: 9_999, ..Options::default() }.check().expect_err("less than twice");
        assert_eq!(down.to_string(), "down_ms is 9999, which is less than twice heartbeat_ms (5000)");
        let forget = Options { forget_ms: 30_000, ..Options::default() }.check().expect_err("not more");
        assert_eq!(forget.to_string(), "forget_ms is 30000, which is not more than down_ms (30000)");
        let zero = Options { broadcast_ms: 0, ..Options::default() }.check().expect_err("zero");
        assert_eq!(zero.to_string(), "broadcast_ms is 0");
    }
}
