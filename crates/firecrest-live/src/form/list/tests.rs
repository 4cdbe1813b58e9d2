use serde::{Deserialize, Serialize};

use crate::form::{Errors, Form, FormData, MAX_ROWS, Row, Rows};
use crate::{Html, html};

mod model;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Order {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Line {
    sku: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Part {
    name: String,
}

fn input(row: &Row<'_>, name: &str) -> Html {
    let field = row.field(name);
    html! { <input id={field.id()} name={field.name()} value={field.value()}> }
}

fn page(form: &Form) -> Html {
    let lines = form.rows("lines");
    html! {
        for line in &lines, key = line.id() {
            <div id={line.id()}>
                {line.hidden()}
                {input(line, "sku")}
                {parts(&line.rows("parts"))}
                <button {..line.remove()}>"-"</button>
            </div>
        }
        {lines.hidden()}
        <button {..lines.add()}>"+"</button>
    }
}

fn parts(parts: &Rows<'_>) -> Html {
    html! {
        for part in parts, key = part.id() {
            <p id={part.id()}>{part.hidden()} {input(part, "name")}</p>
        }
        {parts.hidden()}
    }
}

/// What a browser would send of the page, in its order, without buttons.
fn sent(form: &Form) -> Vec<(String, String)> {
    let text = page(form).to_string();
    let inputs = text.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let attribute = |input: &str, name: &str| {
        let value = input.split_once(&format!("{name}=\""))?.1.split('"').next()?;
        let plain = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
        Some(plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to)))
    };
    inputs
        .map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap_or_default()))
        .collect()
}

/// Sends the page's inputs, and reads them as the view would.
fn change(form: &mut Form, pairs: &[(String, String)]) -> Order {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mut order = None;
    let said = FormData::decode(&body).unwrap().part("order");
    form.change(said, |said: &Order| {
        order = Some(said.clone());
        Errors::new()
    });
    order.expect("an order can always be read")
}

/// Presses a button that sends this pair.
fn press(form: &mut Form, name: &str, value: &str) -> Order {
    let mut pairs = sent(form);
    pairs.push((format!("order{name}[]"), value.to_string()));
    change(form, &pairs)
}

fn named(order: &Order) -> Vec<&str> {
    order.lines.iter().map(|line| line.sku.as_str()).collect()
}

fn form(skus: &[&str]) -> Form {
    let line = |sku: &&str| Line { sku: (*sku).to_owned(), parts: Vec::new() };
    Form::new("order", &Order { lines: skus.iter().map(line).collect() })
}

#[test]
fn f033_a_row_that_is_moved_or_outlives_others_keeps_its_id() {
    let mut form = form(&["a", "b", "c"]);
    let ids = |form: &Form| form.rows("lines").iter().map(|row| row.id().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&form), ["order_lines_0", "order_lines_1", "order_lines_2"]);
    form.move_row("lines", 2, 0, |_: &Order| Errors::new());
    assert_eq!(ids(&form), ["order_lines_2", "order_lines_0", "order_lines_1"]);
    assert_eq!(named(&press(&mut form, "[lines_drop]", "1")), ["c", "b"]);
    assert_eq!(named(&press(&mut form, "[lines_sort]", "new")), ["c", "b", ""]);
    assert_eq!(ids(&form), ["order_lines_2", "order_lines_1", "order_lines_3"]);
    let rows = form.rows("lines");
    let row = rows.iter().next().unwrap();
    assert_eq!(
        (row.field("sku").id(), row.field("sku").name()),
        ("order_lines_2_sku", "order[lines][0][sku]")
    );
}

#[test]
fn f033_a_new_row_shows_nothing_of_the_data() {
    let mut form = form(&["a", "b"]);
    press(&mut form, "[lines_drop]", "1");
    press(&mut form, "[lines_sort]", "new");
    let rows = form.rows("lines");
    let row = rows.iter().nth(1).unwrap();
    assert_eq!((row.id(), &*row.field("sku").value()), ("order_lines_2", ""), "no id is given twice");
}

#[test]
fn f033_a_list_whose_rows_are_gone_stays_empty() {
    let mut form = form(&["a"]);
    assert!(press(&mut form, "[lines_drop]", "0").lines.is_empty());
    let pairs = sent(&form);
    assert_eq!(pairs, [("order[lines_drop][]".to_owned(), "@1".to_owned())]);
    assert!(change(&mut form, &pairs).lines.is_empty());
    assert!(form.rows("lines").is_empty());
}

#[test]
fn f033_a_list_grows_up_to_a_bound() {
    let mut form = form(&["a"]);
    let mut pairs = sent(&form);
    pairs.extend(vec![("order[lines_sort][]".to_owned(), "new".to_owned()); 500]);
    assert_eq!(change(&mut form, &pairs).lines.len(), MAX_ROWS);
    assert_eq!(press(&mut form, "[lines_sort]", "new").lines.len(), MAX_ROWS);
    assert_eq!(press(&mut form, "[lines_drop]", "7").lines.len(), MAX_ROWS - 1);
}

