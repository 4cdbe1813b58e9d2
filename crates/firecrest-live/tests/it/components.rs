//! Components: what is sent of them, and who is deleted (spec §3.5).

use std::sync::Arc;

use firecrest_live::{
    Call, Held, Html, MAX_COMPONENTS, MAX_DEPTH, PartError, Pass, RenderError, Replica, Roster, Stream,
    Template, html,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::app::{App, stories};
use crate::client::{around, root, stand_in, template};

struct Card;
struct Board;

pub(crate) fn card(id: u32) -> Call {
    Call::new::<Card>(id.to_string(), Arc::new(()), &())
}

pub(crate) fn board(id: u32) -> Call {
    Call::new::<Board>(id.to_string(), Arc::new(()), &())
}

fn paragraph() -> &'static Template {
    root(2, &["<p>", "</p>"])
}

pub(crate) fn text(text: &str) -> Html {
    around(paragraph(), |html| html.slot(text))
}

/// The server's part and the client's.
pub(crate) struct Page {
    pub(crate) roster: Roster,
    pub(crate) held: Held,
    replica: Replica,
}

impl Page {
    pub(crate) fn new() -> Page {
        Page { roster: Roster::new(), held: Held::new(7), replica: Replica::new() }
    }

    /// Renders the view, and what it calls: every component with `render` unless that says nothing and it need not.
    pub(crate) fn view(&mut self, html: Html, render: impl FnMut(&str) -> Option<Html>) -> String {
        let is_whole = self.held.forgets(&html);
        let pass = Pass::view(html, is_whole);
        self.finish(pass, render).unwrap()
    }

    fn component(&mut self, cid: u32, render: impl FnMut(&str) -> Option<Html>) -> String {
        let pass = self.roster.components(&[cid]);
        self.finish(pass, render).unwrap()
    }

    fn finish(
        &mut self,
        mut pass: Pass,
        mut render: impl FnMut(&str) -> Option<Html>,
    ) -> Result<String, PartError> {
        loop {
            let level = self.roster.next(&mut pass)?;
            if level.is_empty() {
                break;
            }
            for due in level {
                let id = due.call.as_ref().map_or(String::new(), |call| call.id().to_owned());
                match render(&id) {
                    Some(html) => pass.rendered(&due, html),
                    None => assert!(!due.must_render, "{id:?}"),
                }
            }
        }
        self.roster.end(&pass)?;
        let message = self.held.show(&pass, &mut stand_in).unwrap().to_string();
        let value: Value = serde_json::from_str(&message).unwrap();
        self.replica.merge(&value).unwrap_or_else(|error| panic!("{error}: {message}"));
        Ok(message)
    }

    pub(crate) fn html(&self) -> String {
        self.replica.html().unwrap()
    }
}

pub(crate) fn two(write: impl FnOnce(&mut Html)) -> Html {
    around(template(1, &["<main>", "", "</main>"]), write)
}

fn first(html: &mut Html) {
    html.component(card(1));
    html.nothing();
}

