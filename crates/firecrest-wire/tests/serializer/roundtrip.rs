//! What one side writes the other side reads, and nothing that is read breaks the reader.

use firecrest_wire::ProtocolVersion::{V1, V2};
use firecrest_wire::client::{self, Encoded, Heard};
use proptest::prelude::*;

use super::*;

/// Text with quotes, control characters and everything else.
fn any_text(bytes: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..bytes / 6).prop_map(String::from_iter)
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any_text(60).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any_text(30), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Payload> {
    any_json().prop_map(|value| json(&serde_json::json!({ "value": value }).to_string()))
}

fn any_data() -> impl Strategy<Value = Payload> {
    prop::collection::vec(any::<u8>(), 0..64).prop_map(|data| Payload::Binary(data.into()))
}

fn any_ref() -> impl Strategy<Value = Ref> {
    prop_oneof![
        Just(Ref::null()),
        any_text(120).prop_map(|text| Ref::text(&text)),
        any::<i64>().prop_map(|number| reference(&number.to_string())),
        any::<bool>().prop_map(|truth| reference(&truth.to_string())),
    ]
}

fn name(text: String) -> Name {
    Name::Text(Text::from(text))
}

fn any_name() -> impl Strategy<Value = Name> {
    prop_oneof![
        4 => any_text(240).prop_map(name),
        1 => any::<i64>().prop_map(|number| Name::Other(Text::from(number.to_string()))),
    ]
}

prop_compose! {
    fn any_text_message()(
        join_ref in any_ref(), reference in any_ref(), topic in any_name(), event in any_name(), payload in any_json()
    ) -> Message {
        Message { join_ref, reference, topic, event, payload: json(&payload.to_string()) }
    }
}

prop_compose! {
    /// Binary frames carry refs as text, and the join ref null as no text.
    fn any_binary_message()(
        join_ref in any_text(120), reference in any_text(120), topic in any_text(240), event in any_text(240),
        payload in any_data(),
    ) -> Message {
        let join_ref = if join_ref.is_empty() { Ref::null() } else { Ref::text(&join_ref) };
        Message { join_ref, reference: Ref::text(&reference), topic: name(topic), event: name(event), payload }
    }
}

/// What the client makes of a frame of the server.
fn hear(version: ProtocolVersion, frame: &Frame) -> Heard {
    match frame.opcode() {
        Opcode::Text => client::decode_text(version, &Text::try_from(frame.payload()).unwrap()).unwrap(),
        Opcode::Binary => client::decode_binary(&frame.payload()).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The refs the client can know: version 1 has no join_ref, binary pushes have no ref and no types.
fn audible(version: ProtocolVersion, reference: &Ref, payload: &Payload) -> Ref {
    match (version, payload) {
        (V1, _) => Ref::null(),
        (V2, Payload::Json(_)) => reference.clone(),
        (V2, Payload::Binary(_)) if reference.as_text().is_empty() => Ref::null(),
        (V2, Payload::Binary(_)) => Ref::text(&reference.as_text()),
    }
}

/// A version and a payload that it can carry in a push.
fn any_push() -> impl Strategy<Value = (ProtocolVersion, Payload)> {
    prop_oneof![(Just(V1), any_object()), (Just(V2), any_object()), (Just(V2), any_data())]
}

/// A version and a payload that it can carry in a reply.
fn any_reply() -> impl Strategy<Value = (ProtocolVersion, Payload)> {
    let value = || any_json().prop_map(|value| json(&value.to_string()));
    prop_oneof![(Just(V1), value()), (Just(V2), value()), (Just(V2), any_data())]
}

proptest! {
    #[test]
    fn what_a_client_says_in_text_is_understood(message in any_text_message(), v2: bool) {
        let version = if v2 { V2 } else { V1 };
        let Encoded::Text(frame) = client::encode(version, &message).unwrap() else { panic!("JSON goes as text") };
        prop_assert_eq!(decode(version, &frame).unwrap(), message);
    }

    #[test]
    fn what_a_client_says_in_bytes_is_understood(message in any_binary_message()) {
        let Encoded::Binary(frame) = client::encode(V2, &message).unwrap() else { panic!("bytes go as binary") };
        prop_assert_eq!(serializer::decode_binary(V2, &frame.into()).unwrap(), message);
    }

    #[test]
    fn a_push_is_understood(
        (version, payload) in any_push(), join_ref in any_ref(), topic in any_text(240), event in any_text(240)
    ) {
        prop_assume!(event != "phx_reply");
        let push = Outgoing { join_ref: &join_ref, reference: &Ref::null(), topic: &topic, event: &event, payload: &payload };
        let heard = hear(version, &serializer::encode(version, &push).unwrap());
        prop_assert_eq!((heard.join_ref, heard.reference), (audible(version, &join_ref, &payload), Ref::null()));
        prop_assert_eq!((heard.topic, heard.event), (name(topic), Text::from(event)));
        prop_assert_eq!((heard.status, heard.payload), (None, payload));
    }

    #[test]
    fn a_reply_is_understood(
        (version, payload) in any_reply(), join_ref in any_ref(), reference in any_ref(), topic in any_text(240),
        status in any_text(60),
    ) {
        let topic = name(topic);
        let reply =
            Reply { join_ref: &join_ref, reference: &reference, topic: (&topic).into(), status: &status, payload: &payload };
        let heard = hear(version, &serializer::encode_reply(version, &reply).unwrap());
        prop_assert_eq!(heard.join_ref, audible(version, &join_ref, &payload));
        prop_assert_eq!(heard.reference, if version == V1 { reference } else { audible(V2, &reference, &payload) });
        prop_assert_eq!((heard.topic, heard.event), (topic, Text::from("phx_reply")));
        prop_assert_eq!((heard.status, heard.payload), (Some(Text::from(status)), payload));
    }

    #[test]
    fn a_broadcast_is_understood(
        (version, payload) in any_push(), topic in any_text(240), event in any_text(240)
    ) {
        prop_assume!(event != "phx_reply");
        let heard = hear(version, &serializer::encode_broadcast(version, &topic, &event, &payload).unwrap());
        prop_assert_eq!((heard.join_ref, heard.reference), (Ref::null(), Ref::null()));
        prop_assert_eq!((heard.topic, heard.event), (name(topic), Text::from(event)));
        prop_assert_eq!((heard.status, heard.payload), (None, payload));
    }

    #[test]
    fn any_text_gets_an_answer(text in any_text(600)) {
        for version in [V1, V2] {
            let text = Text::from(text.clone());
            let _ = (serializer::decode_text(version, &text), client::decode_text(version, &text));
        }
    }

    /// Text that is nearly a message: JSON punctuation and a few letters.
    #[test]
    fn any_text_like_a_message_gets_an_answer(text in r#"[\[{]([\[\]{},:"\\0-9a-fu ]|null|"topic":|"ref":){0,40}[\]}]"#) {
        for version in [V1, V2] {
            let text = Text::from(text.clone());
            let _ = (serializer::decode_text(version, &text), client::decode_text(version, &text));
        }
    }

    #[test]
    fn any_bytes_get_an_answer(mut data in prop::collection::vec(any::<u8>(), 0..80), kind in 0_u8..4) {
        for first in [None, Some(kind)] {
            if let (Some(first), Some(byte)) = (first, data.first_mut()) {
                *byte = first;
            }
            let frame = Bytes::from(data.clone());
            let _ = (serializer::decode_binary(V1, &frame), serializer::decode_binary(V2, &frame));
            let _ = client::decode_binary(&frame);
        }
    }
}
