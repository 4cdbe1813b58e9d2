//! What the fuzz targets check: one function per target, which panics when something does not hold.
//!
//! They are ordinary functions so that `tests/corpus.rs` can replay every saved input without a fuzzer. Not part of the
//! public interface.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;

use crate::client::{self, Encoded, Heard};
use crate::limits::MAX_LONGPOLL_BATCH;
use crate::longpoll::{self, Part};
use crate::params::{Params, ParamsLimits};
use crate::serializer::{self, Outgoing, Reply};
use crate::token_text::{EncryptedText, SignedText};
use crate::topic::Pattern;
use crate::websocket::client::ClientDecoder;
use crate::websocket::handshake::UpgradeRequest;
use crate::websocket::{DecodeError, Decoder, DecoderLimits, Frame, Item, Opcode};
use crate::{Message, ProtocolVersion, Text, etf};

/// The name of a target, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by its name, which is also that of its file in `fuzz/fuzz_targets` and of its folder in `fuzz/corpus`.
pub const TARGETS: &[Target] = &[
    ("etf", etf),
    ("longpoll_body", longpoll_body),
    ("message_binary", message_binary),
    ("message_v1", message_v1),
    ("message_v2", message_v2),
    ("params", params),
    ("pattern", pattern),
    ("token", token),
    ("vsn", vsn),
    ("ws_decoder", ws_decoder),
    ("ws_handshake", ws_handshake),
];

/// Whatever is decoded is encoded to something that decodes to the same again.
pub fn etf(data: &[u8]) {
    let Ok(term) = etf::decode(data) else { return };
    let encoded = etf::encode(&term);
    // A compressed term may be larger than what is accepted plain.
    if encoded.len() <= etf::MAX_LEN {
        let again = etf::decode(&encoded).map(|term| etf::encode(&term));
        assert_eq!(again.as_ref(), Ok(&encoded), "{term:?}");
    }
}

/// The parts of a body are its lines, and what answers a poll reads back as what was put in.
///
/// The first byte chooses the content type.
pub fn longpoll_body(data: &[u8]) {
    let &[kind, ref body @ ..] = data else { return };
    let batch = kind & 1 == 0;
    let content_type = if batch { "application/x-ndjson; charset=utf-8" } else { "application/json" };
    let Ok(parts) = longpoll::parts(Some(content_type), Bytes::copy_from_slice(body)) else {
        return assert!(std::str::from_utf8(body).is_err());
    };
    let parts: Vec<_> = parts.collect();
    let text = std::str::from_utf8(body).expect("parts are text");
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let expected: Vec<&str> = match batch {
        true => lines.filter(|line| !line.is_empty()).take(MAX_LONGPOLL_BATCH).collect(),
        false => vec![text],
    };
    assert_eq!(parts.len(), expected.len());
    for (part, line) in parts.iter().zip(&expected) {
        match part {
            Ok(Part::Text(text)) => assert!(text == line && (!batch || line.starts_with('['))),
            Ok(Part::Binary(bytes)) => assert_eq!(STANDARD_NO_PAD.encode(bytes), line.trim_end_matches('=')),
            Err(_) => assert!(batch && !line.starts_with('[')),
        }
    }
    let frames: Vec<Frame> = expected.iter().map(|line| Frame::text(line)).collect();
    let answer: serde_json::Value =
        serde_json::from_slice(&longpoll::poll_body(200, Some(text), &frames)).expect("an answer is JSON");
    assert_eq!(answer, serde_json::json!({"status": 200, "token": text, "messages": expected}));
}

/// What decodes as binary is encoded to the same bytes, from either side.
pub fn message_binary(data: &[u8]) {
    let frame = Bytes::copy_from_slice(data);
    if let Ok(message) = serializer::decode_binary(ProtocolVersion::V2, &frame) {
        let encoded = client::encode(ProtocolVersion::V2, &message).expect("its fields came in a frame");
        assert_eq!(encoded, Encoded::Binary(data.to_vec()));
        echo(ProtocolVersion::V2, &message);
    }
    if let Ok(heard) = client::decode_binary(&frame) {
        assert_eq!(say(&heard, frame[0]).payload(), frame);
    }
    let text =
        Text::try_from(frame.clone()).map(|text| serializer::decode_text(ProtocolVersion::V1, &text).ok());
    assert_eq!(serializer::decode_binary(ProtocolVersion::V1, &frame).ok(), text.unwrap_or_default());
}

/// As [`message_v2`], for objects.
pub fn message_v1(data: &[u8]) {
    message_text(ProtocolVersion::V1, data);
}

/// What decodes is encoded by a client to what decodes to the same, and a reply to it reaches that client.
pub fn message_v2(data: &[u8]) {
    message_text(ProtocolVersion::V2, data);
}

