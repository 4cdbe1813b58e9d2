//! Why somebody is not tracked.

use crate::telemetry::meter::{Limit, reached};

/// Why a presence is not written. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrackError {
    /// This channel or view is in the topic under this key already (P055).
    #[error("already tracked under the key {0:?}: update it instead")]
    AlreadyTracked(String),
    /// This channel or view is not in the topic under this key (P054).
    #[error("not tracked under the key {0:?}")]
    NotTracked(String),
    /// The meta has no JSON form.
    #[error("the meta has no JSON form: {0}")]
    Encode(#[from] serde_json::Error),
    /// The meta is another JSON value than an object.
    #[error("the meta must be a JSON object")]
    NotAnObject,
    /// The topic, the key or the meta is too long.
    #[error("the {what} has {len} bytes, more than {max}")]
    TooLong {
        /// Which of them.
        what: &'static str,
        /// How many bytes it has.
        len: usize,
        /// How many it may have.
        max: usize,
    },
    /// The topic has [as many rows](super::PresenceOptions::topic_rows) as it may have.
    #[error("the topic has {max} rows and takes no more")]
    TopicFull {
        /// How many.
        max: usize,
    },
    /// This node has [as many rows](super::PresenceOptions::rows) as it may have.
    #[error("this node has {max} rows and takes no more")]
    Full {
        /// How many.
        max: usize,
    },
    /// The channel tracks and updates [too often](super::PresenceOptions::calls).
    #[error("tracked or updated more than {max} times in {per:?}")]
    TooManyCalls {
        /// How often it may.
        max: usize,
        /// Within which time.
        per: std::time::Duration,
    },
    /// The endpoint has ended.
    #[error("the endpoint has ended")]
    Ended,
}

impl TrackError {
    pub(super) fn of(error: &firecrest_presence::TrackError, key: &str) -> Self {
        use firecrest_presence::TrackError as Low;
        match *error {
            Low::AlreadyTracked => TrackError::AlreadyTracked(key.to_owned()),
            Low::TooLong { what, len, max } => TrackError::TooLong { what, len, max },
            Low::Full { max } => {
                reached(Limit::PresenceRows);
                TrackError::Full { max }
            }
            // Whatever else there may be one day, the row is not there.
            _ => TrackError::NotTracked(key.to_owned()),
        }
    }
}
