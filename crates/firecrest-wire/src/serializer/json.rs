//! Writing JSON straight into a frame.

use super::well_formed::plain;
use crate::{NameRef, Text};

/// Appends `text` as a JSON string, quotes included.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    // Most strings have nothing to escape.
    if plain(bytes) == bytes.len() {
        out.extend_from_slice(bytes);
    } else {
        write_escaped(out, bytes);
    }
    out.push(b'"');
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn write_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    for part in bytes.chunk_by(|left, right| !is_special(*left) && !is_special(*right)) {
        match part {
            [special] if is_special(*special) => write_escape(out, *special),
            plain => out.extend_from_slice(plain),
        }
    }
}

/// The JSON text of a topic: quoted if it is a string, as it came otherwise.
pub(super) fn write_name(out: &mut Vec<u8>, name: NameRef<'_>) {
    match name {
        NameRef::Text(text) => write_string(out, text),
        NameRef::Other(raw) => out.extend_from_slice(raw.as_bytes()),
    }
}

/// The `{"response":…,"status":…}` of a reply.
pub(super) fn write_reply_payload(out: &mut Vec<u8>, status: &str, json: &Text) {
    out.extend_from_slice(b"{\"response\":");
    out.extend_from_slice(json.as_bytes());
    out.extend_from_slice(b",\"status\":");
    write_string(out, status);
    out.push(b'}');
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        _ => {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 0xf)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(text in ".*") {
            let mut out = Vec::new();
            super::write_string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
