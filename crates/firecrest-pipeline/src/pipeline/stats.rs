//! What a pipeline has done.

/// What a pipeline has done since it was started, and what it does now. Counted in items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Wait for a worker.
    pub depth: usize,
    /// Workers that are at work.
    pub active: usize,
    /// Worked on with success.
    pub ok: u64,
    /// Their handler has failed or panicked.
    pub failed: u64,
    /// Their handler has taken too long.
    pub timeouts: u64,
    /// Left out because nobody listens.
    pub skipped: u64,
    /// Begun again.
    pub restarts: u64,
    /// Never worked on.
    pub dropped: Dropped,
}

/// Items that were never worked on, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// Dropped for newer ones.
    pub oldest: u64,
    /// Refused because there was no room.
    pub newest: u64,
    /// They had waited for too long.
    pub expired: u64,
    /// A newer one with the same key took their place.
    pub coalesced: u64,
}

impl Dropped {
    /// Those that were lost: all but the coalesced ones, which the newer ones stand for.
    pub fn lost(&self) -> u64 {
        self.oldest + self.newest + self.expired
    }
}

/// What was done while the lock was not held.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) ok: u64,
    pub(super) failed: u64,
    pub(super) timeouts: u64,
    pub(super) skipped: u64,
}

impl Done {
    pub(super) fn add(&mut self, other: Done) {
        self.ok += other.ok;
        self.failed += other.failed;
        self.timeouts += other.timeouts;
        self.skipped += other.skipped;
    }
}
