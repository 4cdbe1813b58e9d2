//! The rules by which the client merges messages (spec §3.1, §3.2, §3.5).

use firecrest_live::{Replica, ReplicaProblem};
use serde_json::{Value, json};

/// A client after these messages, all of which must be legal.
fn after(messages: &[Value]) -> Replica {
    let mut replica = Replica::new();
    for message in messages {
        replica.merge(message).unwrap_or_else(|error| panic!("{error}: {message}"));
    }
    replica
}

fn shown(messages: &[Value]) -> String {
    after(messages).html().unwrap()
}

/// What is wrong with the last of the messages, and where.
fn wrong(messages: &[Value]) -> (ReplicaProblem, String) {
    let (last, before) = messages.split_last().unwrap();
    let error = after(before).merge(last).unwrap_err();
    assert!(error.to_string().contains(&error.path), "{error}");
    (error.problem, error.path)
}

fn list() -> Value {
    json!({"0": {"s": ["<li>", "</li>"], "k": {"0": {"0": "A"}, "1": {"0": "B"}, "2": {"0": "C"}, "kc": 3}}, "s": ["<ul>", "</ul>"]})
}

#[test]
fn a_node_with_statics_replaces_and_one_without_is_merged() {
    let page = json!({"0": {"0": "a", "1": "b", "s": ["<i>", "-", "</i>"]}, "1": "x", "s": ["", "", ""]});
    assert_eq!(shown(&[page.clone(), json!({"0": {"1": "c"}})]), "<i>a-c</i>x");
    assert_eq!(shown(&[page.clone(), json!({"0": {"s": ["<hr>"]}, "1": ""})]), "<hr>");
    assert_eq!(shown(&[page.clone(), json!({"0": "y"})]), "yx");
    assert_eq!(shown(&[page, json!({"s": ["other"]})]), "other");
}

#[test]
fn shared_statics_are_those_of_the_nearest_node_and_of_this_message() {
    let page = json!({"0": {"0": "a", "s": 0}, "1": {"0": "b", "s": 0}, "s": 1, "p": {"0": ["<i>", "</i>"], "1": ["<p>", "", "</p>"]}});
    assert_eq!(shown(&[page.clone(), json!({"1": {"0": "B"}})]), "<p><i>a</i><i>B</i></p>");
    let nested = json!({"0": {"0": {"0": "c", "s": 0}, "s": ["", ""], "p": {"0": ["<u>", "</u>"]}}, "p": {"0": ["<b>", "</b>"]}});
    assert_eq!(shown(&[page.clone(), nested]), "<p><u>c</u><i>b</i></p>");
    assert_eq!(
        wrong(&[page, json!({"0": {"0": "c", "s": 0}})]),
        (ReplicaProblem::UnknownStatics, "/0".into())
    );
}

#[test]
fn entries_move_from_where_they_were_before_the_message() {
    let steps = [
        (json!({"0": 2, "1": 0, "2": 1, "kc": 3, "km": true}), "CAB"),
        (json!({"0": [1, {"0": "B2"}], "1": 2, "kc": 2, "km": true}), "B2C"),
        (json!({"3": {"0": "D"}, "kc": 4}), "ABCD"),
        (json!({"1": {"0": "X"}, "2": 1, "3": 2, "kc": 4, "km": true}), "AXBC"),
        (json!({"kc": 0}), ""),
    ];
    for (entries, shown_then) in steps {
        let html = shown(&[list(), json!({"0": {"k": entries}})]);
        assert_eq!(html.replace("<li>", "").replace("</li>", ""), format!("<ul>{shown_then}</ul>"));
    }
}

#[test]
fn an_entry_at_the_place_of_another_is_merged_into_it() {
    let page =
        json!({"0": {"s": ["<li>", "-", "</li>"], "k": {"0": {"0": "a", "1": "b"}, "kc": 1}}, "s": ["", ""]});
    assert_eq!(shown(&[page, json!({"0": {"k": {"0": {"0": "c"}, "kc": 1}}})]), "<li>c-b</li>");
}

