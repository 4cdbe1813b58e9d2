//! Version 2 as text: JSON arrays (spec §2.2, C061–C066, C310).

use firecrest_wire::ProtocolVersion::V2;
use firecrest_wire::client;
use serde_json::json as value_of;

use super::*;

#[test]
fn c061_a_message_is_an_array_of_five() {
    let frame = encode(V2, ["null", "null"], "e", &json(r#"{"m":1}"#)).unwrap();
    assert_eq!(frame.payload(), r#"[null,null,"t","e",{"m":1}]"#);
}

#[test]
fn c062_the_payload_of_a_push_must_be_an_object() {
    for payload in ["[]", "1", "null", "\"x\"", "true"] {
        for version in [ProtocolVersion::V1, V2] {
            let frame = encode(version, ["\"1\"", "null"], "e", &json(payload));
            assert!(matches!(frame, Err(EncodeError::NotAnObject)), "{payload}");
        }
    }
}

#[test]
fn c063_a_reply_is_phx_reply_with_response_and_status() {
    let frame = encode_reply(V2, ["null", "\"1\""], &"t".into(), "ok", &json(r#"{"m":1}"#)).unwrap();
    assert_eq!(frame.payload(), r#"[null,"1","t","phx_reply",{"response":{"m":1},"status":"ok"}]"#);
}

/// Spec §2.2: `{"response":42,"status":"ok"}` is legal, and so is any name of a status.
#[test]
fn a_reply_carries_any_status_and_any_value() {
    for response in ["42", "null", "[1,2]", "\"x\"", "{}"] {
        let frame = encode_reply(V2, ["1", "2"], &"t".into(), "custom_status", &json(response)).unwrap();
        let payload = format!(r#"{{"response":{response},"status":"custom_status"}}"#);
        assert_eq!(frame.payload(), format!(r#"[1,2,"t","phx_reply",{payload}]"#));
    }
}

#[test]
fn c064_an_array_decodes_to_a_message() {
    let message = decode(V2, r#"["3","7","room:lobby","new_msg",{"body":"hi"}]"#).unwrap();
    assert_eq!((message.join_ref, message.reference), (Ref::text("3"), Ref::text("7")));
    assert_eq!((message.topic.as_str(), message.event.as_str()), (Some("room:lobby"), Some("new_msg")));
    assert_eq!(message.payload, json(r#"{"body":"hi"}"#));
}

#[test]
fn c065_a_broadcast_is_a_message_with_two_nulls() {
    let frame = serializer::encode_broadcast(V2, "t", "e", &json(r#"{"m":1}"#)).unwrap();
    assert_eq!(frame.payload(), r#"[null,null,"t","e",{"m":1}]"#);
}

#[test]
fn c066_the_payload_of_a_broadcast_must_be_an_object() {
    for payload in ["[]", "1", "null", "\"x\""] {
        let frame = serializer::encode_broadcast(V2, "t", "e", &json(payload));
        assert!(matches!(frame, Err(EncodeError::NotAnObject)), "{payload}");
        let checked = serializer::validate_broadcast("t", "e", &json(payload));
        assert!(matches!(checked, Err(EncodeError::NotAnObject)), "{payload}");
    }
    serializer::validate_broadcast("t", "e", &json(" {}")).unwrap();
}

/// Spec §2.2: elements after the fifth are ignored, fewer are refused.
#[test]
fn c004_c005_c006_c007_five_elements_are_needed_and_more_are_ignored() {
    let message = decode(V2, r#"[null,"1","t","e",{},"six",{"seven":[7]}]"#).unwrap();
    assert_eq!(message, decode(V2, r#"[null,"1","t","e",{}]"#).unwrap());
    for frame in ["[]", r#"[null,"1","t","e"]"#, r#"[null,"1","t","e",]"#, r#"[null,"1","t","e",{},]"#] {
        assert!(matches!(decode(V2, frame), Err(DecodeError::Json(_))), "{frame}");
    }
}

#[test]
fn what_is_no_array_is_refused() {
    for frame in
        ["", "not json", "null", "{}", r#"{"topic":"t","event":"e","payload":{},"ref":"1"}"#, "[", "[[]]x"]
    {
        assert!(matches!(decode(V2, frame), Err(DecodeError::Json(_))), "{frame:?}");
    }
}

/// Spec §2.2: no type is checked; a topic that is no string is echoed in the unmatched reply.
#[test]
fn topics_and_events_of_other_types_are_kept_as_json() {
    for raw in ["1", "null", "true", r#"{"a": [1]}"#, "[]"] {
        let message = decode(V2, &format!(r#"[null,"1",{raw}, {raw} ,{{}}]"#)).unwrap();
        assert_eq!(
            (&message.topic, &message.event),
            (&Name::Other(Text::from(raw)), &Name::Other(Text::from(raw)))
        );
        assert_eq!(message.topic.as_str(), None);
        let frame = encode_reply(V2, ["null", "\"1\""], &message.topic, "error", &Payload::empty()).unwrap();
        assert_eq!(
            frame.payload(),
            format!(r#"[null,"1",{raw},"phx_reply",{{"response":{{}},"status":"error"}}]"#)
        );
    }
}

/// Spec §2.2: any payload reaches user code unchanged, null included.
#[test]
fn any_payload_is_taken_as_it_is() {
    for raw in ["null", "0", "-1.50e+3", "\"\\u0041\"", "false", "[ 1, 2 ]", r#"{"a" : {}}"#] {
        assert_eq!(decode(V2, &format!(r#"["1","1","t","e",{raw}]"#)).unwrap().payload, json(raw));
    }
}

/// Spec §2.1: refs are opaque; the same JSON value is echoed.
#[test]
fn refs_of_any_scalar_type_are_echoed_exactly() {
    for raw in
        ["null", "\"7\"", "7", "-1", "1.50", "12345678901234567890123", "true", "\"\"", "\"né\"", r#""a\"b""#]
    {
        let message = decode(V2, &format!(r#"[{raw},{raw},"t","e",{{}}]"#)).unwrap();
        let reply = Reply {
            join_ref: &message.join_ref,
            reference: &message.reference,
            topic: (&message.topic).into(),
            status: "ok",
            payload: &Payload::empty(),
        };
        let frame = serializer::encode_reply(V2, &reply).unwrap();
        assert_eq!(
            frame.payload(),
            format!(r#"[{raw},{raw},"t","phx_reply",{{"response":{{}},"status":"ok"}}]"#)
        );
    }
}

/// Spec §2.1: refs are compared with their type; how a string is escaped is no difference.
#[test]
fn refs_are_compared_strictly() {
    let refs = ["null", "1", "\"1\"", "\"\"", "\"null\"", "true", "\"true\"", "1.0"].map(reference);
    for (i, left) in refs.iter().enumerate() {
        for (j, right) in refs.iter().enumerate() {
            assert_eq!(left == right, i == j, "{left:?} {right:?}");
        }
    }
    assert_eq!(reference(r#""\u0031""#), reference("\"1\""));
}

/// The limits are on the JSON text, so on what is held in memory.
#[test]
fn names_and_refs_beyond_their_limits_are_refused() {
    let name = |length: usize| format!("\"{}\"", "n".repeat(length - 2));
    let frame = |at: usize, text: &str| {
        let mut fields = ["null", "null", "\"t\"", "\"e\"", "{}"].map(str::to_owned);
        fields[at] = text.to_owned();
        format!("[{}]", fields.join(","))
    };
    for (at, field, limit) in
        [(0, "join_ref", 255), (1, "ref", 255), (2, "topic", 1_024), (3, "event", 1_024)]
    {
        decode(V2, &frame(at, &name(limit))).unwrap();
        let error = decode(V2, &frame(at, &name(limit + 1))).unwrap_err();
        let expected = (field, limit);
        assert!(
            matches!(error, DecodeError::TooLong { field, limit } if (field, limit) == expected),
            "{error}"
        );
        assert!(error.to_string().contains(field), "{error}");
    }
}

/// C310, as the client sees it.
#[test]
fn c310_text_round_trip_of_five_fields() {
    let heard = client::decode_text(V2, &Text::from(r#"["0","1","t","e",{"foo":1}]"#))
        .expect("a message of the server");
    assert_eq!((heard.join_ref, heard.reference), (Ref::text("0"), Ref::text("1")));
    assert_eq!((heard.topic, heard.event, heard.status), ("t".into(), Text::from("e"), None));
    assert_eq!(heard.payload, json(r#"{"foo":1}"#));
    let message = decode(V2, r#"["0","1","t","e",{"foo":1}]"#).unwrap();
    let text = r#"["0","1","t","e",{"foo":1}]"#.to_owned();
    assert_eq!(client::encode(V2, &message).unwrap(), client::Encoded::Text(text));
}

/// Names with every kind of character are written as JSON strings.
#[test]
fn topics_and_events_are_escaped() {
    let topic = "a\"b\\c\nd\u{1}é\u{1f600}";
    let frame = serializer::encode_broadcast(V2, topic, topic, &Payload::empty());
    assert_eq!(value(frame), value_of!([null, null, topic, topic, {}]));
}
