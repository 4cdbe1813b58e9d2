//! What the server sends: complete frames, built once and shared.

use std::io;

use bytes::{Buf, Bytes};

use super::CloseCode;
use super::header::{self, HeaderBytes, MAX_CONTROL_PAYLOAD, MAX_UNMASKED_HEADER, Opcode};

/// A complete server frame: header and payload in one piece of shared memory, ready to be written to a socket.
///
/// Cloning costs a reference count. 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Bytes);

/// Builds a text or binary [`Frame`] in place: the payload is appended, the header goes in front of it at the end, and
/// nothing is copied.
///
/// Appended to with [`payload_mut`](Self::payload_mut) or as an [`io::Write`], which never fails.
#[derive(Debug)]
pub struct FrameWriter {
    opcode: Opcode,
    /// Room for the largest header, then the payload so far.
    buffer: Vec<u8>,
}

impl Frame {
    /// A text frame.
    pub fn text(payload: &str) -> Frame {
        Frame::data(Opcode::Text, payload.as_bytes())
    }

    /// A binary frame.
    pub fn binary(payload: &[u8]) -> Frame {
        Frame::data(Opcode::Binary, payload)
    }

    /// A ping. What goes beyond 125 bytes is cut off (RFC 6455 §5.5).
    pub fn ping(payload: &[u8]) -> Frame {
        Frame::control(Opcode::Ping, payload)
    }

    /// A pong, which carries the payload of the ping it answers. What goes beyond 125 bytes is cut off.
    pub fn pong(payload: &[u8]) -> Frame {
        Frame::control(Opcode::Pong, payload)
    }

    /// A close frame. The reason is cut off at the last whole character within 123 bytes.
    pub fn close(code: CloseCode, reason: &str) -> Frame {
        let reason = &reason[..reason.floor_char_boundary(MAX_CONTROL_PAYLOAD - 2)];
        let mut payload = Vec::with_capacity(2 + reason.len());
        payload.extend_from_slice(&code.as_u16().to_be_bytes());
        payload.extend_from_slice(reason.as_bytes());
        Frame::control(Opcode::Close, &payload)
    }

    /// The kind of frame.
    pub fn opcode(&self) -> Opcode {
        // Every constructor writes an opcode that exists.
        self.0.first().and_then(|first| Opcode::from_bits(first & 0x0f)).unwrap_or(Opcode::Binary)
    }

    /// The payload, without copying.
    pub fn payload(&self) -> Bytes {
        self.0.slice(self.header_len()..)
    }

    /// Header and payload: what goes to the socket.
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// Header and payload: what goes to the socket.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// The size on the wire in bytes, header included; never 0.
    #[expect(clippy::len_without_is_empty, reason = "a frame has a header, so it is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn header_len(&self) -> usize {
        self.0.get(1).map_or(0, |second| header::unmasked_len(*second))
    }

    fn data(opcode: Opcode, payload: &[u8]) -> Frame {
        Frame::assemble(&header::encode(true, opcode, payload.len()), payload)
    }

    fn control(opcode: Opcode, payload: &[u8]) -> Frame {
        Frame::data(opcode, &payload[..payload.len().min(MAX_CONTROL_PAYLOAD)])
    }

    fn assemble(header: &HeaderBytes, payload: &[u8]) -> Frame {
        let mut bytes = Vec::with_capacity(header.as_slice().len() + payload.len());
        bytes.extend_from_slice(header.as_slice());
        bytes.extend_from_slice(payload);
        Frame(Bytes::from(bytes))
    }
}

impl FrameWriter {
    /// Begins a text frame, with room for `capacity` payload bytes. It grows when that is not enough.
    ///
    /// What is appended must be UTF-8 in the end; that is asserted in debug builds only.
    pub fn text(capacity: usize) -> FrameWriter {
        FrameWriter::new(Opcode::Text, capacity)
    }

    /// Begins a binary frame, with room for `capacity` payload bytes. It grows when that is not enough.
    pub fn binary(capacity: usize) -> FrameWriter {
        FrameWriter::new(Opcode::Binary, capacity)
    }