/// Tight limits only turn results into errors, never into other results.
pub fn params(data: &[u8]) {
    let Ok(query) = std::str::from_utf8(data) else { return };
    let usual = Params::parse(query, &ParamsLimits::default());
    let tight = Params::parse(query, &ParamsLimits { depth: 2, pairs: 3, bytes: 64 });
    if let Ok(tight) = tight {
        assert_eq!(usual.as_ref(), Ok(&tight));
    }
    if let Ok(usual) = usual {
        assert!(usual.to_json().is_object());
        assert_eq!(usual.iter().count(), usual.len());
    }
}

/// A pattern is written as it was read, and what it matched follows its prefix.
///
/// The first line is the pattern, the rest the topic.
pub fn pattern(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (written, topic) = text.split_once('\n').unwrap_or((text, ""));
    let prefix = written.strip_suffix('*');
    let Ok(pattern) = Pattern::parse(written) else {
        return assert!(prefix.unwrap_or(written).contains('*'), "{written:?}");
    };
    assert!(!prefix.unwrap_or(written).contains('*') && pattern.to_string() == written);
    let serves_topic = match pattern.matched(topic) {
        Some(rest) => format!("{}{rest}", prefix.unwrap_or(written)) == topic,
        None => prefix.map_or(written != topic, |prefix| !topic.starts_with(prefix)),
    };
    assert!(serves_topic, "{pattern} {topic:?}");
    match prefix {
        Some(prefix) => assert_eq!(pattern.matched(&format!("{prefix}{topic}")), Some(topic)),
        None => assert_eq!(pattern.matched(written), Some("")),
    }
}

/// A token taken apart and put together again is the same token, except for its padding.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(parts) = SignedText::parse(text) {
        let joined = SignedText::join(&SignedText::cover(&parts.payload), &parts.signature);
        assert_eq!(joined, text.replace('=', ""));
    }
    if let Some(parts) = EncryptedText::parse(text) {
        assert_eq!(parts.to_string(), text.replace('=', ""));
    }
}

/// What is accepted names its version and may name a build as well; what is refused is not repeated at length.
pub fn vsn(data: &[u8]) {
    let Ok(vsn) = std::str::from_utf8(data) else { return };
    let negotiated = ProtocolVersion::negotiate(Some(vsn));
    let mut params = Params::default();
    params.insert("vsn", vsn);
    assert_eq!(ProtocolVersion::from_params(&params), negotiated);
    match negotiated {
        Ok(version) => {
            assert!(vsn.is_ascii() && vsn.starts_with(version.as_str().trim_end_matches('0')), "{vsn:?}");
            let build = format!("{vsn}{}build", if vsn.contains('+') { '.' } else { '+' });
            assert_eq!(ProtocolVersion::negotiate(Some(&build)), Ok(version));
        }
        Err(error) => assert!(error.to_string().len() < 512, "{error}"),
    }
}

/// Decoding in chunks and in one go give the same, and no more is held than twice what was fed and some change.
///
/// The first byte chooses the side, the second the chunks and the limits; the rest is the stream.
pub fn ws_decoder(data: &[u8]) {
    let &[side, seed, ref stream @ ..] = data else { return };
    let limits = if seed & 1 == 0 {
        DecoderLimits::default()
    } else {
        DecoderLimits { max_frame_size: 300, max_message_size: 200 }
    };
    let new = || -> Box<dyn AnyDecoder> {
        if side & 1 == 0 { Box::new(Decoder::new(limits)) } else { Box::new(ClientDecoder::new(limits)) }
    };
    let whole = drain(new(), stream, || usize::MAX);
    let mut state = seed;
    let chunked = drain(new(), stream, || {
        state = state.wrapping_mul(5).wrapping_add(1);
        if seed & 2 == 0 { 1 } else { 1 + usize::from(state >> 2) }
    });
    assert_eq!(whole, chunked);
}

/// What is accepted has every header it needs.
///
/// The input is lines: host, connection, upgrade, key, version; the second and third are split into headers at `|`, a
/// line that is not there is a header that is missing.
pub fn ws_handshake(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let (host, connection, upgrade) = (lines.next(), lines.next(), lines.next());
    let (key, version) = (lines.next(), lines.next());
    let request = UpgradeRequest {
        http_1_1: true,
        host,
        connection: header_values(connection),
        upgrade: header_values(upgrade),
        key,
        version,
    };
    if let Ok(accept) = request.accept() {
        let has = |line: Option<&[u8]>, token| line.is_some_and(|line| contains(line, token));
        assert!(has(connection, b"upgrade") && has(upgrade, b"websocket") && has(version, b"13"));
        assert_eq!(key.map(|key| key.trim_ascii().len()), Some(24));
        assert!(accept.as_str().len() == 28 && accept.as_str().ends_with('='));
    }
}

