//! What may stand in a template, and how it becomes HTML (F005, F006).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use firecrest_live::attribute::Presence;
use firecrest_live::pick::{Pick, Shown as _, Slotted as _};
use firecrest_live::{AttributeValue, Attributes, ClassList, Escaped, Html, Raw, Slot, StyleList};
use proptest::prelude::*;

use crate::client::{around, template};

fn html(write: impl FnOnce(&mut Html)) -> String {
    around(template(1, &["", ""]), write).to_string()
}

fn slot(value: &(impl Slot + ?Sized)) -> String {
    html(|html| html.slot(value))
}

#[test]
fn f005_text_is_escaped_and_raw_html_is_not() {
    assert_eq!(slot("<b>Tom & 'Jerry'</b>"), "&lt;b&gt;Tom &amp; &#39;Jerry&#39;&lt;/b&gt;");
    assert_eq!(slot(&Raw("<b>&amp;</b>")), "<b>&amp;</b>");
    assert_eq!(slot(&Raw(String::from("<hr>"))), "<hr>");
    assert_eq!(slot(&'<'), "&lt;");
}

#[test]
fn values_of_many_types_are_printed() {
    let text = String::from("κ");
    let texts = [
        slot(&text),
        slot(&&*text),
        slot(&Cow::Borrowed("κ")),
        slot(&Box::<str>::from("κ")),
        slot(&Arc::<str>::from("κ")),
        slot(&Rc::new(text.clone())),
        slot(&'κ'),
        slot(&Some(&text)),
    ];
    assert!(texts.iter().all(|html| *html == text), "{texts:?}");
    assert_eq!([slot(&i128::MIN), slot(&u64::MAX)], [i128::MIN.to_string(), u64::MAX.to_string()]);
    assert_eq!([slot(&1.0), slot(&-0.25_f32), slot(&f64::NAN)], ["1", "-0.25", "NaN"]);
    assert_eq!([slot(&true), slot(&false), slot(&None::<u8>)], ["true", "false", ""]);
}

#[test]
fn lists_of_html_are_loops() {
    let items: Vec<_> =
        ["a", "b"].map(|text| around(template(2, &["<li>", "</li>"]), |html| html.slot(text))).into();
    assert_eq!(slot(&items), "<li>a</li><li>b</li>");
    assert_eq!(slot(&items[..1]), "<li>a</li>");
    assert_eq!(slot(&[Html::empty(), Html::empty()]), "");
}

struct Shown;

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<shown>")
    }
}

struct Both;

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("displayed")
    }
}

impl Slot for Both {
    fn write(&self, html: &mut Html) {
        html.slot(&Raw("<slot>"));
    }
}

/// As `html!` writes `{value}`.
macro_rules! picked {
    ($value:expr) => {
        html(|html| match &$value {
            value => (&&&Pick(value)).kind().write(value, html),
        })
    };
}

#[test]
fn what_only_displays_itself_is_escaped_and_what_is_a_slot_is_a_slot() {
    assert_eq!(picked!(Shown), "&lt;shown&gt;");
    assert_eq!(picked!(&Shown), "&lt;shown&gt;");
    assert_eq!(picked!(Both), "<slot>");
    assert_eq!(picked!(1), "1");
    assert_eq!(picked!("<"), "&lt;");
    assert_eq!(picked!(*"<"), "&lt;");
    assert_eq!(picked!(format_args!("{}<", 1)), "1&lt;");
    assert_eq!(picked!(Some("a")), "a");
    assert_eq!(picked!(Html::empty()), "");
}

#[test]
fn a_type_parameter_is_what_its_bounds_say() {
    fn shown<T: fmt::Display>(value: &T) -> String {
        picked!(value)
    }
    fn slotted<T: Slot>(value: T) -> String {
        picked!(value)
    }
    assert_eq!((shown(&Both), slotted(Both)), ("displayed".to_owned(), "<slot>".to_owned()));
}

