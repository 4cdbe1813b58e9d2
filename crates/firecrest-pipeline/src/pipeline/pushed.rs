//! What became of an item that was pushed.

/// What became of an item that was pushed. It may be ignored: what is lost is counted and logged anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pushed<T> {
    /// It waits for a worker.
    Accepted,
    /// It has taken the place of one with the same key that waited.
    Coalesced,
    /// It waits for a worker, and the oldest that waited was dropped for it.
    DroppedOldest,
    /// There is no room, and the oldest are kept: here it is again.
    Refused(T),
    /// The pipeline takes nothing any more: here it is again.
    Closed(T),
}

impl<T> Pushed<T> {
    /// Whether it waits for a worker now.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted | Self::Coalesced | Self::DroppedOldest)
    }
}
