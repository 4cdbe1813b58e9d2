//! Topics and the channels that serve them.

use firecrest::prelude::*;
use firecrest::testing;

/// A socket with ten routes.
#[derive(Debug)]
pub struct Routes(Channels<Visitor>);

impl Routes {
    /// Nine routes with a common beginning, and the one that is wanted after them.
    pub fn ten() -> Self {
        let patterns = [
            "user:*",
            "rest:*",
            "r",
            "rows:*",
            "row:*",
            "rooms:*",
            "room",
            "room:admin",
            "room:admin:*",
            "room:*",
        ];
        let channels =
            patterns.iter().fold(Channels::new(), |channels, pattern| channels.route::<Nothing>(pattern));
        let routes = Routes(channels);
        routes.find();
        routes
    }

    /// The number of the route that serves a topic.
    pub fn find(&self) -> Option<usize> {
        testing::route(&self.0, "room:lobby")
    }
}

/// A socket that nobody connects to.
#[derive(Debug)]
pub(crate) struct Visitor;

impl Socket for Visitor {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Visitor)
    }

    fn channels() -> Channels<Self> {
        Channels::new()
    }
}

/// A channel that nobody joins.
struct Nothing;

impl Channel<Visitor> for Nothing {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, Visitor>) -> Result<Joined<Self>, Rejected> {
        Ok(Nothing.into())
    }
}
