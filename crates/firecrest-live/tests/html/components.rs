//! Components and their attributes (F013).

use std::borrow::Cow;
use std::sync::Arc;

use firecrest_live::slots::{Attrs, SlotFn};
use firecrest_live::{Html, component, html};

/// A heading.
#[component]
fn Title(text: &str, #[default(1)] level: u8, #[default] center: bool, class: Option<&str>) -> Html {
    html! { <h1 data-level={level} data-center={center} class={class}>{text}</h1> }
}

#[test]
fn f013_attributes_are_given_by_name() {
    let owned = String::from("<own>");
    let page = html! {
        <Title text="a" level=2 center class="x"/>
        <Title class={Some("y")} text={&owned}/>
        <Title text={&format!("{owned}!")}/>
        <Title text={owned.as_str()} level={1 + 2} center={false} class={None}></Title>
    };
    assert_eq!(
        page.to_string(),
        "<h1 data-level=\"2\" data-center class=\"x\">a</h1>\
         <h1 data-level=\"1\" class=\"y\">&lt;own&gt;</h1>\
         <h1 data-level=\"1\" class=\"\">&lt;own&gt;!</h1>\
         <h1 data-level=\"3\" class=\"\">&lt;own&gt;</h1>"
    );
}

#[test]
fn a_component_is_a_function_still() {
    assert_eq!(Title("t", 3, true, None).to_string(), "<h1 data-level=\"3\" data-center class=\"\">t</h1>");
}

struct Color(&'static str);

impl From<&'static str> for Color {
    fn from(name: &'static str) -> Self {
        Color(name)
    }
}

#[component]
fn Kinds<'a, T: std::fmt::Display>(
    owned: String,
    cow: Cow<'a, str>,
    shared: Arc<str>,
    #[into] color: Color,
    list: &[T],
    size: u64,
    r#type: &'a str,
    maybe_text: Option<String>,
    maybe_size: Option<u16>,
    maybe: Option<&'a T>,
) -> Html {
    html! {
        {owned} {cow} {shared} {color.0} {list.len()} {size} {r#type}
        {maybe_text} {maybe_size} {maybe.map(ToString::to_string)}
    }
}

#[test]
fn f013_values_are_made_fit() {
    let (text, list, none) = (String::from("t"), vec![1, 2], None::<i32>);
    let page = html! {
        <Kinds owned="o" cow="c" shared="s" color="red" list={&list} size=5 type="k" maybe_text="m" maybe_size=6 maybe={&7}/>
        <Kinds owned={&text} cow={&text} shared={text.clone()} color={Color("b")} list={&[0u8; 3]} size={list.len() as u64} type={&text}/>
        <Kinds owned={text.clone()} cow={text.as_str()} shared="" color="" list={&list[..1]} size=0 type="" maybe={&none}/>
    };
    assert_eq!(page.to_string(), "ocsred25km67tttb32ttt10");
}

mod ui {
    use super::*;

    #[component]
    pub(crate) fn Button(
        #[default("button")] kind: &str,
        #[rest] rest: Attrs<'_>,
        children: SlotFn<'_>,
    ) -> Html {
        html! { <button type={kind} {..rest}>{children}</button> }
    }

    #[component]
    pub(crate) fn Submit(#[rest] rest: Attrs<'_>, children: SlotFn<'_>) -> Html {
        html! { <Button kind="submit" class="primary" {..rest} children={children}/> }
    }
}

#[test]
fn f013_undeclared_attributes_are_passed_on() {
    use ui::Submit;
    let id = 5;
    let more = [("data-more", "1")];
    let page = html! {
        <ui::Button phx-click="go" phx-value-id={id} id={format!("b{id}")} disabled={false} autofocus>"Go"</ui::Button>
        <Submit aria-label="S" {..more} for="x" type="odd"/>
    };
    assert_eq!(
        page.to_string(),
        "<button type=\"button\" phx-click=\"go\" phx-value-id=\"5\" id=\"b5\" autofocus>Go</button>\
         <button type=\"submit\" class=\"primary\" aria-label=\"S\" data-more=\"1\" for=\"x\" type=\"odd\"></button>"
    );
}

#[component]
fn Tree(depth: u8) -> Html {
    html! { <ul>if depth > 0 { <li>{depth}<Tree depth={depth - 1}/></li> }</ul> }
}

#[test]
fn a_component_may_contain_itself() {
    assert_eq!(html! { <Tree depth=2/> }.to_string(), "<ul><li>2<ul><li>1<ul></ul></li></ul></li></ul>");
}

#[test]
fn a_component_can_be_made_inside_a_function_and_given_any_expression() {
    fn first<A, B>(of: (A, B)) -> A {
        of.0
    }

    #[component]
    fn Local<F: Fn(u8) -> u8>(of: F, by: u8) -> Html {
        html! { {of(by)} }
    }
    let three = 3;
    assert_eq!(html! { <Local of={|x| x * three} by=4/> }.to_string(), "12");
    let page = html! { <Local of={let four = three + 1; move |x| x * four} by={three + 1}/> };
    assert_eq!(page.to_string(), "16");
    let page = html! { <Title text={&first::<String, u8>((String::from("temporary"), 1))}/> };
    assert_eq!(page.to_string(), "<h1 data-level=\"1\" class=\"\">temporary</h1>");
}

#[test]
fn f015_a_component_chosen_at_run_time_is_a_value() {
    fn bold(text: &str) -> Html {
        html! { <b>{text}</b> }
    }
    fn plain(text: &str) -> Html {
        html! { {text} }
    }
    struct View {
        component: fn(&str) -> Html,
    }
    let shown = |view: &View| html! { {(view.component)("x")} }.to_string();
    assert_eq!(shown(&View { component: bold }), "<b>x</b>");
    assert_eq!(shown(&View { component: plain }), "x");
}

#[test]
fn a_component_stands_anywhere() {
    let names = ["a", "b"];
    let page = html! {
        for name in names, key = name {
            if name != "b" { <Title text={name}/> } else { <ui::Button>{name}</ui::Button> }
        }
    };
    assert_eq!(page.to_string(), "<h1 data-level=\"1\" class=\"\">a</h1><button type=\"button\">b</button>");
}
