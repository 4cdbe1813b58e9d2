//! Elements of the framework: portals, traps for the focus, tags chosen at run time.

use firecrest_live::{FocusWrap, Portal, Tag, TagName, TagNameError, html};
use proptest::prelude::*;

#[test]
fn f038_a_portal_is_a_template_around_one_element() {
    let page = html! { <Portal id="p" target="#end" class="wide"><b>"in"</b></Portal> };
    assert_eq!(
        page.to_string(),
        "<template id=\"p\" data-phx-portal=\"#end\">\
         <div id=\"_lv_portal_wrap_p\" class=\"wide\"><b>in</b></div></template>"
    );
}

#[test]
fn f038_portals_stand_in_portals() {
    let page = html! { <Portal id="a" target="#x"><Portal id="b" target="#y">"in"</Portal></Portal> };
    assert_eq!(
        page.to_string(),
        "<template id=\"a\" data-phx-portal=\"#x\"><div id=\"_lv_portal_wrap_a\">\
         <template id=\"b\" data-phx-portal=\"#y\"><div id=\"_lv_portal_wrap_b\">in</div></template></div></template>"
    );
}

#[test]
fn f034_a_focus_trap_has_a_sentinel_on_each_side() {
    let page = html! { <FocusWrap id="f" role="menu"><button/></FocusWrap> };
    assert_eq!(
        page.to_string(),
        "<div id=\"f\" phx-hook=\"Phoenix.FocusWrap\" role=\"menu\">\
         <div id=\"f-start\" tabindex=\"0\" aria-hidden=\"true\"></div><button></button>\
         <div id=\"f-end\" tabindex=\"0\" aria-hidden=\"true\"></div></div>"
    );
}

#[test]
fn f035_a_tag_is_chosen_at_run_time() {
    const ROW: TagName = TagName::new("my-row");
    let names = [ROW, "h2".parse().unwrap(), "linearGradient".parse().unwrap()];
    let page = html! { for name in &names { <Tag name={name} id="a\"b">{name}</Tag> } };
    assert_eq!(
        page.to_string(),
        "<my-row id=\"a&quot;b\">my-row</my-row><h2 id=\"a&quot;b\">h2</h2>\
         <linearGradient id=\"a&quot;b\">linearGradient</linearGradient>"
    );
}

#[test]
fn f035_what_would_change_how_the_page_is_read_is_no_tag() {
    for name in ["script", "STYLE", "textarea", "title", "input", "br", "body", "template", "plaintext"] {
        assert_eq!(name.parse::<TagName>(), Err(TagNameError::Refused), "{name}");
    }
    for name in ["", "1a", "-a", "a b", "a>", "a/", "é", "a:b", "a\0", &"a".repeat(65)] {
        assert_eq!(name.parse::<TagName>(), Err(TagNameError::NoName), "{name}");
    }
    assert!("a".repeat(64).parse::<TagName>().is_ok());
}

#[test]
#[should_panic(expected = "cannot stand in the place of another")]
fn f035_a_name_in_the_source_is_checked_too() {
    let _ = TagName::new("script");
}

proptest! {
    #[test]
    fn f035_whatever_a_name_is_it_does_not_leave_its_tag(name in "\\PC{0,10}|[a-zA-Z][a-z0-9-]{0,10}") {
        if let Ok(name) = name.parse::<TagName>() {
            let page = html! { <Tag name={&name}>"in"</Tag> };
            prop_assert_eq!(page.to_string(), format!("<{name}>in</{name}>"));
            prop_assert!(name.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        }
    }
}
