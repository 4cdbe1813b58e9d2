use std::collections::HashSet;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::Term;
use super::encode::tag;

/// The longest encoded term that is looked at, in bytes: 1 MiB.
pub const MAX_LEN: usize = 1 << 20;

/// The most bytes a compressed term may inflate to: 1 MiB.
pub const MAX_INFLATED_LEN: usize = 1 << 20;

/// The deepest nesting of tuples, lists and maps: 64 levels.
pub const MAX_DEPTH: usize = 64;

/// The most terms in one encoded term, nested ones included: 100 000, about 5 MB of memory.
pub const MAX_TERMS: usize = 100_000;

/// The longest name of an atom, in characters, as in Erlang.
const MAX_ATOM_CHARS: usize = 255;

/// Why bytes are not an acceptable term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EtfError {
    /// The first byte is not 131.
    #[error("not in the external term format, version 131")]
    Version,
    /// The term is longer than [`MAX_LEN`], or would inflate to more than [`MAX_INFLATED_LEN`].
    #[error("the term is too large")]
    TooLarge,
    /// There are more than [`MAX_TERMS`] terms.
    #[error("the term has too many parts")]
    TooManyTerms,
    /// The nesting exceeds [`MAX_DEPTH`].
    #[error("the term is nested too deeply")]
    TooDeep,
    /// The bytes end in the middle of a term.
    #[error("the term is cut short")]
    Truncated,
    /// Bytes follow the term.
    #[error("bytes follow the term")]
    TrailingBytes,
    /// A kind of term that is refused: process, reference, port, function, bit string, or unknown.
    #[error("terms with tag {0} are refused")]
    Tag(u8),
    /// An integer that does not fit 128 bits.
    #[error("the integer is too large")]
    Integer,
    /// A float that is infinite or not a number.
    #[error("the float is not finite")]
    Float,
    /// The name of an atom is too long or not UTF-8.
    #[error("the name of an atom is not valid")]
    Atom,
    /// A list whose tail is not the empty list.
    #[error("improper lists are refused")]
    ImproperList,
    /// A map holds a key twice.
    #[error("a map holds a key twice")]
    DuplicateKey,
    /// The compressed part is not zlib data of the declared size.
    #[error("the compressed term is damaged")]
    Compressed,
}

/// Reads one term that fills `bytes` completely, the leading 131 included (spec §6.3).
///
/// Memory grows with the parts that are really there, of which there are at most [`MAX_TERMS`], and with the length of
/// the input, or [`MAX_INFLATED_LEN`] for a compressed term; a claimed length alone reserves next to nothing.
///
/// # Errors
/// [`EtfError`] names the first thing that is wrong or over a limit. No input makes it panic.
pub fn decode(bytes: &[u8]) -> Result<Term, EtfError> {
    if bytes.len() > MAX_LEN {
        return Err(EtfError::TooLarge);
    }
    match bytes {
        [tag::VERSION, tag::COMPRESSED, compressed @ ..] => decode_plain(&inflate(compressed)?),
        [tag::VERSION, plain @ ..] => decode_plain(plain),
        _ => Err(EtfError::Version),
    }
}

fn decode_plain(bytes: &[u8]) -> Result<Term, EtfError> {
    let mut reader = Reader { rest: bytes, terms: 0 };
    let term = reader.term(0)?;
    if reader.rest.is_empty() { Ok(term) } else { Err(EtfError::TrailingBytes) }
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, EtfError> {
    let (size, zlib) = bytes.split_first_chunk::<4>().ok_or(EtfError::Truncated)?;
    let size = u32::from_be_bytes(*size) as usize;
    if size > MAX_INFLATED_LEN {
        return Err(EtfError::TooLarge);
    }
    let mut decoder = ZlibDecoder::new(zlib);
    let mut plain = Vec::new();
    decoder.by_ref().take(size as u64 + 1).read_to_end(&mut plain).map_err(|_| EtfError::Compressed)?;
    if plain.len() != size {
        return Err(EtfError::Compressed);
    }
    if decoder.total_in() != zlib.len() as u64 {
        return Err(EtfError::TrailingBytes);
    }
    Ok(plain)
}

struct Reader<'a> {
    rest: &'a [u8],
    terms: usize,
}