#[test]
fn f033_what_a_client_makes_up_is_no_id() {
    for (body, expected) in [
        ("[0][_persistent_id]=7&[1][_persistent_id]=7", ["7", "8"]),
        ("[0][_persistent_id]=-1&[1][_persistent_id]=x", ["0", "1"]),
        ("[0][_persistent_id]=4000000000&[1][_persistent_id]=3", ["4", "3"]),
        ("[0][_persistent_id][]=1&[1][a]=3", ["0", "1"]),
    ] {
        let body = body.replace("[0]", "lines[0]").replace("[1]", "lines[1]");
        let said = FormData::decode(&format!("{body}&lines_sort[]=0&lines_sort[]=1")).unwrap();
        let form = Form::from_params("", said);
        let rows = form.rows("lines");
        let ids: Vec<_> = rows.iter().map(|row| row.id().trim_start_matches("lines_")).collect();
        assert_eq!(ids, expected, "{body}");
    }
}

#[test]
fn f032_a_row_that_was_moved_was_used_only_if_it_was_before() {
    let mut form = form(&["a", "b"]);
    let check = |_: &Order| {
        let mut errors = Errors::new();
        errors.add("lines[0][sku]", "is first");
        errors
    };
    form.move_row("lines", 1, 0, check);
    assert_eq!(form.rows("lines").iter().next().unwrap().field("sku").value(), "b");
    assert!(form.field("lines[0][sku]").errors().is_empty());
    form.move_row("lines", 0, 7, |_: &Order| unreachable!("there is no such place"));
    form.move_row("none", 0, 0, |_: &Order| unreachable!("there is no such list"));
}

#[test]
fn f032_an_empty_list_is_found_fault_with_after_the_submit() {
    let check = |order: &Order| {
        let mut errors = Errors::new();
        if order.lines.is_empty() {
            errors.add("lines", "must have one");
        }
        errors
    };
    let mut form = form(&[]);
    let said = || FormData::decode("lines_drop[]=").unwrap();
    form.change(said(), check);
    assert!(form.rows("lines").errors().is_empty());
    assert_eq!(form.submit(said(), check), None);
    assert_eq!(form.rows("lines").errors(), ["must have one"]);
}

#[test]
fn f140_the_marks_of_the_buttons_are_no_list() {
    let body = "_unused_lines_sort[]=&lines_sort[]=0&lines[0][_unused_sku]=&lines[0][sku]=a&_unused_lines_drop[]=&lines_drop[]=";
    let form = Form::from_params("", FormData::decode(body).unwrap());
    let rows = form.rows("lines");
    assert_eq!((rows.len(), form.rows("_unused_lines").len()), (1, 0));
    assert!(!rows.iter().next().unwrap().field("sku").is_used());
}

#[test]
fn f033_what_is_typed_before_the_answer_is_there_undoes_nothing() {
    let typed = |mut pairs: Vec<(String, String)>, place: usize, text: &str| {
        let name = format!("order[lines][{place}][sku]");
        pairs.iter_mut().find(|(own, _)| *own == name).unwrap().1 = text.to_owned();
        pairs
    };
    let with = |mut pairs: Vec<(String, String)>, name: &str, value: &str| {
        pairs.push((format!("order[{name}][]"), value.to_owned()));
        pairs
    };
    let mut form = form(&["a", "b", "c"]);
    let shown = sent(&form);
    assert_eq!(named(&change(&mut form, &with(shown.clone(), "lines_drop", "1"))), ["a", "c"]);
    assert_eq!(named(&change(&mut form, &typed(shown.clone(), 2, "C"))), ["a", "C"]);
    assert_eq!(named(&change(&mut form, &with(shown.clone(), "lines_sort", "new"))), ["a", "c", ""]);
    assert_eq!(
        named(&change(&mut form, &typed(shown.clone(), 1, "B"))),
        ["a", "c", ""],
        "b is gone for good"
    );
    form.move_row("lines", 0, 2, |_: &Order| Errors::new());
    assert_eq!(named(&change(&mut form, &with(typed(shown, 0, "A"), "lines_drop", "2"))), ["", "A"]);
    let shown = sent(&form);
    assert_eq!(named(&change(&mut form, &typed(shown.clone(), 0, "d"))), ["d", "A"]);
    assert_eq!(named(&change(&mut form, &with(typed(shown, 0, "d"), "lines_drop", "1"))), ["d"]);
}

#[test]
fn f033_a_late_page_undoes_nothing_in_a_row_either() {
    let mut form = form(&["a", "b"]);
    press(&mut form, "[lines][1][parts_sort]", "new");
    let shown = sent(&form);
    form.move_row("lines", 1, 0, |_: &Order| Errors::new());
    press(&mut form, "[lines][0][parts_sort]", "new");
    let parts = |order: &Order| order.lines.iter().map(|line| line.parts.len()).collect::<Vec<_>>();
    assert_eq!(parts(&change(&mut form, &shown)), [2, 0]);
    let mut pairs = shown;
    pairs.push(("order[lines][1][parts_drop][]".to_owned(), "0".to_owned()));
    assert_eq!(parts(&change(&mut form, &pairs)), [1, 0]);
}
