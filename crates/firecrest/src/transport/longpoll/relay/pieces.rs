//! Messages in pieces, since the cluster carries small ones only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use tokio::time::Instant;

use super::seal::SEAL_LEN;
use crate::telemetry::meter::{Limit, reached};

/// Bytes before the content of a piece.
pub(super) const HEADER_LEN: usize = 17;

/// Largest content of a piece, in bytes: 256 KiB, so that checking one delays nobody.
pub(super) const MAX_PIECE: usize = 256 * 1024;

/// Largest message, in bytes: 16 MiB. Bodies of requests have half of that at most; a message to a client that is larger is left
/// out.
pub(super) const MAX_WHOLE: usize = 16 * 1024 * 1024;

/// Most bytes of messages that are being put together: 64 MiB. Beyond it requests are answered with HTTP 503.
const MAX_GATHERED: usize = 64 * 1024 * 1024;

/// How long the rest of a message may take. After that a piece was lost, and the message goes when there is no room for another.
const PATIENCE: Duration = Duration::from_secs(10);

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) is_answer: bool,
    /// The asker's number of the question that this belongs to.
    pub(super) number: u64,
    /// Where in the message it is.
    offset: usize,
    /// How long the message is.
    total: usize,
    content: Bytes,
}

/// Whose message: the life of the node, whether it answers, and the number.
pub(super) type Key = (u128, bool, u64);

/// The pieces of a message of 16 MiB at most, each with as much content as this and with room for a signature.
pub(super) fn cut(is_answer: bool, number: u64, whole: &[u8], most: usize) -> impl Iterator<Item = Vec<u8>> {
    let most = most.clamp(1, MAX_PIECE);
    let len = |len: usize| u32::try_from(len).expect("a message has at most 16 MiB");
    whole.chunks(most).enumerate().map(move |(nth, content)| {
        let mut piece = Vec::with_capacity(HEADER_LEN + content.len() + SEAL_LEN);
        piece.put_u8(is_answer.into());
        piece.put_u64(number);
        piece.put_u32(len(nth * most));
        piece.put_u32(len(whole.len()));
        piece.put_slice(content);
        piece
    })
}

impl Piece {
    /// Nothing when it is none, or one of a message that nobody would put together.
    pub(super) fn read(mut bytes: Bytes) -> Option<Self> {
        let is_answer = match bytes.try_get_u8().ok()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let number = bytes.try_get_u64().ok()?;
        let offset = usize::try_from(bytes.try_get_u32().ok()?).ok()?;
        let total = usize::try_from(bytes.try_get_u32().ok()?).ok()?;
        let fits = !bytes.is_empty() && offset.checked_add(bytes.len())? <= total && total <= MAX_WHOLE;
        fits.then_some(Piece { is_answer, number, offset, total, content: bytes })
    }
}

/// Messages that are being put together.
#[derive(Default)]
pub(super) struct Gathering(Mutex<Table>);

#[derive(Default)]
struct Table {
    messages: HashMap<Key, Message>,
    /// How long all of them will be.
    bytes: usize,
}

struct Message {
    since: Instant,
    total: usize,
    bytes: BytesMut,
}

/// What a piece makes of its message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gathered {
    /// It is complete.
    Whole(Bytes),
    /// There is more to come, or something is missing and nothing will become of it.
    Part,
    /// There is no room for another message.
    Full,
}

impl Gathering {
    /// Adds a piece. They come in order; after one that is lost the message is not completed.
    pub(super) fn add(&self, life: u128, piece: Piece) -> Gathered {
        let Piece { is_answer, number, offset, total, content } = piece;
        if content.len() == total {
            return Gathered::Whole(content);
        }
        let key = (life, is_answer, number);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if offset == 0 {
            table.remove(&key);
            if !table.make_room(total) {
                reached(Limit::LongPollPieces);
                return Gathered::Full;
            }
            table.insert(key, total);
        }
        let Some(message) = table.messages.get_mut(&key) else { return Gathered::Part };
        if (message.bytes.len(), message.total) != (offset, total) {
            table.remove(&key);
            return Gathered::Part;
        }
        message.bytes.extend_from_slice(&content);
        if message.bytes.len() < total {
            return Gathered::Part;
        }
        table.remove(&key).map_or(Gathered::Part, |message| Gathered::Whole(message.bytes.freeze()))
    }

