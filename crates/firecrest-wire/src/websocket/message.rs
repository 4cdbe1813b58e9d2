//! A message that has not arrived in one piece.

use bytes::Bytes;

use super::header::Opcode;
use super::{DecodeError, Item};
use crate::Text;

/// The least a growing payload grows by, in bytes.
const MIN_GROWTH: usize = 64;

/// A text or binary message of which more is to come: in further fragments, or in the rest of its only frame.
///
/// Its memory follows the bytes that have arrived, at most twice as many plus 64, whatever length the client announced.
#[derive(Debug)]
pub(super) struct PartialMessage {
    text: bool,
    payload: Vec<u8>,
    /// How many bytes of a text are known to be UTF-8; behind them at most an incomplete character.
    valid: usize,
}

impl PartialMessage {
    pub(super) fn new(opcode: Opcode) -> Self {
        PartialMessage { text: opcode == Opcode::Text, payload: Vec::new(), valid: 0 }
    }

    /// How many bytes have arrived.
    pub(super) fn len(&self) -> usize {
        self.payload.len()
    }

    /// How many bytes are allocated for them.
    pub(super) fn capacity(&self) -> usize {
        self.payload.capacity()
    }

    /// Appends the next bytes and refuses text as soon as it cannot become UTF-8 any more.
    ///
    /// `until_end` is how many bytes, these included, are left of the message, if its last frame has begun.
    pub(super) fn push(&mut self, bytes: &[u8], until_end: Option<usize>) -> Result<(), DecodeError> {
        let spare = self.payload.capacity() - self.payload.len();
        if let Some(until_end) = until_end.filter(|_| spare < bytes.len()) {
            let growth = bytes.len().max(self.payload.len()).max(MIN_GROWTH);
            self.payload.reserve_exact(growth.min(until_end));
        }
        self.payload.extend_from_slice(bytes);
        if self.text { self.check() } else { Ok(()) }
    }

    /// The whole message.
    pub(super) fn finish(self) -> Result<Item, DecodeError> {
        if self.text {
            item(Opcode::Text, &self.payload)
        } else {
            Ok(Item::Binary(Bytes::from(self.payload)))
        }
    }

    fn check(&mut self) -> Result<(), DecodeError> {
        match std::str::from_utf8(&self.payload[self.valid..]) {
            Ok(_) => self.valid = self.payload.len(),
            Err(error) if error.error_len().is_none() => self.valid += error.valid_up_to(),
            Err(_) => return Err(DecodeError::InvalidUtf8),
        }
        Ok(())
    }
}

/// A complete text, or else binary, message.
pub(super) fn item(opcode: Opcode, payload: &[u8]) -> Result<Item, DecodeError> {
    match opcode {
        Opcode::Text => Text::try_from(payload).map(Item::Text).map_err(|_| DecodeError::InvalidUtf8),
        _ => Ok(Item::Binary(Bytes::copy_from_slice(payload))),
    }
}
