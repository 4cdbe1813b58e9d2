//! Bytes, taken from the front, never more than there are.

use std::sync::Arc;

use crate::limits::{MAX_META, MAX_NAME};
use crate::{Incarnation, Meta, NodeId};

/// Why bytes are not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A value that no replica writes.
    #[error("the {what} makes no sense")]
    Invalid {
        /// What it stands for.
        what: &'static str,
    },
    /// A kind of message that this version of the format does not have.
    #[error("there is no message of kind {kind}")]
    Kind {
        /// Which.
        kind: u8,
    },
    /// Something else entirely.
    #[error("these bytes are not a message of presence")]
    Magic,
    /// A text that is not UTF-8.
    #[error("the {what} is not text")]
    NotText {
        /// What it stands for.
        what: &'static str,
    },
    /// A text, or a meta, longer than [`limits`](crate::limits) allow.
    #[error("the {what} has {len} bytes, more than {max}")]
    TooLong {
        /// What it stands for.
        what: &'static str,
        /// How many bytes it claims to have.
        len: u64,
        /// How many it may have.
        max: usize,
    },
    /// There is something behind the message.
    #[error("{len} bytes follow the message")]
    Trailing {
        /// How many bytes.
        len: usize,
    },
    /// It ends too early.
    #[error("the message is cut off")]
    Truncated,
    /// Another version of the format.
    #[error("version {version} of the format is not understood, only {}", super::VERSION)]
    Version {
        /// Which.
        version: u8,
    },
}

pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn end(&self) -> Result<(), DecodeError> {
        match self.0.len() {
            0 => Ok(()),
            len => Err(DecodeError::Trailing { len }),
        }
    }

    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn flag(&mut self, what: &'static str) -> Result<bool, DecodeError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::Invalid { what }),
        }
    }

    pub(super) fn number(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DecodeError::Invalid { what: "number" })
    }

    pub(super) fn node(&mut self) -> Result<NodeId, DecodeError> {
        let name = self.text("name", MAX_NAME)?;
        if name.is_empty() {
            return Err(DecodeError::Invalid { what: "name" });
        }
        let (started_ms, random) = (self.word()?, self.word()?);
        Ok(NodeId::new(name, Incarnation::new(started_ms, random)))
    }

    pub(super) fn text(&mut self, what: &'static str, max: usize) -> Result<Arc<str>, DecodeError> {
        let bytes = self.bytes(what, max)?;
        std::str::from_utf8(bytes).map(Arc::from).map_err(|_| DecodeError::NotText { what })
    }

    pub(super) fn meta(&mut self) -> Result<Meta, DecodeError> {
        self.bytes("meta", MAX_META).map(Meta::from)
    }

    fn bytes(&mut self, what: &'static str, max: usize) -> Result<&'a [u8], DecodeError> {
        let len = self.number()?;
        match usize::try_from(len) {
            Ok(len) if len <= max => self.take(len),
            _ => Err(DecodeError::TooLong { what, len, max }),
        }
    }

    fn word(&mut self) -> Result<u64, DecodeError> {
        let bytes = self.take(8)?;
        Ok(bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }
}
