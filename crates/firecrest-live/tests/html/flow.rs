//! Control flow (F007, F008, F009, F010).

use firecrest_live::{Held, Html, Stream, html};

#[test]
fn f007_conditions() {
    fn shown(open: bool, x: Option<u8>) -> String {
        html! {
            "["
            if open { <p>"open"</p> } else if let Some(x) = x && x > 1 { {x} } else { "closed" }
            "]"
            if open {}
            if let Some(0) = x { "zero" }
        }
        .to_string()
    }
    assert_eq!(shown(true, None), "[<p>open</p>]");
    assert_eq!(shown(false, Some(5)), "[5]");
    assert_eq!(shown(false, Some(0)), "[closed]zero");
}

#[test]
fn f007_a_condition_may_have_braces_of_its_own() {
    struct Point {
        x: u8,
    }
    let point = Point { x: 1 };
    let page = html! {
        if (Point { x: 1 }).x == point.x { "a" }
        if match point.x { 1 => Some(2), _ => None }.is_some() { "b" }
        if let Point { x: 1 } = point { "c" }
        if [1, 2].iter().any(|x| { *x == 2 }) { "d" }
    };
    assert_eq!(page.to_string(), "abcd");
}

enum State {
    Loading,
    Ready { rows: Vec<u8> },
    Failed(String),
    Lost(String),
}

#[test]
fn f008_match_blocks() {
    fn shown(state: &State, quiet: bool) -> String {
        html! {
            match state {
                State::Loading => { <i>"…"</i> }
                State::Ready { rows } if rows.is_empty() => { "none" },
                State::Ready { rows } => { for row in rows { {row} "," } }
                State::Failed(_) if quiet => {}
                State::Failed(error) | State::Lost(error) => { <b>{error}</b> }
            }
        }
        .to_string()
    }
    assert_eq!(shown(&State::Loading, false), "<i>…</i>");
    assert_eq!(shown(&State::Ready { rows: vec![] }, false), "none");
    assert_eq!(shown(&State::Ready { rows: vec![1, 2] }, false), "1,2,");
    assert_eq!(shown(&State::Failed("e".into()), true), "");
    assert_eq!(shown(&State::Lost("e".into()), false), "<b>e</b>");
}

struct Row {
    id: u32,
    name: &'static str,
}

const ROWS: [Row; 3] = [Row { id: 1, name: "a" }, Row { id: 2, name: "b" }, Row { id: 3, name: "c" }];

#[test]
fn f009_loops_take_patterns_and_iterators() {
    let page = html! {
        for (index, Row { name, .. }) in ROWS.iter().enumerate().rev() { {index} {name} " " }
        for _ in 0..2 { "x" }
        for row in &ROWS { for other in ROWS.iter().filter(|other| other.id < row.id) { {other.id} } ";" }
        for row in ROWS.iter() { if row.id != 2 { {row.name} } }
    };
    assert_eq!(page.to_string(), "2c 1b 0a xx;1;12;ac");
}

#[test]
fn f009_a_binding_before_the_first_node_filters() {
    let values = ["1", "x", "3"];
    let page = html! {
        for value in values, key = value {
            let Ok(number) = value.parse::<u8>() else { continue };
            let double = number * 2;
            <li>{double}</li>
        }
    };
    assert_eq!(page.to_string(), "<li>2</li><li>6</li>");
}

/// What is sent for the second of two pages.
fn diff(before: &Html, after: &Html) -> String {
    let mut held = Held::new(0);
    let mut child = |_: &firecrest_live::Child| String::new();
    held.full(before, &mut child).expect("no key occurs twice");
    held.diff(after, &mut child).expect("no key occurs twice").as_str().to_owned()
}

#[test]
fn f010_an_entry_with_a_key_is_the_same_wherever_it_stands() {
    let keyed = |rows: &[Row]| html! { for row in rows, key = (row.id, "row") { <p>{row.name}</p> } };
    let indexed = |rows: &[Row]| html! { for row in rows { <p>{row.name}</p> } };
    let tail = &ROWS[1..];
    assert!(!diff(&keyed(&ROWS), &keyed(tail)).contains("\"b\""), "it has only moved");
    assert!(diff(&indexed(&ROWS), &indexed(tail)).contains("\"b\""), "its index has changed");
}

#[test]
fn f010_equal_keys_are_an_error_when_rendered() {
    let page = html! { for row in [1, 1], key = row { {row} } };
    assert!(Held::new(0).full(&page, &mut |_| String::new()).is_err());
}

#[test]
fn a_name_is_for_what_follows_in_its_block_or_element() {
    let total = 1;
    let page = html! {
        <p>let total = total + 1; {total} if total == 2 { let total = total * 10; {total} } {total}</p>
        {total}
        let (total, _) = (5, 6);
        {total}
        <>let total = 7; {total}</>
        {total}
    };
    assert_eq!(page.to_string(), "<p>2202</p>1575");
}

#[test]
fn names_of_the_template_are_not_those_of_the_macro() {
    let (html, tree, value, entries) = ("h", "t", "v", ["e"]);
    let page = html! { {html} {tree} {value} for entry in entries { {entry} {html} } };
    assert_eq!(page.to_string(), "htveh");
}

#[test]
fn f058_streams() {
    struct Page {
        rows: Stream<(u8, &'static str)>,
    }
    let mut page = Page { rows: Stream::new(|(number, _): &(u8, &'static str)| format!("r{number}")) };
    page.rows.extend([(1, "a"), (2, "<b>")]);
    let stream = "an ordinary name";
    let shown = |open: bool| {
        html! {
            <ul id="rows" phx-update="stream">
                stream (id, (number, text)) in &page.rows {
                    let twice = number * 2;
                    // One element, whichever.
                    if open { <li id={id}>{twice} {text}</li> } else { <li {..[("id", id)]}>{stream}</li> }
                }
                <li id="end">"the end"</li>
            </ul>
        }
        .to_string()
    };
    let items = r#"<li id="r1">2a</li><li id="r2">4&lt;b&gt;</li><li id="end">the end</li>"#;
    assert_eq!(shown(true), format!(r#"<ul id="rows" phx-update="stream">{items}</ul>"#));
    assert!(shown(false).contains(r#"<li id="r1">an ordinary name</li><li id="r2">"#));
}
