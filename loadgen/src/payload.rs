//! What is sent: a payload of the wanted size that carries a sequence number, and the messages around it.

use serde::Deserialize;

/// The ref of the join, which is the join ref of everything after it (spec §2.1).
pub(crate) const JOIN_REF: &str = "1";

/// The ref of the leave.
pub(crate) const LEAVE_REF: &str = "2";

/// The ref of the heartbeats that only keep a connection open.
pub(crate) const KEEPALIVE_REF: &str = "3";

/// The ref of every push that asks for a broadcast: it is not answered, so it need not be told apart.
pub(crate) const SAY_REF: &str = "4";

/// What keeps a connection open: the protocol's heartbeat (spec §3.10).
pub(crate) const KEEPALIVE: &[u8] = br#"[null,"3","phoenix","heartbeat",{}]"#;

/// How many digits a sequence number has on the wire: always the same, so that all frames of a kind are equally long.
pub(crate) const DIGITS: usize = 10;

/// Sequence number 0 on the wire: large, so that its digits are found nowhere else in a frame.
const BASE: u64 = 1_000_000_000;

/// What a payload has besides the sequence number and the padding: `{"lg":""}`.
const FRAME: usize = 9;

/// The smallest payload in bytes.
pub(crate) const MIN_PAYLOAD: usize = FRAME + DIGITS;

/// The payloads of a run: `{"lg":"` sequence number, padding `"}`.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    padding: String,
}

/// A payload as it comes back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    lg: String,
}

impl Payload {
    /// Payloads of `size` bytes of JSON text, at least [`MIN_PAYLOAD`].
    pub(crate) fn new(size: usize) -> Payload {
        Payload { padding: "x".repeat(size.saturating_sub(MIN_PAYLOAD)) }
    }

    /// Whether this JSON is the payload that carries `sequence`.
    pub(crate) fn is(&self, json: &str, sequence: u64) -> bool {
        self.sequence(json) == Some(sequence)
    }

    /// The sequence number of a payload, if all of it is as it was sent.
    pub(crate) fn sequence(&self, json: &str) -> Option<u64> {
        let body: Body = serde_json::from_str(json).ok()?;
        let digits = body.lg.strip_suffix(self.padding.as_str())?;
        parse(digits.as_bytes())
    }

    /// Writes a message with the payload for `sequence` and this ref. It is `about` a topic and an event, JSON strings
    /// with their quotes.
    pub(crate) fn write(&self, out: &mut Vec<u8>, reference: &[u8], about: (&str, &str), sequence: u64) {
        let payload: [&[u8]; 4] = [b"{\"lg\":\"", &digits(sequence), self.padding.as_bytes(), b"\"}"];
        push(out, reference, about, &payload);
    }
}

/// Writes a message with a payload in parts, as [`Payload::write`] does.
pub(crate) fn push(out: &mut Vec<u8>, reference: &[u8], (topic, event): (&str, &str), payload: &[&[u8]]) {
    out.clear();
    let before: [&[u8]; 7] =
        [b"[\"1\",\"", reference, b"\",", topic.as_bytes(), b",", event.as_bytes(), b","];
    before.iter().chain(payload).for_each(|part| out.extend_from_slice(part));
    out.push(b']');
}

/// A heartbeat whose ref is a sequence number.
pub(crate) fn heartbeat(out: &mut Vec<u8>, sequence: u64) {
    out.clear();
    out.extend_from_slice(b"[null,\"");
    out.extend_from_slice(&digits(sequence));
    out.extend_from_slice(b"\",\"phoenix\",\"heartbeat\",{}]");
}

/// A sequence number on the wire.
pub(crate) fn digits(sequence: u64) -> [u8; DIGITS] {
    let mut digits = [b'0'; DIGITS];
    let mut rest = BASE + sequence;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

/// A sequence number from the wire.
pub(crate) fn parse(digits: &[u8]) -> Option<u64> {
    if digits.len() != DIGITS || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits.iter().fold(0, |number: u64, digit| number * 10 + u64::from(digit - b'0'));
    number.checked_sub(BASE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_travel_in_ten_digits() {
        for number in [0, 1, 42, 8_999_999_999] {
            assert_eq!(parse(&digits(number)), Some(number));
        }
        for wrong in ["", "12", "10000000000", "0000000001", "100000000x"] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
    }

    /// Spec §2.2: a message is an array of five.
    #[test]
    fn a_message_is_an_array_with_a_payload_of_the_wanted_size() {
        let (payload, mut out) = (Payload::new(24), Vec::new());
        payload.write(&mut out, &digits(7), ("\"bench:all\"", "\"echo\""), 7);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, r#"["1","1000000007","bench:all","echo",{"lg":"1000000007xxxxx"}]"#);
        let json = r#"{"lg":"1000000007xxxxx"}"#;
        assert_eq!((json.len(), payload.sequence(json), payload.is(json, 8)), (24, Some(7), false));
    }

    #[test]
    fn a_changed_payload_is_not_the_one_that_was_sent() {
        let payload = Payload::new(24);
        for json in [
            r#"{"lg":"1000000007xxxx"}"#,
            r#"{"lg":"1000000007xxxxy"}"#,
            r#"{"lg":"1000000007xxxxx","more":1}"#,
            "{}",
            "[]",
        ] {
            assert_eq!(payload.sequence(json), None, "{json}");
        }
        assert_eq!(payload.sequence(r#"{ "lg" : "1000000007xxxx\u0078" }"#), Some(7));
    }

    /// Spec §3.10.
    #[test]
    fn a_heartbeat_is_the_one_of_the_protocol() {
        let mut out = Vec::new();
        heartbeat(&mut out, 1);
        assert_eq!(out, br#"[null,"1000000001","phoenix","heartbeat",{}]"#);
    }
}
