//! What a shared view says of itself.

use std::time::Duration;

use crate::live::ViewOptions;

/// The pace of a shared view, its bounds, its container.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SharedOptions {
    /// Most changes a second that viewers are sent. The first after a pause is sent at once, what changes meanwhile with the next
    /// one, and the last is always sent. It is slower by itself where telling everybody takes long: that takes no more than a
    /// fifth of the time. At least 1. Default: 20.
    pub frames_per_second: u32,
    /// How long the state is kept when nobody looks at it any more; [`Duration::MAX`] for as long as the program runs. Default: 10 s.
    pub linger: Duration,
    /// Most infos and broadcasts that wait for the state, and most events of viewers. At the bound viewers' events wait in their
    /// connections, which slows those down; infos are refused; a broadcast too many starts the state anew. Default: 1,024.
    pub max_waiting: usize,
    /// Tag, attributes and layout of the container. The layout sees no flash, since that is one visitor's.
    pub container: ViewOptions,
}

impl Default for SharedOptions {
    fn default() -> Self {
        SharedOptions {
            frames_per_second: 20,
            linger: Duration::from_secs(10),
            max_waiting: 1_024,
            container: ViewOptions::default(),
        }
    }
}

impl SharedOptions {
    /// Replaces [`frames_per_second`](Self::frames_per_second).
    #[must_use]
    pub fn frames_per_second(self, frames_per_second: u32) -> Self {
        SharedOptions { frames_per_second, ..self }
    }

    /// Replaces [`linger`](Self::linger).
    #[must_use]
    pub fn linger(self, linger: Duration) -> Self {
        SharedOptions { linger, ..self }
    }

    /// Replaces [`max_waiting`](Self::max_waiting).
    #[must_use]
    pub fn max_waiting(self, max_waiting: usize) -> Self {
        SharedOptions { max_waiting, ..self }
    }

    /// Replaces [`container`](Self::container).
    #[must_use]
    pub fn container(self, container: ViewOptions) -> Self {
        SharedOptions { container, ..self }
    }

    /// The least time between two changes that viewers are sent.
    pub(super) fn pace(&self) -> Duration {
        Duration::from_secs(1) / self.frames_per_second.max(1)
    }
}
