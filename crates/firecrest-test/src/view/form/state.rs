//! What the visitor has done with the forms of a page.

use std::collections::{BTreeSet, HashMap};

use super::control::{Control, Kind};
use crate::view::dom::{Document, Node, position};

/// All forms by their [`key`].
#[derive(Debug, Default)]
pub(in crate::view) struct Typed(HashMap<String, FormState>);

/// One form.
#[derive(Clone, Debug, Default)]
pub(in crate::view) struct FormState {
    /// Whether it was submitted: all its inputs count as used then.
    pub(in crate::view) is_submitted: bool,
    /// The names of inputs that the visitor has changed.
    pub(in crate::view) used: BTreeSet<String>,
    /// Name and value of the button that it was submitted with last.
    pub(in crate::view) submitter: Option<(String, String)>,
    put: HashMap<String, Put>,
    /// What a script has put into hidden inputs.
    pub(in crate::view) hidden: HashMap<String, String>,
}

/// What the visitor has put into the inputs of one name.
#[derive(Clone, Debug)]
struct Put {
    values: Vec<String>,
    /// What the server showed in them. When it shows something else, what the visitor has put in is gone.
    over: Vec<String>,
}

impl Typed {
    pub(in crate::view) fn form(&mut self, key: &str) -> &mut FormState {
        self.0.entry(key.to_owned()).or_default()
    }

    /// The state of a form that nobody has touched is the default.
    pub(in crate::view) fn state(&self, key: &str) -> FormState {
        self.0.get(key).cloned().unwrap_or_default()
    }
}

impl FormState {
    /// Puts values into the inputs of a name.
    pub(in crate::view) fn put(&mut self, name: &str, values: Vec<String>, over: Vec<String>) {
        self.used.insert(name.to_owned());
        self.put.insert(name.to_owned(), Put { values, over });
    }

    /// What is in the inputs of a name: what the visitor has put in, or else what the server shows.
    pub(in crate::view) fn values(&self, name: &str, shown: Vec<String>) -> Vec<String> {
        match self.put.get(name) {
            Some(put) if put.over == shown => put.values.clone(),
            _ => shown,
        }
    }
}

/// By what a form is known from patch to patch: its id, or else its view and its number.
pub(in crate::view) fn key(document: &Document, form: Node) -> String {
    let element = document.get(form);
    match element.attr("id") {
        Some(id) => format!("#{id}"),
        None => format!("{}/{}", document.owner(form).unwrap_or_default(), position(element)),
    }
}

/// What the server shows in the inputs of a name: of texts all values, of boxes and lists what is chosen.
pub(in crate::view) fn shown(controls: &[Control<'_>], name: &str) -> Vec<String> {
    let inputs = controls.iter().filter(|control| control.name == name && control.is_input());
    inputs
        .flat_map(|control| match control.kind {
            Kind::Checkbox | Kind::Radio if control.is_checked() => vec![control.value()],
            Kind::Checkbox | Kind::Radio | Kind::File => Vec::new(),
            Kind::Select => control.selected(),
            _ => vec![control.value()],
        })
        .collect()
}
