//! Lobbies, where everybody sees who is there, and crowds, where everybody sees how many are.

use std::time::{SystemTime, UNIX_EPOCH};

use firecrest::prelude::*;
use firecrest::presence::TrackError;
use serde::Deserialize;
use serde_json::Value;

use crate::socket::User;

/// A lobby or a crowd.
pub(crate) struct Lobby {
    user: String,
    /// When the client came, in seconds.
    online_at: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LobbyIn {
    Track {},
    Update {
        status: String,
    },
    Untrack {},
    /// Who is there, as this node has it.
    List {},
}

/// The client has been answered.
pub(crate) struct Entered;

impl Channel<User> for Lobby {
    type In = LobbyIn;
    type Info = Entered;

    async fn join(request: Join<'_, User>) -> Result<Joined<Self, Entered>, Rejected> {
        let online_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Ok(Joined::new(Lobby { user: request.socket().name.clone(), online_at }).then(Entered))
    }

    async fn handle_info(&mut self, _: Entered, cx: &mut Context<'_, Entered>) -> Outcome {
        cx.push_presence_state().await;
        if let Err(error) = cx.track(&self.user, &self.meta(cx, "here")) {
            return Stop::error(error.to_string()).into();
        }
        Outcome::NoReply
    }

    async fn handle_in(&mut self, event: LobbyIn, cx: &mut Context<'_, Entered>) -> Outcome {
        match event {
            LobbyIn::Track {} => answer(cx.track(&self.user, &self.meta(cx, "here"))),
            LobbyIn::Update { status } => answer(cx.update_presence(&self.user, &self.meta(cx, &status))),
            LobbyIn::Untrack {} => {
                cx.untrack(&self.user);
                Reply::empty().into()
            }
            LobbyIn::List {} => {
                let presence = cx.endpoint().presence();
                Reply::ok(presence.list(cx.topic()).await).into()
            }
        }
    }
}

impl Lobby {
    fn meta(&self, cx: &Context<'_, Entered>, status: &str) -> Value {
        json!({ "online_at": self.online_at, "node": cx.endpoint().node(), "status": status })
    }
}

fn answer(done: Result<(), TrackError>) -> Outcome {
    match done {
        Ok(()) => Reply::empty().into(),
        Err(error) => Reply::error(json!({ "reason": error.to_string() })).into(),
    }
}
