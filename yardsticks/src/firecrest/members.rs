//! Channels whose clients are there for others to see.

use firecrest::prelude::*;
use firecrest::presence::Tracked;
use serde::{Deserialize, Serialize};

use crate::BenchSocket;

/// Where it is seen who has a cart.
pub(crate) const WATCHED: &str = "admin:carts";

/// Of somebody who is seen by those who watch, and sees nobody.
pub(crate) struct Cart {
    /// There until the channel ends.
    _tracked: Tracked,
}

/// Of somebody who watches, and is not seen.
pub(crate) struct Admin;

/// Of somebody who sees everybody in the topic.
pub(crate) struct Room {
    user: String,
}

/// The client has been answered.
pub(crate) struct Entered;

#[derive(Deserialize)]
struct Params {
    user: String,
}

/// With its `phx_ref` 60 bytes.
#[derive(Serialize)]
struct Meta {
    online_at: &'static str,
}

const META: Meta = Meta { online_at: "1763740000123ab" };

impl Channel<BenchSocket> for Cart {
    type In = NoEvents;
    type Info = ();

    async fn join(request: Join<'_, BenchSocket>) -> Result<Joined<Self>, Rejected> {
        let Params { user } = request.params()?;
        let tracked = request.endpoint().presence().track(WATCHED, user, &META);
        match tracked {
            Ok(tracked) => Ok(Cart { _tracked: tracked }.into()),
            Err(error) => Err(Rejected::reason(error.to_string())),
        }
    }
}

impl Channel<BenchSocket> for Admin {
    type In = NoEvents;
    type Info = Entered;

    async fn join(_request: Join<'_, BenchSocket>) -> Result<Joined<Self, Entered>, Rejected> {
        Ok(Joined::new(Admin).then(Entered))
    }

    async fn handle_info(&mut self, _: Entered, cx: &mut Context<'_, Entered>) -> Outcome {
        cx.push_presence_state().await;
        Outcome::NoReply
    }
}

impl Channel<BenchSocket> for Room {
    type In = NoEvents;
    type Info = Entered;

    async fn join(request: Join<'_, BenchSocket>) -> Result<Joined<Self, Entered>, Rejected> {
        let Params { user } = request.params()?;
        Ok(Joined::new(Room { user }).then(Entered))
    }

    async fn handle_info(&mut self, _: Entered, cx: &mut Context<'_, Entered>) -> Outcome {
        cx.push_presence_state().await;
        match cx.track(&self.user, &META) {
            Ok(()) => Outcome::NoReply,
            Err(error) => Stop::error(error.to_string()).into(),
        }
    }
}