#[test]
fn f057_f130_the_components_of_the_specification_are_sent_as_it_says() {
    let mut page = Page::new();
    assert_eq!(
        page.view(two(first), |_| Some(text("Ann"))),
        r#"{"0":1,"1":"","s":["<main>","","</main>"],"c":{"1":{"0":"Ann","r":1,"s":["<p>","</p>"]}}}"#
    );
    assert_eq!(page.component(1, |_| Some(text("Bob"))), r#"{"c":{"1":{"0":"Bob"}}}"#);
    let both = two(|html| [1, 2].into_iter().for_each(|id| html.component(card(id))));
    assert_eq!(
        page.view(both, |id| (id == "2").then(|| text("Cy"))),
        r#"{"1":2,"c":{"2":{"0":"Cy","s":-1}}}"#
    );
    assert_eq!(page.html(), "<main><p>Bob</p><p>Cy</p></main>");
    assert_eq!(page.view(two(first), |_| None), r#"{"1":""}"#);
    assert_eq!(page.roster.mark(&[2, 7]), [2]);
    assert_eq!(page.roster.delete(&[2, 2, 1, 7]), [2]);
    assert_eq!((page.roster.len(), page.roster.find(card(1).kind(), "1")), (1, Some(1)));
}

#[test]
fn f057_many_new_components_of_a_type_say_their_statics_once() {
    let mut page = Page::new();
    let list = template(3, &["<li>", "</li>"]);
    let html = around(template(1, &["", ""]), |html| {
        let mut entries = html.begin_loop(list);
        for id in 1..=3 {
            html.entry(&mut entries);
            html.component(card(id));
        }
        html.end_loop(entries);
    });
    let message = page.view(html, |id| Some(text(id)));
    assert_eq!(message.matches("<p>").count(), 1, "{message}");
    assert_eq!(page.html(), "<li><p>1</p></li><li><p>2</p></li><li><p>3</p></li>");
}

#[test]
fn f058_streams_of_components_are_numbered_one_by_one_whether_they_are_sent_as_copies_or_not() {
    for is_copied in [true, false] {
        let lists = [1, 2].map(|_| Stream::new(|number: &u32| number.to_string()));
        let again = |text: u32| html! { <b>{text}</b> };
        let mut page = Page::new();
        let both = two(|html| [1, 2].into_iter().for_each(|id| html.component(card(id))));
        let message = page.view(both, |id| {
            let list = &lists[usize::from(id == "2")];
            Some(html! {
                <section>
                    // With statics that occur again, and that the other one has not, it is sent whole after all.
                    if !is_copied && id == "1" { {again(1)} {again(2)} }
                    <ul id={id} phx-update="stream">stream (id, _) in list { <li id={id}></li> }</ul>
                </section>
            })
        });
        let numbers: Vec<&str> = message.split(r#""stream":["#).skip(1).map(|rest| &rest[..3]).collect();
        assert_eq!(numbers.len(), 2, "{message}");
        assert!(numbers.contains(&r#""0""#) && numbers.contains(&r#""1""#), "{message}");
    }
}

/// A copy has the numbers of the statics that the other one shares, and its own would be taken for them.
#[test]
fn f055_f057_a_component_with_statics_that_occur_again_is_no_copy() {
    let twice = |inner: &'static Template| {
        around(root(9, &["<p>", "", "</p>"]), |html| {
            for _ in 0..2 {
                html.open(inner);
                html.slot("x");
            }
        })
    };
    let (bold, italic) = (template(10, &["<b>", "</b>"]), template(11, &["<i>", "</i>"]));
    let view = two(|html| [1, 2].into_iter().for_each(|id| html.component(card(id))));
    let mut page = Page::new();
    let message = page.view(view, |id| Some(twice(if id == "1" { bold } else { italic })));
    assert!(
        message.matches(r#""r":1"#).count() == 2 && message.matches(r#""p":{"#).count() == 2,
        "{message}"
    );
    assert_eq!(page.html(), "<main><p><b>x</b><b>x</b></p><p><i>x</i><i>x</i></p></main>");
}

/// A board whose card is inside an element that the client leaves alone unless it is touched.
pub(crate) fn nested(card: Call) -> Html {
    around(root(4, &["<section>", "</section>"]), |html| {
        html.open(root(5, &["<div>", "</div>"]));
        html.component(card);
    })
}

#[test]
fn f133_who_changes_inside_others_is_named_on_the_whole_way_there() {
    let mut page = Page::new();
    let view = |title: &str| {
        two(|html| {
            html.open(root(6, &["<div>", "</div>"]));
            html.component(board(9));
            html.slot(title);
        })
    };
    page.view(view("a"), |id| Some(if id == "9" { nested(card(1)) } else { text("x") }));
    assert_eq!(
        page.view(view("b"), |id| Some(if id == "9" { nested(card(1)) } else { text("y") })),
        r#"{"0":{"0":1},"1":"b","c":{"2":{"0":"y"},"1":{"0":{"0":2}}}}"#
    );
    assert_eq!(page.component(2, |_| Some(text("z"))), r#"{"c":{"2":{"0":"z"}}}"#);
    assert_eq!(page.html(), "<main><div><section><div><p>z</p></div></section></div>b</main>");
}

/// Else the client would patch the outermost one and leave alone what is in between.
#[test]
fn f133_of_two_that_change_inside_each_other_those_between_are_named_too() {
    let mut page = Page::new();
    let view = around(template(1, &["<main>", "</main>"]), |html| html.component(board(9)));
    page.view(view, |id| match id {
        "1" => Some(text("x")),
        "8" => Some(nested(card(1))),
        _ => Some(nested(board(8))),
    });
    let cids = ["9", "8"].map(|id| page.roster.find(board(0).kind(), id).unwrap());
    let inner = page.roster.find(card(1).kind(), "1").unwrap();
    assert_eq!((cids, inner), ([1, 2], 3));
    let by_cid = |cid: u32| match cid {
        1 => nested(board(8)),
        2 => nested(card(1)),
        _ => text("y"),
    };
    let mut pass = page.roster.components(&[1, 3]);
    while let level = page.roster.next(&mut pass).unwrap()
        && !level.is_empty()
    {
        level.iter().filter(|due| due.must_render).for_each(|due| pass.rendered(due, by_cid(due.cid)));
    }
    page.roster.end(&pass).unwrap();
    let message = page.held.show(&pass, &mut stand_in).unwrap().to_string();
    assert_eq!(message, r#"{"c":{"3":{"0":"y"},"2":{"0":{"0":3}},"1":{"0":{"0":2}}}}"#);
}

#[test]
fn f057_components_of_two_types_have_nothing_from_each_other() {
    let mut page = Page::new();
    let view = two(|html| [card(1), board(2)].into_iter().for_each(|call| html.component(call)));
    let message = page.view(view, |id| Some(text(id)));
    assert_eq!(message.matches("<p>").count(), 2, "{message}");
}

#[test]
fn f130_components_of_two_types_may_have_one_id() {
    let mut page = Page::new();
    let view = two(|html| [card(1), board(1)].into_iter().for_each(|call| html.component(call)));
    page.view(view, |id| Some(text(id)));
    let cids = [card(1), board(1)].map(|call| page.roster.find(call.kind(), call.id()));
    assert_eq!(cids, [Some(1), Some(2)]);
    assert_eq!(page.roster.all(card(1).kind()), [1]);
}

#[test]
fn f136_a_component_of_another_template_is_sent_whole() {
    let mut page = Page::new();
    page.view(two(first), |_| Some(text("a")));
    let other = around(root(7, &["<b>", "</b>"]), |html| html.slot("a"));
    assert_eq!(
        page.component(1, |_| Some(other.clone())),
        r#"{"c":{"1":{"0":"a","r":1,"s":["<b>","</b>"]}}}"#
    );
    assert_eq!(page.html(), "<main><b>a</b></main>");
}

#[test]
fn another_view_brings_all_its_components_along() {
    let mut page = Page::new();
    page.view(two(first), |_| Some(text("a")));
    let other = around(template(8, &["<h1>", "</h1>"]), |html| html.component(card(1)));
    assert_eq!(
        page.view(other, |_| Some(text("a"))),
        r#"{"0":1,"s":["<h1>","</h1>"],"c":{"1":{"0":"a","r":1,"s":["<p>","</p>"]}}}"#
    );
}

#[test]
fn f135_a_component_at_two_places_is_an_error_that_names_it() {
    let twice = two(|html| [1, 1].into_iter().for_each(|id| html.component(card(id))));
    let mut page = Page::new();
    let pass = Pass::view(twice, true);
    let error = page.finish(pass, |_| Some(text(""))).unwrap_err();
    assert!(matches!(&error, PartError::Duplicate { id, .. } if id == "1"), "{error}");
    assert!(error.to_string().contains("Card"), "{error}");
    // One of the places may be in a component that is not rendered.
    let mut page = Page::new();
    let view = |inner: Call| {
        two(|html| {
            html.component(board(9));
            html.component(inner);
        })
    };
    let render = |id: &str| Some(if id == "9" { nested(card(1)) } else { text(id) });
    page.view(view(card(2)), render);
    let pass = Pass::view(view(card(1)), false);
    let error = page.finish(pass, |id| (id != "9").then(|| text(id))).unwrap_err();
    assert!(matches!(&error, PartError::Duplicate { id, .. } if id == "1"), "{error}");
}

#[test]
fn f133_recursion_ends() {
    let mut page = Page::new();
    let call = |id: u32| around(paragraph(), |html| html.component(card(id)));
    let pass = Pass::view(call(1), true);
    let error = page.finish(pass, |id| Some(call(id.parse::<u32>().unwrap() + 1))).unwrap_err();
    assert!(matches!(&error, PartError::TooDeep { id, .. } if *id == (MAX_DEPTH + 1).to_string()), "{error}");
}

#[test]
fn there_is_a_bound_on_components() {
    let mut page = Page::new();
    let html = around(template(1, &["", ""]), |html| {
        let mut list = html.begin_loop(paragraph());
        for id in 0..=MAX_COMPONENTS as u32 {
            html.entry(&mut list);
            html.component(card(id));
        }
        html.end_loop(list);
    });
    let pass = Pass::view(html, true);
    assert_eq!(page.finish(pass, |id| Some(text(id))).unwrap_err(), PartError::TooMany);
}

#[test]
fn a_component_that_is_not_one_element_is_an_error_that_names_it() {
    let mut page = Page::new();
    let mut pass = Pass::view(two(first), true);
    let due = page.roster.next(&mut pass).unwrap();
    pass.rendered(&due[0], around(template(2, &["<p>", "</p> and text"]), |html| html.slot("")));
    let error = page.held.show(&pass, &mut stand_in).unwrap_err();
    assert!(matches!(&error, RenderError::NoRoot { id, .. } if id == "1"), "{error}");
}

#[test]
fn the_client_marks_the_element_of_a_component() {
    let mut page = Page::new();
    page.view(two(first), |_| Some(text("a")));
    assert_eq!(page.replica.marked_html().unwrap(), r#"<main><p data-phx-component="1">a</p></main>"#);
}

#[test]
fn one_of_a_thousand_components_takes_few_bytes_and_none_once_they_are_deleted() {
    let mut page = Page::new();
    let view = |count: u32| {
        around(template(1, &["", ""]), |html| {
            let mut list = html.begin_loop(paragraph());
            for id in 0..count {
                html.entry(&mut list);
                html.component(card(id));
            }
            html.end_loop(list);
        })
    };
    let empty = page.held.memory();
    page.view(view(1000), |id| Some(text(id)));
    assert!(page.component(500, |_| Some(text("changed"))).len() <= 40);
    page.view(view(0), |_| None);
    let all: Vec<u32> = (1..=1000).collect();
    page.held.forget(&page.roster.mark(&all));
    assert_eq!(page.roster.delete(&all).len(), 1000);
    assert!(page.roster.is_empty() && page.held.memory() < empty + 100, "{}", page.held.memory());
}

proptest! {
    #[test]
    fn f057_f130_f132_f133_f136_the_client_shows_the_page_whatever_components_do(
        (view, nodes, owners, steps) in stories()
    ) {
        let mut app = App::new(view, nodes, &owners);
        steps.iter().for_each(|step| app.step(step));
    }

    #[test]
    fn f132_when_all_is_told_there_are_as_many_components_as_the_page_shows(
        (view, nodes, owners, steps) in stories()
    ) {
        let mut app = App::new(view, nodes, &owners);
        steps.iter().for_each(|step| app.step(step));
        app.settle();
        prop_assert_eq!(app.roster.len(), app.shown().len());
    }
}
