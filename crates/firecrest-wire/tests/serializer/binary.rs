//! Version 2 as bytes (spec §2.3, C067–C073, C311, C312).

use firecrest_wire::ProtocolVersion::V2;
use firecrest_wire::client::{self, Encoded};

use super::*;

/// Spec §2.3, observed: join_ref "3", ref "4", topic "room:lobby", event "blob", data `65 66 67`.
const CLIENT_PUSH: &[u8] = b"\x00\x01\x01\x0a\x0434room:lobbyblob\x65\x66\x67";
/// Spec §2.3, observed: join_ref "1", topic "room:a", event "binpush", data `09`.
const SERVER_PUSH: &[u8] = b"\x00\x01\x06\x071room:abinpush\x09";
/// Spec §2.3, observed: join_ref "1", ref "2", topic "room:a", status "ok", data `01 02 03`.
const SERVER_REPLY: &[u8] = b"\x01\x01\x01\x06\x0212room:aok\x01\x02\x03";
/// Spec §2.3, observed: topic "room:a", event "binb", data `08`.
const SERVER_BROADCAST: &[u8] = b"\x02\x06\x04room:abinb\x08";

fn decode(frame: &[u8]) -> Result<Message, DecodeError> {
    serializer::decode_binary(V2, &Bytes::copy_from_slice(frame))
}

fn push(join_ref: &str, topic: &str, event: &str) -> Result<Frame, EncodeError> {
    let (join_ref, reference, payload) = (&Ref::text(join_ref), &Ref::null(), &bytes(&[9]));
    serializer::encode(V2, &Outgoing { join_ref, reference, topic, event, payload })
}

fn reply(join_ref: &str, reference: &str, topic: &str, status: &str) -> Result<Frame, EncodeError> {
    let (join_ref, reference) = (&Ref::text(join_ref), &Ref::text(reference));
    let (topic, payload) = (&Name::Text(Text::from(topic.to_owned())), &bytes(&[1, 2, 3]));
    serializer::encode_reply(V2, &Reply { join_ref, reference, topic: topic.into(), status, payload })
}

fn broadcast(topic: &str, event: &str) -> Result<Frame, EncodeError> {
    serializer::encode_broadcast(V2, topic, event, &bytes(&[8]))
}

