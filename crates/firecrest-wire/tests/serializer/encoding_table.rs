//! Which refs each kind of answer carries, row by row (spec §2.5).

use firecrest_wire::ProtocolVersion::{V1, V2};

use super::*;

fn reply_text(version: ProtocolVersion, refs: [&str; 2], topic: &str, status: &str, response: &str) -> Bytes {
    let topic = Name::Text(Text::from(topic.to_owned()));
    encode_reply(version, refs, &topic, status, &json(response)).unwrap().payload()
}

fn text(version: ProtocolVersion, refs: [&str; 2], event: &str, payload: &str) -> Bytes {
    encode(version, refs, event, &json(payload)).unwrap().payload()
}

#[test]
fn c115_a_join_reply_has_the_refs_of_the_join() {
    let ok = r#"{"response":{},"status":"ok"}"#;
    assert_eq!(
        reply_text(V2, ["\"3\"", "\"3\""], "t", "ok", "{}"),
        format!(r#"["3","3","t","phx_reply",{ok}]"#)
    );
    assert_eq!(
        reply_text(V2, ["null", "\"5\""], "t", "ok", "{}"),
        format!(r#"[null,"5","t","phx_reply",{ok}]"#)
    );
    let v1 = format!(r#"{{"event":"phx_reply","payload":{ok},"ref":"1","topic":"t"}}"#);
    assert_eq!(reply_text(V1, ["null", "\"1\""], "t", "ok", "{}"), v1);
}

#[test]
fn c116_a_push_has_the_join_ref_and_a_broadcast_has_none() {
    assert_eq!(text(V2, ["\"3\"", "null"], "joined", r#"{"a":1}"#), r#"["3",null,"t","joined",{"a":1}]"#);
    let broadcast = serializer::encode_broadcast(V2, "t", "joined", &json(r#"{"a":1}"#)).unwrap();
    assert_eq!(broadcast.payload(), r#"[null,null,"t","joined",{"a":1}]"#);
}

/// C124: the join_ref of an unmatched reply is null.
#[test]
fn an_unmatched_topic_is_answered_without_join_ref() {
    let frame = reply_text(V2, ["null", "\"7\""], "nope", "error", r#"{"reason":"unmatched topic"}"#);
    let payload = r#"{"response":{"reason":"unmatched topic"},"status":"error"}"#;
    assert_eq!(frame, format!(r#"[null,"7","nope","phx_reply",{payload}]"#));
}

/// Spec §2.5: the reply to a leave of a topic that is not joined, and to a heartbeat.
#[test]
fn replies_of_the_connection_have_the_refs_as_sent() {
    let ok = r#"{"response":{},"status":"ok"}"#;
    assert_eq!(
        reply_text(V2, ["\"1\"", "\"2\""], "t", "ok", "{}"),
        format!(r#"["1","2","t","phx_reply",{ok}]"#)
    );
    let heartbeat = reply_text(V2, ["null", "\"8\""], "phoenix", "ok", "{}");
    assert_eq!(heartbeat, format!(r#"[null,"8","phoenix","phx_reply",{ok}]"#));
}

#[test]
fn phx_close_and_phx_error_have_the_stored_join_ref_twice() {
    assert_eq!(text(V2, ["\"3\"", "\"3\""], "phx_close", "{}"), r#"["3","3","t","phx_close",{}]"#);
    assert_eq!(text(V2, ["null", "null"], "phx_close", "{}"), r#"[null,null,"t","phx_close",{}]"#);
    let crash = r#"{"reason":"channel_crash"}"#;
    assert_eq!(
        text(V2, ["\"3\"", "\"3\""], "phx_error", crash),
        format!(r#"["3","3","t","phx_error",{crash}]"#)
    );
}
