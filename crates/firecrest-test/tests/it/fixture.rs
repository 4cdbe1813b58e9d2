//! A socket and channels that do a bit of everything.

use std::time::Duration;

use bytes::Bytes;
use firecrest::prelude::*;
use firecrest_test::{TestChannel, TestSocket};
use serde::Deserialize;
use serde_json::Value;

/// A socket that remembers what it was told.
#[derive(Debug)]
pub(crate) struct RoomSocket {
    pub(crate) user: String,
    /// What `connect` saw, for the channel `told` to repeat.
    pub(crate) told: Value,
}

impl Socket for RoomSocket {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        let user = request.param("user").ok_or_else(|| Refused::new("who are you?"))?.to_owned();
        let told = json!({
            "params": request.params().to_json(),
            "auth_token": request.auth_token(),
            "user_agent": request.user_agent(),
            "x": request.x_headers().collect::<Vec<_>>(),
            "peer": request.peer().map(|peer| peer.to_string()),
        });
        Ok(RoomSocket { user, told })
    }

    fn id(&self) -> Option<String> {
        Some(format!("room_socket:{}", self.user))
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Room>("room:*").route::<Told>("told").route::<Late>("late")
    }
}

/// Repeats what `connect` saw.
pub(crate) struct Told;

impl Channel<RoomSocket> for Told {
    type In = NoEvents;
    type Info = ();

    async fn join(request: Join<'_, RoomSocket>) -> Result<Joined<Self>, Rejected> {
        Ok(Joined::new(Told).with_reply(&request.socket().told))
    }
}

/// Takes a second to join.
pub(crate) struct Late;

impl Channel<RoomSocket> for Late {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, RoomSocket>) -> Result<Joined<Self>, Rejected> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Late.into())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoomIn {
    /// Replies with the payload.
    Echo(Raw),
    /// Pushes `pushed` with the payload and replies nothing.
    Push(Raw),
    /// Replies with this status and nothing else.
    Status(String),
    /// Broadcasts `shout` with the payload to everybody, or to all others.
    Shout(Value),
    ShoutToOthers(Value),
    /// Replies `first` a second later and `second` yet a second later.
    Later,
    /// Stops, with a reply or without.
    Stop,
    StopWithReply,
    Crash,
    /// Is busy for an hour.
    Sleep,
}

/// Says how it ended on the topic `ends`, and what it hears on the topic `elsewhere`.
#[derive(Debug)]
pub(crate) struct Room;

impl Channel<RoomSocket> for Room {
    type In = RoomIn;
    type Info = ();
    const MAX_EVENTS: usize = 2;

    async fn join(request: Join<'_, RoomSocket>) -> Result<Joined<Self>, Rejected> {
        match request.splat() {
            "closed" => Err(Rejected::reason("closed")),
            "broken" => panic!("the room is broken"),
            _ => Ok(Joined::new(Room).with_payload(request.payload().clone()).subscribe("elsewhere")),
        }
    }

    async fn handle_in(&mut self, event: RoomIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            RoomIn::Echo(Raw(payload)) => return Reply::payload("ok", payload).into(),
            RoomIn::Push(Raw(payload)) => cx.push_payload("pushed", &payload),
            RoomIn::Status(status) if status == "teapot" => {
                return Reply::with_status("teapot", json!({})).into();
            }
            RoomIn::Status(_) => return Reply::empty().into(),
            RoomIn::Shout(payload) => cx.broadcast("shout", &payload),
            RoomIn::ShoutToOthers(payload) => cx.broadcast_from("shout", &payload),
            RoomIn::Later => later(cx.defer_reply()),
            RoomIn::Stop => return Stop::normal().into(),
            RoomIn::StopWithReply => return Stop::normal().with_reply(json!({ "bye": true })).into(),
            RoomIn::Crash => panic!("asked to"),
            RoomIn::Sleep => tokio::time::sleep(Duration::from_secs(3_600)).await,
        }
        Outcome::NoReply
    }

    async fn handle_broadcast(&mut self, broadcast: &Broadcast, cx: &mut Context<'_>) -> Outcome {
        cx.push_payload("heard_elsewhere", broadcast.payload());
        Outcome::NoReply
    }

    async fn terminate(&mut self, reason: &Reason, cx: &mut Context<'_>) {
        let reason = match reason {
            Reason::Crashed(_) => "Crashed".to_owned(),
            reason => format!("{reason:?}"),
        };
        let ended = json!({ "topic": cx.topic(), "reason": reason });
        cx.endpoint().broadcast("ends", "ended", &ended).expect("an object can be broadcast");
    }
}

fn later(reply: DeferredReply) {
    tokio::spawn(async move {
        for number in ["first", "second"] {
            tokio::time::sleep(Duration::from_secs(1)).await;
            reply.send(json!({ "number": number }));
        }
    });
}

pub(crate) fn endpoint() -> Endpoint {
    Endpoint::builder().build().unwrap()
}

/// Ann, on an endpoint of her own.
pub(crate) async fn ann() -> TestSocket<RoomSocket> {
    TestSocket::connect(json!({ "user": "ann" })).await.unwrap()
}

/// Ann in `room:1`.
pub(crate) async fn room() -> (TestSocket<RoomSocket>, TestChannel) {
    let ann = ann().await;
    let room = ann.join("room:1", ()).await.unwrap();
    (ann, room)
}

pub(crate) fn binary(bytes: &'static [u8]) -> Payload {
    Payload::Binary(Bytes::from_static(bytes))
}
