//! What is read, what is refused, and what it may cost.

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
