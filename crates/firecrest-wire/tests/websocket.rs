//! The WebSocket decoder against the rules of spec §1.12 and RFC 6455, from outside and in literal bytes.

use bytes::Bytes;
use firecrest_wire::websocket::client::{ClientDecoder, encode};
use firecrest_wire::websocket::{
    CloseCode, CloseFrame, DecodeError, Decoder, DecoderLimits, Frame, Item, Opcode,
};
use proptest::prelude::*;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

const SMALL: DecoderLimits = DecoderLimits { max_frame_size: 300, max_message_size: 200 };

type Outcome = (Vec<Item>, Option<DecodeError>);

/// Feeds a stream in chunks that end at the given places.
fn decode(decoder: &mut Decoder, stream: &[u8], cuts: &[usize]) -> Outcome {
    let mut items = Vec::new();
    let ends = cuts.iter().copied().filter(|cut| *cut < stream.len()).chain([stream.len()]);
    let mut start = 0;
    for end in ends {
        let mut chunk = stream[start..end].to_vec();
        let mut input = &mut chunk[..];
        start = end;
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => return (items, Some(error)),
            }
        }
        assert!(input.is_empty());
    }
    (items, None)
}

/// Decodes in one piece and byte by byte, which must be the same.
fn decode_both_ways(limits: DecoderLimits, stream: &[u8]) -> Outcome {
    let whole = decode(&mut Decoder::new(limits), stream, &[]);
    let every: Vec<usize> = (1..stream.len()).collect();
    assert_eq!(decode(&mut Decoder::new(limits), stream, &every), whole);
    whole
}

fn items(stream: &[u8]) -> Vec<Item> {
    let (items, error) = decode_both_ways(DecoderLimits::default(), stream);
    assert_eq!(error, None);
    items
}

fn error(stream: &[u8]) -> DecodeError {
    decode_both_ways(DecoderLimits::default(), stream).1.expect("the stream is refused")
}

fn text(text: &str) -> Item {
    Item::Text(text.to_owned().into())
}

fn frame(opcode: Opcode, payload: &[u8], fin: bool) -> Vec<u8> {
    encode(opcode, payload, KEY, fin)
}

/// A text message in fragments of the given bytes.
fn fragments(parts: &[&[u8]]) -> Vec<u8> {
    let last = parts.len() - 1;
    let fragment = |(i, part): (usize, &&[u8])| {
        frame(if i == 0 { Opcode::Text } else { Opcode::Continuation }, part, i == last)
    };
    parts.iter().enumerate().flat_map(fragment).collect()
}

