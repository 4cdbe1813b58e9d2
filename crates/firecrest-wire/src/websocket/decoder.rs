//! From the bytes of a connection to messages.

use bytes::Bytes;

use super::header::{Header, MAX_HEADER, Opcode, Sender};
use super::message::{self, PartialMessage};
use super::{CloseFrame, DecodeError};
use crate::Text;
use crate::limits::{MAX_FRAME_SIZE, MAX_MESSAGE_SIZE};

/// What a client has sent: a whole message, or a control frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A text message.
    Text(Text),
    /// A binary message.
    Binary(Bytes),
    /// A ping, to be answered by a pong with the same payload.
    Ping(Bytes),
    /// A pong.
    Pong(Bytes),
    /// A close frame, with a code and a reason or with neither. Nothing after it counts.
    Close(Option<CloseFrame>),
}

/// How much a client may send at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecoderLimits {
    /// The largest frame in bytes, header included; 10,000,000 by default. A larger one is refused with 1009 as soon as
    /// its header is there (spec §1.12).
    pub max_frame_size: usize,
    /// The largest fragmented message in bytes, headers not included; 8,000,000 by default. A fragment that would go
    /// beyond is refused with 1009 as soon as its header is there (spec §1.12). A message in a single frame is bounded
    /// by `max_frame_size` only.
    pub max_message_size: usize,
}

/// Decodes what one client sends, in chunks of any size.
///
/// While nothing is half received it holds no memory but its own 32 bytes. Otherwise it holds at most twice the payload
/// received so far and 200 bytes, never the length a client merely announced. The worst case per connection is therefore
/// 2 × the larger of the two [`DecoderLimits`].
#[derive(Debug)]
pub struct Decoder {
    limits: DecoderLimits,
    /// What is half received; none between messages.
    partial: Option<Box<Partial>>,
    sender: Sender,
    /// Why no more is decoded.
    failed: Option<DecodeError>,
}

#[derive(Debug)]
struct Partial {
    stage: Stage,
    /// The message whose fragments, or whose only frame, are arriving.
    message: Option<PartialMessage>,
}

#[derive(Debug)]
enum Stage {
    /// Between two frames.
    Idle,
    /// The first bytes of a header.
    Header { bytes: [u8; MAX_HEADER], len: usize },
    /// In the payload of a frame, of which `received` bytes were there.
    Payload { header: Header, received: usize, control: Vec<u8> },
}

impl Default for DecoderLimits {
    fn default() -> Self {
        DecoderLimits { max_frame_size: MAX_FRAME_SIZE, max_message_size: MAX_MESSAGE_SIZE }
    }
}

impl Decoder {
    /// A decoder for the frames of a client, as a server needs it.
    pub const fn new(limits: DecoderLimits) -> Self {
        Decoder::with_sender(limits, Sender::Client)
    }

    pub(super) const fn with_sender(limits: DecoderLimits, sender: Sender) -> Self {
        Decoder { limits, partial: None, sender, failed: None }
    }

    /// Takes the next message or control frame off the front of `input`.
    ///
    /// To be called until it gives none: then `input` is used up and what is half received has been copied. The bytes
    /// of `input` are overwritten.
    ///
    /// # Errors
    /// When the bytes break the protocol or a limit. From then on the same error is given again and again.
    pub fn decode(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let result = self.advance(input);
        if let Err(error) = result {
            self.failed = Some(error);
            self.partial = None;
        }
        result
    }

    /// How many bytes are allocated for payload that is half received.
    pub fn buffered(&self) -> usize {
        self.partial.as_ref().map_or(0, |partial| partial.buffered())
    }

