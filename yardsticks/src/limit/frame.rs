//! WebSocket frames, as little of them as there must be (RFC 6455 §5.2).

use firecrest_wire::limits::MAX_FRAME_SIZE;

use crate::connection::Ended;

/// The kinds of frame that a client may send here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text = 0x1,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
}

/// A whole frame, its mask taken off.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) kind: Kind,
    pub(crate) payload: &'a [u8],
    /// Header and payload, in bytes.
    pub(crate) size: usize,
}

/// Reads the frame at the beginning of `bytes` in place; none when it is not all there, and then nothing is changed.
///
/// # Errors
/// When it is not a whole message in one masked frame within the limit of spec §1.12.
pub(crate) fn read(bytes: &mut [u8]) -> Result<Option<Frame<'_>>, Ended> {
    let &mut [first, second, ref rest @ ..] = bytes else { return Ok(None) };
    let kind = match first {
        0x81 => Kind::Text,
        0x88 => Kind::Close,
        0x89 => Kind::Ping,
        0x8a => Kind::Pong,
        _ => return Err(Ended),
    };
    let (len, header) = match second {
        0xfe => match rest.first_chunk() {
            Some(&len) => (u64::from(u16::from_be_bytes(len)), 8),
            None => return Ok(None),
        },
        0xff => match rest.first_chunk() {
            Some(&len) => (u64::from_be_bytes(len), 14),
            None => return Ok(None),
        },
        masked if masked >= 0x80 => (u64::from(masked & 0x7f), 6),
        _ => return Err(Ended),
    };
    let size = usize::try_from(len).ok().and_then(|len| len.checked_add(header)).ok_or(Ended)?;
    if size > MAX_FRAME_SIZE {
        return Err(Ended);
    }
    let Some(frame) = bytes.get_mut(..size) else { return Ok(None) };
    let (header, payload) = frame.split_at_mut(header);
    if let Some(&key) = header.last_chunk() {
        unmask(payload, key);
    }
    Ok(Some(Frame { kind, payload, size }))
}

/// Appends one unmasked frame whose payload is these parts in a row.
pub(crate) fn write(out: &mut Vec<u8>, kind: Kind, parts: &[&[u8]]) {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    out.push(0x80 | kind as u8);
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(short), _) if short < 126 => out.push(short),
        (_, Ok(middle)) => {
            out.push(126);
            out.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
}

fn unmask(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut();
    for bytes in words {
        *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use firecrest_wire::websocket::client;
    use firecrest_wire::websocket::{Frame as WireFrame, Opcode};

    use super::*;

    const LENGTHS: [usize; 8] = [0, 1, 7, 125, 126, 65_535, 65_536, 100_000];

    #[test]
    fn a_frame_of_any_length_is_read_once_it_is_all_there() {
        for len in LENGTHS {
            let payload: Vec<u8> = (b'a'..=b'z').cycle().take(len).collect();
            let mut bytes = client::encode(Opcode::Text, &payload, [1, 2, 3, 250], true);
            let size = bytes.len();
            for part in [0, 1, 2, 3, 5, 7, 9, 13, size - 1] {
                let part = part.min(size - 1);
                assert_eq!(read(&mut bytes[..part]), Ok(None), "{part} of {len}");
            }
            bytes.push(0x81);
            let frame = read(&mut bytes).unwrap().unwrap();
            assert_eq!(frame, Frame { kind: Kind::Text, payload: &payload, size });
        }
    }

    #[test]
    fn what_is_written_is_what_the_wire_crate_writes() {
        for len in LENGTHS {
            let payload = "x".repeat(len);
            let (front, back) = payload.as_bytes().split_at(len / 3);
            let mut out = Vec::new();
            write(&mut out, Kind::Text, &[front, back]);
            assert_eq!(&out, WireFrame::text(&payload).as_bytes(), "{len}");
        }
    }

    #[test]
    fn what_is_not_served_ends_the_connection() {
        let unmasked = vec![0x81, 0x02, b'h', b'i'];
        let binary = client::encode(Opcode::Binary, b"x", [0; 4], true);
        let fragment = client::encode(Opcode::Text, b"x", [0; 4], false);
        let huge = [&[0x81, 0xff][..], &u64::MAX.to_be_bytes(), &[0; 4]].concat();
        for bytes in [unmasked, binary, fragment, huge] {
            assert_eq!(read(&mut bytes.clone()), Err(Ended), "{bytes:?}");
        }
    }
}
