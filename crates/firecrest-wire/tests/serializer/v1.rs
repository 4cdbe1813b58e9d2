//! Version 1: JSON objects (spec §2.4, C056–C060).

use firecrest_wire::ProtocolVersion::V1;
use serde_json::json as value_of;

use super::*;

#[test]
fn c056_a_message_is_exactly_event_payload_ref_and_topic() {
    let frame = encode(V1, ["\"1\"", "null"], "e", &json(r#"{"m":1}"#));
    assert_eq!(value(frame), value_of!({"event": "e", "payload": {"m": 1}, "ref": null, "topic": "t"}));
}

#[test]
fn c057_a_reply_is_phx_reply_with_status_response_and_ref() {
    let frame = encode_reply(V1, ["\"9\"", "\"1\""], &"t".into(), "ok", &json(r#"{"m":1}"#));
    let payload = value_of!({"status": "ok", "response": {"m": 1}});
    assert_eq!(value(frame), value_of!({"event": "phx_reply", "payload": payload, "ref": "1", "topic": "t"}));
}

#[test]
fn c058_an_object_decodes_to_a_message() {
    let message = decode(V1, r#"{"topic":"t","event":"e","payload":{"a":1},"ref":"1"}"#).unwrap();
    assert_eq!(message.join_ref, Ref::null());
    assert_eq!(message.reference, Ref::text("1"));
    assert_eq!((message.topic, message.event), ("t".into(), "e".into()));
    assert_eq!(message.payload, json(r#"{"a":1}"#));
}

#[test]
fn c059_an_array_is_refused_with_a_word_about_objects() {
    for frame in ["[]", r#" [null,"1","t","e",{}]"#] {
        let error = decode(V1, frame).unwrap_err();
        assert!(matches!(error, DecodeError::NotAnObject), "{error}");
        assert!(error.to_string().contains("must be a JSON object"), "{error}");
    }
}

#[test]
fn c060_a_broadcast_has_a_null_ref() {
    let frame = serializer::encode_broadcast(V1, "t", "e", &json(r#"{"m":1}"#));
    assert_eq!(value(frame), value_of!({"event": "e", "payload": {"m": 1}, "ref": null, "topic": "t"}));
}

/// Spec §2.4: the four keys are required, though the values of all of them may be null.
#[test]
fn c004_c005_c006_c007_every_key_but_join_ref_is_required() {
    let whole = value_of!({"topic": "t", "event": "e", "payload": null, "ref": null});
    let message = decode(V1, &whole.to_string()).unwrap();
    assert_eq!((message.reference, message.payload), (Ref::null(), json("null")));
    for key in ["topic", "event", "payload", "ref"] {
        let mut partial = whole.clone();
        partial.as_object_mut().unwrap().remove(key);
        assert!(matches!(decode(V1, &partial.to_string()), Err(DecodeError::Json(_))), "without {key}");
    }
}

/// Spec §2.4.
#[test]
fn a_join_ref_is_honoured_and_other_keys_are_ignored() {
    let frame = |join_ref| {
        format!(
            r#"{{"x":[{{}}],"join_ref":{join_ref},"topic":"t","event":"e","payload":[],"ref":8,"y":null}}"#
        )
    };
    for raw in ["\"3\"", "3", "null"] {
        let message = decode(V1, &frame(raw)).unwrap();
        assert_eq!(message.join_ref, reference(raw));
        assert_eq!(message.reference, reference("8"));
    }
}

#[test]
fn what_is_no_object_is_refused() {
    for frame in ["", "null", "1", "\"t\"", "{", "{}", "not json", "{}{}"] {
        assert!(decode(V1, frame).is_err(), "{frame:?}");
    }
}

/// Spec §1.12: version 1 decodes JSON from a binary frame too.
#[test]
fn a_binary_frame_is_read_as_text() {
    let text = r#"{"topic":"t","event":"e","payload":{},"ref":"1"}"#;
    let message = serializer::decode_binary(V1, &Bytes::from_static(text.as_bytes())).unwrap();
    assert_eq!(message, decode(V1, text).unwrap());
    let error = serializer::decode_binary(V1, &Bytes::from_static(b"{\"\xff")).unwrap_err();
    assert!(matches!(error, DecodeError::NotUtf8 { .. }), "{error}");
}

/// Spec §2.4: version 1 knows no binary payloads.
#[test]
fn a_binary_payload_cannot_be_encoded() {
    let data = bytes(&[1, 2]);
    let frames = [
        encode(V1, ["null", "null"], "e", &data),
        encode_reply(V1, ["null", "\"1\""], &"t".into(), "ok", &data),
        serializer::encode_broadcast(V1, "t", "e", &data),
    ];
    for frame in frames {
        assert!(matches!(frame, Err(EncodeError::BinaryInV1)), "{frame:?}");
    }
}

/// Spec §2.4: the last example.
#[test]
fn phx_close_and_phx_error_carry_the_stored_join_ref_as_their_ref() {
    for (stored, expected) in [("\"1\"", value_of!("1")), ("null", value_of!(null))] {
        let frame = value(encode(V1, [stored, stored], "phx_error", &json(r#"{"reason":"channel_crash"}"#)));
        assert_eq!(frame["ref"], expected);
        assert!(frame.get("join_ref").is_none());
    }
}
