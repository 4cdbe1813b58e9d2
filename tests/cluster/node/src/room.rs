//! A room in which everything is said that travels between nodes.

use firecrest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::socket::User;

/// Broadcasts of a burst between two chances for others to run and for what was pushed to be written.
const BATCH: u64 = 50;

/// A room.
pub(crate) struct Room {
    /// The topic where answers are given.
    answers: String,
    waiting: Option<DeferredReply>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoomIn {
    /// Said to everybody.
    Shout(Value),
    /// Said to everybody else.
    Others(Value),
    /// Said to everybody, with the name of the node that each client is on.
    Mark(Value),
    /// Bytes for everybody.
    Bytes(Binary),
    /// Numbers for everybody, one by one.
    Burst { by: String, from: u64, count: u64 },
    /// Answered when somebody says so.
    Wait {},
    /// Answers all who wait in this room.
    Answer(Value),
}

impl Channel<User> for Room {
    type In = RoomIn;
    type Info = ();
    const INTERCEPT: &'static [&'static str] = &["marked"];

    async fn join(request: Join<'_, User>) -> Result<Joined<Self>, Rejected> {
        let answers = format!("answers:{}", request.splat());
        let reply = json!({ "node": request.endpoint().node() });
        Ok(Joined::new(Room { answers: answers.clone(), waiting: None }).subscribe(answers).with_reply(reply))
    }

    async fn handle_in(&mut self, event: RoomIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            RoomIn::Shout(payload) => cx.broadcast("shouted", &payload),
            RoomIn::Others(payload) => cx.broadcast_from("shouted", &payload),
            RoomIn::Mark(payload) => cx.broadcast("marked", &payload),
            RoomIn::Bytes(Binary(bytes)) => {
                if let Err(error) = cx.endpoint().broadcast_binary(cx.topic(), "bytes", bytes) {
                    return Reply::error(json!({ "reason": error.to_string() })).into();
                }
            }
            RoomIn::Burst { by, from, count } => burst(&by, from, count, cx).await,
            RoomIn::Wait {} => {
                self.waiting = Some(cx.defer_reply());
                return Outcome::NoReply;
            }
            RoomIn::Answer(payload) => {
                if let Err(error) = cx.endpoint().broadcast(&self.answers, "answer", &payload) {
                    return Reply::error(json!({ "reason": error.to_string() })).into();
                }
            }
        }
        Reply::empty().into()
    }

    async fn handle_out(&mut self, broadcast: &Broadcast, cx: &mut Context<'_>) -> Outcome {
        let said: Value = broadcast.payload().parse().unwrap_or_default();
        let node = cx.endpoint().node().to_owned();
        cx.push("marked", &json!({ "said": said, "node": node }));
        Outcome::NoReply
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, _cx: &mut Context<'_>) -> Outcome {
        if let Some(waiting) = self.waiting.take() {
            waiting.send(Reply::payload("ok", broadcast.payload().clone()));
        }
        Outcome::NoReply
    }
}

async fn burst(by: &str, from: u64, count: u64, cx: &mut Context<'_>) {
    for number in from..from + count {
        cx.broadcast("numbered", &json!({ "by": by, "number": number }));
        if number % BATCH == 0 {
            tokio::task::yield_now().await;
        }
    }
}
