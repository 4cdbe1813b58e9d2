//! What presence can be told, with every default.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use firecrest_presence::limits::MAX_META;
use firecrest_wire::topic::{Pattern, PatternError};

use super::fetch::{AnyFetch, Fetch};

/// The longest that clients may have to wait for a fetch.
const MAX_FETCH_TIMEOUT: Duration = Duration::from_secs(60);

/// How presence works on an endpoint. All nodes of a cluster should have the same.
///
/// ```
/// use firecrest::Endpoint;
/// use firecrest::presence::{Mode, PresenceOptions};
///
/// # fn main() -> Result<(), firecrest::endpoint::EndpointError> {
/// let presence = PresenceOptions::new().mode("stream:*", Mode::Count).mode("bulk:*", Mode::Off);
/// let endpoint = Endpoint::builder().presence(presence).build()?;
/// # let _ = endpoint; Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct PresenceOptions {
    modes: Vec<(Pattern, Mode)>,
    fetches: Vec<(Pattern, Arc<dyn AnyFetch>)>,
    /// The first pattern that is none, until the endpoint is built.
    no_pattern: Option<PatternError>,
    pub(super) shutdown: Shutdown,
    pub(super) fetch_timeout: Duration,
    pub(super) state_keys: usize,
    pub(super) topic_rows: usize,
    pub(super) calls: usize,
    pub(super) calls_per: Duration,
    pub(super) count_interval: Duration,
    replica: firecrest_presence::Options,
}

/// What is known of a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Who is there, on every node; clients are told of each change.
    #[default]
    Full,
    /// Only how many are there: for topics with more connections than anybody wants a list of. Clients are told the number, as
    /// `presence_count`, once a second at most.
    Count,
    /// Nothing: tracking succeeds and has no effect.
    Off,
}

/// What happens to the rows of this node when it is shut down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shutdown {
    /// They are gone everywhere at once: who comes back on another node was seen to leave and to join.
    #[default]
    Leave,
    /// The other nodes keep them until [`down_after`](PresenceOptions::down_after), so that clients that come back elsewhere by then do
    /// not flicker: their key is there all the time, with one meta more for a while.
    Handoff,
}

