//! What cannot be started.

/// Why a pipeline or a stage cannot be as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A buffer in which nothing can wait (G020).
    #[error("the capacity is 0: at least one item must be able to wait")]
    Capacity,
    /// Nobody would ever ask for anything, or for more than there can be.
    #[error("max_demand is {0}: it must be from 1 to {most}", most = super::MAX_WORKERS)]
    MaxDemand(usize),
    /// What is asked for again must leave something to ask for (G008).
    #[error("min_demand is {min}, which is not below max_demand, {max}")]
    MinDemand {
        /// `max_demand`.
        max: usize,
        /// `min_demand`.
        min: usize,
    },
    /// Workers are tasks of tokio.
    #[error("there is no tokio runtime here: start it in an async function")]
    NoRuntime,
}
