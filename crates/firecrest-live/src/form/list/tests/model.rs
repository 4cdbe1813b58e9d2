//! Rows beside a plain list, and whatever a client makes up.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// What a user does with the rows; places beyond the end are brought back by their remainder.
#[derive(Clone, Debug)]
enum Step {
    Add,
    Remove(usize),
    Move(usize, usize),
    Type(usize, String),
    AddPart(usize),
    RemovePart(usize, usize),
    TypePart(usize, usize, String),
    Nothing,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let text = "[a-c&<\"' +%=\\[\\]é]{0,5}";
    let step = prop_oneof![
        3 => Just(Step::Add),
        1 => any::<usize>().prop_map(Step::Remove),
        2 => any::<(usize, usize)>().prop_map(|(from, to)| Step::Move(from, to)),
        2 => (any::<usize>(), text).prop_map(|(at, text)| Step::Type(at, text)),
        2 => any::<usize>().prop_map(Step::AddPart),
        1 => any::<(usize, usize)>().prop_map(|(line, at)| Step::RemovePart(line, at)),
        2 => (any::<(usize, usize)>(), text).prop_map(|((line, at), text)| Step::TypePart(line, at, text)),
        1 => Just(Step::Nothing),
    ];
    prop::collection::vec(step, 0..40)
}

/// Takes a step in the form, as a browser would, and in the plain list.
fn take(form: &mut Form, model: &mut Order, step: Step) {
    let mut pairs = sent(form);
    let mut put = |name: String, text: &str| {
        let found = pairs.iter_mut().find(|(own, _)| *own == name);
        found.expect("the input is in the page").1 = text.to_owned();
    };
    let line = |at: usize, model: &Order| (!model.lines.is_empty()).then(|| at % model.lines.len());
    let part = |at: usize, line: usize, model: &Order| {
        let parts = &model.lines[line].parts;
        (!parts.is_empty()).then(|| at % parts.len())
    };
    let mut button = None;
    match step {
        Step::Nothing => {}
        Step::Add => {
            model.lines.push(Line::default());
            button = Some(("order[lines_sort][]".to_owned(), "new".to_owned()));
        }
        Step::Remove(at) => {
            let Some(at) = line(at, model) else { return };
            model.lines.remove(at);
            button = Some(("order[lines_drop][]".to_owned(), at.to_string()));
        }
        Step::Move(from, to) => {
            let (Some(from), Some(to)) = (line(from, model), line(to, model)) else { return };
            let row = model.lines.remove(from);
            model.lines.insert(to, row);
            return form.move_row("lines", from, to, |_: &Order| Errors::new());
        }
        Step::Type(at, text) => {
            let Some(at) = line(at, model) else { return };
            put(format!("order[lines][{at}][sku]"), &text);
            model.lines[at].sku = text;
        }
        Step::AddPart(at) => {
            let Some(at) = line(at, model) else { return };
            model.lines[at].parts.push(Part::default());
            button = Some((format!("order[lines][{at}][parts_sort][]"), "new".to_owned()));
        }
        Step::RemovePart(of, at) => {
            let Some(of) = line(of, model) else { return };
            let Some(at) = part(at, of, model) else { return };
            model.lines[of].parts.remove(at);
            button = Some((format!("order[lines][{of}][parts_drop][]"), at.to_string()));
        }
        Step::TypePart(of, at, text) => {
            let Some(of) = line(of, model) else { return };
            let Some(at) = part(at, of, model) else { return };
            put(format!("order[lines][{of}][parts][{at}][name]"), &text);
            model.lines[of].parts[at].name = text;
        }
    }
    pairs.extend(button);
    assert_eq!(change(form, &pairs), *model);
}

/// The text of each row by the row's id.
fn by_id(form: &Form) -> Vec<(String, String)> {
    let rows = form.rows("lines");
    rows.iter().map(|row| (row.id().to_owned(), row.field("sku").value().into_owned())).collect()
}

/// Names and values that a client may make up.
fn made_up() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let names = [
        "l[0][a]",
        "l[1][a]",
        "l[0][_persistent_id]",
        "l[1][_persistent_id]",
        "l[0][m_sort][]",
        "l[0][m][0][_persistent_id]",
        "l_sort[]",
        "l_drop[]",
        "l",
        "l[]",
        "_rows_l",
        "_rows_l[]",
    ];
    let values = ["", "0", "1", "2", "new", "@0", "@1", "@x", "1000000000", "4000000000"];
    prop::collection::vec(
        (prop::sample::select(names.to_vec()), prop::sample::select(values.to_vec())),
        0..12,
    )
}

proptest! {
    #[test]
    fn f033_rows_differ_whatever_a_client_says(messages in prop::collection::vec(made_up(), 1..5)) {
        let mut form = Form::new("", &());
        for pairs in messages {
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            form.change(FormData::decode(&body).unwrap(), |_: &FormData| Errors::new());
            let rows = form.rows("l");
            if pairs.iter().any(|(name, _)| *name == "l_sort[]") {
                let ids: BTreeSet<_> = rows.iter().map(Row::id).collect();
                prop_assert_eq!(ids.len(), rows.len(), "{:?}", pairs);
            }
            prop_assert!(rows.len() <= 30);
        }
    }

    #[test]
    fn f033_rows_are_what_a_plain_list_would_be(start in prop::collection::vec("[a-c]{0,2}", 0..4), steps in steps()) {
        let line = |sku: &String| Line { sku: sku.clone(), parts: Vec::new() };
        let mut model = Order { lines: start.iter().map(line).collect() };
        let mut form = Form::new("order", &model);
        for step in steps {
            let before = by_id(&form);
            let is_typing = matches!(step, Step::Type(..));
            take(&mut form, &mut model, step);
            let after = by_id(&form);
            prop_assert_eq!(after.iter().map(|(_, sku)| sku).collect::<Vec<_>>(), model.lines.iter().map(|line| &line.sku).collect::<Vec<_>>());
            let ids: BTreeSet<_> = after.iter().map(|(id, _)| id).collect();
            prop_assert_eq!(ids.len(), after.len(), "every row has an id of its own");
            // Whoever was there before still has what was typed there.
            for (id, sku) in after.iter().filter(|_| !is_typing) {
                let known = before.iter().find(|(known, _)| known == id);
                prop_assert!(known.is_none_or(|(_, before)| before == sku), "{} became {}", id, sku);
            }
        }
    }

    #[test]
    fn f033_names_and_fields_round_trip(start in prop::collection::vec((".{0,6}", prop::collection::vec(".{0,6}", 0..4)), 0..5)) {
        let part = |name: &String| Part { name: name.clone() };
        let line = |(sku, parts): &(String, Vec<String>)| Line { sku: sku.clone(), parts: parts.iter().map(part).collect() };
        let order = Order { lines: start.iter().map(line).collect() };
        let mut form = Form::new("order", &order);
        let pairs = sent(&form);
        prop_assert_eq!(change(&mut form, &pairs), order.clone());
        prop_assert_eq!(sent(&form), pairs.clone());
        prop_assert_eq!(change(&mut form, &pairs), order);
    }
}