#[test]
fn components_are_kept_apart_and_copied_with_their_statics() {
    let page = json!({"0": 1, "1": "", "s": ["<main>", "", "</main>"], "c": {"1": {"0": "Ann", "r": 1, "s": ["<p>", "</p>"]}}});
    assert_eq!(shown(std::slice::from_ref(&page)), "<main><p>Ann</p></main>");
    assert_eq!(shown(&[page.clone(), json!({"c": {"1": {"0": "Bob"}}})]), "<main><p>Bob</p></main>");
    let added = json!({"1": 2, "c": {"2": {"0": "Cy", "s": -1}, "1": {"0": "Bob"}}});
    assert_eq!(shown(&[page.clone(), added.clone()]), "<main><p>Bob</p><p>Cy</p></main>");
    let chain = json!({"1": 2, "c": {"2": {"0": "Cy", "s": 3}, "3": {"0": "", "s": 1}, "1": {"0": "Bob"}}});
    assert_eq!(shown(&[page.clone(), chain]), "<main><p>Bob</p><p>Cy</p></main>");
    // A top node with statics forgets them all.
    assert_eq!(
        wrong_html(&[page.clone(), added, json!({"0": 2, "s": ["", ""]})]),
        ReplicaProblem::UnknownComponent
    );
    let own = json!({"c": {"1": {"0": {"0": "x", "s": 0}, "p": {"0": ["<i>", "</i>"]}}}});
    assert_eq!(shown(&[page, own]), "<main><p><i>x</i></p></main>");
}

fn wrong_html(messages: &[Value]) -> ReplicaProblem {
    after(messages).html().unwrap_err().problem
}

#[test]
fn what_else_a_message_says_is_not_part_of_the_tree() {
    let page = json!({"0": "a", "s": ["<p>", "</p>"], "t": "title", "e": [["x", {}]], "r": {"y": 1}});
    let replica = after(&[page, json!({"t": "other"}), json!({})]);
    assert_eq!(replica.tree(), &json!({"0": "a", "s": ["<p>", "</p>"]}));
}

#[test]
fn messages_that_the_client_cannot_merge_are_errors() {
    let text = json!({"0": "a", "s": ["", ""]});
    let none = Value::Null;
    for (messages, problem, path) in [
        (vec![json!([])], ReplicaProblem::NoObject, ""),
        (vec![json!({"0": "a"})], ReplicaProblem::NoStatics, ""),
        (vec![json!({"s": ["", ""]})], ReplicaProblem::Missing, "/0"),
        (vec![json!({"0": none, "s": ["", ""]})], ReplicaProblem::NoValue, "/0"),
        (vec![text.clone(), json!({"0": true})], ReplicaProblem::NoValue, "/0"),
        (vec![text.clone(), json!({"0": {"0": "b"}})], ReplicaProblem::NoStatics, "/0"),
        (vec![text.clone(), json!({"0": {"k": {"kc": 0}}})], ReplicaProblem::NoStatics, "/0"),
        (
            vec![text.clone(), json!({"0": {"0": {"0": "b"}, "s": ["", ""]}})],
            ReplicaProblem::NoStatics,
            "/0/0",
        ),
        (vec![text, json!({"c": {"1": {"0": "b"}}})], ReplicaProblem::UnknownComponent, "/c/1"),
    ] {
        assert_eq!(wrong(&messages), (problem, path.to_owned()), "{messages:?}");
    }
}

#[test]
fn loops_that_the_client_cannot_merge_are_errors() {
    for (entries, problem, path) in [
        (json!({"0": {"0": "x"}}), ReplicaProblem::NoCount, "/0/k"),
        (json!({"0": 1, "kc": 3}), ReplicaProblem::UnmarkedMove, "/0/k/0"),
        (json!({"0": [1, {}], "kc": 3}), ReplicaProblem::UnmarkedMove, "/0/k/0"),
        (json!({"0": 7, "kc": 3, "km": true}), ReplicaProblem::UnknownEntry, "/0/k/0"),
        (json!({"0": 1, "1": 1, "kc": 3, "km": true}), ReplicaProblem::UnknownEntry, "/0/k/1"),
        (json!({"3": {"0": {"0": "x"}}, "kc": 4}), ReplicaProblem::NoStatics, "/0/k/3/0"),
        (json!({"kc": 4}), ReplicaProblem::Missing, "/0/k/3"),
    ] {
        assert_eq!(wrong(&[list(), json!({"0": {"k": entries}})]), (problem, path.to_owned()), "{entries}");
    }
    // A new entry without all its slots is seen when it is shown.
    let short = json!({"0": {"k": {"3": {}, "kc": 4}}});
    assert_eq!(wrong_html(&[list(), short]), ReplicaProblem::Missing);
}

#[test]
fn components_that_are_copied_in_a_circle_are_an_error() {
    let page = json!({"0": "", "s": ["", ""]});
    let circle = json!({"0": 1, "c": {"1": {"s": 2}, "2": {"s": 1}}});
    assert_eq!(wrong(&[page, circle]).0, ReplicaProblem::UnknownComponent);
}
