//! Attributes (F006).

use std::collections::BTreeMap;

use firecrest_live::{Html, html};

#[test]
fn f006_a_constant_attribute_is_as_it_is_written() {
    let page = html! { <input type="text" value="a \"b\" & <c>" maxlength=10 step=0.5 tabindex=-1 data-char='x' required> };
    assert_eq!(
        page.to_string(),
        "<input type=\"text\" value=\"a &quot;b&quot; &amp; &lt;c&gt;\" maxlength=\"10\" step=\"0.5\" tabindex=\"-1\" data-char=\"x\" required>"
    );
}

#[test]
fn f006_none_and_false_are_left_out_and_true_has_no_value() {
    let row =
        |hidden: bool, title: Option<&str>, id: u32| html! { <p hidden={hidden} title={title} id={id}/> };
    assert_eq!(row(true, Some("a<b"), 1).to_string(), "<p hidden title=\"a&lt;b\" id=\"1\"></p>");
    assert_eq!(row(false, None, 2).to_string(), "<p id=\"2\"></p>");
}

#[test]
fn f006_lists_of_classes_and_styles() {
    let (on, off, more) = (true, false, vec![String::from("x"), String::from("y")]);
    let page = html! {
        <p class={("btn", ("on", on), ("off", off), &more)} style={[("width", "4em"), ("top", "1px")]}/>
        <p class={None::<&str>}/>
        <p class={"only"} style="a:b"/>
    };
    assert_eq!(
        page.to_string(),
        "<p class=\"btn on x y\" style=\"width:4em;top:1px\"></p><p class=\"\"></p><p class=\"only\" style=\"a:b\"></p>"
    );
}

#[test]
fn f006_names_that_are_no_identifiers_or_keywords() {
    let id = 7;
    let page = html! {
        <a phx-click="go" phx-value-id={id} aria-label="A" data-1x="1" xlink:href={"h"} @click.prevent="c" x--y="z"/>
        <label for="f" type="t" as="a" loop in={id}/>
    };
    assert_eq!(
        page.to_string(),
        "<a phx-click=\"go\" phx-value-id=\"7\" aria-label=\"A\" data-1x=\"1\" xlink:href=\"h\" @click.prevent=\"c\" x--y=\"z\"></a>\
         <label for=\"f\" type=\"t\" as=\"a\" loop in=\"7\"></label>"
    );
}

#[test]
fn f006_a_list_of_attributes_is_put_among_the_others() {
    let rest = BTreeMap::from([("data-a", "1"), ("title", "<")]);
    let page = html! { <p id="p" {..&rest} {..[("hidden", true), ("open", false)]} class="c"/> };
    assert_eq!(page.to_string(), "<p id=\"p\" data-a=\"1\" title=\"&lt;\" hidden class=\"c\"></p>");
}

#[test]
fn attributes_are_evaluated_in_order_and_once() {
    let mut count = 0;
    let mut next = || {
        count += 1;
        count
    };
    let page = html! { <p a={next()} b={next()}>{next()}</p> };
    assert_eq!(page.to_string(), "<p a=\"1\" b=\"2\">3</p>");
}

#[test]
fn f016_what_needs_an_id_may_have_one_of_any_kind() {
    let id = "list";
    let pages: [Html; 4] = [
        html! { <ul id="list" phx-update="stream"/> },
        html! { <ul id={id} phx-hook="Sort" phx-update={"ignore"}/> },
        html! { <ul {..[("id", id)]} phx-hook="Sort"/> },
        html! { <ul phx-update="replace"/> },
    ];
    assert_eq!(pages[1].to_string(), "<ul id=\"list\" phx-hook=\"Sort\" phx-update=\"ignore\"></ul>");
}

#[test]
fn f016_command_attributes_take_lists_of_commands() {
    let commands = String::from("[[\"show\",{}]]");
    let page = html! { <p phx-mounted="[[\"hide\",{}]]" phx-remove={commands} phx-click="event"/> };
    assert_eq!(
        page.to_string(),
        "<p phx-mounted=\"[[&quot;hide&quot;,{}]]\" phx-remove=\"[[&quot;show&quot;,{}]]\" phx-click=\"event\"></p>"
    );
}
