//! What the visitor has done with the forms of a page.

use std::collections::{BTreeSet, HashMap};

use super::control::{Control, Kind, controls};
use crate::view::dom::{Document, Node, position};

/// All forms by their [`key`].
#[derive(Clone, Debug, Default)]
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

    /// Which name the inputs with an id have, in the forms that the visitor has touched.
    pub(in crate::view) fn named(&self, document: &Document) -> Names {
        let forms = self.0.keys().filter_map(|key| Some((key.clone(), find(document, key)?)));
        forms.map(|(key, form)| (key, named(&controls(document, form)))).collect()
    }

    /// After a patch: what was typed goes with the element that has another name now, and is gone with one that is gone or
    /// that the server shows something else in.
    pub(in crate::view) fn follow(&mut self, document: &Document, before: &Names) {
        for (key, state) in &mut self.0 {
            if let (Some(before), Some(form)) = (before.get(key), find(document, key)) {
                state.follow(before, &controls(document, form));
            }
        }
    }

    /// The state of a form that nobody has touched is the default.
    pub(in crate::view) fn state(&self, key: &str) -> FormState {
        self.0.get(key).cloned().unwrap_or_default()
    }
}

/// By the key of a form, and the id of an input in it: the input's name.
pub(in crate::view) type Names = HashMap<String, HashMap<String, String>>;

impl FormState {
    fn follow(&mut self, before: &HashMap<String, String>, controls: &[Control<'_>]) {
        let now = named(controls);
        let renamed = |name: &str| -> BTreeSet<String> {
            let mut ids = before.iter().filter(|(_, known)| *known == name).map(|(id, _)| id).peekable();
            match ids.peek() {
                None => [name.to_owned()].into(),
                Some(_) => ids.filter_map(|id| now.get(id).cloned()).collect(),
            }
        };
        self.used = self.used.iter().flat_map(|name| renamed(name)).collect();
        let put = std::mem::take(&mut self.put);
        let put = put.into_iter().filter_map(|(name, put)| Some((renamed(&name).pop_first()?, put)));
        self.put = put.filter(|(name, put)| put.over == shown(controls, name)).collect();
    }

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

/// The form of a [`key`], if it has an id.
fn find(document: &Document, key: &str) -> Option<Node> {
    Some(document.by_id(key.strip_prefix('#')?)?.id())
}

/// The names of inputs by their ids.
fn named(controls: &[Control<'_>]) -> HashMap<String, String> {
    let named = controls.iter().filter(|control| !control.name.is_empty());
    named
        .filter_map(|control| Some((control.element.attr("id")?.to_owned(), control.name.to_owned())))
        .collect()
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
