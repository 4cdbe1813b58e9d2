//! Where a stream's news are. They stay on this node: the others follow the stream themselves.

use std::time::SystemTime;

use firecrest::hub::{Hub, Keep, Topic, TopicError};
use serde::{Deserialize, Serialize};

use super::Item;

/// How many items are shown, and kept for those who come later (D011, D012).
const NEWEST: usize = 10;

/// The topics of a stream.
#[derive(Clone)]
pub(crate) struct Topics {
    /// Every item, as it comes.
    pub(super) all: Topic<Item>,
    /// Those that are shown.
    pub(crate) items: Topic<Item>,
    /// How many were not.
    pub(crate) skipped: Topic<u64>,
    pub(crate) link: Topic<Link>,
}

/// Whether the stream is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Link {
    Up,
    Down { since: SystemTime, why: String },
}

impl Topics {
    pub(crate) fn of(hub: &Hub, stream: &str) -> Result<Self, TopicError> {
        let name = |what| format!("dashboard.stream.{stream}.{what}");
        Ok(Topics {
            all: hub.local(&name("all"), Keep::Nothing)?,
            items: hub.local(&name("items"), Keep::Newest(NEWEST))?,
            skipped: hub.local(&name("skipped"), Keep::Last)?,
            link: hub.local(&name("link"), Keep::Last)?,
        })
    }
}
