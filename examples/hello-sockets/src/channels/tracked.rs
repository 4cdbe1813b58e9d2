//! Who is here, over all nodes (H20).

use std::time::{SystemTime, UNIX_EPOCH};

use firecrest::prelude::*;

use crate::AuthSocket;

/// Shows its user to everybody here, and everybody here to its user.
pub(crate) struct Tracked {
    user_id: u64,
}

/// The user has joined, and can be told who else has.
pub(crate) struct Enter;

impl Channel<AuthSocket> for Tracked {
    type In = NoEvents;
    type Info = Enter;

    async fn join(request: Join<'_, AuthSocket>) -> Result<Joined<Self, Enter>, Rejected> {
        let channel = Tracked { user_id: request.socket().user_id };
        Ok(Joined::new(channel).then(Enter))
    }

    async fn handle_info(&mut self, _enter: Enter, cx: &mut Context<'_, Enter>) -> Outcome {
        cx.push_presence_state().await;
        match cx.track(self.user_id, &json!({ "user_id": self.user_id, "online_at": now() })) {
            Ok(()) => Outcome::NoReply,
            Err(error) => Stop::error(error.to_string()).into(),
        }
    }
}

/// In seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
