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
mod tests;
