//! The XOR mask on what clients send (RFC 6455 §5.3).

/// Puts the mask on, or takes it off: both are the same.
pub(super) fn apply(data: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = data.as_chunks_mut();
    for bytes in words {
        *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    // A word holds the key twice, so the rest begins with the key's first byte again.
    for (byte, key) in rest.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// The key for a part of the payload that begins `offset` bytes into it.
pub(super) fn rotate(mut key: [u8; 4], offset: usize) -> [u8; 4] {
    key.rotate_left(offset % 4);
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// RFC 6455 §5.3: byte i of the payload is combined with byte i mod 4 of the key.
        #[test]
        fn any_two_parts_are_masked_like_the_whole(
            data in proptest::collection::vec(any::<u8>(), 0..100),
            key: [u8; 4],
            at: proptest::sample::Index,
        ) {
            let expected: Vec<u8> = data.iter().enumerate().map(|(i, byte)| byte ^ key[i % 4]).collect();
            let mut masked = data.clone();
            let at = at.index(data.len() + 1);
            let (head, tail) = masked.split_at_mut(at);
            apply(head, key);
            apply(tail, rotate(key, at));
            prop_assert_eq!(masked, expected);
        }
    }
}
