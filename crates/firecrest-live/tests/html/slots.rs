//! Content and named slots (F012, F014).

use firecrest_live::slots::{Attrs, SlotFn};
use firecrest_live::{Held, Html, component, html};

#[component]
fn Card(title: &str, #[slot] footer: SlotFn<'_>, children: SlotFn<'_>) -> Html {
    html! {
        <section>
            <h2>{title}</h2>
            if children.is_empty() { "empty" } else { {children} }
            if !footer.is_empty() { <footer>{footer}</footer> }
        </section>
    }
}

#[test]
fn f014_content_and_the_empty_check() {
    let name = String::from("n");
    let page = html! {
        <Card title="a"><b>{&name}</b>"!"</Card>
        <Card title="b"/>
        <Card title="c"><slot:footer>"f" {name.len()}</slot:footer>"x"</Card>
    };
    assert_eq!(
        page.to_string(),
        "<section><h2>a</h2><b>n</b>!</section>\
         <section><h2>b</h2>empty</section>\
         <section><h2>c</h2>x<footer>f1</footer></section>"
    );
}

#[component]
fn Repeat(times: u8, children: SlotFn<'_, u8>) -> Html {
    html! { for time in 0..times { {children.render(time)} {children.render(time)} ";" } }
}

#[test]
fn f012_content_gets_an_argument() {
    let page = html! { <Repeat times=2 let={time}>if time > 0 { <i>{time}</i> } else { "zero" }</Repeat> };
    assert_eq!(page.to_string(), "zerozero;<i>1</i><i>1</i>;");
    assert_eq!(html! { <Repeat times=1>"x"</Repeat> }.to_string(), "xx;", "it may be ignored");
    assert_eq!(html! { <Repeat times=1/> }.to_string(), ";", "there may be no content");
}

/// A column of a table.
#[component]
struct Column<'a, R> {
    label: &'a str,
    #[default("left")]
    align: &'a str,
    #[rest]
    rest: Attrs<'a>,
    children: SlotFn<'a, (usize, &'a R)>,
}

#[component]
fn Table<'a, R>(
    rows: &'a [R],
    #[slot]
    #[required]
    column: Vec<Column<'a, R>>,
    #[slot] empty: Option<SlotFn<'a>>,
) -> Html {
    html! {
        <table>
            <tr>for column in &column { <th align={column.align} {..&column.rest}>{column.label}</th> }</tr>
            for (index, row) in rows.iter().enumerate() {
                <tr>for column in &column { <td>{column.children.render((index, row))}</td> }</tr>
            }
            if let (true, Some(empty)) = (rows.is_empty(), empty) { <tr>{empty}</tr> }
        </table>
    }
}

struct Person {
    name: &'static str,
    tags: Vec<&'static str>,
}

#[test]
fn f014_named_slots_have_attributes_and_several_entries() {
    let people = [Person { name: "Ann", tags: vec![] }, Person { name: "Bo", tags: vec!["x", "y"] }];
    let suffix = "!";
    let page = html! {
        <Table rows={&people}>
            <slot:column label="#" align="right" data-sort="no" let={(index, _)}>{index + 1}</slot:column>
            <slot:column label="Name" let={(_, Person { name, .. })}><b>{name}{suffix}</b></slot:column>
            <slot:column label="Tags" let={(_, person)}>for tag in &person.tags { {tag} " " }</slot:column>
            <slot:column label="-"/>
        </Table>
    };
    assert_eq!(
        page.to_string(),
        "<table><tr><th align=\"right\" data-sort=\"no\">#</th><th align=\"left\">Name</th><th align=\"left\">Tags</th>\
         <th align=\"left\">-</th></tr>\
         <tr><td>1</td><td><b>Ann!</b></td><td></td><td></td></tr>\
         <tr><td>2</td><td><b>Bo!</b></td><td>x y </td><td></td></tr></table>"
    );
}

#[test]
fn f014_an_optional_slot() {
    let none: [u8; 0] = [];
    let page = html! {
        <Table rows={&none}>
            <slot:empty>"nobody"</slot:empty>
            <slot:column label="n" let={(_, n)}>{n}</slot:column>
        </Table>
    };
    assert_eq!(page.to_string(), "<table><tr><th align=\"left\">n</th></tr><tr>nobody</tr></table>");
}

#[test]
fn f012_content_inside_content() {
    let page = html! {
        <Card title="outer">
            <Repeat times=2 let={time}>
                <Card title="inner">{time}<slot:footer>{time * 10}</slot:footer></Card>
            </Repeat>
        </Card>
    };
    let inner = |time: u8| {
        format!("<section><h2>inner</h2>{time}<footer>{}</footer></section>", time * 10).repeat(2) + ";"
    };
    assert_eq!(page.to_string(), format!("<section><h2>outer</h2>{}{}</section>", inner(0), inner(1)));
}

#[test]
fn content_is_a_template_of_the_caller() {
    let page = |n: u8| html! { <Card title="t">"n = " {n}</Card> };
    let mut held = Held::new(0);
    let full = held.full(&page(1), &mut |_| String::new()).unwrap().as_str().to_owned();
    assert!(full.contains(r#"["n = ",""]"#), "{full}");
    assert_eq!(held.diff(&page(2), &mut |_| String::new()).unwrap().as_str(), r#""0":{"1":{"0":{"0":"2"}}}"#);
}
