//! The V2 message that clients send nearly always, taken apart without a parser.
//!
//! `["1","2","topic","event",{…}]`: names and refs are null or strings without escapes, there is no white space between them
//! and nothing behind the payload. Everything else, and everything that is wrong, is left to serde_json; where both have an
//! answer it is the same.

use super::well_formed::{is_object, plain};
use crate::limits::{MAX_NAME, MAX_REF};
use crate::{Message, Name, Payload, Ref, Text};

/// The message in a frame, or none when it is not of the usual form.
pub(crate) fn message(frame: &Text) -> Option<Message> {
    let mut rest = frame.strip_prefix('[')?;
    let join_ref = reference(&mut rest)?;
    let reference = reference(&mut rest)?;
    let (topic, event) = (string(&mut rest, MAX_NAME)?, string(&mut rest, MAX_NAME)?);
    let payload = rest.strip_suffix(']')?;
    if !(payload.starts_with('{') && payload.ends_with('}') && is_object(payload)) {
        return None;
    }
    let name = |json: &str| Name::Text(frame.slice_ref(&json[1..json.len() - 1]));
    let (topic, event) = (name(topic), name(event));
    Some(Message { join_ref, reference, topic, event, payload: Payload::Json(frame.slice_ref(payload)) })
}

/// A ref and the comma behind it.
fn reference(rest: &mut &str) -> Option<Ref> {
    if let Some(behind) = rest.strip_prefix("null,") {
        *rest = behind;
        return Some(Ref::null());
    }
    string(rest, MAX_REF).map(Ref::from_plain_json)
}

/// A string without escapes, quotes included and of `limit` bytes at most, and the comma behind it.
fn string<'a>(rest: &mut &'a str, limit: usize) -> Option<&'a str> {
    let inner = rest.strip_prefix('"')?;
    let len = plain(inner.as_bytes());
    let behind = inner.get(len..)?.strip_prefix("\",")?;
    let string = &rest[..len + 2];
    *rest = behind;
    (string.len() <= limit).then_some(string)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::serializer::decode::parse;

    #[test]
    fn the_official_clients_messages_are_scanned() {
        for frame in [
            r#"["3","3","room:a","phx_join",{"a":[1,{"b":"}]"}]}]"#,
            r#"[null,"8","phoenix","heartbeat",{}]"#,
            r#"["1",null,"é","e",{"x":"\u0041"}]"#,
        ] {
            let frame = Text::copied(frame);
            assert_eq!(message(&frame), Some(parse(&frame).unwrap()));
        }
    }

    #[test]
    fn what_is_wrong_or_unusual_is_left_to_the_parser() {
        for frame in [
            "",
            "[",
            "[]",
            r#"["1","2","t","e",{}"#,
            r#"["1","2","t","e",{},1]"#,
            r#"["1","2","t","e",{},{}]"#,
            r#"["1","2","t","e",]"#,
            r#"["1","2","t","e",{]"#,
            r#"["1","2","t","e",1]"#,
            r#"["1", "2","t","e",{}]"#,
            r#"["1",2,"t","e",{}]"#,
            r#"["\u0031","2","t","e",{}]"#,
            "[\"1\",\"2\",\"t\n\",\"e\",{}]",
            r#"["1","2",null,"e",{}]"#,
            r#"["1","2","t","e",{} ]"#,
        ] {
            assert_eq!(message(&Text::copied(frame)), None, "{frame}");
        }
        let long = Text::from(format!(r#"[null,"{}","t","e",{{}}]"#, "1".repeat(MAX_REF)));
        assert_eq!(message(&long), None);
    }

    proptest! {
        #[test]
        fn both_ways_agree(frame in r#"\[("[a-z0-9\\"é]{0,3}"|null|1| ){1}(,("[a-z:*\\]{0,4}"|null|7)){2,4},(\{("a":(1|"x"|\{\}|\[\]|,))?\}|\[1\]|2)(,\{\})?\]?"#) {
            let frame = Text::from(frame);
            if let Some(scanned) = message(&frame) {
                prop_assert_eq!(Some(scanned), parse(&frame).ok());
            }
        }
    }
}
