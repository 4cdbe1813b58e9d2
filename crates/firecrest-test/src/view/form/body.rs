//! What a form sends (spec §4.1).

use std::collections::HashMap;

use scraper::ElementRef;

use super::control::{Control, Kind, is_disabled};
use super::state::{FormState, shown};
use crate::view::dom::{Node, closest, has_attr};

/// Names and values in the order of the page, as a browser collects them. The button that submits is one of them.
pub(in crate::view) fn entries(
    controls: &[Control<'_>],
    state: &FormState,
    submitter: Option<Node>,
) -> Vec<(String, String)> {
    let mut texts: HashMap<&str, usize> = HashMap::new();
    let mut entries = Vec::new();
    for control in controls.iter().filter(|control| !control.name.is_empty()) {
        let is_submitter = submitter == Some(control.element.id());
        let values =
            if is_submitter { vec![control.value()] } else { sent(control, controls, state, &mut texts) };
        if !is_disabled(control.element) && !is_in_datalist(control.element) {
            entries.extend(values.into_iter().map(|value| (control.name.to_owned(), value)));
        }
    }
    entries
}

/// What an input sends that the visitor can use. `texts` counts the texts of each name.
fn sent<'a>(
    control: &Control<'a>,
    controls: &[Control<'a>],
    state: &FormState,
    texts: &mut HashMap<&'a str, usize>,
) -> Vec<String> {
    let held = || state.values(control.name, shown(controls, control.name));
    match control.kind {
        Kind::Hidden => vec![state.hidden.get(control.name).cloned().unwrap_or_else(|| control.value())],
        Kind::Text => {
            let at = texts.entry(control.name).or_default();
            *at += 1;
            vec![held().get(*at - 1).cloned().unwrap_or_default()]
        }
        Kind::Checkbox | Kind::Radio => {
            held().into_iter().filter(|value| *value == control.value()).take(1).collect()
        }
        Kind::Select => {
            let held = held();
            let can_be = control.choices().into_iter().filter(|choice| !choice.is_disabled);
            can_be.map(|choice| choice.value).filter(|value| held.contains(value)).collect()
        }
        Kind::File | Kind::Submit | Kind::Button => Vec::new(),
    }
}

/// What the official client sends of a form: its entries, and before each that the visitor has not used a mark. With
/// `only`, what the inputs of one name have.
pub(in crate::view) fn live_body(
    form: ElementRef<'_>,
    controls: &[Control<'_>],
    state: &FormState,
    submitter: Option<Node>,
    only: Option<&str>,
) -> String {
    let name_of =
        |node: Node| controls.iter().find(|control| control.element.id() == node).map(|found| found.name);
    let submitted = submitter.and_then(name_of);
    let is_marked = |name: &str| {
        !has_attr(form, "phx-no-unused-field") && submitted != Some(name) && is_unused(controls, state, name)
    };
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in entries(controls, state, submitter) {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        if is_marked(&name) {
            body.append_pair(&unused(&name), "");
        }
        body.append_pair(&name, &value);
    }
    body.finish()
}

/// Whether no input of this name was used, and one of them can be.
fn is_unused(controls: &[Control<'_>], state: &FormState, name: &str) -> bool {
    let mut named = controls.iter().filter(|control| control.name == name);
    let is_used = state.is_submitted || state.used.contains(name);
    !is_used
        && named.clone().any(|control| control.kind != Kind::Hidden)
        && !named.any(|control| has_attr(control.element, "phx-no-unused-field"))
}

/// The mark for an input: its name with a prefix before the last key.
fn unused(name: &str) -> String {
    let (name, list) = name.strip_suffix("[]").map_or((name, ""), |name| (name, "[]"));
    match name.strip_suffix(']').and_then(|inner| inner.rsplit_once('[')) {
        Some((outer, key)) => format!("{outer}[_unused_{key}]{list}"),
        None => format!("_unused_{name}{list}"),
    }
}

fn is_in_datalist(element: ElementRef<'_>) -> bool {
    closest(element, |element| element.value().name() == "datalist").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::dom::Document;
    use crate::view::form::controls;

    fn sent(form: &str, state: &FormState, submitter: Option<&str>) -> String {
        let document = Document::parse(&format!("<form id=f {form}</form><input form=f name=far value=1>"));
        let node = document.by_id("f").unwrap().id();
        let submitter = submitter.map(|id| document.by_id(id).unwrap().id());
        let body = live_body(document.get(node), &controls(&document, node), state, submitter, None);
        form_urlencoded::parse(body.as_bytes()).map(|(name, value)| format!("{name}={value} ")).collect()
    }

    /// What the official client makes of names (spec §4.1).
    #[test]
    fn f140_the_mark_stands_before_the_last_key() {
        for (name, expected) in [
            ("s", "_unused_s"),
            ("user[name]", "user[_unused_name]"),
            ("user[tags][]", "user[_unused_tags][]"),
            ("tags[]", "_unused_tags[]"),
            ("a[b][c]", "a[b][_unused_c]"),
        ] {
            assert_eq!(unused(name), expected);
        }
    }

    #[test]
    fn f140_every_input_that_can_be_sent_is_sent_in_order() {
        let form = "phx-no-unused-field><input name=a value=1><input name=b disabled><input value=none>\
            <input type=checkbox name=c checked><input type=checkbox name=d><input type=radio name=e value=1>\
            <input type=radio name=e value=2 checked><select name=g><option>x<option selected>y</select>\
            <select name=h multiple><option selected>1<option selected>2<option>3</select><select name=i><option>z</select>\
            <textarea name=t>\nlong</textarea><button name=go value=1>go</button>\
            <fieldset disabled><legend><input name=l value=1></legend><input name=m></fieldset>";
        let expected = "a=1 c=on e=2 g=y h=1 h=2 i=z t=long l=1 far=1 ";
        assert_eq!(sent(form, &FormState::default(), None), expected);
    }

    #[test]
    fn f142_the_button_that_submits_is_sent_in_its_place() {
        let form = "phx-no-unused-field><input name=a><button id=x name=go value=1></button><input name=b>";
        assert_eq!(sent(form, &FormState::default(), Some("x")), "a= go=1 b= far=1 ");
    }

    #[test]
    fn f140_unused_inputs_are_marked_unless_they_are_hidden() {
        let form = "><input name=a><input name=b><input type=hidden name=c value=1><input name=d phx-no-unused-field>";
        let mut state = FormState::default();
        state.put("b", vec!["new".into()], vec![String::new()]);
        assert_eq!(sent(form, &state, None), "_unused_a= a= b=new c=1 d= _unused_far= far=1 ");
        state.is_submitted = true;
        assert_eq!(sent(form, &state, None), "a= b=new c=1 d= far=1 ");
    }

    #[test]
    fn what_the_server_shows_anew_replaces_what_was_typed() {
        let mut state = FormState::default();
        state.put("a", vec!["typed".into()], vec!["old".into()]);
        assert_eq!(sent("><input name=a value=old>", &state, None), "a=typed _unused_far= far=1 ");
        assert_eq!(sent("><input name=a value=new>", &state, None), "a=new _unused_far= far=1 ");
    }
}
