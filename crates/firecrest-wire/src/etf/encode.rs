use super::Term;

/// The tags of spec §6.3.
pub(super) mod tag {
    pub(in crate::etf) const VERSION: u8 = 131;
    pub(in crate::etf) const FLOAT: u8 = 70;
    pub(in crate::etf) const COMPRESSED: u8 = 80;
    pub(in crate::etf) const SMALL_INTEGER: u8 = 97;
    pub(in crate::etf) const INTEGER: u8 = 98;
    pub(in crate::etf) const ATOM_LATIN1: u8 = 100;
    pub(in crate::etf) const SMALL_TUPLE: u8 = 104;
    pub(in crate::etf) const LARGE_TUPLE: u8 = 105;
    pub(in crate::etf) const NIL: u8 = 106;
    pub(in crate::etf) const STRING: u8 = 107;
    pub(in crate::etf) const LIST: u8 = 108;
    pub(in crate::etf) const BINARY: u8 = 109;
    pub(in crate::etf) const SMALL_BIG: u8 = 110;
    pub(in crate::etf) const LARGE_BIG: u8 = 111;
    pub(in crate::etf) const SMALL_ATOM_LATIN1: u8 = 115;
    pub(in crate::etf) const MAP: u8 = 116;
    pub(in crate::etf) const ATOM_UTF8: u8 = 118;
    pub(in crate::etf) const SMALL_ATOM_UTF8: u8 = 119;
}

/// Writes `term` as Erlang/OTP 26 does, the leading 131 included (spec §6.3).
///
/// Nothing is checked here: what exceeds the limits of [`decode`](super::decode), such as an atom of more than 255
/// characters or a float that is not finite, is written and then refused by every reader.
pub fn encode(term: &Term) -> Vec<u8> {
    let mut out = vec![tag::VERSION];
    write(&mut out, term);
    out
}

fn write(out: &mut Vec<u8>, term: &Term) {
    match term {
        Term::Integer(value) => write_integer(out, *value),
        Term::Float(value) => {
            out.push(tag::FLOAT);
            out.extend_from_slice(&value.to_be_bytes());
        }
        Term::Binary(bytes) => {
            write_len(out, tag::BINARY, bytes.len());
            out.extend_from_slice(bytes);
        }
        Term::Atom(name) => write_atom(out, name),
        Term::Tuple(terms) => write_tuple(out, terms),
        Term::List(terms) => write_list(out, terms),
        Term::Map(entries) => {
            write_len(out, tag::MAP, entries.len());
            for (key, value) in entries {
                write(out, key);
                write(out, value);
            }
        }
    }
}

fn write_integer(out: &mut Vec<u8>, value: i128) {
    if let Ok(small) = u8::try_from(value) {
        out.extend_from_slice(&[tag::SMALL_INTEGER, small]);
    } else if let Ok(integer) = i32::try_from(value) {
        out.push(tag::INTEGER);
        out.extend_from_slice(&integer.to_be_bytes());
    } else {
        let magnitude = value.unsigned_abs().to_le_bytes();
        let len = magnitude.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        out.extend_from_slice(&[tag::SMALL_BIG, len as u8, value.is_negative().into()]);
        out.extend_from_slice(&magnitude[..len]);
    }
}

fn write_atom(out: &mut Vec<u8>, name: &str) {
    match u8::try_from(name.len()) {
        Ok(len) => out.extend_from_slice(&[tag::SMALL_ATOM_UTF8, len]),
        Err(_) => {
            out.push(tag::ATOM_UTF8);
            out.extend_from_slice(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(name.as_bytes());
}

fn write_tuple(out: &mut Vec<u8>, terms: &[Term]) {
    match u8::try_from(terms.len()) {
        Ok(len) => out.extend_from_slice(&[tag::SMALL_TUPLE, len]),
        Err(_) => write_len(out, tag::LARGE_TUPLE, terms.len()),
    }
    terms.iter().for_each(|term| write(out, term));
}

fn write_list(out: &mut Vec<u8>, terms: &[Term]) {
    if terms.is_empty() {
        out.push(tag::NIL);
    } else if let Some((len, bytes)) = as_string(terms) {
        out.push(tag::STRING);
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(&bytes);
    } else {
        write_len(out, tag::LIST, terms.len());
        terms.iter().for_each(|term| write(out, term));
        out.push(tag::NIL);
    }
}

/// The compact form of a list of integers from 0 to 255.
fn as_string(terms: &[Term]) -> Option<(u16, Vec<u8>)> {
    let len = u16::try_from(terms.len()).ok()?;
    let bytes = terms.iter().map(|term| term.as_integer().and_then(|value| u8::try_from(value).ok()));
    Some((len, bytes.collect::<Option<_>>()?))
}

fn write_len(out: &mut Vec<u8>, tag: u8, len: usize) {
    out.push(tag);
    out.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(term: &Term) -> String {
        encode(term).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The payloads of spec §6.5 that OTP 26 writes.
    #[test]
    fn terms_are_written_as_the_reference_writes_them() {
        let signed = |term: Term| {
            let term = Term::Tuple(vec![term, Term::Integer(1_700_000_000_000), Term::Integer(86_400)]);
            hex(&term).strip_suffix("6e06000068e5cf8b016200015180").unwrap().to_owned()
        };
        assert_eq!(signed(Term::Integer(1)), "8368036101");
        assert_eq!(signed(Term::Integer(300)), "836803620000012c");
        assert_eq!(signed(Term::Integer(-5)), "83680362fffffffb");
        assert_eq!(signed(Term::Integer(1 << 32)), "8368036e05000000000001");
        assert_eq!(signed(Term::text("u1")), "8368036d000000027531");
        assert_eq!(
            signed(Term::Map(vec![(Term::text("id"), Term::Integer(7))])),
            "83680374000000016d0000000269646107"
        );
        assert_eq!(signed(Term::List(vec![Term::Integer(1), Term::Integer(2)])), "8368036b00020102");
        assert_eq!(signed(Term::List(vec![Term::text("a")])), "8368036c000000016d00000001616a");
        assert_eq!(signed(Term::atom("infinity")), "8368037708696e66696e697479");
        assert_eq!(signed(Term::List(vec![])), "8368036a");
    }

    #[test]
    fn integers_take_the_shortest_form() {
        for (value, text) in [
            (255, "8361ff"),
            (256, "836200000100"),
            (-1, "8362ffffffff"),
            (i128::from(i32::MAX), "83627fffffff"),
            (i128::from(i32::MAX) + 1, "836e040000000080"),
            (i128::from(i32::MIN) - 1, "836e040101000080"),
        ] {
            assert_eq!(hex(&Term::Integer(value)), text);
        }
    }

    #[test]
    fn long_atoms_tuples_and_byte_lists_take_the_wide_form() {
        let atom = encode(&Term::Atom("é".repeat(200)));
        assert_eq!(atom[1..4], [118, 0x01, 0x90]);
        let tuple = encode(&Term::Tuple(vec![Term::List(vec![]); 256]));
        assert_eq!(tuple[1..6], [105, 0, 0, 1, 0]);
        let list = encode(&Term::List(vec![Term::Integer(1); 65_536]));
        assert_eq!(list[1..6], [108, 0, 1, 0, 0]);
    }
}
