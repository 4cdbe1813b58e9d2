//! How much is asked for.

use crate::ConfigError;

/// How much a subscription asks for: up to `max` items at first, and again up to `max` when no more than `min` are left of those,
/// after they were handled. What arrives is handled in batches of `max − min` at most (G003–G007).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    pub(super) max: usize,
    pub(super) min: usize,
    pub(super) is_manual: bool,
}

impl Default for Demand {
    /// 1,000 and 500.
    fn default() -> Self {
        Demand { max: 1_000, min: 500, is_manual: false }
    }
}

impl Demand {
    /// So many.
    ///
    /// # Errors
    /// When `max` is 0 or more than 1,000,000, or `min` is not below it (G008).
    pub fn new(max: usize, min: usize) -> Result<Self, ConfigError> {
        match (max, min) {
            (0 | 1_000_001.., _) => Err(ConfigError::MaxDemand(max)),
            _ if min >= max => Err(ConfigError::MinDemand { max, min }),
            _ => Ok(Demand { max, min, is_manual: false }),
        }
    }

    /// Up to `max`, and again when half of them are left.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn up_to(max: usize) -> Result<Self, ConfigError> {
        Self::new(max, max / 2)
    }

    /// Asks for nothing by itself: [`Subscription::ask`](super::Subscription::ask) does (G010). Batches are as large as otherwise.
    pub fn manual(self) -> Self {
        Demand { is_manual: true, ..self }
    }

    /// Most items of a batch.
    pub(super) fn batch(self) -> usize {
        self.max - self.min
    }
}