fn message_text(version: ProtocolVersion, data: &[u8]) {
    let Ok(text) = Text::try_from(Bytes::copy_from_slice(data)) else { return };
    let _ = client::decode_text(version, &text);
    if let Some(scanned) = serializer::scan::message(&text) {
        assert_eq!(Some(scanned), serializer::decode::parse(&text).ok(), "two ways to read one message");
    }
    let Ok(message) = serializer::decode_text(version, &text) else { return };
    let Ok(Encoded::Text(encoded)) = client::encode(version, &message) else {
        panic!("JSON is sent as text: {message:?}");
    };
    match serializer::decode_text(version, &Text::from(encoded)) {
        Ok(again) => {
            assert_eq!(again, message);
            echo(version, &message);
        }
        // There are shorter escapes than those that are written.
        Err(serializer::DecodeError::TooLong { .. }) => assert!(text.contains('\\')),
        Err(error) => panic!("{error}: {message:?}"),
    }
}

/// Sends a message's payload back to its sender.
fn echo(version: ProtocolVersion, message: &Message) {
    let Message { join_ref, reference, topic, payload, .. } = message;
    let reply = Reply { join_ref, reference, topic: topic.into(), status: "ok", payload };
    let frame = serializer::encode_reply(version, &reply).expect("what came from a client goes back to it");
    let heard = match frame.opcode() {
        Opcode::Binary => client::decode_binary(&frame.payload()).expect("a reply"),
        _ => {
            let text = Text::try_from(frame.payload()).expect("a text frame");
            client::decode_text(version, &text).expect("a reply")
        }
    };
    assert_eq!((&heard.topic, &heard.payload), (topic, payload));
    assert_eq!((&*heard.event, heard.status.as_deref()), ("phx_reply", Some("ok")));
    assert_eq!(heard.reference.as_text(), reference.as_text());
    if version == ProtocolVersion::V2 {
        assert_eq!(heard.join_ref.as_text(), join_ref.as_text());
    }
}

/// The binary frame of this kind in which a server says this.
fn say(heard: &Heard, kind: u8) -> Frame {
    let Heard { join_ref, reference, topic, event, status, payload } = heard;
    let version = ProtocolVersion::V2;
    let text = topic.as_str().expect("binary frames have text topics");
    let frame = match status {
        Some(status) => serializer::encode_reply(
            version,
            &Reply { join_ref, reference, topic: topic.into(), status, payload },
        ),
        None if kind == serializer::SERVER_BROADCAST => {
            serializer::encode_broadcast(version, text, event, payload)
        }
        None => serializer::encode(version, &Outgoing { join_ref, reference, topic: text, event, payload }),
    };
    frame.expect("its fields came in a frame")
}

/// The interface that both decoders have.
trait AnyDecoder {
    fn decode(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError>;
    fn buffered(&self) -> usize;
}

impl AnyDecoder for Decoder {
    fn decode(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError> {
        Decoder::decode(self, input)
    }

    fn buffered(&self) -> usize {
        Decoder::buffered(self)
    }
}

impl AnyDecoder for ClientDecoder {
    fn decode(&mut self, input: &mut &mut [u8]) -> Result<Option<Item>, DecodeError> {
        ClientDecoder::decode(self, input)
    }

    fn buffered(&self) -> usize {
        ClientDecoder::buffered(self)
    }
}

/// Everything a stream says when it comes in chunks of these sizes, and what ended it early.
fn drain(
    mut decoder: Box<dyn AnyDecoder>,
    stream: &[u8],
    mut chunk_size: impl FnMut() -> usize,
) -> (Vec<Item>, Option<DecodeError>) {
    let (mut stream, mut items, mut fed) = (stream.to_vec(), Vec::new(), 0);
    let mut rest = &mut stream[..];
    while !rest.is_empty() {
        let (mut chunk, behind) = rest.split_at_mut(chunk_size().min(rest.len()));
        rest = behind;
        fed += chunk.len();
        loop {
            match decoder.decode(&mut chunk) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.decode(&mut chunk), Err(error), "it stays failed");
                    return (items, Some(error));
                }
            }
        }
        assert!(chunk.is_empty(), "a chunk is used up");
        assert!(decoder.buffered() <= 2 * fed + 128, "{} held after {fed}", decoder.buffered());
    }
    (items, None)
}

fn header_values(line: Option<&[u8]>) -> impl Iterator<Item = &[u8]> {
    line.into_iter().flat_map(|line| line.split(|byte| *byte == b'|'))
}

fn contains(line: &[u8], token: &[u8]) -> bool {
    line.windows(token.len()).any(|window| window.eq_ignore_ascii_case(token))
}
