//! What the fuzz targets check: one function per target, which panics when something does not hold.
//!
//! They are ordinary functions so that `tests/corpus.rs` can replay every saved input without a fuzzer. Not part of the
//! public interface.

use crate::etf;
use crate::params::{Params, ParamsLimits};
use crate::token_text::{EncryptedText, SignedText};
use crate::websocket::client::ClientDecoder;
use crate::websocket::handshake::UpgradeRequest;
use crate::websocket::{DecodeError, Decoder, DecoderLimits, Item};

/// The name of a target, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by its name, which is also that of its file in `fuzz/fuzz_targets` and of its folder in `fuzz/corpus`.
pub const TARGETS: &[Target] = &[
    ("etf", etf),
    ("params", params),
    ("token", token),
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
