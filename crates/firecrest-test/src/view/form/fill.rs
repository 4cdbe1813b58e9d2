//! Whether an input takes what it is given (T20).

use super::control::{Control, Kind, is_disabled};
use super::given::Given;
use super::state::{FormState, shown};
use crate::view::dom::{describe, has_attr};
use crate::view::failure::Failure;

/// Puts a value into the inputs of a name, as a visitor can. Returns the name as the inputs have it.
pub(in crate::view) fn fill(
    controls: &[Control<'_>],
    state: &mut FormState,
    name: &str,
    given: Given,
) -> Result<String, Failure> {
    let listed = format!("{name}[]");
    let has = |name: &str| controls.iter().any(|control| control.name == name);
    let name = if matches!(given, Given::List(_)) && !has(name) && has(&listed) { &listed } else { name };
    let inputs = usable(controls, name)?;
    let values = match inputs[0].kind {
        Kind::Checkbox => checked(controls, &inputs, name, given)?,
        Kind::Radio => picked(&inputs, name, given)?,
        Kind::Select => selected(&inputs, name, given)?,
        Kind::File => {
            return Err(Failure::new(format!("{name:?} is for files: {}", describe(inputs[0].element))));
        }
        _ => typed(controls, &inputs, name, given)?,
    };
    state.put(name, values, shown(controls, name));
    Ok(name.to_owned())
}

/// The inputs of a name that a visitor can use: at least one.
fn usable<'a>(controls: &[Control<'a>], name: &str) -> Result<Vec<Control<'a>>, Failure> {
    let named: Vec<_> = controls.iter().copied().filter(|control| control.name == name).collect();
    let Some(first) = named.first() else {
        let mut names: Vec<_> =
            controls.iter().map(|control| control.name).filter(|name| !name.is_empty()).collect();
        names.dedup();
        return Err(Failure::new(format!("the form has no input {name:?}, but these: {}", names.join(", "))));
    };
    let refused = |why: &str| Failure::new(format!("the input {name:?} {why}: {}", describe(first.element)));
    let mut usable = named.clone();
    usable.retain(|control| !matches!(control.kind, Kind::Submit | Kind::Button));
    if usable.is_empty() {
        return Err(refused("is a button, which submits the form: see `submitter`"));
    }
    usable.retain(|control| control.kind != Kind::Hidden);
    if usable.is_empty() {
        return Err(refused("is hidden from visitors; a script can change it: see `set_hidden`"));
    }
    usable.retain(|control| !is_disabled(control.element));
    if usable.is_empty() {
        return Err(refused("is disabled"));
    }
    usable.retain(|control| !(control.kind == Kind::Text && has_attr(control.element, "readonly")));
    if usable.is_empty() { Err(refused("is read-only")) } else { Ok(usable) }
}

fn checked(
    controls: &[Control<'_>],
    boxes: &[Control<'_>],
    name: &str,
    given: Given,
) -> Result<Vec<String>, Failure> {
    // The usual companion: what is sent when the box is not checked.
    let is_off = |value: &String| {
        let mut hidden =
            controls.iter().filter(|control| control.kind == Kind::Hidden && control.name == name);
        hidden.any(|hidden| hidden.value() == *value) && boxes.iter().all(|control| control.value() != *value)
    };
    let wanted = match given {
        Given::Check(false) => Vec::new(),
        Given::Check(true) if boxes.len() == 1 => vec![boxes[0].value()],
        Given::Check(true) => return Err(no_choice(name, "true", &values(boxes))),
        Given::Text(text) if text.is_empty() || is_off(&text) => Vec::new(),
        Given::Text(text) => vec![text],
        Given::List(list) => list,
    };
    among(name, wanted, &values(boxes))
}

fn picked(radios: &[Control<'_>], name: &str, given: Given) -> Result<Vec<String>, Failure> {
    match given {
        Given::Text(text) => among(name, vec![text], &values(radios)),
        other => Err(no_choice(name, &format!("{other:?}"), &values(radios))),
    }
}

fn selected(selects: &[Control<'_>], name: &str, given: Given) -> Result<Vec<String>, Failure> {
    let choices = selects.iter().flat_map(Control::choices).filter(|choice| !choice.is_disabled);
    let choices: Vec<String> = choices.map(|choice| choice.value).collect();
    match given {
        Given::Text(text) => among(name, vec![text], &choices),
        Given::Check(is_true) => among(name, vec![is_true.to_string()], &choices),
        Given::List(list) if selects[0].is_multiple() || list.len() == selects.len() => {
            among(name, list, &choices)
        }
        Given::List(list) => {
            Err(Failure::new(format!("the list {name:?} takes one value, not {}", list.join(", "))))
        }
    }
}

fn typed(
    controls: &[Control<'_>],
    inputs: &[Control<'_>],
    name: &str,
    given: Given,
) -> Result<Vec<String>, Failure> {
    let texts = match given {
        Given::Text(text) => vec![text],
        Given::Check(is_true) => vec![is_true.to_string()],
        Given::List(list) => list,
    };
    if texts.len() > inputs.len() {
        let (texts, inputs) = (texts.len(), inputs.len());
        return Err(Failure::new(format!("{texts} values for {inputs} inputs {name:?}")));
    }
    for (text, input) in texts.iter().zip(inputs) {
        let refused =
            |why: String| Err(Failure::new(format!("the input {name:?} {why}: {}", describe(input.element))));
        let most = input.element.attr("maxlength").and_then(|most| most.parse().ok()).unwrap_or(usize::MAX);
        if text.encode_utf16().count() > most {
            return refused(format!("takes no more than {most} characters, not {text:?}"));
        }
        let is_number = input.element.attr("type") == Some("number");
        if is_number && !text.is_empty() && text.parse::<f64>().is_err() {
            return refused(format!("takes numbers only, not {text:?}"));
        }
    }
    let is_usable =
        |control: &Control<'_>| inputs.iter().any(|input| input.element.id() == control.element.id());
    let named = controls.iter().filter(|control| control.name == name && control.is_input());
    let mut texts = texts.into_iter();
    Ok(named
        .map(|control| {
            let new = if is_usable(control) { texts.next() } else { None };
            new.unwrap_or_else(|| control.value())
        })
        .collect())
}

fn among(name: &str, wanted: Vec<String>, choices: &[String]) -> Result<Vec<String>, Failure> {
    match wanted.iter().find(|wanted| !choices.contains(wanted)) {
        Some(other) => Err(no_choice(name, other, choices)),
        None => Ok(wanted),
    }
}

fn no_choice(name: &str, wanted: &str, choices: &[String]) -> Failure {
    let choices: Vec<_> = choices.iter().map(|choice| format!("{choice:?}")).collect();
    Failure::new(format!("the input {name:?} cannot be {wanted:?}, but: {}", choices.join(", ")))
}

fn values(controls: &[Control<'_>]) -> Vec<String> {
    controls.iter().map(Control::value).collect()
}