/// RFC 6455 §5.7: the examples that a client may send.
#[test]
fn the_examples_of_the_rfc() {
    assert_eq!(items(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), [text("Hello")]);
    assert_eq!(
        items(b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
        [Item::Pong(Bytes::from_static(b"Hello"))]
    );
    let fragmented = b"\x01\x83\0\0\0\0Hel\x80\x82\0\0\0\0lo";
    assert_eq!(items(fragmented), [text("Hello")]);
}

#[test]
fn a_ping_between_fragments_comes_first_and_breaks_nothing() {
    let stream = b"\x01\x81\0\0\0\0a\x89\x81\0\0\0\0p\x80\x81\0\0\0\0b\x82\x80\0\0\0\0";
    let expected = [Item::Ping(Bytes::from_static(b"p")), text("ab"), Item::Binary(Bytes::new())];
    assert_eq!(items(stream), expected);
}

#[test]
fn empty_messages_are_messages() {
    assert_eq!(items(b"\x81\x80\0\0\0\0"), [text("")]);
    assert_eq!(items(b"\x01\x80\0\0\0\0\x80\x80\0\0\0\0"), [text("")]);
}

/// Spec §1.12: what is answered with 1002.
#[test]
fn frames_that_break_the_protocol_are_refused_with_1002() {
    let table: [(&[u8], DecodeError); 15] = [
        (b"\x81\x02hi", DecodeError::Unmasked),
        (b"\xc1\x80\0\0\0\0", DecodeError::ReservedBits),
        (b"\xa1\x80\0\0\0\0", DecodeError::ReservedBits),
        (b"\x91\x80\0\0\0\0", DecodeError::ReservedBits),
        (b"\x83\x80\0\0\0\0", DecodeError::UnknownOpcode(3)),
        (b"\x8b\x80\0\0\0\0", DecodeError::UnknownOpcode(11)),
        (b"\x80\x80\0\0\0\0", DecodeError::UnexpectedContinuation),
        (b"\x00\x80\0\0\0\0", DecodeError::UnexpectedContinuation),
        (b"\x01\x81\0\0\0\0a\x81\x81\0\0\0\0b", DecodeError::UnfinishedMessage),
        (b"\x09\x80\0\0\0\0", DecodeError::FragmentedControl),
        (b"\x89\xfe\x00\x7e\0\0\0\0", DecodeError::ControlTooLong),
        (b"\x88\xff\0\0\0\0\0\0\0\x05\0\0\0\0", DecodeError::ControlTooLong),
        (b"\x82\xfe\x00\x7d\0\0\0\0", DecodeError::LengthNotMinimal),
        (b"\x82\xff\0\0\0\0\0\0\xff\xff\0\0\0\0", DecodeError::LengthNotMinimal),
        (b"\x82\xff\x80\0\0\0\0\x01\0\0\0\0\0\0", DecodeError::LengthOverflow),
    ];
    for (stream, expected) in table {
        assert_eq!(error(stream), expected, "{stream:02x?}");
        assert_eq!(expected.close_code(), CloseCode::PROTOCOL_ERROR);
    }
}

/// Spec §1.12: zero-length non-final continuation → 1008; a final one, and an empty first fragment, are fine.
#[test]
fn an_empty_fragment_in_the_middle_is_refused_with_1008() {
    let refused = error(&fragments(&[b"a", b"", b"b"]));
    assert_eq!(
        (refused, refused.close_code()),
        (DecodeError::EmptyContinuation, CloseCode::POLICY_VIOLATION)
    );
    assert_eq!(items(&fragments(&[b"", b"a", b""])), [text("a")]);
}

#[test]
fn close_frames_carry_nothing_or_a_code_and_a_reason() {
    assert_eq!(items(b"\x88\x80\0\0\0\0"), [Item::Close(None)]);
    let close = |code: u16, reason: &str| {
        let code = CloseCode::try_from(code).unwrap();
        Item::Close(Some(CloseFrame { code, reason: reason.to_owned().into() }))
    };
    assert_eq!(items(b"\x88\x82\0\0\0\0\x03\xe8"), [close(1000, "")]);
    assert_eq!(items(b"\x88\x85\0\0\0\0\x0f\xa0bye"), [close(4000, "bye")]);
    for code in
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999_u16]
    {
        assert_eq!(items(&frame(Opcode::Close, &code.to_be_bytes(), true)), [close(code, "")]);
    }
}

#[test]
fn close_frames_that_must_not_be_sent_are_refused() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999_u16] {
        let refused = error(&frame(Opcode::Close, &code.to_be_bytes(), true));
        assert_eq!((refused, refused.close_code().as_u16()), (DecodeError::InvalidCloseCode(code), 1002));
    }
    let half = error(b"\x88\x81\0\0\0\0\x03");
    assert_eq!((half, half.close_code().as_u16()), (DecodeError::CloseTruncated, 1002));
    let reason = error(b"\x88\x83\0\0\0\0\x03\xe8\xff");
    assert_eq!((reason, reason.close_code().as_u16()), (DecodeError::InvalidUtf8, 1007));
}

