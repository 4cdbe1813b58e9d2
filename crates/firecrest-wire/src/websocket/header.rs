//! Frame headers, both directions (RFC 6455 §5.2).
//!
//! ```text
//! FIN RSV1-3 opcode(4) | MASK length(7) | 126: length(16), 127: length(64) | key(32) if MASK
//! ```

use super::{DecodeError, mask};

/// Most bytes a control frame may carry.
pub(super) const MAX_CONTROL_PAYLOAD: usize = 125;

/// The largest header without a key.
pub(super) const MAX_UNMASKED_HEADER: usize = 10;

/// The largest header.
pub(super) const MAX_HEADER: usize = 14;

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASK: u8 = 0x80;
const LENGTH_16: u8 = 126;
const LENGTH_64: u8 = 127;

/// The kind of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opcode {
    /// A further fragment of a message.
    Continuation = 0x0,
    /// Text, or the first fragment of one.
    Text = 0x1,
    /// Bytes, or the first fragment of them.
    Binary = 0x2,
    /// The end.
    Close = 0x8,
    /// A question whether the other side is there.
    Ping = 0x9,
    /// The answer to it.
    Pong = 0xa,
}

impl Opcode {
    /// Whether this is close, ping or pong, which may stand between fragments and carry 125 bytes at most.
    pub const fn is_control(self) -> bool {
        matches!(self, Opcode::Close | Opcode::Ping | Opcode::Pong)
    }

    pub(super) const fn from_bits(bits: u8) -> Option<Opcode> {
        Some(match bits {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xa => Opcode::Pong,
            _ => return None,
        })
    }
}

/// Whose frames are read: a client's are masked, a server's are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Client,
    Server,
}

/// The header of a frame that is being received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) fin: bool,
    pub(super) opcode: Opcode,
    /// The payload's length in bytes.
    pub(super) len: usize,
    /// The header's own size in bytes.
    pub(super) size: usize,
    key: Option<[u8; 4]>,
}

/// The header of a frame to be sent, without a key.
pub(super) struct HeaderBytes {
    bytes: [u8; MAX_UNMASKED_HEADER],
    len: usize,
}

impl Header {
    /// Reads the header at the beginning of `bytes`; none when it is not complete yet.
    pub(super) fn parse(bytes: &[u8], sender: Sender) -> Result<Option<Header>, DecodeError> {
        let &[first, second, ref rest @ ..] = bytes else { return Ok(None) };
        if first & RESERVED != 0 {
            return Err(DecodeError::ReservedBits);
        }
        let (fin, bits) = (first & FIN != 0, first & 0x0f);
        let opcode = Opcode::from_bits(bits).ok_or(DecodeError::UnknownOpcode(bits))?;
        let masked = check_mask(second & MASK != 0, sender)?;
        let short = second & !MASK;
        if opcode.is_control() {
            check_control(fin, short)?;
        }
        let Some((len, rest)) = parse_length(short, rest)? else { return Ok(None) };
        let mut header = Header { fin, opcode, len, size: bytes.len() - rest.len(), key: None };
        if masked {
            let Some(key) = rest.first_chunk() else { return Ok(None) };
            header.key = Some(*key);
            header.size += key.len();
        }
        Ok(Some(header))
    }

    /// Takes the mask off a part of the payload that begins `offset` bytes into it.
    pub(super) fn unmask(&self, part: &mut [u8], offset: usize) {
        if let Some(key) = self.key {
            mask::apply(part, mask::rotate(key, offset));
        }
    }
}

impl HeaderBytes {
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Announces a key, which has to follow.
    pub(super) fn set_masked(&mut self) {
        self.bytes[1] |= MASK;
    }
}

/// The shortest header for a payload of this length.
pub(super) fn encode(fin: bool, opcode: Opcode, len: usize) -> HeaderBytes {
    let mut bytes = [0; MAX_UNMASKED_HEADER];
    bytes[0] = opcode as u8 | if fin { FIN } else { 0 };
    let size = match (u8::try_from(len), u16::try_from(len)) {
        (Ok(len), _) if len < LENGTH_16 => {
            bytes[1] = len;
            2
        }
        (_, Ok(len)) => {
            bytes[1] = LENGTH_16;
            bytes[2..4].copy_from_slice(&len.to_be_bytes());
            4
        }
        _ => {
            bytes[1] = LENGTH_64;
            bytes[2..].copy_from_slice(&(len as u64).to_be_bytes());
            10
        }
    };
    HeaderBytes { bytes, len: size }
}

/// The size of an unmasked header, from its second byte.
pub(super) const fn unmasked_len(second: u8) -> usize {
    match second & !MASK {
        LENGTH_16 => 4,
        LENGTH_64 => 10,
        _ => 2,
    }
}

fn check_mask(masked: bool, sender: Sender) -> Result<bool, DecodeError> {
    match (sender, masked) {
        (Sender::Client, false) => Err(DecodeError::Unmasked),
        (Sender::Server, true) => Err(DecodeError::Masked),
        _ => Ok(masked),
    }
}

fn check_control(fin: bool, short: u8) -> Result<(), DecodeError> {
    if !fin {
        return Err(DecodeError::FragmentedControl);
    }
    if usize::from(short) > MAX_CONTROL_PAYLOAD {
        return Err(DecodeError::ControlTooLong);
    }
    Ok(())
}

/// The payload's length and what follows it; none when it is not complete yet.
fn parse_length(short: u8, rest: &[u8]) -> Result<Option<(usize, &[u8])>, DecodeError> {
    let (len, least, rest) = match short {
        LENGTH_16 => {
            let Some((bytes, rest)) = rest.split_first_chunk() else { return Ok(None) };
            (u64::from(u16::from_be_bytes(*bytes)), u64::from(LENGTH_16), rest)
        }
        LENGTH_64 => {
            let Some((bytes, rest)) = rest.split_first_chunk() else { return Ok(None) };
            (u64::from_be_bytes(*bytes), 1 << 16, rest)
        }
        short => (u64::from(short), 0, rest),
    };
    if len < least {
        return Err(DecodeError::LengthNotMinimal);
    }
    if len >> 63 != 0 {
        return Err(DecodeError::LengthOverflow);
    }
    // What this machine cannot address is above every limit.
    let len = usize::try_from(len).map_err(|_| DecodeError::FrameTooBig)?;
    Ok(Some((len, rest)))
}