    /// Nobody wants this message any more.
    pub(super) fn forget(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

impl Table {
    /// Whether there is room for so many bytes more, now that messages which will not be completed are gone.
    fn make_room(&mut self, bytes: usize) -> bool {
        if self.bytes + bytes > MAX_GATHERED {
            self.messages.retain(|_, message| message.since.elapsed() <= PATIENCE);
            self.bytes = self.messages.values().map(|message| message.total).sum();
        }
        self.bytes + bytes <= MAX_GATHERED
    }

    fn insert(&mut self, key: Key, total: usize) {
        self.bytes += total;
        self.messages.insert(key, Message { since: Instant::now(), total, bytes: BytesMut::new() });
    }

    fn remove(&mut self, key: &Key) -> Option<Message> {
        let message = self.messages.remove(key)?;
        self.bytes -= message.total;
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn pieces(number: u64, whole: &[u8], most: usize) -> Vec<Piece> {
        cut(true, number, whole, most).map(|piece| Piece::read(piece.into()).unwrap()).collect()
    }

    /// So many bytes are spoken for.
    fn spoken_for(gathering: &Gathering) -> usize {
        gathering.0.lock().unwrap().bytes
    }

    proptest! {
        /// Messages of several nodes and numbers mix, each in its order.
        #[test]
        fn what_is_cut_is_put_together(
            wholes in vec(vec(any::<u8>(), 1..60), 1..5),
            most in 1usize..30,
            turns in vec(any::<prop::sample::Index>(), 0..400),
        ) {
            let gathering = Gathering::default();
            let mut rests: Vec<_> =
                wholes.iter().enumerate().map(|(n, whole)| pieces(n as u64 / 2, whole, most).into_iter()).collect();
            let mut done = vec![None; wholes.len()];
            let turns = turns.into_iter().map(|turn| turn.index(wholes.len()));
            for n in turns.chain((0..wholes.len()).flat_map(|n| [n; 60])) {
                let Some(piece) = rests[n].next() else { continue };
                if let Gathered::Whole(whole) = gathering.add(n as u128 % 2, piece) {
                    done[n] = Some(whole.to_vec());
                }
            }
            prop_assert_eq!(done, wholes.into_iter().map(Some).collect::<Vec<_>>());
            prop_assert_eq!(spoken_for(&gathering), 0);
        }

        /// With a piece missing there is no message, and never another one.
        #[test]
        fn a_lost_piece_loses_the_message(
            whole in vec(any::<u8>(), 20..60),
            most in 1usize..9,
            lost in any::<prop::sample::Index>(),
        ) {
            let gathering = Gathering::default();
            let mut pieces = pieces(1, &whole, most);
            pieces.remove(lost.index(pieces.len()));
            for piece in pieces {
                prop_assert_eq!(gathering.add(1, piece), Gathered::Part);
            }
        }

        #[test]
        fn garbage_is_refused_or_within_bounds(bytes in vec(any::<u8>(), 0..40)) {
            if let Some(piece) = Piece::read(bytes.into()) {
                prop_assert!(piece.offset + piece.content.len() <= piece.total && piece.total <= MAX_WHOLE);
                let _ = Gathering::default().add(1, piece);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_gathered_is_bounded_until_it_is_late() {
        let (gathering, large) = (Gathering::default(), vec![0; MAX_WHOLE]);
        let first = |number| pieces(number, &large, MAX_PIECE).remove(0);
        for number in 0..4 {
            assert_eq!(gathering.add(1, first(number)), Gathered::Part);
        }
        let before = Limit::LongPollPieces.total();
        assert_eq!(gathering.add(1, first(4)), Gathered::Full);
        assert!(Limit::LongPollPieces.total() > before);
        gathering.forget(&(1, true, 0));
        assert_eq!(gathering.add(1, first(4)), Gathered::Part);
        assert_eq!(gathering.add(1, first(4)), Gathered::Part, "begun anew, so there is room");
        tokio::time::advance(PATIENCE + Duration::from_millis(1)).await;
        assert_eq!(gathering.add(1, first(5)), Gathered::Part);
        assert_eq!(spoken_for(&gathering), MAX_WHOLE);
    }
}
