//! Something pushed at an interval, for as long as the client is there (H14).

use std::time::Duration;

use firecrest::prelude::*;
use firecrest::token;

use crate::{AUTH_SALT, AuthSocket};

const INTERVAL: Duration = Duration::from_secs(5);

/// Sends its user a fresh token now and then.
pub(crate) struct Recurring {
    user_id: u64,
}

/// It is time for the next token.
pub(crate) struct Tick;

impl Channel<AuthSocket> for Recurring {
    type In = NoEvents;
    type Info = Tick;

    async fn join(request: Join<'_, AuthSocket>) -> Result<Joined<Self, Tick>, Rejected> {
        let channel = Recurring { user_id: request.socket().user_id };
        Ok(Joined::new(channel).then(Tick))
    }

    async fn handle_info(&mut self, _tick: Tick, cx: &mut Context<'_, Tick>) -> Outcome {
        match token::sign(cx.endpoint().secret(), AUTH_SALT, &self.user_id) {
            Ok(token) => cx.push("new_token", &json!({ "token": token })),
            Err(error) => return Stop::error(error.to_string()).into(),
        }
        cx.send_after(INTERVAL, Tick);
        Outcome::NoReply
    }
}