/// Spec §1.12: header and payload count together, 10,000,000 bytes by default.
#[test]
fn a_frame_above_the_limit_is_refused_with_1009_at_its_header() {
    let header = |len: u64| [&b"\x82\xff"[..], &len.to_be_bytes(), b"\0\0\0\0"].concat();
    assert_eq!(decode_both_ways(DecoderLimits::default(), &header(10_000_000 - 14)), (vec![], None));
    let refused = error(&header(10_000_000 - 13));
    assert_eq!((refused, refused.close_code()), (DecodeError::FrameTooBig, CloseCode::MESSAGE_TOO_BIG));
    assert_eq!(error(&header(u64::MAX >> 1)), DecodeError::FrameTooBig);
    let largest = frame(Opcode::Binary, &[7; 292], true);
    assert_eq!(decode_both_ways(SMALL, &largest), (vec![Item::Binary(Bytes::from_static(&[7; 292]))], None));
    let larger = frame(Opcode::Binary, &[7; 293], true);
    assert_eq!(decode_both_ways(SMALL, &larger[..8]).1, Some(DecodeError::FrameTooBig));
}

/// Spec §1.12: fragmented message total limit, 8,000,000 bytes by default.
#[test]
fn fragments_above_the_limit_are_refused_with_1009_at_the_header_that_exceeds_it() {
    let parts = [0x61; 201];
    let fits = decode_both_ways(SMALL, &fragments(&[&parts[..150], &parts[..50]]));
    assert_eq!(fits, (vec![text(&"a".repeat(200))], None));
    let mut stream = fragments(&[&parts[..150], &parts[..51]]);
    stream.truncate(8 + 150 + 6);
    let refused = decode_both_ways(SMALL, &stream).1.unwrap();
    assert_eq!((refused, refused.close_code()), (DecodeError::MessageTooBig, CloseCode::MESSAGE_TOO_BIG));
    assert_eq!(decode_both_ways(SMALL, &fragments(&[&parts, b""])[..8]).1, Some(DecodeError::MessageTooBig));
    assert_eq!(
        DecoderLimits::default(),
        DecoderLimits { max_frame_size: 10_000_000, max_message_size: 8_000_000 }
    );
}

#[test]
fn after_an_error_nothing_is_decoded_any_more() {
    let mut decoder = Decoder::new(DecoderLimits::default());
    let refused = decode(&mut decoder, b"\x83\x80\0\0\0\0", &[]).1;
    assert_eq!(decode(&mut decoder, &frame(Opcode::Text, b"hi", true), &[]), (vec![], refused));
    assert_eq!(decoder.buffered(), 0);
}

/// Text that no continuation can make UTF-8: bad lead bytes, overlong forms, surrogates, beyond U+10FFFF.
const NEVER_UTF8: [&[u8]; 12] = [
    b"\x80",
    b"\xc0\xaf",
    b"\xc1\xbf",
    b"\xe0\x80\xaf",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf0\x80\x80\xaf",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xfe",
    b"\xff",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
];

#[test]
fn text_that_is_not_utf8_is_refused_with_1007() {
    assert_eq!(DecodeError::InvalidUtf8.close_code(), CloseCode::INVALID_PAYLOAD);
    for bytes in NEVER_UTF8 {
        assert_eq!(error(&frame(Opcode::Text, bytes, true)), DecodeError::InvalidUtf8, "{bytes:02x?}");
        let bytewise: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(error(&fragments(&bytewise)), DecodeError::InvalidUtf8, "{bytes:02x?}");
        assert_eq!(items(&frame(Opcode::Binary, bytes, true)).len(), 1);
    }
}