    /// The buffer to append the payload to. Append only: the bytes already there are room for the header.
    pub fn payload_mut(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Appends bytes to the payload.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Appends one byte to the payload.
    pub fn push(&mut self, byte: u8) {
        self.buffer.push(byte);
    }

    /// Writes the header right in front of the payload and gives the finished frame, without copying the payload.
    pub fn finish(mut self) -> Frame {
        if self.buffer.len() < MAX_UNMASKED_HEADER {
            self.buffer.resize(MAX_UNMASKED_HEADER, 0);
        }
        let payload = &self.buffer[MAX_UNMASKED_HEADER..];
        debug_assert!(
            self.opcode != Opcode::Text || std::str::from_utf8(payload).is_ok(),
            "a text frame is UTF-8"
        );
        let header = header::encode(true, self.opcode, payload.len());
        let start = MAX_UNMASKED_HEADER - header.as_slice().len();
        self.buffer[start..MAX_UNMASKED_HEADER].copy_from_slice(header.as_slice());
        let mut bytes = Bytes::from(self.buffer);
        bytes.advance(start);
        Frame(bytes)
    }

    fn new(opcode: Opcode, capacity: usize) -> FrameWriter {
        let mut buffer = Vec::with_capacity(capacity.saturating_add(MAX_UNMASKED_HEADER));
        buffer.resize(MAX_UNMASKED_HEADER, 0);
        FrameWriter { opcode, buffer }
    }
}

impl io::Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn short_frames_in_literal_bytes() {
        assert_eq!(Frame::text("Hello").as_bytes()[..], *b"\x81\x05Hello");
        assert_eq!(Frame::binary(&[1, 2]).as_bytes()[..], *b"\x82\x02\x01\x02");
        assert_eq!(Frame::ping(b"Hello").as_bytes()[..], *b"\x89\x05Hello");
        assert_eq!(Frame::pong(b"").as_bytes()[..], *b"\x8a\x00");
        assert_eq!(Frame::close(CloseCode::GOING_AWAY, "").as_bytes()[..], *b"\x88\x02\x03\xe9");
        assert_eq!(Frame::close(CloseCode::SLOW_READER, "slow").as_bytes()[..], *b"\x88\x06\x0f\xa8slow");
    }

    #[test]
    fn the_header_grows_with_the_payload() {
        let headers: [(usize, &[u8]); 6] = [
            (0, b"\x82\x00"),
            (125, b"\x82\x7d"),
            (126, b"\x82\x7e\x00\x7e"),
            (65_535, b"\x82\x7e\xff\xff"),
            (65_536, b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
            (70_000, b"\x82\x7f\x00\x00\x00\x00\x00\x01\x11\x70"),
        ];
        for (size, header) in headers {
            let payload = vec![7; size];
            let mut writer = FrameWriter::binary(0);
            writer.write_all(&payload).unwrap();
            let frame = writer.finish();
            assert_eq!(&frame.as_bytes()[..header.len()], header, "{size}");
            assert_eq!((frame.payload().as_ref(), frame.len()), (&payload[..], header.len() + size));
            assert_eq!(Frame::binary(&payload), frame);
        }
    }

    #[test]
    fn finishing_and_the_payload_copy_nothing() {
        let mut writer = FrameWriter::text(16);
        writer.extend_from_slice(b"[nul");
        writer.payload_mut().extend_from_slice(b"l");
        writer.push(b']');
        let address = writer.payload_mut()[MAX_UNMASKED_HEADER..].as_ptr();
        let frame = writer.finish();
        assert_eq!((frame.opcode(), frame.payload().as_ptr()), (Opcode::Text, address));
        assert_eq!(frame.payload(), "[null]");
    }

    #[test]
    fn a_frame_stays_one_bytes() {
        assert_eq!(size_of::<Frame>(), 32);
    }

    #[test]
    fn control_payloads_are_cut_to_what_is_legal() {
        assert_eq!(Frame::ping(&[0; 200]).payload().len(), 125);
        let close = Frame::close(CloseCode::INTERNAL_ERROR, &"é".repeat(100));
        assert_eq!(close.payload().len(), 2 + 122);
        assert!(std::str::from_utf8(&close.payload()[2..]).is_ok());
    }

    #[test]
    fn a_writer_that_lost_its_header_room_makes_an_empty_frame() {
        let mut writer = FrameWriter::text(4);
        writer.payload_mut().clear();
        assert_eq!(writer.finish(), Frame::text(""));
    }
}
