//! The task that plays the transport of a client: it reads whatever the server says, at once, and sends while there is
//! room.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use firecrest::testing::TestConnection;
use firecrest::wire::client::{self, Heard};
use firecrest::wire::websocket::{CloseCode, Frame, Opcode};
use firecrest::wire::{Message, ProtocolVersion, Text};
use tokio::sync::{mpsc, oneshot};

use crate::inbox::Inbox;

/// What a client does.
pub(crate) enum Command {
    /// Says something.
    Send(Message),
    /// Hangs up.
    Close,
}

/// A command, and who is told once it is done.
pub(crate) type Order = (Command, oneshot::Sender<()>);

enum Next {
    Frames(VecDeque<Frame>),
    Closed(CloseCode),
    Order(Order),
    /// The client was dropped.
    Gone,
}

pub(crate) async fn run(
    mut connection: TestConnection,
    mut orders: mpsc::Receiver<Order>,
    inbox: Arc<Inbox<Heard>>,
) {
    loop {
        match poll_fn(|cx| next(&mut connection, &mut orders, cx)).await {
            Next::Frames(frames) => frames.iter().map(decode).for_each(|heard| inbox.hear(heard)),
            Next::Order((command, done)) => {
                match command {
                    Command::Send(message) => connection.send(message),
                    Command::Close => connection.close(),
                }
                // Nobody waits when the assertion was given up.
                let _ = done.send(());
            }
            Next::Closed(code) => return inbox.close(code),
            Next::Gone => return,
        }
    }
}

fn next(
    connection: &mut TestConnection,
    orders: &mut mpsc::Receiver<Order>,
    cx: &mut Context<'_>,
) -> Poll<Next> {
    if let Poll::Ready(received) = connection.poll_receive(cx) {
        return Poll::Ready(received.map_or_else(Next::Closed, Next::Frames));
    }
    ready!(connection.poll_room(cx));
    orders.poll_recv(cx).map(|order| order.map_or(Next::Gone, Next::Order))
}

fn decode(frame: &Frame) -> Heard {
    let payload = frame.payload();
    let heard = match frame.opcode() {
        Opcode::Text => {
            let text = Text::try_from(payload).expect("text frames are UTF-8");
            client::decode_text(ProtocolVersion::V2, &text)
        }
        _ => client::decode_binary(&payload),
    };
    heard.expect("the server sends what clients understand")
}
