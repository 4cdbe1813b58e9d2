//! Why there is no answer.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use crate::telemetry::Panic;

/// Why a query has no answer. It names the query, never its arguments.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// It was asked, and answered with an error.
    #[error("the query {query:?} has failed: {error}")]
    Failed {
        /// The query's name.
        query: &'static str,
        /// The error that it returned.
        #[source]
        error: Arc<dyn Error + Send + Sync>,
    },
    /// It was asked, and panicked.
    #[error("the query {query:?} {message}")]
    Panicked {
        /// The query's name.
        query: &'static str,
        /// What the panic said.
        message: String,
    },
    /// It was asked, and did not answer in time.
    #[error("the query {query:?} did not answer within {timeout:?}")]
    TimedOut {
        /// The query's name.
        query: &'static str,
        /// How long it was waited for: [`QueryOptions::timeout`](super::QueryOptions::timeout).
        timeout: Duration,
    },
    /// It was not asked: as many of its questions are watched as may be.
    #[error(
        "the query {query:?} is watched with {max} different arguments, which is as many as its max_watched allows"
    )]
    TooMany {
        /// The query's name.
        query: &'static str,
        /// How many may be: [`QueryOptions::max_watched`](super::QueryOptions::max_watched).
        max: usize,
    },
    /// The runtime that was to ask it has shut down.
    #[error("the query {query:?} is not asked any more: its runtime has shut down")]
    Stopped {
        /// The query's name.
        query: &'static str,
    },
}

impl QueryError {
    pub(super) fn panicked(query: &'static str, panic: Box<dyn Any + Send>) -> Self {
        QueryError::Panicked { query, message: Panic::new(panic).to_string() }
    }
}
