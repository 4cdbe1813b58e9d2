//! Pages that say where in the source they come from (F018, F019). In a process of their own, since it is said of all or none.

#![cfg(debug_assertions)]

use firecrest_live::{Held, Html, Replica, SlotFn, Stream, annotate, component, html};
use serde_json::Value;

#[component]
fn Card(title: &str, children: SlotFn<'_>) -> Html {
    html! {
        <section id={title}>
            <b>{title}</b>
            {children}
        </section>
    }
}

struct Page(Stream<u32>);

impl Page {
    fn render(&self, count: u32) -> Html {
        html! {
            <Card title="one">
                <i>{count}</i>
            </Card>
            <ul id="list" phx-update="stream">
                stream (id, item) in &self.0 { <Item id={&id} item={*item}/> }
            </ul>
            if count > 1 { <p/> }
        }
    }
}

#[component]
fn Item(id: &str, item: u32) -> Html {
    html! { <li id={id}>{item}</li> }
}

fn merged(message: &str) -> Value {
    serde_json::from_str(&format!("{{{message}}}")).expect("members of an object")
}

/// The number of the first line of this file that contains a text.
fn line(text: &str) -> usize {
    let found = include_str!("annotated.rs").lines().position(|line| line.contains(text));
    found.expect("the text is in this file") + 1
}

/// A line as comments say it: the one after the first that contains a text.
fn after(text: &str) -> String {
    format!("{}:{}", file!(), line(text) + 1)
}

#[test]
fn f018_f019_comments_say_function_file_and_line_and_tags_their_line() {
    annotate(true);
    let html = Page(Stream::new(u32::to_string)).render(1).to_string();
    let (card, page) = (line("<section id="), line("<ul id="));
    let expected = [
        format!("<!-- <annotated::Page::render> {} -->", after("fn render")),
        format!("<!-- @caller {}:{} -->", file!(), line("<Card title")),
        format!("<!-- <annotated::Card> {} -->", after("fn Card")),
        format!("<section data-phx-loc=\"{card}\" id=\"one\">"),
        format!("<b data-phx-loc=\"{}\">one</b>", card + 1),
        format!("<!-- <:children> {} -->", after("fn render")),
        format!("<i data-phx-loc=\"{}\">1</i><!-- </:children> -->", line("<i>{count}")),
        "</section><!-- </annotated::Card> -->".to_owned(),
        format!("<ul data-phx-loc=\"{page}\" id=\"list\" phx-update=\"stream\"></ul>"),
        "<!-- </annotated::Page::render> -->".to_owned(),
    ];
    assert_eq!(html, expected.concat());
}

#[test]
fn f018_what_a_client_holds_stays_what_the_server_shows() {
    annotate(true);
    let mut items = Stream::new(u32::to_string);
    items.append(5);
    let page = Page(items);
    let (mut held, mut replica) = (Held::new(1), Replica::new());
    let tree = page.render(1);
    let shown = tree.to_string();
    let joined = held.full(&tree, &mut |_| String::new()).unwrap();
    replica.merge(&merged(joined.as_str())).unwrap();
    assert_eq!(replica.html().unwrap(), shown);
    let item = format!("<li data-phx-loc=\"{}\" id=\"5\">5</li>", line("<li id="));
    assert!(shown.contains(&item), "{shown}");
    for count in [2, 3, 1] {
        let tree = page.render(count);
        let diff = held.diff(&tree, &mut |_| String::new()).unwrap();
        replica.merge(&merged(diff.as_str())).unwrap();
        let shown = replica.html().unwrap();
        let shown_count = format!("<i data-phx-loc=\"{}\">{count}</i>", line("<i>{count}"));
        assert!(shown.contains(&shown_count), "{shown}");
        assert_eq!(shown.contains(&format!("<p data-phx-loc=\"{}\">", line("count > 1"))), count > 1);
    }
}
