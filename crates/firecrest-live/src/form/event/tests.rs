//! Tests of events as clients send them.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::form::LIMITS;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Inc {
        by: i32,
    },
    Key(Key),
    Ping(Value),
    Cleared,
    Validate {
        user: FormData,
        #[serde(rename = "_target")]
        target: Vec<String>,
    },
    Save {
        user: User,
    },
    #[serde(rename = "row:*")]
    Row(String),
    #[serde(rename = "x*")]
    Rest(String, Value),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Key {
    key: String,
    #[serde(default)]
    repeat: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
struct User {
    name: String,
    age: u8,
}

fn parse(payload: &Value) -> Result<ClientEvent, EventError> {
    ClientEvent::parse(&payload.to_string(), &LIMITS)
}

fn read(payload: &Value) -> Result<Event, ReadError> {
    parse(payload).unwrap().read()
}

/// The examples of spec §4.1.
#[test]
fn an_event_becomes_the_variant_with_its_name() {
    for (payload, expected) in [
        (json!({"type":"click","event":"inc","value":{"by":"2","value":"v"}}), Event::Inc { by: 2 }),
        (json!({"type":"click","event":"inc","value":{"by":2}}), Event::Inc { by: 2 }),
        (
            json!({"type":"keydown","event":"key","value":{"key":"Escape"}}),
            Event::Key(Key { key: "Escape".to_owned(), repeat: false }),
        ),
        (json!({"type":"hook","event":"ping","value":{"a":1},"cid":1}), Event::Ping(json!({"a": 1}))),
        (json!({"type":"hook","event":"ping","value":["", null]}), Event::Ping(json!(["", null]))),
        (json!({"type":null,"event":"cleared","value":{"x":1}}), Event::Cleared),
        (json!({"type":"new","event":"cleared"}), Event::Cleared),
        (json!({"type":"click","event":"row:7","value":{}}), Event::Row("7".to_owned())),
        (json!({"type":"js","event":"xy","value":1}), Event::Rest("y".to_owned(), json!(1))),
    ] {
        assert_eq!(read(&payload), Ok(expected), "{payload}");
    }
}

#[test]
fn an_event_may_be_for_a_component() {
    let event = parse(&json!({"type":"hook","event":"ping","value":{"a":1},"cid":1})).unwrap();
    assert_eq!((event.cid, event.kind.as_deref(), event.name.as_str()), (Some(1), Some("hook"), "ping"));
    assert_eq!(event.value, EventValue::Json(json!({"a": 1})));
}

/// The form of spec §4.1.
#[test]
fn f140_a_form_is_decoded_and_its_meta_wins() {
    let event = parse(&json!({
        "type": "form", "event": "validate", "value": "user%5Bname%5D=Jo&_unused_s=&s=2&extra=D",
        "meta": {"_target": "user[name]", "extra": "E", "n": 1}, "uploads": {"phx-UP": []},
    }))
    .unwrap();
    let EventValue::Form(data) = &event.value else { panic!("a form: {event:?}") };
    let expected = json!({
        "user": {"name": "Jo"}, "_unused_s": "", "s": "2", "extra": "E", "n": 1, "_target": ["user", "name"],
    });
    assert_eq!(data.as_map(), expected.as_object().unwrap());
    assert_eq!(event.uploads.keys().collect::<Vec<_>>(), ["phx-UP"]);
}

#[test]
fn f140_targets_are_paths_and_lists_are_kept() {
    for (target, expected) in [
        (json!("user[name]"), vec!["user", "name"]),
        (json!("tags[]"), vec!["tags"]),
        (json!(["a", "b"]), vec!["a", "b"]),
        (json!("undefined"), vec!["undefined"]),
        (json!(null), vec![]),
    ] {
        let event = parse(&json!({"type":"form","event":"x","value":"","meta":{"_target":target}})).unwrap();
        let EventValue::Form(data) = event.value else { panic!("a form") };
        assert_eq!(data.target(), expected);
    }
}

#[test]
fn e140_fields_that_contradict_each_other_have_targets_of_their_own() {
    for (target, keys) in [("foo", vec!["foo"]), ("foo[bar]", vec!["foo", "bar"])] {
        let payload = json!({
            "type": "form", "event": "x", "value": "foo=1&foo%5Bbar%5D=2", "meta": {"_target": target},
        });
        let EventValue::Form(data) = parse(&payload).unwrap().value else { panic!("a form") };
        assert_eq!((data.target(), data.text("foo[bar]")), (keys, Some("2")));
    }
}

#[test]
fn f141_the_change_of_a_single_input_has_only_its_field() {
    let payload = json!({
        "type": "form", "event": "validate", "value": "user%5Bname%5D=Jo", "meta": {"_target": "user[name]"},
    });
    let Ok(Event::Validate { user, target }) = read(&payload) else { panic!("a change") };
    assert_eq!((user.text("name"), user.as_map().len()), (Some("Jo"), 1));
    assert_eq!(target, ["user", "name"]);
}

#[test]
fn f142_the_button_that_submits_is_a_field() {
    let payload = json!({
        "type": "form", "event": "save", "value": "user%5Bname%5D=Jo&user%5Bage%5D=42&action=save",
    });
    let event = parse(&payload).unwrap();
    let EventValue::Form(data) = &event.value else { panic!("a form") };
    assert_eq!((data.text("action"), data.target()), (Some("save"), vec![]));
    assert_eq!(event.read(), Ok(Event::Save { user: User { name: "Jo".to_owned(), age: 42 } }));
}

#[test]
fn what_does_not_fit_is_named_as_in_the_form() {
    let error =
        read(&json!({"type":"form","event":"save","value":"user[name]=Jo&user[age]=old"})).unwrap_err();
    assert_eq!(error.to_string(), "user[age]: is not a whole number");
    let error = read(&json!({"type":"form","event":"save","value":"user=Jo"})).unwrap_err();
    assert_eq!(error.field(), "user");
    let error = read(&json!({"type":"click","event":"inc","value":{}})).unwrap_err();
    assert_eq!((error.field(), error.message()), ("by", "is missing"));
}

#[test]
fn an_unknown_event_is_an_error_that_names_it() {
    let error = read(&json!({"type":"click","event":"nope","value":{}})).unwrap_err().to_string();
    assert!(error.contains("nope") && error.contains("inc"), "{error}");
    assert!(parse(&json!({"event": "inc"})).unwrap().read::<u8>().is_err());
}

#[test]
fn what_is_no_event_is_refused() {
    for (payload, expected) in [
        ("", "no event"),
        ("[]", "no event"),
        (r#"{"type":"click"}"#, "missing field `event`"),
        (r#"{"event":"x","cid":-1}"#, "no event"),
        (r#"{"type":"form","event":"x","value":{}}"#, "no text"),
        (r#"{"type":"form","event":"x","value":"a=%ff"}"#, "UTF-8"),
    ] {
        let error = ClientEvent::parse(payload, &LIMITS).unwrap_err().to_string();
        assert!(error.contains(expected), "{payload}: {error}");
    }
}

#[test]
fn f177_what_an_event_carries_is_bounded() {
    let carrying = |bytes: usize| json!({"type": "hook", "event": "ping", "value": "x".repeat(bytes)});
    assert!(parse(&carrying(MAX_JSON - 2)).is_ok());
    assert!(matches!(parse(&carrying(MAX_JSON)), Err(EventError::TooLarge)));
    let meta = json!({"type": "form", "event": "x", "value": "", "meta": {"a": "x".repeat(MAX_JSON)}});
    assert!(matches!(parse(&meta), Err(EventError::TooLarge)));
}

#[test]
fn f177_a_form_with_too_many_fields_is_refused() {
    let payload = |fields: usize| {
        let body: String = (0..fields).map(|index| format!("_unused_f{index}=&f{index}=x&")).collect();
        json!({"type": "form", "event": "validate", "value": body})
    };
    assert!(parse(&payload(crate::form::MAX_FIELDS)).is_ok());
    let error = parse(&payload(crate::form::MAX_FIELDS + 1)).unwrap_err();
    assert!(matches!(error, EventError::Form(ParamsError::TooManyPairs(_))), "{error}");
    let deep = json!({"type": "form", "event": "x", "value": format!("a{}=1", "[b]".repeat(33))});
    assert!(matches!(parse(&deep), Err(EventError::Form(ParamsError::TooDeep(_)))));
}

proptest! {
    #[test]
    fn any_payload_is_an_event_or_refused(
        kind in "form|click|x",
        name in "unit|plain|typed|nested|x:.{0,3}",
        body in "((rows|rest|number|list|list_sort|pair)(\\[[a01]?\\]){0,3}(=[a1]?)?&){0,8}",
        target in "[a\\[\\]]{0,8}",
    ) {
        let meta = json!({"_target": target});
        let payload = json!({"type": kind, "event": name, "value": body, "meta": meta}).to_string();
        crate::fuzzing::live_event(payload.as_bytes());
        crate::fuzzing::live_event(&payload.as_bytes()[..payload.len() - 1]);
    }
}
