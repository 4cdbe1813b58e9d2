//! Finding the bytes of a text that need escaping. As a rule there are none, and this is about seeing that quickly.

/// Bytes that are looked for. All of them are ASCII, so a text may be cut before and after each.
pub(crate) trait Special {
    /// Whether a byte is one.
    fn is(byte: u8) -> bool;

    /// Whether any of eight bytes is one.
    fn any(word: u64) -> bool;
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);

/// How many bytes are not special, from the first on.
#[inline]
pub(crate) fn plain<S: Special>(bytes: &[u8]) -> usize {
    if is_plain::<S>(bytes) { bytes.len() } else { first::<S>(bytes) }
}

/// Not zero if any byte of the word is `byte`.
#[inline]
pub(crate) fn equal(word: u64, byte: u8) -> u64 {
    let differences = word ^ (ONES * u64::from(byte));
    differences.wrapping_sub(ONES) & !differences & HIGHS
}

/// Not zero if any byte of the word is below `limit`, which is at most 128.
#[inline]
pub(crate) fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS
}

/// Up to sixteen bytes are the first few and the last few of them, some of them twice.
#[inline]
fn is_plain<S: Special>(bytes: &[u8]) -> bool {
    if bytes.len() > 16 {
        return is_plain_long::<S>(bytes);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return !(S::any(u64::from_le_bytes(*first)) | S::any(u64::from_le_bytes(*last)));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [u32::from_le_bytes(*first), u32::from_le_bytes(*last)].map(u64::from);
        return !S::any(first << 32 | last);
    }
    !bytes.iter().any(|byte| S::is(*byte))
}

fn is_plain_long<S: Special>(bytes: &[u8]) -> bool {
    let (chunks, _) = bytes.as_chunks::<16>();
    // Without a branch per byte this becomes a few vector instructions.
    let is_plain = |chunk: &[u8; 16]| !chunk.iter().fold(false, |found, byte| found | S::is(*byte));
    chunks.iter().chain(bytes.last_chunk()).all(is_plain)
}

#[cold]
fn first<S: Special>(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| S::is(*byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Question;

    impl Special for Question {
        fn is(byte: u8) -> bool {
            byte == b'?' || byte < 3
        }

        fn any(word: u64) -> bool {
            equal(word, b'?') | below(word, 3) != 0
        }
    }

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands_and_however_long_the_text_is() {
        for length in 0..70 {
            let mut bytes = vec![b'>'; length];
            assert_eq!(plain::<Question>(&bytes), length);
            for at in (0..length).rev() {
                bytes[at] = [b'?', 0, 2][at % 3];
                assert_eq!(plain::<Question>(&bytes), at, "{bytes:?}");
            }
        }
    }

    #[test]
    fn no_other_byte_is_taken_for_one() {
        for length in [1, 5, 12, 40] {
            for byte in 0..=u8::MAX {
                let bytes = vec![byte; length];
                assert_eq!(
                    plain::<Question>(&bytes),
                    if Question::is(byte) { 0 } else { length },
                    "{bytes:?}"
                );
            }
        }
    }
}
