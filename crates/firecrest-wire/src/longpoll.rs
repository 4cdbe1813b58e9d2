//! Long-poll bodies: what a POST carries and what is answered (spec §4.2, §4.4).

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use crate::Text;
use crate::limits::MAX_LONGPOLL_BATCH;
use crate::websocket::{Frame, Opcode};

/// The standard alphabet, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Most lines of a POST body that are looked at, blank ones included: enough for [`MAX_LONGPOLL_BATCH`] parts with space
/// between them.
const MAX_LINES: usize = 1_000;

/// One frame out of a POST body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A text frame.
    Text(Text),
    /// A binary frame.
    Binary(Bytes),
}

/// A body that holds no frames.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// Not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// A part that is neither a text frame nor base64.
    #[error("a part of the body is neither a text frame nor base64")]
    Base64,
}

/// Takes a POST body apart, lazily and in order: no more than the first 100 parts, within the first 1,000
/// lines, are ever looked at (C169).
///
/// With content type `application/x-ndjson` (parameters are ignored) every line is a frame: text if it begins with `[`,
/// else base64 of a binary frame; blank lines are skipped. With any other content type the body is one text frame, which
/// is how V1 clients send (C177).
///
/// # Errors
/// When the body is not UTF-8. The items are errors where a part is no base64.
pub fn parts(
    content_type: Option<&str>,
    body: Bytes,
) -> Result<impl Iterator<Item = Result<Part, BodyError>>, BodyError> {
    let body = Text::try_from(body).map_err(|_| BodyError::NotUtf8)?;
    let batch = content_type.is_some_and(is_ndjson);
    let mut rest = Some(body);
    let next_line = move || {
        let body = rest.take()?;
        if !batch {
            return Some(body);
        }
        let line = match body.split_once('\n') {
            Some((line, tail)) => {
                rest = Some(body.slice_ref(tail));
                line
            }
            None => &*body,
        };
        Some(body.slice_ref(line.strip_suffix('\r').unwrap_or(line)))
    };
    Ok(std::iter::from_fn(next_line)
        .take(MAX_LINES)
        .filter(move |line| !batch || !line.is_empty())
        .map(move |line| if batch { part(line) } else { Ok(Part::Text(line)) })
        .take(MAX_LONGPOLL_BATCH))
}

fn part(line: Text) -> Result<Part, BodyError> {
    if line.starts_with('[') {
        return Ok(Part::Text(line));
    }
    let bytes = BASE64.decode(line.as_bytes()).map_err(|_| BodyError::Base64)?;
    Ok(Part::Binary(bytes.into()))
}

fn is_ndjson(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-ndjson")
}

/// The body that answers a poll: a status, the session's token and the waiting messages, oldest first.
///
/// Binary frames have no form here and must have been left out before (spec §4.7).
pub fn poll_body(status: u16, token: Option<&str>, messages: &[Frame]) -> Vec<u8> {
    let size: usize = messages.iter().map(|frame| frame.len() + 24).sum();
    let mut out = Vec::with_capacity(size + token.map_or(0, str::len) + 64);
    out.extend_from_slice(b"{\"messages\":[");
    let texts = messages.iter().filter(|frame| frame.opcode() == Opcode::Text);
    for (nth, frame) in texts.enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        // Text frames are made from UTF-8 only.
        crate::serializer::json::write_string(&mut out, &String::from_utf8_lossy(&frame.payload()));
    }
    out.extend_from_slice(b"],\"status\":");
    out.extend_from_slice(status.to_string().as_bytes());
    if let Some(token) = token {
        out.extend_from_slice(b",\"token\":");
        crate::serializer::json::write_string(&mut out, token);
    }
    out.push(b'}');
    out
}

/// The body that answers a POST, or a refusal: only a status.
pub fn status_body(status: u16) -> Vec<u8> {
    format!("{{\"status\":{status}}}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(content_type: Option<&str>, body: &str) -> Vec<Part> {
        parts(content_type, Bytes::from(body.to_owned())).unwrap().map(Result::unwrap).collect()
    }

    fn text(text: &str) -> Part {
        Part::Text(Text::copied(text))
    }

    #[test]
    fn c166_text_and_base64_lines_mix() {
        let expected = [text("[1]"), Part::Binary(Bytes::from_static(&[0, 1, 2])), text("[2]")];
        assert_eq!(all(Some("application/x-ndjson"), "[1]\nAAEC\r\n[2]"), expected);
    }

    #[test]
    fn blank_lines_and_content_type_parameters_are_ignored() {
        assert_eq!(all(Some("application/x-ndjson; charset=utf-8"), "\n[1]\n\r\n"), [text("[1]")]);
    }

    #[test]
    fn c177_any_other_content_type_is_one_text_frame() {
        assert_eq!(all(None, "{\"a\":\n1}"), [text("{\"a\":\n1}")]);
        assert_eq!(all(Some("text/plain"), "[1]\n[2]"), [text("[1]\n[2]")]);
    }

    #[test]
    fn c169_only_the_first_hundred_parts_count() {
        let body = vec!["[1]"; 150].join("\n");
        assert_eq!(all(Some("application/x-ndjson"), &body).len(), 100);
    }

    #[test]
    fn c169_blank_lines_are_looked_at_within_bounds() {
        let after =
            |blank_lines: usize| all(Some("application/x-ndjson"), &("\n".repeat(blank_lines) + "[1]"));
        assert_eq!(after(MAX_LINES - 1), [text("[1]")]);
        assert_eq!(after(MAX_LINES), []);
    }

    #[test]
    fn bad_base64_is_an_error_of_that_part() {
        let mut parts = parts(Some("application/x-ndjson"), Bytes::from_static(b"[1]\n{\"a\":1}")).unwrap();
        assert!(parts.next().unwrap().is_ok());
        assert!(matches!(parts.next(), Some(Err(BodyError::Base64))));
    }

    #[test]
    fn messages_travel_as_strings() {
        let body =
            poll_body(200, Some("t\"k"), &[Frame::text("[\"1\"]"), Frame::binary(b"x"), Frame::text("[2]")]);
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let expected = serde_json::json!({"messages": ["[\"1\"]", "[2]"], "status": 200, "token": "t\"k"});
        assert_eq!(value, expected);
    }
}
