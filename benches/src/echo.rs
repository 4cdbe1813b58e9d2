//! A message's way through the server and back.

use std::future::poll_fn;

use firecrest::prelude::*;
use firecrest::testing::TestConnection;
use firecrest::wire::websocket::Frame;
use firecrest::wire::{Message, Name, Ref};
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};

use crate::Incoming;

/// A client that has joined a channel which answers everything with the same, on a runtime of one thread.
pub struct Echo {
    runtime: Runtime,
    connection: TestConnection,
    incoming: Incoming,
}

impl Echo {
    /// A client that has joined, and whose first message has been answered.
    ///
    /// # Panics
    /// When there is no runtime, no endpoint or no answer.
    pub fn joined() -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime without I/O");
        let endpoint = Endpoint::builder().build().expect("the defaults are valid");
        let connection = TestConnection::new(&endpoint, Visitor);
        let mut echo = Echo { runtime, connection, incoming: Incoming::v2() };
        let join = Message {
            join_ref: Ref::text("7"),
            reference: Ref::text("7"),
            topic: Name::from("room:lobby"),
            event: Name::from("phx_join"),
            payload: Payload::empty(),
        };
        echo.answer(join);
        let first = Incoming::v2().decode();
        echo.answer(first);
        echo
    }

    /// The answer to the bytes of one message: decoded, dispatched, handled by the channel's task, encoded.
    pub fn round_trip(&mut self) -> Frame {
        let message = self.incoming.decode();
        self.answer(message)
    }

    fn answer(&mut self, message: Message) -> Frame {
        let Echo { runtime, connection, .. } = self;
        runtime.block_on(async {
            connection.send(message);
            let frames = poll_fn(|cx| connection.poll_receive(cx)).await;
            frames.expect("the connection is open").pop_front().expect("there is an answer")
        })
    }
}

struct Visitor;

impl Socket for Visitor {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Visitor)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Room>("room:*")
    }
}

struct Room;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RoomIn {
    Shout(Raw),
}

impl Channel<Visitor> for Room {
    type In = RoomIn;
    type Info = ();

    async fn join(_request: Join<'_, Visitor>) -> Result<Joined<Self>, Rejected> {
        Ok(Room.into())
    }

    async fn handle_in(&mut self, event: RoomIn, _cx: &mut Context<'_>) -> Outcome {
        let RoomIn::Shout(Raw(payload)) = event;
        Reply::payload("ok", payload).into()
    }
}
