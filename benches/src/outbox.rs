//! From a frame to the socket.

use firecrest::testing::Sink;
use firecrest::wire::ProtocolVersion;
use firecrest::wire::websocket::Frame;

/// A client, and the frames it is sent next.
#[derive(Debug)]
pub struct Outbox {
    sink: Sink,
    frames: Vec<Frame>,
}

impl Outbox {
    /// A client that has been sent something already, and as many frames.
    pub fn with(frames: usize) -> Self {
        let frames: Vec<_> = (0..frames).map(|n| Frame::text(&format!("frame {n}"))).collect();
        let sink = Sink::new(ProtocolVersion::V2);
        sink.push(frames.clone());
        Outbox { sink, frames }
    }

    /// Pushes all frames and writes them at once. The frames are shared with whoever called: nothing is freed.
    pub fn push_and_flush(&self) {
        self.sink.push(self.frames.iter().cloned());
    }
}
