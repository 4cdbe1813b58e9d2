//! Texts, nested templates and nested views: what is sent for them (spec §3.1 to §3.3, §3.7, §3.9).

use std::sync::Arc;

use firecrest_live::{Child, Held, Html, Raw, Template};

use crate::client::{Client, around, root, stand_in, template};

fn counter(count: i32) -> Html {
    around(template(1, &["<b>", "</b><button phx-click=\"inc\">+</button>"]), |html| html.slot(&count))
}

#[test]
fn the_counter_of_the_specification_is_sent_as_it_says() {
    let mut client = Client::new();
    assert_eq!(
        client.show(&counter(0)),
        r#"{"0":"0","s":["<b>","</b><button phx-click=\"inc\">+</button>"]}"#
    );
    assert_eq!(client.show(&counter(1)), r#"{"0":"1"}"#);
    assert_eq!(client.replica.html().unwrap(), "<b>1</b><button phx-click=\"inc\">+</button>");
}

#[test]
fn text_that_is_the_same_again_is_not_sent() {
    let mut client = Client::new();
    client.show(&counter(1));
    assert_eq!(client.show(&counter(1)), "{}");
}

#[test]
fn a_number_is_sent_as_text_because_a_number_is_a_component() {
    let page = |number: f64| around(template(1, &["", ""]), |html| html.slot(&number));
    let mut client = Client::new();
    client.show(&page(0.5));
    assert_eq!(client.show(&page(1.0)), r#"{"0":"1"}"#);
}

#[test]
fn nothing_is_sent_as_empty_text_and_never_as_null() {
    let page = |name: Option<&str>| around(template(1, &["<p>", "</p>"]), |html| html.slot(&name));
    let mut client = Client::new();
    assert_eq!(client.show(&page(None)), r#"{"0":"","s":["<p>","</p>"]}"#);
    assert_eq!(client.show(&page(Some(""))), "{}");
    assert_eq!(client.show(&page(Some("Ann"))), r#"{"0":"Ann"}"#);
    assert_eq!(client.show(&page(None)), r#"{"0":""}"#);
}

#[test]
fn statics_and_texts_that_json_must_escape_arrive_as_they_were() {
    let page =
        |text: &str| around(template(1, &["<p title=\"\\\n\">", "</p>"]), |html| html.slot(&Raw(text)));
    let mut client = Client::new();
    client.show(&page("\"\\\u{1}\u{7f}\u{2028}"));
    client.show(&page("\t\"quoted\" and so on, in a longer text with \\ in it"));
}

/// The page of the specification's if and else.
fn greeting(name: Option<&str>, is_known: bool) -> Html {
    around(template(1, &["<p>", "</p>"]), |html| match name {
        None => html.nothing(),
        Some(name) => {
            html.open(if is_known { template(2, &["Hello ", ""]) } else { template(3, &["Please ", ""]) });
            html.slot(name);
        }
    })
}

#[test]
fn f007_the_branches_of_the_specification_are_sent_as_it_says() {
    let mut client = Client::new();
    assert_eq!(
        client.show(&greeting(Some("Ann"), true)),
        r#"{"0":{"0":"Ann","s":["Hello ",""]},"s":["<p>","</p>"]}"#
    );
    assert_eq!(client.show(&greeting(Some("login"), false)), r#"{"0":{"0":"login","s":["Please ",""]}}"#);
    assert_eq!(client.show(&greeting(None, false)), r#"{"0":""}"#);
    assert_eq!(client.show(&greeting(Some("Bob"), true)), r#"{"0":{"0":"Bob","s":["Hello ",""]}}"#);
    assert_eq!(client.show(&greeting(Some("Ben"), true)), r#"{"0":{"0":"Ben"}}"#);
    assert_eq!(client.show(&greeting(Some("Ben"), true)), "{}");
}

#[test]
fn f008_a_branch_of_the_same_statics_but_another_fingerprint_is_sent_whole() {
    let arm =
        |fingerprint| around(template(1, &["", ""]), |html| html.open(template(fingerprint, &["<hr>"])));
    let mut client = Client::new();
    client.show(&arm(2));
    assert_eq!(client.show(&arm(3)), r#"{"0":{"s":["<hr>"]}}"#);
    assert_eq!(client.show(&arm(3)), "{}");
}

#[test]
fn f055_the_shared_statics_of_the_specification_are_sent_once() {
    let outer = template(1, &["", "", ""]);
    let page = |first: &str, second: &str| {
        around(outer, |html| {
            for text in [first, second] {
                html.open(template(2, &["<i>", "</i>"]));
                html.slot(text);
            }
        })
    };
    let mut client = Client::new();
    // Statics of the top node are never shared: there is only one.
    assert_eq!(
        client.show(&page("a", "b")),
        r#"{"0":{"0":"a","s":0},"1":{"0":"b","s":0},"s":["","",""],"p":{"0":["<i>","</i>"]}}"#
    );
    assert_eq!(client.show(&page("a", "B")), r#"{"1":{"0":"B"}}"#);
}

#[test]
fn only_statics_that_occur_again_are_shared_and_only_within_one_message() {
    let (once, twice) = (template(2, &["<i>", "</i>"]), template(3, &["<u>", "</u>"]));
    let page = |templates: [Option<&'static Template>; 4]| {
        around(template(1, &["", "", "", "", ""]), |html| {
            for template in templates {
                match template {
                    Some(template) => html.open(template),
                    None => html.nothing(),
                }
                if template.is_some() {
                    html.slot("x");
                }
            }
        })
    };
    let mut client = Client::new();
    client.show(&page([None; 4]));
    assert_eq!(
        client.show(&page([Some(twice), Some(once), Some(twice), None])),
        r#"{"0":{"0":"x","s":0},"1":{"0":"x","s":["<i>","</i>"]},"2":{"0":"x","s":0},"p":{"0":["<u>","</u>"]}}"#
    );
    // What was shared in another message is not known any more.
    assert_eq!(
        client.show(&page([Some(twice), Some(once), Some(twice), Some(twice)])),
        r#"{"3":{"0":"x","s":["<u>","</u>"]}}"#
    );
    assert_eq!(
        client.show(&page([Some(once), Some(twice), Some(once), Some(once)])),
        r#"{"0":{"0":"x","s":0},"1":{"0":"x","s":["<u>","</u>"]},"2":{"0":"x","s":0},"3":{"0":"x","s":0},"p":{"0":["<i>","</i>"]}}"#
    );
}

#[test]
fn f017_the_root_flag_comes_with_the_statics_of_a_nested_template_only() {
    let card = root(2, &["<p>", "</p>"]);
    let page = |text: &str| {
        around(root(1, &["<div>", "</div>"]), |html| html.slot(&around(card, |html| html.slot(text))))
    };
    let mut client = Client::new();
    assert_eq!(client.show(&page("a")), r#"{"0":{"0":"a","r":1,"s":["<p>","</p>"]},"s":["<div>","</div>"]}"#);
    assert_eq!(client.show(&page("b")), r#"{"0":{"0":"b"}}"#);
    let list = around(template(3, &["", ""]), |html| html.slot(&[Html::empty()]));
    assert!(!Client::new().show(&list).contains("\"r\""));
}

#[test]
fn another_top_template_is_sent_whole() {
    let mut client = Client::new();
    client.show(&counter(1));
    let other = around(template(9, &["<h1>", "</h1>"]), |html| html.slot("1"));
    assert_eq!(client.show(&other), r#"{"0":"1","s":["<h1>","</h1>"]}"#);
}

#[test]
fn after_a_join_everything_is_sent_again() {
    let mut client = Client::new();
    let whole = client.show(&greeting(Some("Ann"), true));
    let again = client.held.full(&greeting(Some("Ann"), true), &mut stand_in).unwrap();
    assert_eq!(again.to_string(), whole);
    assert_eq!(client.show(&greeting(Some("Ann"), true)), "{}");
}

#[test]
fn a_tree_of_nothing_is_sent_and_held_too() {
    let mut client = Client::new();
    assert_eq!(client.show(&Html::empty()), r#"{"s":[""]}"#);
    assert_eq!(client.show(&Html::empty()), "{}");
    assert_eq!(
        client.show(&counter(1)),
        r#"{"0":"1","s":["<b>","</b><button phx-click=\"inc\">+</button>"]}"#
    );
}

#[test]
fn a_tree_of_nothing_takes_a_slot() {
    let page = around(template(1, &["", "-", "-", ""]), |html| {
        html.slot(&Html::empty());
        html.slot(&[Html::empty(), counter(1)]);
        html.slot("end");
    });
    assert!(page.to_string().ends_with("</button>-end"));
    Client::new().show(&page);
}

#[test]
fn a_tree_without_a_template_is_its_only_value() {
    let mut value = Html::empty();
    value.slot("<");
    assert_eq!(Client::new().show(&value), r#"{"0":"&lt;","s":["",""]}"#);
    assert_eq!(
        Client::new().show(&around(template(1, &["", ""]), |html| html.slot(&value))),
        r#"{"0":"&lt;","s":["",""]}"#
    );
}

#[test]
fn a_tree_that_was_not_written_to_its_end_has_empty_slots_there() {
    let mut client = Client::new();
    let outer = template(1, &["<p>", "-", "</p>"]);
    assert_eq!(client.show(&Html::new(outer)), r#"{"0":"","1":"","s":["<p>","-","</p>"]}"#);
    let half = around(outer, |html| html.open(template(2, &["", "", ""])));
    assert_eq!(client.show(&half), r#"{"0":{"0":"","1":"","s":["","",""]}}"#);
}

fn view(id: &str) -> Html {
    around(template(1, &["<main>", "</main>"]), |html| {
        html.view(Child { id: id.to_owned(), content: Arc::new(()) });
    })
}

#[test]
fn a_nested_view_is_sent_when_its_id_changes_and_only_then_asked_for() {
    let mut client = Client::new();
    assert_eq!(client.show(&view("a")), r#"{"0":"<div id=\"a\"></div>","s":["<main>","</main>"]}"#);
    let mut held = client.held;
    let members = held.diff(&view("a"), &mut |_| panic!("the client has it")).unwrap();
    assert!(members.is_empty());
    assert_eq!(held.diff(&view("b"), &mut |child| child.id.clone()).unwrap().to_string(), r#"{"0":"b"}"#);
}

#[test]
fn a_nested_view_is_not_taken_for_text_of_the_same_letters() {
    let mut client = Client::new();
    client.show(&around(template(1, &["<main>", "</main>"]), |html| html.slot("a")));
    assert_eq!(client.show(&view("a")), r#"{"0":"<div id=\"a\"></div>"}"#);
}

#[test]
fn nested_views_are_found_wherever_they_stand() {
    let page = around(template(2, &["", "", ""]), |html| {
        html.slot(&vec![view("a"), view("b")]);
        html.slot(&Some(view("c")));
    });
    let ids: Vec<_> = page.children().iter().map(|child| child.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(page.to_string(), "<main></main><main></main><main></main>");
    Client::new().show(&page);
}

#[test]
fn what_is_held_is_eight_bytes_for_each_text() {
    let mut held = Held::new(1);
    assert_eq!(held.memory(), 0);
    held.full(&counter(1), &mut stand_in).unwrap();
    assert_eq!(held.memory(), 8 + 16);
    held.diff(&counter(2), &mut stand_in).unwrap();
    assert_eq!(held.memory(), 8 + 16);
}

#[test]
fn templates_that_share_a_fingerprint_are_told_apart_by_their_slots() {
    let page = |statics| around(template(1, &["", ""]), |html| html.open(template(2, statics)));
    let mut client = Client::new();
    client.show(&page(&["a", "b", "c"]));
    assert_eq!(client.show(&page(&["d", "e"])), r#"{"0":{"0":"","s":["d","e"]}}"#);
}

#[test]
fn a_tree_and_what_is_held_of_it_may_go_to_another_thread() {
    fn goes<T: Send + Sync>(_: &T) {}
    goes(&(counter(1), Held::new(1)));
}
