//! What is constant: statics, their JSON, fingerprints, the root flag (F017, F042).

use firecrest_live::{Held, Html, html};

/// Everything that a page is, as it is sent.
fn sent(page: &Html) -> String {
    let mut held = Held::new(0);
    held.full(page, &mut |_| String::new()).expect("there is no loop with a key").as_str().to_owned()
}

#[test]
fn f042_statics_are_joined_as_far_as_they_go() {
    let page = html! { <p class="a" id={1}>"b" <!-- "c" --> "\n\"" {2} </p> "d" };
    assert_eq!(sent(&page), r#""0":" id=\"1\"","1":"2","s":["<p class=\"a\"",">b<!--c-->\n\"","</p>d"]"#);
}

#[test]
fn f007_a_branch_is_a_template_of_its_own() {
    let page = |open: bool| html! { if open { "a" {1} } "|" if !open { "b" } };
    assert_eq!(sent(&page(true)), r#""0":{"0":"1","s":["a",""]},"1":"","s":["","|",""]"#);
}

/// Whether a page is sent as a single root element.
fn is_root(page: &Html) -> bool {
    sent(&html! { {page} }).contains("\"r\":1")
}

#[test]
fn f017_one_element_is_a_root() {
    let open = true;
    assert!(is_root(&html! { <p>{1}"a"</p> }));
    assert!(is_root(&html! { <p class={"a"} id={2} {..[("a", "b")]}/> }));
    assert!(is_root(&html! { let x = 1; <p>if open { {x} }</p> }));
    assert!(is_root(&html! { <!-- "a" --> <><p/></> <!-- "b" --> }));
    assert!(is_root(&html! { <input name="q"> }));
}

#[test]
fn f017_what_may_be_more_or_less_than_one_element_is_no_root() {
    let open = true;
    assert!(!is_root(&html! {}));
    assert!(!is_root(&html! { "a" }));
    assert!(!is_root(&html! { <p/> "a" }));
    assert!(!is_root(&html! { <p/> {1} }));
    assert!(!is_root(&html! { <p/> <p/> }));
    assert!(!is_root(&html! { if open { <p/> } }));
    assert!(!is_root(&html! { for _ in 0..1 { <p/> } }));
    assert!(!is_root(&html! { <!-- "a\nb" --> <p/> }));
    assert!(!is_root(&html! { <!DOCTYPE html> <p/> }));
}

/// What is sent when one template takes the place of another: nothing but the values if they have the same fingerprint.
fn is_same(one: &Html, other: &Html) -> bool {
    let page = |inner: &Html| html! { <div>{inner}</div> };
    let mut held = Held::new(0);
    held.full(&page(one), &mut |_| String::new()).expect("there is no loop with a key");
    !held
        .diff(&page(other), &mut |_| String::new())
        .expect("there is no loop with a key")
        .as_str()
        .contains("\"s\"")
}

#[test]
fn f042_equal_sources_have_equal_fingerprints() {
    let x = 1;
    assert!(is_same(&html! { <p>{x}</p> }, &html! { <p> {x} </p> }));
    assert!(is_same(&html! { if x == 1 { {x} } }, &html! { if x   ==   1 { {x} } }));
}

#[test]
fn f042_different_sources_have_different_fingerprints() {
    let (x, y, on) = (1, 1, true);
    let pages = [
        html! { <p>{x}</p> },
        html! { <p>{y}</p> },
        html! { <b>{x}</b> },
        html! { <p id={x}/> },
        html! { <p name={x}/> },
        html! { <p class={"a".to_owned()}/> },
        html! { <p style={"a".to_owned()}/> },
        html! { <p {..[("a", x)]}/> },
        html! { <p>if on { {x} }</p> },
        html! { <p>if on { {y} }</p> },
        html! { <p>if on { "a" }</p> },
        html! { <p>if on { "a" } else { "b" }</p> },
        html! { <p>match on { true => { {x} } false => {} }</p> },
        html! { <p>match on { true => { {y} } false => {} }</p> },
        html! { <p>for x in [x] { {x} }</p> },
        html! { <p>for x in [x], key = x { {x} }</p> },
        html! { <p>for x in [y] { {x} }</p> },
        html! { <p>let z = x; {z}</p> },
        html! { <p>let z = y; {z}</p> },
    ];
    for (at, one) in pages.iter().enumerate() {
        for other in &pages[at + 1..] {
            assert!(!is_same(one, other), "{one} and {other}");
        }
        assert!(is_same(one, one));
    }
}
