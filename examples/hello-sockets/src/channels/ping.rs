//! Questions and answers (H02–H07), and a broadcast that is changed on its way to the client (H09).

use firecrest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PingIn {
    Ping {
        ack_phrase: Option<String>,
    },
    #[serde(rename = "ping:*")]
    PingWith(String),
    Pong,
    Ding,
    ParamPing(Raw),
}

pub(crate) struct Ping;

impl<S: Socket> Channel<S> for Ping {
    type In = PingIn;
    type Info = ();
    const INTERCEPT: &'static [&'static str] = &["request_ping"];

    async fn join(_request: Join<'_, S>) -> Result<Joined<Self>, Rejected> {
        Ok(Ping.into())
    }

    async fn handle_in(&mut self, event: PingIn, _cx: &mut Context<'_>) -> Outcome {
        match event {
            PingIn::Ping { ack_phrase } => {
                Reply::ok(json!({ "ping": ack_phrase.as_deref().unwrap_or("pong") })).into()
            }
            PingIn::PingWith(phrase) => Reply::ok(json!({ "ping": phrase })).into(),
            PingIn::Pong => Outcome::NoReply,
            PingIn::Ding => Stop::normal().with_reply(json!({ "msg": "shutting down" })).into(),
            PingIn::ParamPing(Raw(payload)) if wants_error(&payload) => {
                Reply::error(json!({ "reason": "You asked for this!" })).into()
            }
            PingIn::ParamPing(Raw(payload)) => Reply::payload("ok", payload).into(),
        }
    }

    async fn handle_out(&mut self, broadcast: &Broadcast, cx: &mut Context<'_>) -> Outcome {
        let Ok(mut payload) = broadcast.payload().parse::<serde_json::Map<_, _>>() else {
            return Outcome::NoReply;
        };
        payload.insert("from_node".into(), cx.endpoint().node().into());
        cx.push("send_ping", &payload);
        Outcome::NoReply
    }
}

fn wants_error(payload: &Payload) -> bool {
    payload.parse::<serde_json::Value>().is_ok_and(|params| params["error"] == true)
}