/// That the field is refused for its 256 bytes, by name.
fn assert_too_long<T: std::fmt::Debug>(result: Result<T, EncodeError>, expected: &str) {
    let error = result.unwrap_err();
    assert!(matches!(error, EncodeError::TooLong { field, len: 256 } if field == expected), "{error}");
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn c067_a_push_has_no_ref() {
    assert_eq!(binary_payload(push("1", "room:a", "binpush")), SERVER_PUSH);
}

#[test]
fn c068_a_push_with_a_field_over_255_bytes_is_an_error_that_names_it() {
    let (most, over) = ("x".repeat(255), "x".repeat(256));
    assert_eq!(binary_payload(push(&most, &most, &most)).len(), 4 + 3 * 255 + 1);
    assert_too_long(push(&over, "t", "e"), "join_ref");
    assert_too_long(push("1", &over, "e"), "topic");
    assert_too_long(push("1", "t", &over), "event");
}

/// The lengths count bytes of UTF-8.
#[test]
fn c068_a_character_may_be_more_than_a_byte() {
    assert_eq!(binary_payload(push("1", "é", "€"))[..7], *b"\x00\x01\x02\x031\xc3\xa9");
    assert_too_long(push("1", &"é".repeat(128), "e"), "topic");
}

#[test]
fn c069_a_reply_has_both_refs_and_a_status() {
    assert_eq!(binary_payload(reply("1", "2", "room:a", "ok")), SERVER_REPLY);
}

#[test]
fn c070_a_reply_with_a_field_over_255_bytes_is_an_error_that_names_it() {
    let (most, over) = ("x".repeat(255), "x".repeat(256));
    assert_eq!(binary_payload(reply(&most, &most, &most, &most)).len(), 5 + 4 * 255 + 3);
    assert_too_long(reply(&over, "2", "t", "ok"), "join_ref");
    assert_too_long(reply("1", &over, "t", "ok"), "ref");
    assert_too_long(reply("1", "2", &over, "ok"), "topic");
    assert_too_long(reply("1", "2", "t", &over), "status");
}

#[test]
fn c071_a_broadcast_has_no_refs() {
    assert_eq!(binary_payload(broadcast("room:a", "binb")), SERVER_BROADCAST);
}

#[test]
fn c072_a_broadcast_with_a_field_over_255_bytes_is_an_error_that_names_it() {
    let (most, over) = ("x".repeat(255), "x".repeat(256));
    assert_eq!(binary_payload(broadcast(&most, &most)).len(), 3 + 2 * 255 + 1);
    for (topic, event, field) in [(&*over, "e", "topic"), ("t", &*over, "event")] {
        assert_too_long(broadcast(topic, event), field);
        assert_too_long(serializer::validate_broadcast(topic, event, &bytes(&[8])), field);
    }
    // Text frames have no such limit.
    serializer::validate_broadcast(&over, &over, &Payload::empty()).unwrap();
}

#[test]
fn c073_a_client_push_decodes_to_a_binary_payload() {
    let message = decode(CLIENT_PUSH).unwrap();
    assert_eq!((&message.join_ref, &message.reference), (&Ref::text("3"), &Ref::text("4")));
    assert_eq!((&message.topic, &message.event), (&"room:lobby".into(), &"blob".into()));
    assert_eq!(message.payload, bytes(b"efg"));
}

/// Spec §2.3: only kind 0 comes from a client.
#[test]
fn other_kinds_and_empty_frames_are_refused() {
    for kind in 1..=255_u8 {
        let frame = [&[kind], &CLIENT_PUSH[1..]].concat();
        let error = decode(&frame).unwrap_err();
        assert!(matches!(error, DecodeError::UnknownKind(unknown) if unknown == kind), "{error}");
    }
    assert!(matches!(decode(b""), Err(DecodeError::Truncated)));
}

/// Spec §2.3: up to the end of its fields a frame is truncated, from there on all is data.
#[test]
fn a_frame_cut_anywhere_in_its_fields_is_refused() {
    let fields = CLIENT_PUSH.len() - 3;
    for end in 0..fields {
        assert!(matches!(decode(&CLIENT_PUSH[..end]), Err(DecodeError::Truncated)), "{end}");
    }
    assert_eq!(decode(&CLIENT_PUSH[..fields]).unwrap().payload, bytes(b""));
}

/// Spec §2.3: clients before 1.8.7 write names that are no UTF-8.
#[test]
fn a_field_that_is_no_utf8_is_refused_by_name() {
    for (at, name) in [(5, "join_ref"), (6, "ref"), (7, "topic"), (17, "event")] {
        let mut frame = CLIENT_PUSH.to_vec();
        frame[at] = 0xff;
        let error = decode(&frame).unwrap_err();
        assert!(matches!(error, DecodeError::NotUtf8 { field } if field == name), "{error}");
    }
}

/// Spec §2.3 and the improvement of appendix B.7: an empty join_ref is null, an empty ref is `""`.
#[test]
fn an_empty_join_ref_is_null_and_an_empty_ref_is_a_string() {
    let message = decode(b"\x00\x00\x00\x01\x01te").unwrap();
    assert_eq!((&message.join_ref, &message.reference), (&Ref::null(), &Ref::text("")));
    let frame = encode_reply(V2, ["null", "\"\""], &message.topic, "ok", &bytes(&[7]));
    assert_eq!(binary_payload(frame), &b"\x01\x00\x00\x01\x02tok\x07"[..]);
    let frame = encode_reply(V2, ["null", "\"\""], &message.topic, "ok", &Payload::empty()).unwrap();
    assert_eq!(frame.payload(), r#"[null,"","t","phx_reply",{"response":{},"status":"ok"}]"#);
}

/// Spec §2.3: null refs have length 0, numeric refs are their decimal text.
#[test]
fn refs_are_written_as_text() {
    let frame = encode_reply(V2, ["null", "12"], &"t".into(), "ok", &bytes(&[7]));
    assert_eq!(binary_payload(frame), &b"\x01\x00\x02\x01\x0212tok\x07"[..]);
}

/// Spec §2.3: a reply to a text message may be binary and the other way round.
#[test]
fn text_and_binary_may_be_mixed() {
    let topic = &"t".into();
    let frames = [bytes(b"{}"), json("{}")]
        .map(|payload| encode_reply(V2, ["1", "2"], topic, "ok", &payload).unwrap());
    assert_eq!(frames.map(|frame| frame.opcode()), [Opcode::Binary, Opcode::Text]);
}

fn client_encode(refs: [&str; 2], topic: &str, event: &str) -> Result<Encoded, EncodeError> {
    let message = Message {
        join_ref: Ref::text(refs[0]),
        reference: Ref::text(refs[1]),
        topic: topic.into(),
        event: event.into(),
        payload: bytes(b"efg"),
    };
    client::encode(V2, &message)
}

#[test]
fn c311_the_client_writes_lengths_in_bytes_and_refuses_what_is_too_long() {
    assert_eq!(
        client_encode(["3", "4"], "room:lobby", "blob").unwrap(),
        Encoded::Binary(CLIENT_PUSH.to_vec())
    );
    let expected = b"\x00\x02\x01\x02\x04104\xc3\xa9\xf0\x9f\x98\x80efg".to_vec();
    assert_eq!(client_encode(["10", "4"], "é", "😀").unwrap(), Encoded::Binary(expected));
    let (most, over) = ("x".repeat(255), "x".repeat(256));
    assert!(client_encode([&most, &most], &most, &most).is_ok());
    assert_too_long(client_encode([&over, "4"], "t", "e"), "join_ref");
    assert_too_long(client_encode(["3", &over], "t", "e"), "ref");
    assert_too_long(client_encode(["3", "4"], &over, "e"), "topic");
    assert_too_long(client_encode(["3", "4"], "t", &over), "event");
}

#[test]
fn c312_the_client_reads_pushes_replies_and_broadcasts() {
    let heard = |frame: &'static [u8]| client::decode_binary(&Bytes::from_static(frame)).unwrap();

    let push = heard(SERVER_PUSH);
    assert_eq!((push.join_ref, push.reference, push.status), (Ref::text("1"), Ref::null(), None));
    assert_eq!((push.topic, push.event, push.payload), ("room:a".into(), Text::from("binpush"), bytes(&[9])));

    let reply = heard(SERVER_REPLY);
    assert_eq!((reply.join_ref, reply.reference), (Ref::text("1"), Ref::text("2")));
    assert_eq!((reply.topic, reply.event), ("room:a".into(), Text::from("phx_reply")));
    assert_eq!((reply.status, reply.payload), (Some(Text::from("ok")), bytes(&[1, 2, 3])));

    let broadcast = heard(SERVER_BROADCAST);
    assert_eq!((broadcast.join_ref, broadcast.reference, broadcast.status), (Ref::null(), Ref::null(), None));
    assert_eq!((broadcast.topic, broadcast.event), ("room:a".into(), Text::from("binb")));
    assert_eq!(broadcast.payload, bytes(&[8]));
}

#[test]
fn c312_the_client_refuses_other_kinds_and_cut_frames() {
    for (frame, data) in [(SERVER_PUSH, 1), (SERVER_REPLY, 3), (SERVER_BROADCAST, 1)] {
        for end in 0..frame.len() - data {
            let error = client::decode_binary(&Bytes::from_static(&frame[..end])).unwrap_err();
            assert!(matches!(error, DecodeError::Truncated), "{end}: {error}");
        }
    }
    assert!(matches!(client::decode_binary(&Bytes::from_static(b"\x03")), Err(DecodeError::UnknownKind(3))));
}
