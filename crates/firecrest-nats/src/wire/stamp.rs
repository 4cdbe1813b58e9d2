//! What our messages begin with.

use bytes::{Buf as _, Bytes};
use sha2::{Digest, Sha256};

/// No message between nodes begins with it.
const MARK: u8 = 0xfc;

/// On which of its connections a node has sent a message. A server that was busy may read what came on a connection that was
/// given up only after what came on the next one, and who hears it must know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stamp {
    /// Who has sent it: a digest of the node's name and life.
    pub(crate) sender: u128,
    /// The how many-th of its connections it was.
    pub(crate) connection: u64,
}

impl Stamp {
    pub(crate) const LEN: usize = 25;

    /// That of a node's first connection.
    pub(crate) fn first(name: &str, life: u128) -> Self {
        let digest = Sha256::new().chain_update(life.to_be_bytes()).chain_update(name).finalize();
        let sender = digest.iter().take(16).fold(0, |sender, byte| sender << 8 | u128::from(*byte));
        Stamp { sender, connection: 0 }
    }

    /// That of the next connection.
    pub(crate) fn next(self) -> Self {
        Stamp { connection: self.connection + 1, ..self }
    }

    pub(crate) fn write(self) -> [u8; Self::LEN] {
        let mut bytes = [MARK; Self::LEN];
        bytes[1..17].copy_from_slice(&self.sender.to_be_bytes());
        bytes[17..].copy_from_slice(&self.connection.to_be_bytes());
        bytes
    }

    /// Takes the stamp off a message, if it has one. Strangers' have none.
    pub(crate) fn take(message: &mut Bytes) -> Option<Self> {
        if message.len() < Self::LEN || message[0] != MARK {
            return None;
        }
        message.advance(1);
        Some(Stamp { sender: message.get_u128(), connection: message.get_u64() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_was_written_and_what_has_none_is_left() {
        let stamp = Stamp::first("a", 1).next();
        let mut message = Bytes::from([&stamp.write()[..], b"hello"].concat());
        assert_eq!(Stamp::take(&mut message), Some(stamp));
        assert_eq!(message, "hello");
        for foreign in [&b""[..], b"hello", &[MARK; Stamp::LEN - 1], &[1; 100]] {
            let mut message = Bytes::copy_from_slice(foreign);
            assert_eq!(Stamp::take(&mut message), None);
            assert_eq!(message, foreign);
        }
    }

    #[test]
    fn nodes_and_their_lives_have_different_ones() {
        let sender = |name: &str, life| Stamp::first(name, life).sender;
        assert_eq!(sender("a", 1), sender("a", 1));
        assert_ne!(sender("a", 1), sender("a", 2));
        assert_ne!(sender("a", 1), sender("b", 1));
    }
}