impl<'a> Reader<'a> {
    fn term(&mut self, depth: usize) -> Result<Term, EtfError> {
        if depth > MAX_DEPTH {
            return Err(EtfError::TooDeep);
        }
        self.count(1)?;
        match self.u8()? {
            tag::SMALL_INTEGER => Ok(Term::Integer(self.u8()?.into())),
            tag::INTEGER => Ok(Term::Integer(i32::from_be_bytes(self.array()?).into())),
            tag::SMALL_BIG => self.u8().and_then(|len| self.big(len.into())),
            tag::LARGE_BIG => self.u32().and_then(|len| self.big(len)),
            tag::FLOAT => self.float(),
            tag::BINARY => self.u32().and_then(|len| Ok(Term::Binary(self.take(len)?.to_vec()))),
            tag::ATOM_LATIN1 => self.u16().and_then(|len| self.atom_latin1(len)),
            tag::SMALL_ATOM_LATIN1 => self.u8().and_then(|len| self.atom_latin1(len.into())),
            tag::ATOM_UTF8 => self.u16().and_then(|len| self.atom_utf8(len)),
            tag::SMALL_ATOM_UTF8 => self.u8().and_then(|len| self.atom_utf8(len.into())),
            tag::SMALL_TUPLE => self.u8().and_then(|len| Ok(Term::Tuple(self.terms(len.into(), depth)?))),
            tag::LARGE_TUPLE => self.u32().and_then(|len| Ok(Term::Tuple(self.terms(len, depth)?))),
            tag::NIL => Ok(Term::List(Vec::new())),
            tag::STRING => self.string(),
            tag::LIST => self.list(depth),
            tag::MAP => self.map(depth),
            other => Err(EtfError::Tag(other)),
        }
    }

    fn terms(&mut self, len: usize, depth: usize) -> Result<Vec<Term>, EtfError> {
        let mut terms = Vec::with_capacity(believable(self.bounded(len, 1)?));
        for _ in 0..len {
            terms.push(self.term(depth + 1)?);
        }
        Ok(terms)
    }

    fn string(&mut self) -> Result<Term, EtfError> {
        let len = self.u16()?;
        self.count(len)?;
        Ok(Term::List(self.take(len)?.iter().map(|byte| Term::Integer((*byte).into())).collect()))
    }

