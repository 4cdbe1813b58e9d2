//! Templates that come from elsewhere when they are compiled: from a file, or from a macro (F021, F027).

use firecrest_live::{Html, html};

fn card(title: &str, names: &[&str]) -> Html {
    include!("included/card.rs")
}

#[test]
fn f027_a_template_can_stand_in_a_file_of_its_own() {
    let page = html! { <main>{card("Birds & co", &["Wren"])}</main> };
    let expected = r#"<main><section><h2>Birds &amp; co</h2><ul><li>Wren</li></ul></section></main>"#;
    assert_eq!(page.to_string(), expected);
}

/// Says what its element is, and shows it.
macro_rules! shown {
    (<$tag:ident> $text:literal </$end:ident>) => {
        html! {
            <figure data-tag={stringify!($tag)}>
                <$tag>$text</$end>
                <pre>{concat!("<", stringify!($tag), ">", $text)}</pre>
            </figure>
        }
    };
}

#[test]
fn f021_a_macro_in_braces_is_handed_an_element_when_it_is_compiled() {
    let page = html! { <main>{shown! { <b>"bold"</b> }}</main> };
    let expected = r#"<main><figure data-tag="b"><b>bold</b><pre>&lt;b&gt;bold</pre></figure></main>"#;
    assert_eq!(page.to_string(), expected);
}