/// What is wrong with [`PresenceOptions`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PresenceOptionsError {
    /// A node would be down between two of its heartbeats (P059).
    #[error(
        "presence: a node would be down after {down_after:?}, which is less than two heartbeats of {heartbeat:?}"
    )]
    Down {
        /// [`PresenceOptions::down_after`].
        down_after: Duration,
        /// [`PresenceOptions::heartbeat`].
        heartbeat: Duration,
    },
    /// A node would be forgotten before it is down (P060).
    #[error(
        "presence: a node would be forgotten after {forget_after:?}, no later than it is down, after {down_after:?}"
    )]
    Forget {
        /// [`PresenceOptions::forget_after`].
        forget_after: Duration,
        /// [`PresenceOptions::down_after`].
        down_after: Duration,
    },
    /// A time is shorter than a millisecond, or a bound is 0.
    #[error("presence: {0} must be more than 0")]
    Zero(&'static str),
    /// Clients could wait for a fetch for more than a minute.
    #[error("presence: a fetch may take {0:?}, which is more than a minute")]
    FetchTimeout(Duration),
    /// Metas could be larger than other nodes accept.
    #[error("presence: metas of {0} bytes are larger than {MAX_META}, the most that fits")]
    Meta(usize),
    /// A topic pattern that is none.
    #[error("presence: {0}")]
    Pattern(#[from] PatternError),
    /// The node's name cannot be a writer's.
    #[error("presence: {0}")]
    Node(firecrest_presence::OptionsError),
}

impl PresenceOptions {
    /// Everything at its default.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is known of the topics of a pattern, `room:*` or a topic as it is. The first pattern that fits counts. Default:
    /// [`Mode::Full`].
    pub fn mode(mut self, topics: &str, mode: Mode) -> Self {
        if let Some(pattern) = self.pattern(topics) {
            self.modes.push((pattern, mode));
        }
        self
    }

    /// What completes the presences of the topics of a pattern, with names from a database, say (P065). The first pattern that fits counts.
    /// Default: nothing.
    pub fn fetch(mut self, topics: &str, fetch: impl Fetch) -> Self {
        if let Some(pattern) = self.pattern(topics) {
            self.fetches.push((pattern, Arc::new(fetch)));
        }
        self
    }

    /// How long clients wait for a [fetch](Self::fetch); then presences are shown as they are, which is counted
    /// (`firecrest_presence_fetch_failures_total`) and logged. A minute at most. Default: 5 s.
    pub fn fetch_timeout(mut self, timeout: Duration) -> Self {
        self.fetch_timeout = timeout;
        self
    }

    /// What happens to the rows of this node when it is shut down. Default: [`Shutdown::Leave`].
    pub fn on_shutdown(mut self, shutdown: Shutdown) -> Self {
        self.shutdown = shutdown;
        self
    }

    /// The least time between two messages to the other nodes; the first after a quiet time is sent at once.
    /// Heartbeats bring what there is too, so that more than a [heartbeat](Self::heartbeat) is no more than that. Default: 1.5 s.
    pub fn broadcast_interval(mut self, interval: Duration) -> Self {
        self.replica.broadcast_ms = millis(interval);
        self
    }

    /// The longest silence of a node that has nothing to say, give or take a tenth. Default: 5 s.
    pub fn heartbeat(mut self, interval: Duration) -> Self {
        self.replica.heartbeat_ms = millis(interval);
        self
    }

    /// The silence after which the rows of another node are hidden; at least two [heartbeats](Self::heartbeat). Default: 30 s.
    pub fn down_after(mut self, silence: Duration) -> Self {
        self.replica.down_ms = millis(silence);
        self
    }

    /// The silence after which another node is forgotten; more than [`down_after`](Self::down_after). Default: 20 minutes.
    pub fn forget_after(mut self, silence: Duration) -> Self {
        self.replica.forget_ms = millis(silence);
        self
    }

    /// The least time between two diffs of one topic; the first after a quiet time is told at once. Default: 500 ms.
    pub fn diff_interval(mut self, interval: Duration) -> Self {
        self.replica.diff_ms = millis(interval);
        self
    }

    /// Most changed rows in one diff; if there are more, clients get the whole state again. Default: 10,000.
    pub fn diff_rows(mut self, rows: usize) -> Self {
        self.replica.diff_rows = rows;
        self
    }

    /// Most keys in one message to a client: what has more is sent in several. A message ends at 256 KiB too, whichever comes first.
    /// Default: 1,000.
    pub fn state_keys(mut self, keys: usize) -> Self {
        self.state_keys = keys;
        self
    }

    /// The least time between two numbers of a topic that is only [counted](Mode::Count), for the other nodes and for clients. Default: 1 s.
    pub fn count_interval(mut self, interval: Duration) -> Self {
        self.replica.count_ms = millis(interval);
        self.count_interval = interval;
        self
    }

    /// Largest meta, in bytes of JSON; 65,536 at most. One that was updated has 34 more, for its `phx_ref_prev`. A larger one is refused
    /// ([`TrackError::TooLong`](super::TrackError::TooLong)). Default: 4,096.
    pub fn meta_bytes(mut self, bytes: usize) -> Self {
        self.replica.meta_bytes = bytes;
        self
    }

    /// Most rows of a topic, those of all nodes together, as far as this one knows of them; it adds no more
    /// ([`TrackError::TopicFull`](super::TrackError::TopicFull)). A row takes some 200 bytes and its meta, on every node. Default: 100,000.
    pub fn topic_rows(mut self, rows: usize) -> Self {
        self.topic_rows = rows;
        self
    }

    /// Most rows of this node, in all topics ([`TrackError::Full`](super::TrackError::Full)). If they are more than the default, as many
    /// are taken of each other node. Default: 1,000,000.
    pub fn rows(mut self, rows: usize) -> Self {
        let default = firecrest_presence::Options::default();
        self.replica.rows = rows;
        self.replica.remote_rows = rows.max(default.remote_rows);
        // As many bytes for each.
        let bytes = default.staging_bytes.div_ceil(default.remote_rows);
        self.replica.staging_bytes = self.replica.remote_rows.saturating_mul(bytes);
        self
    }

    /// How often a channel may track and update within a time; more is refused
    /// ([`TrackError::TooManyCalls`](super::TrackError::TooManyCalls)), so that a client that keeps changing does not keep everybody
    /// busy. Leaving is always possible; what is refused or changes nothing does not count. A channel that is joined again begins anew, and
    /// live views are not limited. Default: 5 in 30 s.
    pub fn calls(mut self, calls: usize, per: Duration) -> Self {
        self.calls = calls;
        self.calls_per = per;
        self
    }

    /// Most rows in a diff.
    pub(super) fn most_changes(&self) -> usize {
        self.replica.diff_rows
    }

    pub(super) fn mode_of(&self, topic: &str) -> Mode {
        first(&self.modes, topic).copied().unwrap_or_default()
    }

    pub(super) fn fetch_of(&self, topic: &str) -> Option<&Arc<dyn AnyFetch>> {
        first(&self.fetches, topic)
    }

    /// Whether they fit together.
    pub(super) fn check(&mut self) -> Result<firecrest_presence::Options, PresenceOptionsError> {
        if let Some(error) = self.no_pattern.take() {
            return Err(error.into());
        }
        let firecrest_presence::Options { broadcast_ms, heartbeat_ms, down_ms, forget_ms, .. } = self.replica;
        let positive = [
            ("broadcast_interval", broadcast_ms > 0),
            ("heartbeat", heartbeat_ms > 0),
            ("count_interval", self.replica.count_ms > 0),
            ("state_keys", self.state_keys > 0),
        ];
        if let Some((name, _)) = positive.into_iter().find(|(_, is_positive)| !is_positive) {
            return Err(PresenceOptionsError::Zero(name));
        }
        if self.fetch_timeout > MAX_FETCH_TIMEOUT {
            return Err(PresenceOptionsError::FetchTimeout(self.fetch_timeout));
        }
        if self.replica.meta_bytes > MAX_META {
            return Err(PresenceOptionsError::Meta(self.replica.meta_bytes));
        }
        let (heartbeat, down_after) = (Duration::from_millis(heartbeat_ms), Duration::from_millis(down_ms));
        if down_ms < heartbeat_ms.saturating_mul(2) {
            return Err(PresenceOptionsError::Down { down_after, heartbeat });
        }
        if forget_ms <= down_ms {
            let forget_after = Duration::from_millis(forget_ms);
            return Err(PresenceOptionsError::Forget { forget_after, down_after });
        }
        Ok(self.replica.clone())
    }

    fn pattern(&mut self, topics: &str) -> Option<Pattern> {
        let pattern = Pattern::parse(topics);
        pattern.map_err(|error| self.no_pattern.get_or_insert(error)).ok()
    }
}

impl Default for PresenceOptions {
    fn default() -> Self {
        PresenceOptions {
            modes: Vec::new(),
            fetches: Vec::new(),
            no_pattern: None,
            shutdown: Shutdown::default(),
            fetch_timeout: Duration::from_secs(5),
            state_keys: 1_000,
            topic_rows: 100_000,
            calls: 5,
            calls_per: Duration::from_secs(30),
            count_interval: Duration::from_secs(1),
            replica: firecrest_presence::Options::default(),
        }
    }
}

impl fmt::Debug for PresenceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresenceOptions")
            .field("modes", &self.modes)
            .field("fetches", &self.fetches.iter().map(|(pattern, _)| pattern).collect::<Vec<_>>())
            .field("shutdown", &self.shutdown)
            .field("replica", &self.replica)
            .finish_non_exhaustive()
    }
}

fn first<'a, T>(rules: &'a [(Pattern, T)], topic: &str) -> Option<&'a T> {
    rules.iter().find(|(pattern, _)| pattern.matched(topic).is_some()).map(|(_, value)| value)
}

/// Whole milliseconds; more than there are is as many as there are.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