#[test]
fn a_value_that_fails_to_display_itself_ends_there() {
    struct Half;
    impl fmt::Display for Half {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    assert_eq!(picked!(Half), "half");
}

fn attribute(name: &str, value: &(impl AttributeValue + ?Sized)) -> String {
    html(|html| html.attribute(name, value))
}

#[test]
fn f006_attributes_are_printed_bare_or_left_out() {
    assert_eq!(attribute("title", "a \"b\" <c>"), " title=\"a &quot;b&quot; &lt;c&gt;\"");
    assert_eq!(attribute("data-n", &-7), " data-n=\"-7\"");
    assert_eq!(attribute("data-n", &0.5), " data-n=\"0.5\"");
    assert_eq!(attribute("accesskey", &'"'), " accesskey=\"&quot;\"");
    assert_eq!(attribute("value", ""), " value=\"\"");
    assert_eq!([attribute("disabled", &true), attribute("disabled", &false)], [" disabled", ""]);
    assert_eq!(
        [attribute("id", &Some(String::from("x"))), attribute("id", &None::<&str>)],
        [" id=\"x\"", ""]
    );
    assert_eq!([attribute("open", &Some(true)), attribute("open", &Some(false))], [" open", ""]);
    assert_eq!(attribute("id", &Cow::Borrowed("x")), " id=\"x\"");
}

#[test]
fn f006_a_value_between_constant_quotes_is_only_the_value() {
    let value = |value: &dyn AttributeValue| html(|html| html.value(&value));
    assert_eq!([value(&"a\"b"), value(&7), value(&None::<u8>)], ["a&quot;b", "7", ""]);
    assert_eq!([value(&true), value(&false)], ["", ""]);
}

#[test]
fn f006_an_own_value_is_escaped_however_it_is_written() {
    struct Own;
    impl AttributeValue for Own {
        fn presence(&self) -> Presence {
            Presence::Value
        }

        fn write(&self, out: &mut Escaped<'_>) {
            out.push_str("[\"");
            out.display(&format_args!("{}>", 1));
        }
    }
    assert_eq!(attribute("phx-click", &Own), " phx-click=\"[&quot;1&gt;\"");
}

#[test]
fn f006_a_name_that_is_none_can_be_no_markup() {
    for name in ["", "a b", "a=b", "a>", "/", "a\"b", "a'b", "<a", "a\nb", "a`", "a\0"] {
        assert_eq!(attribute(name, "x"), "", "{name:?}");
        assert_eq!(attribute(name, &true), "", "{name:?}");
    }
    for name in ["phx-click", "xlink:href", "@click.prevent", ":key", "data-κ"] {
        assert_eq!(attribute(name, &true), format!(" {name}"));
    }
}

fn class(value: &(impl ClassList + ?Sized)) -> String {
    html(|html| html.class(value))
}

#[test]
fn f006_class_lists_are_flattened_and_joined_by_one_space() {
    assert_eq!(class("btn big"), "btn big");
    assert_eq!(class(&("btn", ("on", true), ("off", false), None::<&str>, "", Some("big"))), "btn on big");
    assert_eq!(class(&["a", "", "b"]), "a b");
    assert_eq!(class(&vec![("a", false), ("b", true)]), "b");
    assert_eq!(class(&(["a", "b"], (("c", String::from("d")), true), Cow::Borrowed("e"))), "a b c d e");
    assert_eq!(class(&("a", "b", "c", "d", "e", "f", "g", "h")), "a b c d e f g h");
    assert_eq!(class(&(("", None::<&str>), "\"<")), "&quot;&lt;");
}

fn style(value: &(impl StyleList + ?Sized)) -> String {
    html(|html| html.style(value))
}

#[test]
fn f006_style_lists_are_joined_by_semicolons() {
    assert_eq!(style("color: red; "), "color: red");
    assert_eq!(style(&[("color", "red"), ("top", "0")]), "color:red;top:0");
    assert_eq!(style(&("color:red;", ("top", 4), None::<&str>, ("left", None::<u8>), "")), "color:red;top:4");
    assert_eq!(style(&vec![(String::from("--x"), Some("\"a\""))]), "--x:&quot;a&quot;");
    assert_eq!(style(&Some(String::from("a:b"))), "a:b");
}

fn attributes(value: &(impl Attributes + ?Sized)) -> String {
    html(|html| html.attributes(value))
}

#[test]
fn f006_a_splat_is_any_number_of_attributes() {
    assert_eq!(attributes(&[("id", "x"), ("title", "\"")]), " id=\"x\" title=\"&quot;\"");
    assert_eq!(attributes(&[("id", Some(1)), ("title", None)]), " id=\"1\"");
    assert_eq!(attributes(&BTreeMap::from([(String::from("b"), true), (String::from("a"), true)])), " a b");
    assert_eq!(attributes(&vec![("onclick=alert(1) x", "y"), ("id", "z")]), " id=\"z\"");
    assert_eq!(attributes(&None::<Vec<(&str, &str)>>), "");
}

proptest! {
    #[test]
    fn f005_f006_no_text_becomes_markup(text in any::<String>()) {
        let marks: &[char] = &['<', '>', '"', '\''];
        let written = [
            slot(&text),
            html(|html| html.value(&text)),
            class(&text),
            style(&text),
            picked!(format_args!("{text}")),
        ];
        for html in written {
            prop_assert!(!html.contains(marks), "{html}");
        }
        let splat = attributes(&[(&text, "x")]);
        let ends_a_name = text.is_empty() || text.contains(marks) || text.contains([' ', '\n', '/', '=']);
        let expected = if ends_a_name { String::new() } else { format!(" {text}=\"x\"") };
        prop_assert!(splat.is_empty() || splat == expected, "{}", splat);
    }
}