#[test]
fn bad_text_is_refused_before_its_message_ends() {
    for bytes in NEVER_UTF8 {
        assert_eq!(error(&frame(Opcode::Text, bytes, false)), DecodeError::InvalidUtf8, "{bytes:02x?}");
    }
    let mut long = NEVER_UTF8[11].to_vec();
    long.resize(5_000, b'a');
    let started = &frame(Opcode::Text, &long, true)[..40];
    assert_eq!(error(started), DecodeError::InvalidUtf8);
    // U+10FFFF begins like this, what follows decides.
    assert_eq!(decode_both_ways(SMALL, &frame(Opcode::Text, b"\xf4", false)), (vec![], None));
    assert_eq!(error(&frame(Opcode::Text, b"\xf4\x90", false)), DecodeError::InvalidUtf8);
}

#[test]
fn characters_may_be_cut_by_fragments_but_not_by_the_end() {
    let text_of_all_widths = "a\u{7f}é\u{7ff}\u{800}\u{fffd}\u{ffff}\u{10000}\u{10ffff}";
    let bytewise: Vec<&[u8]> = text_of_all_widths.as_bytes().chunks(1).collect();
    assert_eq!(items(&fragments(&bytewise)), [text(text_of_all_widths)]);
    assert_eq!(error(&frame(Opcode::Text, b"\xce\xba\xe1\xbd", true)), DecodeError::InvalidUtf8);
    assert_eq!(error(&fragments(&[b"\xce\xba\xe1", b"\xbd", b""])), DecodeError::InvalidUtf8);
}

#[test]
fn a_liar_gets_no_memory() {
    let mut decoder = Decoder::new(DecoderLimits::default());
    let header = b"\x82\xff\0\0\0\0\0\x98\x00\0\0\0\0\0";
    assert_eq!(decode(&mut decoder, header, &[]), (vec![], None));
    assert_eq!(decoder.buffered(), 0);
    decode(&mut decoder, &[0; 100], &[]);
    assert!((100..=264).contains(&decoder.buffered()), "{}", decoder.buffered());
}

#[test]
fn between_messages_a_decoder_is_small_and_holds_nothing() {
    assert!(size_of::<Decoder>() <= 32, "{}", size_of::<Decoder>());
    let mut decoder = Decoder::new(DecoderLimits::default());
    let stream = fragments(&[&[b'a'; 1000], &[b'b'; 1000]]);
    decode(&mut decoder, &stream[..1500], &[]);
    assert!(decoder.buffered() >= 1000);
    assert_eq!(decode(&mut decoder, &stream[1500..], &[]).0.len(), 1);
    assert_eq!(decoder.buffered(), 0);
}

/// A message, how it is cut into fragments, and the control frames sent before each of them.
#[derive(Clone, Debug)]
struct Sent {
    item: Item,
    cuts: Vec<prop::sample::Index>,
    pings: Vec<Vec<u8>>,
}

impl Sent {
    /// Appends the message's frames to a stream, and to `expected` what they say.
    fn send(&self, stream: &mut Vec<u8>, expected: &mut Vec<Item>, key: [u8; 4]) {
        let (opcode, payload) = match &self.item {
            Item::Text(text) => (Opcode::Text, text.as_bytes()),
            Item::Binary(bytes) => (Opcode::Binary, &bytes[..]),
            other => panic!("not a message: {other:?}"),
        };
        let mut cuts: Vec<usize> = self.cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
        cuts.extend([0, payload.len()]);
        cuts.sort_unstable();
        // Equal cuts would make empty fragments, which are refused in the middle.
        cuts.dedup();
        let mut parts: Vec<&[u8]> = cuts.windows(2).map(|cut| &payload[cut[0]..cut[1]]).collect();
        if parts.is_empty() {
            parts.push(b"");
        }
        for (nth, part) in parts.iter().enumerate() {
            if let Some(ping) = self.pings.get(nth) {
                stream.extend(encode(Opcode::Ping, ping, key, true));
                expected.push(Item::Ping(ping.clone().into()));
            }
            let opcode = if nth == 0 { opcode } else { Opcode::Continuation };
            stream.extend(encode(opcode, part, key, nth + 1 == parts.len()));
        }
        expected.push(self.item.clone());
    }
}

