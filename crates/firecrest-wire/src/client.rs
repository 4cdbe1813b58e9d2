//! The client's half of the protocol: for the Rust client, the test kit and load tools.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::serializer::json::write_string;
use crate::serializer::{self, DecodeError, EncodeError, SERVER_BROADCAST, SERVER_REPLY};
use crate::{Message, Name, Payload, ProtocolVersion, Ref, Text};

/// What a client sends in one WebSocket frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoded {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
}

/// What a client hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The join ref; null in broadcasts and in version 1.
    pub join_ref: Ref,
    /// The ref; set in replies, `phx_close` and `phx_error`.
    pub reference: Ref,
    /// The topic.
    pub topic: Name,
    /// The event, `phx_reply` for a reply.
    pub event: Text,
    /// A reply's status, `ok` or `error` as a rule; none for anything that is not a reply.
    pub status: Option<Text>,
    /// The payload; of a reply its response.
    pub payload: Payload,
}

/// Encodes a message as a client does: text for JSON, binary for bytes.
///
/// # Errors
/// A binary payload in version 1, a field too long for a binary frame.
pub fn encode(version: ProtocolVersion, message: &Message) -> Result<Encoded, EncodeError> {
    match (version, &message.payload) {
        (ProtocolVersion::V2, Payload::Json(json)) => Ok(Encoded::Text(array(message, json))),
        (ProtocolVersion::V1, Payload::Json(json)) => Ok(Encoded::Text(object(message, json))),
        (ProtocolVersion::V2, Payload::Binary(data)) => binary(message, data).map(Encoded::Binary),
        (ProtocolVersion::V1, Payload::Binary(_)) => Err(EncodeError::BinaryInV1),
    }
}

/// Decodes a text frame of the server.
///
/// # Errors
/// When it is none.
pub fn decode_text(version: ProtocolVersion, frame: &Text) -> Result<Heard, DecodeError> {
    let message = serializer::decode_text(version, frame)?;
    let (Name::Text(event) | Name::Other(event)) = message.event;
    let (status, payload) = match &message.payload {
        Payload::Json(json) if &*event == "phx_reply" => reply(json)?,
        _ => (None, message.payload),
    };
    let Message { join_ref, reference, topic, .. } = message;
    Ok(Heard { join_ref, reference, topic, event, status, payload })
}

/// Decodes a binary frame of the server: push, reply or broadcast (spec §2.3).
///
/// # Errors
/// When it is none of them.
pub fn decode_binary(frame: &Bytes) -> Result<Heard, DecodeError> {
    let kind = *frame.first().ok_or(DecodeError::Truncated)?;
    let lengths = match kind {
        serializer::SERVER_PUSH => 3,
        SERVER_REPLY => 4,
        SERVER_BROADCAST => 2,
        other => return Err(DecodeError::UnknownKind(other)),
    };
    let mut fields = serializer::Fields::new(frame, kind, lengths)?;
    let join_ref = if kind == SERVER_BROADCAST { Ref::null() } else { text_ref(fields.next("join_ref")?) };
    let reference = if kind == SERVER_REPLY { text_ref(fields.next("ref")?) } else { Ref::null() };
    let topic = Name::from(fields.next("topic")?);
    let last = Text::copied(fields.next("event")?);
    let (event, status) =
        if kind == SERVER_REPLY { (Text::from("phx_reply"), Some(last)) } else { (last, None) };
    Ok(Heard { join_ref, reference, topic, event, status, payload: Payload::Binary(fields.data()) })
}

fn reply(json: &Text) -> Result<(Option<Text>, Payload), DecodeError> {
    #[derive(Deserialize)]
    struct Body<'a> {
        status: String,
        #[serde(borrow)]
        response: &'a RawValue,
    }
    let body: Body<'_> = serde_json::from_str(json)?;
    Ok((Some(Text::from(body.status)), Payload::Json(json.slice_ref(body.response.get()))))
}

fn text_ref(text: &str) -> Ref {
    if text.is_empty() { Ref::null() } else { Ref::text(text) }
}

fn array(message: &Message, json: &Text) -> String {
    let (topic, event) = (json_name(&message.topic), json_name(&message.event));
    format!("[{},{},{topic},{event},{json}]", message.join_ref.as_json(), message.reference.as_json())
}

fn object(message: &Message, json: &Text) -> String {
    let (topic, event) = (json_name(&message.topic), json_name(&message.event));
    let (join_ref, reference) = (message.join_ref.as_json(), message.reference.as_json());
    format!(r#"{{"join_ref":{join_ref},"ref":{reference},"topic":{topic},"event":{event},"payload":{json}}}"#)
}

fn json_name(name: &Name) -> String {
    match name {
        Name::Text(text) => {
            let mut out = Vec::with_capacity(text.len() + 2);
            write_string(&mut out, text);
            String::from_utf8_lossy(&out).into_owned()
        }
        Name::Other(raw) => raw.to_string(),
    }
}

fn binary(message: &Message, data: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let (join_ref, reference) = (message.join_ref.as_text(), message.reference.as_text());
    let (Name::Text(topic) | Name::Other(topic)) = &message.topic;
    let (Name::Text(event) | Name::Other(event)) = &message.event;
    let fields: [(&'static str, &str); 4] =
        [("join_ref", &join_ref), ("ref", &reference), ("topic", topic), ("event", event)];
    let mut out = vec![serializer::SERVER_PUSH];
    for (field, text) in fields {
        let len = u8::try_from(text.len()).map_err(|_| EncodeError::TooLong { field, len: text.len() })?;
        out.push(len);
    }
    for (_, text) in fields {
        out.extend_from_slice(text.as_bytes());
    }
    out.extend_from_slice(data);
    Ok(out)
}
