//! What goes in and out.

use super::meter::{Count, total};

/// Messages and bytes between this process and its clients, since it began.
///
/// All endpoints of a process are counted together, the clients of its tests too. A message is a frame: replies, pushes and
/// broadcasts, each once for every client, and also pongs and goodbyes. Bytes are those of WebSockets after the handshake, with the
/// heads of their frames and without TLS; of long polls the bodies that come in, and what goes out as if it were a WebSocket's frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Messages of clients.
    pub messages_in: u64,
    /// Frames that were written to clients.
    pub messages_out: u64,
    /// Bytes that clients have sent.
    pub bytes_in: u64,
    /// Bytes that were written to clients.
    pub bytes_out: u64,
}

impl Traffic {
    /// The counts of now. It costs some nanoseconds for each thread there is: ask once a second, not for every message.
    pub(crate) fn now() -> Self {
        Traffic {
            messages_in: total(Count::MessagesIn),
            messages_out: total(Count::MessagesOut),
            bytes_in: total(Count::BytesIn),
            bytes_out: total(Count::BytesOut),
        }
    }
}