fn sent() -> impl Strategy<Value = Sent> {
    let item = prop_oneof![
        "\\PC{0,80}".prop_map(|text| Item::Text(text.into())),
        prop::collection::vec(any::<u8>(), 0..400).prop_map(|bytes| Item::Binary(bytes.into())),
    ];
    let pings = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..126), 0..3);
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..5);
    (item, cuts, pings).prop_map(|(item, cuts, pings)| Sent { item, cuts, pings })
}

fn places(len: usize, cuts: &[prop::sample::Index]) -> Vec<usize> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(len + 1)).collect();
    places.sort_unstable();
    places
}

proptest! {
    /// Any messages, in any fragments, with pings anywhere, in any chunks: the same messages.
    #[test]
    fn what_is_sent_is_received(
        messages in prop::collection::vec(sent(), 0..6),
        key: [u8; 4],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let (mut stream, mut expected) = (Vec::new(), Vec::new());
        for message in &messages {
            message.send(&mut stream, &mut expected, key);
        }
        let mut decoder = Decoder::new(DecoderLimits::default());
        let outcome = decode(&mut decoder, &stream, &places(stream.len(), &cuts));
        prop_assert_eq!(outcome, (expected, None));
        prop_assert_eq!(decoder.buffered(), 0);
    }

    /// Arbitrary bytes, which begin like a frame often enough: never a panic, the same in any chunks, bounded memory.
    #[test]
    fn arbitrary_bytes_are_harmless(
        stream in prop::collection::vec(prop_oneof![any::<u8>(), Just(0x81), Just(0x02), Just(0x80), Just(0xfe)], 0..600),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let whole = decode(&mut Decoder::new(SMALL), &stream, &[]);
        let mut decoder = Decoder::new(SMALL);
        let outcome = decode(&mut decoder, &stream, &places(stream.len(), &cuts));
        prop_assert_eq!(outcome, whole);
        prop_assert!(decoder.buffered() <= 2 * SMALL.max_frame_size);
    }

    /// A limit holds against whatever a client sends that is well-formed otherwise.
    #[test]
    fn nothing_above_the_limits_is_held_or_received(messages in prop::collection::vec(sent(), 1..6)) {
        let (mut stream, mut expected) = (Vec::new(), Vec::new());
        for message in &messages {
            message.send(&mut stream, &mut expected, KEY);
        }
        let (mut decoder, mut items) = (Decoder::new(SMALL), Vec::new());
        for chunk in stream.chunks_mut(7) {
            let mut input = chunk;
            let mut failed = false;
            while let Some(item) = decoder.decode(&mut input).unwrap_or_else(|error| {
                assert_eq!(error.close_code(), CloseCode::MESSAGE_TOO_BIG);
                failed = true;
                None
            }) {
                items.push(item);
            }
            prop_assert!(decoder.buffered() <= 2 * SMALL.max_frame_size);
            if failed {
                break;
            }
        }
        prop_assert!(expected.starts_with(&items));
    }

    /// What the server sends, a client reads.
    #[test]
    fn server_frames_are_read_by_the_client(messages in prop::collection::vec(sent(), 0..5), chunk in 1..50_usize) {
        let frame = |sent: &Sent| match &sent.item {
            Item::Text(text) => Frame::text(text),
            Item::Binary(bytes) => Frame::binary(bytes),
            other => panic!("not a message: {other:?}"),
        };
        let mut stream: Vec<u8> = messages.iter().flat_map(|sent| frame(sent).into_bytes()).collect();
        let (mut decoder, mut items) = (ClientDecoder::new(DecoderLimits::default()), Vec::new());
        for mut input in stream.chunks_mut(chunk) {
            while let Some(item) = decoder.decode(&mut input).unwrap() {
                items.push(item);
            }
        }
        let expected: Vec<Item> = messages.into_iter().map(|sent| sent.item).collect();
        prop_assert_eq!(items, expected);
    }
}
