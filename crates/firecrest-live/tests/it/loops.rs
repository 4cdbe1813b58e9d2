//! Loops: what is sent for them (spec §3.1, §3.2, §3.4, §3.7).

use firecrest_live::{Html, RenderError};
use proptest::prelude::*;
use serde_json::Value;

use crate::client::{Client, around, template};

/// A list whose items have keys: the first letter of each.
fn keyed(items: &[&str]) -> Html {
    around(template(1, &["<ul>", "</ul>"]), |html| {
        let mut list = html.begin_loop(template(2, &["<li>", "</li>"]));
        for item in items {
            html.keyed_entry(&mut list, &item.chars().next());
            html.slot(item);
        }
        html.end_loop(list);
    })
}

/// The same list without keys.
fn unkeyed(items: &[&str]) -> Html {
    around(template(1, &["<ul>", "</ul>"]), |html| {
        let mut list = html.begin_loop(template(2, &["<li>", "</li>"]));
        for item in items {
            html.entry(&mut list);
            html.slot(item);
        }
        html.end_loop(list);
    })
}

/// The message that leads from one list to another.
fn step(from: &Html, to: &Html) -> String {
    let mut client = Client::new();
    client.show(from);
    client.show(to)
}

#[test]
fn f010_the_keyed_loop_of_the_specification_is_sent_as_it_says() {
    assert_eq!(
        Client::new().show(&keyed(&["A", "B", "C"])),
        r#"{"0":{"s":["<li>","</li>"],"k":{"0":{"0":"A"},"1":{"0":"B"},"2":{"0":"C"},"kc":3}},"s":["<ul>","</ul>"]}"#
    );
    let from = keyed(&["A", "B", "C"]);
    let table = [
        (&["C", "A", "B"][..], r#"{"0":{"k":{"0":2,"1":0,"2":1,"kc":3,"km":true}}}"#),
        (&["B2", "C"], r#"{"0":{"k":{"0":[1,{"0":"B2"}],"1":2,"kc":2,"km":true}}}"#),
        (&["A", "B", "C", "D"], r#"{"0":{"k":{"3":{"0":"D"},"kc":4}}}"#),
        (&["A", "X", "B", "C"], r#"{"0":{"k":{"1":{"0":"X"},"2":1,"3":2,"kc":4,"km":true}}}"#),
        (&[], r#"{"0":{"k":{"kc":0}}}"#),
    ];
    for (to, message) in table {
        assert_eq!(step(&from, &keyed(to)), message);
    }
}

#[test]
fn f010_a_key_of_any_type_tells_entries_apart() {
    let list = |keys: &[(u8, &str)]| {
        around(template(1, &["", ""]), |html| {
            let mut list = html.begin_loop(template(2, &["x"]));
            keys.iter().for_each(|key| html.keyed_entry(&mut list, key));
            html.end_loop(list);
        })
    };
    let (a, b, c) = ((1, "a"), (1, "b"), (2, "a"));
    assert_eq!(
        step(&list(&[a, b, c]), &list(&[c, a, b])),
        r#"{"0":{"k":{"0":2,"1":0,"2":1,"kc":3,"km":true}}}"#
    );
}

#[test]
fn f010_without_keys_an_entry_is_the_one_at_its_index() {
    let from = unkeyed(&["A", "B", "C"]);
    let table = [
        (&["A", "B", "C"][..], "{}"),
        (&["C", "B", "A"], r#"{"0":{"k":{"0":{"0":"C"},"2":{"0":"A"},"kc":3}}}"#),
        (&["A", "B"], r#"{"0":{"k":{"kc":2}}}"#),
        (&["A", "B", "C", "D", "E"], r#"{"0":{"k":{"3":{"0":"D"},"4":{"0":"E"},"kc":5}}}"#),
    ];
    for (to, message) in table {
        assert_eq!(step(&from, &unkeyed(to)), message);
    }
}

#[test]
fn a_loop_that_was_never_rendered_and_is_empty_is_empty_text() {
    let mut client = Client::new();
    assert_eq!(client.show(&keyed(&[])), r#"{"0":"","s":["<ul>","</ul>"]}"#);
    assert_eq!(client.show(&keyed(&[])), "{}");
    assert_eq!(client.show(&keyed(&["A"])), r#"{"0":{"s":["<li>","</li>"],"k":{"0":{"0":"A"},"kc":1}}}"#);
}

#[test]
fn a_loop_that_has_become_empty_needs_no_statics_to_fill_again() {
    let mut client = Client::new();
    client.show(&keyed(&["A", "B"]));
    assert_eq!(client.show(&keyed(&[])), r#"{"0":{"k":{"kc":0}}}"#);
    assert_eq!(client.show(&keyed(&[])), "{}");
    assert_eq!(client.show(&keyed(&["C"])), r#"{"0":{"k":{"0":{"0":"C"},"kc":1}}}"#);
}

#[test]
fn every_message_about_a_loop_has_its_count_and_an_unchanged_loop_has_no_message() {
    assert_eq!(step(&keyed(&["A1", "B"]), &keyed(&["A2", "B"])), r#"{"0":{"k":{"0":{"0":"A2"},"kc":2}}}"#);
    assert_eq!(step(&keyed(&["A", "B"]), &keyed(&["A", "B"])), "{}");
}

/// Rows of a branch and a loop of cells; the first letter of each row is its key.
fn table(rows: &[&str]) -> Html {
    around(template(1, &["", ""]), |html| {
        let mut list = html.begin_loop(template(2, &["<tr>", "", "</tr>"]));
        for row in rows {
            html.keyed_entry(&mut list, &row.chars().next());
            match row.len() {
                1 => html.nothing(),
                _ => html.slot(&around(template(3, &["<th>", "</th>"]), |html| html.slot(&row.len()))),
            }
            let mut cells = html.begin_loop(template(4, &["<td>", "</td>"]));
            for cell in row.chars() {
                html.entry(&mut cells);
                html.slot(&cell);
            }
            html.end_loop(cells);
        }
        html.end_loop(list);
    })
}

#[test]
fn f009_the_nested_loops_of_the_specification_are_sent_as_it_says() {
    let rows = |rows: &[&[&str]]| {
        around(template(1, &["", ""]), |html| {
            let mut list = html.begin_loop(template(2, &["<tr>", "</tr>"]));
            for row in rows {
                html.entry(&mut list);
                let mut cells = html.begin_loop(template(3, &["<td>", "</td>"]));
                for cell in *row {
                    html.entry(&mut cells);
                    html.slot(cell);
                }
                html.end_loop(cells);
            }
            html.end_loop(list);
        })
    };
    let mut client = Client::new();
    assert_eq!(
        client.show(&rows(&[&["1", "2"]])),
        r#"{"0":{"s":["<tr>","</tr>"],"k":{"0":{"0":{"s":["<td>","</td>"],"k":{"0":{"0":"1"},"1":{"0":"2"},"kc":2}}},"kc":1}},"s":["",""]}"#
    );
    assert_eq!(
        client.show(&rows(&[&["1", "22"]])),
        r#"{"0":{"k":{"0":{"0":{"k":{"1":{"0":"22"},"kc":2}}},"kc":1}}}"#
    );
    // A row that was not there brings the statics of its cells along.
    assert_eq!(
        client.show(&rows(&[&["1", "22"], &["3"]])),
        r#"{"0":{"k":{"1":{"0":{"s":["<td>","</td>"],"k":{"0":{"0":"3"},"kc":1}}},"kc":2}}}"#
    );
}

#[test]
fn a_new_entry_at_the_place_of_another_carries_everything() {
    assert_eq!(
        step(&table(&["Ab"]), &table(&["Xb"])),
        r#"{"0":{"k":{"0":{"0":{"0":"2","s":["<th>","</th>"]},"1":{"s":["<td>","</td>"],"k":{"0":{"0":"X"},"1":{"0":"b"},"kc":2}}},"kc":1}}}"#
    );
}

#[test]
fn new_entries_share_the_statics_inside_of_them() {
    assert_eq!(
        step(&table(&["A"]), &table(&["A", "B", "C"])),
        r#"{"0":{"k":{"1":{"0":"","1":{"s":0,"k":{"0":{"0":"B"},"kc":1}}},"2":{"0":"","1":{"s":0,"k":{"0":{"0":"C"},"kc":1}}},"kc":3}},"p":{"0":["<td>","</td>"]}}"#
    );
}

#[test]
fn an_entry_that_moved_and_changed_sends_the_change_only() {
    assert_eq!(
        step(&table(&["Ab", "Bc"]), &table(&["Bc", "Ad"])),
        r#"{"0":{"k":{"0":1,"1":[0,{"1":{"k":{"1":{"0":"d"},"kc":2}}}],"kc":2,"km":true}}}"#
    );
    // A branch inside changes with it.
    assert_eq!(
        step(&table(&["A", "B"]), &table(&["Bc", "A"])),
        r#"{"0":{"k":{"0":[1,{"0":{"0":"2","s":["<th>","</th>"]},"1":{"k":{"1":{"0":"c"},"kc":2}}}],"1":0,"kc":2,"km":true}}}"#
    );
}

#[test]
fn an_entry_without_slots_is_an_empty_object_when_it_is_new() {
    let rules = |count: usize| {
        around(template(1, &["", ""]), |html| {
            let mut list = html.begin_loop(template(2, &["<hr>"]));
            (0..count).for_each(|_| html.entry(&mut list));
            html.end_loop(list);
        })
    };
    let mut client = Client::new();
    client.show(&rules(1));
    assert_eq!(client.show(&rules(2)), r#"{"0":{"k":{"1":{},"kc":2}}}"#);
    assert_eq!(client.show(&rules(2)), "{}");
}

#[test]
fn a_loop_becomes_text_and_another_loop_and_a_loop_again() {
    let text = around(template(1, &["<ul>", "</ul>"]), |html| html.slot("none"));
    let other = around(template(1, &["<ul>", "</ul>"]), |html| html.slot(&[Html::empty()]));
    let mut client = Client::new();
    client.show(&keyed(&["A"]));
    assert_eq!(client.show(&text), r#"{"0":"none"}"#);
    assert_eq!(client.show(&other), r#"{"0":{"s":["",""],"k":{"0":{"0":""},"kc":1}}}"#);
    assert_eq!(client.show(&keyed(&["A"])), r#"{"0":{"s":["<li>","</li>"],"k":{"0":{"0":"A"},"kc":1}}}"#);
}

#[test]
fn entries_that_get_keys_are_sent_anew_and_the_other_way_round() {
    let (with, without) = (keyed(&["A", "B", "C"]), unkeyed(&["A", "B", "C"]));
    let all = r#"{"0":{"k":{"0":{"0":"A"},"1":{"0":"B"},"2":{"0":"C"},"kc":3}}}"#;
    assert_eq!(step(&with, &without), all);
    assert_eq!(step(&without, &with), all);
}

#[test]
fn entries_with_and_without_keys_stand_beside_each_other() {
    let mixed = around(template(1, &["<ul>", "</ul>"]), |html| {
        let mut list = html.begin_loop(template(2, &["<li>", "</li>"]));
        html.entry(&mut list);
        html.slot("X");
        html.keyed_entry(&mut list, &Some('A'));
        html.slot("A");
        html.end_loop(list);
    });
    assert_eq!(step(&keyed(&["A", "B"]), &mixed), r#"{"0":{"k":{"0":{"0":"X"},"1":0,"kc":2,"km":true}}}"#);
    assert_eq!(step(&mixed, &keyed(&["A", "B"])), r#"{"0":{"k":{"0":1,"1":{"0":"B"},"kc":2,"km":true}}}"#);
}

#[test]
fn two_entries_of_one_key_are_an_error_and_what_is_held_stays() {
    for (from, to, index) in [
        (&[][..], &["A", "B", "A2"][..], 2),
        (&["A", "B"], &["A", "A2"], 1),
        (&["A", "B", "C"], &["A", "B", "A2"], 2),
        (&["A", "B", "C"], &["C", "B", "C"], 2),
        (&["A", "B", "C"], &["A", "X", "X"], 2),
        (&["A", "B"], &["A", "B", "B"], 2),
        (&["A"], &["B", "A", "B"], 2),
    ] {
        let mut client = Client::new();
        client.show(&keyed(from));
        let before = format!("{client:?}");
        let error = client.try_show(&keyed(to)).unwrap_err();
        assert_eq!(error, RenderError::DuplicateKey { index, body: "<li>" });
        assert_eq!(format!("{client:?}"), before, "{to:?}");
        assert!(error.to_string().contains("key"));
    }
}

#[test]
fn keys_need_to_differ_within_one_loop_only() {
    let pages = [&["Ab", "Bb"][..], &["Bb", "Cb", "Ab"]];
    let nested = |rows: &[&str]| {
        around(template(3, &["", ""]), |html| {
            let mut list = html.begin_loop(template(4, &["<tr>", "</tr>"]));
            for row in rows {
                html.keyed_entry(&mut list, &row.chars().next());
                html.slot(&keyed(&["A", "B"]));
            }
            html.end_loop(list);
        })
    };
    let mut client = Client::new();
    pages.iter().for_each(|rows| drop(client.show(&nested(rows))));
}

/// A table of 1,000 rows and 5 cells.
fn large(rows: &[usize], changed: Option<usize>) -> Html {
    around(template(1, &["<table>", "</table>"]), |html| {
        let mut list = html.begin_loop(template(2, &["<tr>", "", "", "", "", "</tr>"]));
        for row in rows {
            html.keyed_entry(&mut list, row);
            (0..4).for_each(|cell| html.slot(&(row * 10 + cell)));
            html.slot(if changed == Some(*row) { "changed" } else { "as it was" });
        }
        html.end_loop(list);
    })
}

#[test]
fn one_changed_cell_of_five_thousand_takes_less_than_60_bytes() {
    let rows: Vec<_> = (0..1000).collect();
    let message = step(&large(&rows, None), &large(&rows, Some(567)));
    assert_eq!(message, r#"{"0":{"k":{"567":{"4":"changed"},"kc":1000}}}"#);
}

#[test]
fn f010_f056_a_moved_row_sends_no_cell_again() {
    let mut rows: Vec<_> = (0..1000).collect();
    let from = large(&rows, None);
    let row = rows.remove(800);
    rows.insert(797, row);
    let message = step(&from, &large(&rows, None));
    assert_eq!(message, r#"{"0":{"k":{"797":800,"798":797,"799":798,"800":799,"kc":1000,"km":true}}}"#);
}

proptest! {
    #[test]
    fn f010_a_new_order_sends_no_text(order in Just((0..60).collect::<Vec<_>>()).prop_shuffle()) {
        let before: Vec<_> = (0..60).collect();
        let message = step(&large(&before, None), &large(&order, None));
        let message: Value = serde_json::from_str(&message).unwrap();
        let is_index = |(name, value): (&String, &Value)| name == "km" || value.is_u64();
        prop_assert!(message.pointer("/0/k").is_none_or(|entries| entries.as_object().unwrap().iter().all(is_index)));
    }
}
