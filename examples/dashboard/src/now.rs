//! What time it is.

use std::time::SystemTime;

use jiff::Timestamp;

/// Now, by the system's clock. In a test's virtual time it goes with that.
pub(crate) fn now() -> Timestamp {
    let (ours, real) = (tokio::time::Instant::now().into_std(), std::time::Instant::now());
    let now = SystemTime::now() + ours.saturating_duration_since(real) - real.saturating_duration_since(ours);
    at(now)
}

/// A time of the system's clock. What no calendar holds is the last that one does.
pub(crate) fn at(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
}
