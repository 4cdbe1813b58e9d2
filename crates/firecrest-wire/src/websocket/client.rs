//! The client's end of a WebSocket, for the Rust client, load tools and tests.

use super::header::{self, Sender};
use super::{DecodeError, Decoder, DecoderLimits, Item, Opcode, mask};

/// Decodes what a server sends; works like [`Decoder`], except that frames must *not* be masked.
#[derive(Debug)]
pub struct ClientDecoder(Decoder);

impl ClientDecoder {
    /// A decoder for the frames of a server.
    pub const fn new(limits: DecoderLimits) -> Self {
        ClientDecoder(Decoder::with_sender(limits, Sender::Server))
    }

    /// Takes the next message or control frame off the front of `input`; see [`Decoder::decode`].
    ///
    /// # Errors
    /// When the bytes break the protocol or a limit.
    pub fn decode(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError> {
        self.0.decode(input)
    }

    /// How many bytes are allocated for payload that is half received.
    pub fn buffered(&self) -> usize {
        self.0.buffered()
    }
}

/// Encodes one frame as a client does: masked with `mask_key`.
///
/// `fin` is false for all but the last fragment of a message. Nothing is checked, so that tests can send what a server
/// must refuse.
pub fn encode(opcode: Opcode, payload: &[u8], mask_key: [u8; 4], fin: bool) -> Vec<u8> {
    let mut header = header::encode(fin, opcode, payload.len());
    header.set_masked();
    let header = header.as_slice();
    let mut frame = Vec::with_capacity(header.len() + mask_key.len() + payload.len());
    frame.extend_from_slice(header);
    frame.extend_from_slice(&mask_key);
    let start = frame.len();
    frame.extend_from_slice(payload);
    mask::apply(&mut frame[start..], mask_key);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::websocket::Frame;

    /// RFC 6455 §5.7: a single-frame masked text message.
    #[test]
    fn a_masked_hello_is_the_one_of_the_rfc() {
        let frame = encode(Opcode::Text, b"Hello", [0x37, 0xfa, 0x21, 0x3d], true);
        assert_eq!(frame, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }

    #[test]
    fn a_client_reads_server_frames_and_refuses_masked_ones() {
        let mut decoder = ClientDecoder::new(DecoderLimits::default());
        let mut bytes = Frame::text("hi").as_bytes().to_vec();
        bytes.extend(encode(Opcode::Text, b"hi", [1; 4], true));
        let mut input = &mut bytes[..];
        assert_eq!(decoder.decode(&mut input), Ok(Some(Item::Text("hi".into()))));
        assert_eq!(decoder.decode(&mut input), Err(DecodeError::Masked));
    }
}
