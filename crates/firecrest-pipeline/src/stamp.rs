//! When something was handed over.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// When something was handed over. It can travel in a payload, as JSON or anything else of serde, and be asked on any node how
/// long ago that was.
///
/// ```
/// use firecrest_pipeline::Stamp;
///
/// let stamp = Stamp::now();
/// let elapsed = stamp.elapsed();
/// assert!(!elapsed.cross_node && elapsed.time.as_secs() < 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Milliseconds since 1970 by the node's clock.
    wall_ms: u64,
    /// Microseconds of the node's monotonic clock.
    ticks: u64,
    /// Which process it was.
    node: u64,
}

/// How long ago a [`Stamp`] was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// The time between. On the same node by a clock that only goes forward; between nodes by the clocks on the wall, whose
    /// difference is in it, and never less than nothing.
    pub time: Duration,
    /// Whether the stamp is of another node.
    pub cross_node: bool,
}

/// This process: what no other calls itself (53 bits, so that JavaScript can carry it), and since when it counts.
struct Node {
    id: u64,
    /// What the monotonic clock is counted from.
    origin: Instant,
}

/// Where the clock stands at the origin: stamps may be older than the first look at it.
const AT_ORIGIN: u64 = 1 << 40;

static NODE: LazyLock<Node> =
    LazyLock::new(|| Node { id: rand::random::<u64>() >> 11, origin: Instant::now() });

impl Stamp {
    /// Handed over now.
    pub fn now() -> Self {
        Self::at(Instant::now())
    }

    /// Handed over at that moment.
    pub(crate) fn at(moment: Instant) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ago = Instant::now().saturating_duration_since(moment);
        Stamp { wall_ms: millis(since.saturating_sub(ago)), ticks: ticks(moment), node: NODE.id }
    }

    /// Milliseconds since 1970 by the clock of the node that made it.
    pub fn wall_ms(&self) -> u64 {
        self.wall_ms
    }

    /// How long ago that was.
    pub fn elapsed(&self) -> Elapsed {
        if self.node == NODE.id {
            let time = Duration::from_micros(ticks(Instant::now()).saturating_sub(self.ticks));
            return Elapsed { time, cross_node: false };
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Elapsed { time: Duration::from_millis(millis(now).saturating_sub(self.wall_ms)), cross_node: true }
    }
}

impl Elapsed {
    /// The time in milliseconds, as metrics want it.
    pub fn as_millis(&self) -> f64 {
        self.time.as_secs_f64() * 1e3
    }
}

fn ticks(moment: Instant) -> u64 {
    let node = &*NODE;
    let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    match moment.checked_duration_since(node.origin) {
        Some(after) => AT_ORIGIN.saturating_add(micros(after)),
        None => AT_ORIGIN.saturating_sub(micros(node.origin.saturating_duration_since(moment))),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