    fn list(&mut self, depth: usize) -> Result<Term, EtfError> {
        let len = self.u32()?;
        let terms = self.terms(len, depth)?;
        match self.u8()? {
            tag::NIL => Ok(Term::List(terms)),
            _ => Err(EtfError::ImproperList),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Term, EtfError> {
        let len = self.u32()?;
        let len = self.bounded(len, 2)?;
        let mut entries = Vec::with_capacity(believable(len));
        let mut seen = HashSet::with_capacity(believable(len));
        for _ in 0..len {
            let before = self.rest;
            let key = self.term(depth + 1)?;
            if !seen.insert(&before[..before.len() - self.rest.len()]) {
                return Err(EtfError::DuplicateKey);
            }
            entries.push((key, self.term(depth + 1)?));
        }
        Ok(Term::Map(entries))
    }

    fn big(&mut self, len: usize) -> Result<Term, EtfError> {
        let negative = self.u8()? != 0;
        let digits = self.take(len)?;
        let significant = digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        if significant > 16 {
            return Err(EtfError::Integer);
        }
        let mut magnitude = [0; 16];
        magnitude[..significant].copy_from_slice(&digits[..significant]);
        let magnitude = u128::from_le_bytes(magnitude);
        let value = if negative {
            0i128.checked_sub_unsigned(magnitude)
        } else {
            0i128.checked_add_unsigned(magnitude)
        };
        value.map(Term::Integer).ok_or(EtfError::Integer)
    }

    fn float(&mut self) -> Result<Term, EtfError> {
        let value = f64::from_be_bytes(self.array()?);
        if value.is_finite() { Ok(Term::Float(value)) } else { Err(EtfError::Float) }
    }

    fn atom_latin1(&mut self, len: usize) -> Result<Term, EtfError> {
        if len > MAX_ATOM_CHARS {
            return Err(EtfError::Atom);
        }
        Ok(Term::Atom(self.take(len)?.iter().map(|byte| char::from(*byte)).collect()))
    }

    fn atom_utf8(&mut self, len: usize) -> Result<Term, EtfError> {
        let name = std::str::from_utf8(self.take(len)?).map_err(|_| EtfError::Atom)?;
        if name.chars().count() > MAX_ATOM_CHARS {
            return Err(EtfError::Atom);
        }
        Ok(Term::atom(name))
    }

    /// Checks that `len` parts of at least `each` bytes can still follow.
    fn bounded(&self, len: usize, each: usize) -> Result<usize, EtfError> {
        if len > MAX_TERMS {
            return Err(EtfError::TooManyTerms);
        }
        if len * each > self.rest.len() { Err(EtfError::Truncated) } else { Ok(len) }
    }

    fn count(&mut self, terms: usize) -> Result<(), EtfError> {
        self.terms += terms;
        if self.terms > MAX_TERMS { Err(EtfError::TooManyTerms) } else { Ok(()) }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], EtfError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(EtfError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], EtfError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(EtfError::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn u8(&mut self) -> Result<u8, EtfError> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Result<usize, EtfError> {
        self.array().map(|bytes| u16::from_be_bytes(bytes).into())
    }

    fn u32(&mut self) -> Result<usize, EtfError> {
        self.array().map(|bytes| u32::from_be_bytes(bytes) as usize)
    }
}

/// How much of a claimed length is reserved in advance: nested lists may all claim the bytes that follow.
fn believable(len: usize) -> usize {
    len.min(64)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::*;
    use crate::etf::encode;

    fn compressed(plain: &[u8], declared: usize) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(vec![131, 80], Compression::default());
        encoder.get_mut().extend_from_slice(&u32::try_from(declared).unwrap().to_be_bytes());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_tag_of_the_subset_is_read() {
        let table: [(&[u8], Term); 17] = [
            (&[131, 97, 255], Term::Integer(255)),
            (&[131, 98, 0xff, 0xff, 0xff, 0xfb], Term::Integer(-5)),
            (&[131, 110, 5, 0, 0, 0, 0, 0, 1], Term::Integer(1 << 32)),
            (&[131, 110, 1, 1, 7], Term::Integer(-7)),
            (&[131, 111, 0, 0, 0, 2, 0, 1, 1], Term::Integer(257)),
            (&[131, 70, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], Term::Float(1.5)),
            (&[131, 109, 0, 0, 0, 2, b'u', b'1'], Term::text("u1")),
            (&[131, 100, 0, 2, 0xe9, b'a'], Term::atom("éa")),
            (&[131, 115, 1, 0xe9], Term::atom("é")),
            (&[131, 118, 0, 2, 0xc3, 0xa9], Term::atom("é")),
            (&[131, 119, 3, b'n', b'i', b'l'], Term::nil()),
            (&[131, 104, 1, 97, 1], Term::Tuple(vec![Term::Integer(1)])),
            (&[131, 105, 0, 0, 0, 1, 97, 1], Term::Tuple(vec![Term::Integer(1)])),
            (&[131, 106], Term::List(vec![])),
            (&[131, 107, 0, 2, 1, 2], Term::List(vec![Term::Integer(1), Term::Integer(2)])),
            (&[131, 108, 0, 0, 0, 1, 106, 106], Term::List(vec![Term::List(vec![])])),
            (&[131, 116, 0, 0, 0, 1, 106, 97, 2], Term::Map(vec![(Term::List(vec![]), Term::Integer(2))])),
        ];
        for (bytes, term) in table {
            assert_eq!(decode(bytes), Ok(term), "{bytes:?}");
        }
    }

    #[test]
    fn other_tags_and_damaged_terms_are_refused() {
        let table: [(&[u8], EtfError); 14] = [
            (&[], EtfError::Version),
            (&[130, 97, 1], EtfError::Version),
            (&[131], EtfError::Truncated),
            (&[131, 97, 1, 0], EtfError::TrailingBytes),
            (&[131, 103, 1], EtfError::Tag(103)),
            (&[131, 77, 0, 0, 0, 1, 1, 1], EtfError::Tag(77)),
            (&[131, 112], EtfError::Tag(112)),
            (&[131, 104, 1, 80, 0], EtfError::Tag(80)),
            (&[131, 109, 255, 255, 255, 255, 1], EtfError::Truncated),
            (&[131, 108, 0, 0, 0, 1, 97, 1, 97, 2], EtfError::ImproperList),
            (&[131, 108, 255, 255, 255, 255, 97], EtfError::TooManyTerms),
            (&[131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2], EtfError::DuplicateKey),
            (&[131, 70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], EtfError::Float),
            (&[131, 119, 1, 0xff], EtfError::Atom),
        ];
        for (bytes, error) in table {
            assert_eq!(decode(bytes), Err(error), "{bytes:?}");
        }
    }

    #[test]
    fn integers_are_bounded_to_128_bits() {
        let big = |sign: u8, digits: &[u8]| {
            let mut bytes = vec![131, 110, u8::try_from(digits.len()).unwrap(), sign];
            bytes.extend_from_slice(digits);
            decode(&bytes)
        };
        let mut lowest = [0; 16];
        lowest[15] = 0x80;
        assert_eq!(big(1, &lowest), Ok(Term::Integer(i128::MIN)));
        assert_eq!(big(0, &lowest), Err(EtfError::Integer));
        assert_eq!(big(0, &[1; 17]), Err(EtfError::Integer));
        assert_eq!(big(0, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Ok(Term::Integer(1)));
    }

    #[test]
    fn depth_terms_and_length_are_bounded() {
        let nested = |levels: usize| {
            let mut bytes = vec![131];
            bytes.extend([104, 1].repeat(levels));
            bytes.push(106);
            decode(&bytes)
        };
        assert!(nested(MAX_DEPTH).is_ok());
        assert_eq!(nested(MAX_DEPTH + 1), Err(EtfError::TooDeep));

        let mut many = vec![131, 104, 2];
        for _ in 0..2 {
            many.extend([108, 0, 0, 0xea, 0x60]);
            many.extend([106; 60_001]);
        }
        assert_eq!(decode(&many), Err(EtfError::TooManyTerms));
        assert_eq!(decode(&vec![131; MAX_LEN + 1]), Err(EtfError::TooLarge));
    }

    #[test]
    fn a_claimed_length_reserves_next_to_nothing() {
        assert_eq!([believable(3), believable(MAX_TERMS)], [3, 64]);
        let mut bytes = vec![131, 108, 0, 1, 0, 0];
        bytes.extend(vec![106; 65_537]);
        let Ok(Term::List(terms)) = decode(&bytes) else { panic!("a long list is fine") };
        assert_eq!(terms.len(), 65_536);
        let mut lying = vec![131];
        lying.extend([108, 0, 1, 0, 0].repeat(MAX_DEPTH));
        lying.extend(vec![0; 65_536]);
        assert_eq!(decode(&lying), Err(EtfError::Tag(0)));
    }

    #[test]
    fn compressed_terms_are_inflated_within_bounds() {
        let plain = [&[109, 0, 0, 4, 0][..], &[b'a'; 1024]].concat();
        assert_eq!(decode(&compressed(&plain, plain.len())), Ok(Term::Binary(vec![b'a'; 1024])));
        assert_eq!(decode(&compressed(&plain, plain.len() - 1)), Err(EtfError::Compressed));
        assert_eq!(decode(&compressed(&plain, plain.len() + 1)), Err(EtfError::Compressed));
        let bomb = vec![0; MAX_INFLATED_LEN + 1];
        assert_eq!(decode(&compressed(&bomb, bomb.len())), Err(EtfError::TooLarge));
        assert_eq!(decode(&compressed(&bomb, 10)), Err(EtfError::Compressed));
        let mut trailing = compressed(&plain, plain.len());
        trailing.push(0);
        assert_eq!(decode(&trailing), Err(EtfError::TrailingBytes));
        assert_eq!(decode(&[131, 80, 0, 0]), Err(EtfError::Truncated));
    }

    fn any_term() -> impl Strategy<Value = Term> {
        let leaf = prop_oneof![
            any::<i128>().prop_map(Term::Integer),
            any::<i64>().prop_map(Term::from),
            (0..300i64).prop_map(Term::from),
            (-1e300..1e300).prop_map(Term::Float),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Term::Binary),
            "\\PC{0,80}".prop_map(Term::Atom),
        ];
        leaf.prop_recursive(5, 60, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Term::Tuple),
                prop::collection::vec(inner.clone(), 0..8).prop_map(Term::List),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..6).prop_map(|map| Term::Map(
                    map.into_iter().map(|(key, value)| (Term::text(key), value)).collect()
                )),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(term in any_term()) {
            prop_assert_eq!(decode(&encode(&term)), Ok(term));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
            let _ = decode(&[&[131], &bytes[..]].concat());
        }

        #[test]
        fn damaged_terms_never_panic(term in any_term(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = encode(&term);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = decode(&bytes);
        }
    }
}
