//! Keys of items, whatever their type.

use std::hash::{BuildHasher as _, Hash, RandomState};

/// What stands for a key: 128 bits of two keyed hashes, which no two keys share in practice, and nobody can make them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(u64, u64);

impl Key {
    /// Of what has none.
    pub(super) const NONE: Key = Key(0, 0);

    /// One of so many parts.
    pub(crate) fn part(self, of: usize) -> usize {
        // The high bits of the product: a multiplication instead of a division. What is below `of` fits.
        ((u128::from(self.0) * of as u128) >> 64) as usize
    }
}

/// Finds an item's key.
pub(crate) type KeyOf<T> = Box<dyn Fn(&T) -> Key + Send + Sync>;

pub(crate) fn key_of<T, K: Hash>(by: impl Fn(&T) -> K + Send + Sync + 'static) -> KeyOf<T> {
    let (one, other) = (RandomState::new(), RandomState::new());
    Box::new(move |item| {
        let key = by(item);
        Key(one.hash_one(&key), other.hash_one(&key))
    })
}
