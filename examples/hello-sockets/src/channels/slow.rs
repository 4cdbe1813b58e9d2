//! Slow work: in line (H17), or on the side with a reply that comes later (H18).

use std::time::Duration;

use firecrest::prelude::*;
use serde::Deserialize;
use tokio::time::sleep;

const WORK: Duration = Duration::from_secs(3);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SlowIn {
    SlowPing,
    ParallelSlowPing,
}

pub(crate) struct Slow;

impl<S: Socket> Channel<S> for Slow {
    type In = SlowIn;
    type Info = ();
    /// Beyond this many at once the next ones wait their turn.
    const MAX_DEFERRED: usize = 10;

    async fn join(_request: Join<'_, S>) -> Result<Joined<Self>, Rejected> {
        Ok(Slow.into())
    }

    async fn handle_in(&mut self, event: SlowIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            SlowIn::SlowPing => {
                sleep(WORK).await;
                Reply::ok(json!({ "ping": "pong" })).into()
            }
            SlowIn::ParallelSlowPing => {
                let reply = cx.defer_reply();
                tokio::spawn(async move {
                    sleep(WORK).await;
                    reply.send(json!({ "ping": "pong" }));
                });
                Outcome::NoReply
            }
        }
    }
}