    fn advance(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError> {
        while !input.is_empty() {
            let item = match &mut self.partial {
                Some(partial) if partial.in_payload() => partial.receive(input)?,
                _ => self.begin(input)?,
            };
            if self.partial.as_ref().is_some_and(|partial| partial.is_spent()) {
                self.partial = None;
            }
            if item.is_some() {
                return Ok(item);
            }
        }
        Ok(None)
    }

    /// Begins a frame, and ends it if all of it is there.
    fn begin(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError> {
        let Some(header) = self.header(input)? else { return Ok(None) };
        self.check(&header)?;
        let whole_message = header.fin && header.opcode != Opcode::Continuation;
        if whole_message && header.len <= input.len() {
            let payload = take(input, header.len);
            header.unmask(payload, 0);
            return whole(header.opcode, payload).map(Some);
        }
        let partial = self.partial.get_or_insert_default();
        partial.stage = Stage::Payload { header, received: 0, control: Vec::new() };
        partial.receive(input)
    }

    /// Takes a header off the input; none when it is not complete yet.
    fn header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, DecodeError> {
        if let Some(partial) = &mut self.partial
            && let Stage::Header { bytes, len } = &mut partial.stage
        {
            let header = resume_header(bytes, len, input, self.sender)?;
            if header.is_some() {
                partial.stage = Stage::Idle;
            }
            return Ok(header);
        }
        let header = Header::parse(input, self.sender)?;
        match &header {
            Some(header) => {
                take(input, header.size);
            }
            None => {
                let (mut bytes, len) = ([0; MAX_HEADER], input.len());
                bytes[..len].copy_from_slice(take(input, len));
                self.partial.get_or_insert_default().stage = Stage::Header { bytes, len };
            }
        }
        Ok(header)
    }

    /// What can be wrong with a header in view of the frames before it and of the limits.
    fn check(&self, header: &Header) -> Result<(), DecodeError> {
        let message = self.partial.as_ref().and_then(|partial| partial.message.as_ref());
        let continues = header.opcode == Opcode::Continuation;
        if !header.opcode.is_control() {
            match message {
                Some(_) if !continues => return Err(DecodeError::UnfinishedMessage),
                None if continues => return Err(DecodeError::UnexpectedContinuation),
                _ => {}
            }
        }
        if continues && !header.fin && header.len == 0 {
            return Err(DecodeError::EmptyContinuation);
        }
        if header.len.saturating_add(header.size) > self.limits.max_frame_size {
            return Err(DecodeError::FrameTooBig);
        }
        let so_far = message.map_or(0, PartialMessage::len);
        if (continues || !header.fin) && header.len.saturating_add(so_far) > self.limits.max_message_size {
            return Err(DecodeError::MessageTooBig);
        }
        Ok(())
    }
}

impl Default for Partial {
    fn default() -> Self {
        Partial { stage: Stage::Idle, message: None }
    }
}

impl Partial {
    fn in_payload(&self) -> bool {
        matches!(self.stage, Stage::Payload { .. })
    }

    /// Whether there is nothing left to remember.
    fn is_spent(&self) -> bool {
        matches!(self.stage, Stage::Idle) && self.message.is_none()
    }

    fn buffered(&self) -> usize {
        let control = if let Stage::Payload { control, .. } = &self.stage { control.capacity() } else { 0 };
        control + self.message.as_ref().map_or(0, PartialMessage::capacity)
    }

    /// Takes what is there of the frame's payload; gives an item if it ends one.
    fn receive(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError> {
        let Stage::Payload { header, received, control } = &mut self.stage else { return Ok(None) };
        let header = *header;
        let left = header.len - *received;
        let bytes = take(input, left.min(input.len()));
        header.unmask(bytes, *received);
        *received += bytes.len();
        let complete = *received == header.len;
        if header.opcode.is_control() {
            control.extend_from_slice(bytes);
            let item = if complete { Some(whole(header.opcode, control)?) } else { None };
            if complete {
                self.stage = Stage::Idle;
            }
            return Ok(item);
        }
        let message = self.message.get_or_insert_with(|| PartialMessage::new(header.opcode));
        message.push(bytes, header.fin.then_some(left))?;
        if complete {
            self.stage = Stage::Idle;
        }
        let finished = if complete && header.fin { self.message.take() } else { None };
        finished.map(PartialMessage::finish).transpose()
    }
}

/// Adds to a header byte by byte, so that no byte behind it is taken.
fn resume_header(
    bytes: &mut [u8; MAX_HEADER],
    len: &mut usize,
    input: &mut &mut [u8],
    sender: Sender,
) -> Result<Option<Header>, DecodeError> {
    while *len < MAX_HEADER && !input.is_empty() {
        bytes[*len] = take(input, 1)[0];
        *len += 1;
        let header = Header::parse(&bytes[..*len], sender)?;
        if header.is_some() {
            return Ok(header);
        }
    }
    Ok(None)
}

/// What a frame says whose payload is all there.
fn whole(opcode: Opcode, payload: &[u8]) -> Result<Item, DecodeError> {
    match opcode {
        Opcode::Close => CloseFrame::parse(payload).map(Item::Close),
        Opcode::Ping => Ok(Item::Ping(Bytes::copy_from_slice(payload))),
        Opcode::Pong => Ok(Item::Pong(Bytes::copy_from_slice(payload))),
        opcode => message::item(opcode, payload),
    }
}

/// Takes `n` bytes off the front of the input, which has at least as many.
fn take<'a>(input: &mut &'a mut [u8], n: usize) -> &'a mut [u8] {
    let (front, rest) = std::mem::take(input).split_at_mut(n);
    *input = rest;
    front
}
