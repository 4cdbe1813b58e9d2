//! The inputs of a form.

use scraper::ElementRef;

use crate::view::dom::{Document, Node, closest, has_attr, text};

/// What a visitor can do with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) enum Kind {
    /// Type something, or pick one of endlessly many values.
    Text,
    /// Nothing.
    Hidden,
    Checkbox,
    Radio,
    Select,
    /// Choose files.
    File,
    /// Submit the form.
    Submit,
    /// Press it, which is no business of the form's.
    Button,
}

/// An input, a select, a text area or a button that belongs to a form.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Control<'a> {
    pub(in crate::view) element: ElementRef<'a>,
    pub(in crate::view) kind: Kind,
    /// Empty when it has none: it is never sent then.
    pub(in crate::view) name: &'a str,
}

/// An option of a select.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) is_selected: bool,
    pub(super) is_disabled: bool,
}

/// The form that an input belongs to.
pub(in crate::view) fn form_of(document: &Document, node: Node) -> Option<Node> {
    let element = document.get(node);
    let form = match element.attr("form") {
        Some(id) => document.by_id(id).filter(|form| form.value().name() == "form"),
        None => closest(element, |element| element.value().name() == "form"),
    };
    form.map(|form| form.id())
}

/// Everything that belongs to a form, in the page's order: what is inside it, and what names it in its attribute `form`.
pub(in crate::view) fn controls(document: &Document, form: Node) -> Vec<Control<'_>> {
    let all = document.elements().filter_map(Control::new);
    all.filter(|control| form_of(document, control.element.id()) == Some(form)).collect()
}

/// Whether the visitor cannot use it: it is disabled itself, or all inputs around it are.
pub(in crate::view) fn is_disabled(element: ElementRef<'_>) -> bool {
    let can_be =
        matches!(element.value().name(), "button" | "input" | "select" | "textarea" | "fieldset" | "option");
    let around =
        |element: ElementRef<'_>| element.value().name() == "fieldset" && has_attr(element, "disabled");
    (can_be && has_attr(element, "disabled"))
        || closest(element, around).is_some_and(|fieldset| !is_in_legend(element, fieldset))
}

/// The first legend of a fieldset is never disabled.
fn is_in_legend(element: ElementRef<'_>, fieldset: ElementRef<'_>) -> bool {
    let legend = fieldset.child_elements().find(|child| child.value().name() == "legend");
    legend.is_some_and(|legend| element.ancestors().any(|around| around.id() == legend.id()))
}

impl<'a> Control<'a> {
    pub(in crate::view) fn new(element: ElementRef<'a>) -> Option<Self> {
        let kind = match (element.value().name(), element.attr("type").unwrap_or_default()) {
            ("select", _) => Kind::Select,
            ("textarea", _) => Kind::Text,
            ("button", "button" | "reset") | ("input", "button" | "reset") => Kind::Button,
            ("button", _) | ("input", "submit" | "image") => Kind::Submit,
            ("input", "hidden") => Kind::Hidden,
            ("input", "checkbox") => Kind::Checkbox,
            ("input", "radio") => Kind::Radio,
            ("input", "file") => Kind::File,
            ("input", _) => Kind::Text,
            _ => return None,
        };
        Some(Control { element, kind, name: element.attr("name").unwrap_or_default() })
    }

    /// The value that the server has given it; of a box that can be checked the one it stands for.
    pub(in crate::view) fn value(&self) -> String {
        let value = self.element.attr("value");
        match (self.kind, self.element.value().name()) {
            (Kind::Checkbox | Kind::Radio, _) => value.unwrap_or("on").to_owned(),
            (_, "textarea") => self.element.text().collect(),
            (_, "select") => self.selected().first().cloned().unwrap_or_default(),
            _ => value.unwrap_or_default().to_owned(),
        }
    }

    /// Whether the server shows it checked.
    pub(in crate::view) fn is_checked(&self) -> bool {
        has_attr(self.element, "checked")
    }

    pub(super) fn is_multiple(&self) -> bool {
        has_attr(self.element, "multiple")
    }

    /// Whether the visitor puts something into it.
    pub(super) fn is_input(&self) -> bool {
        !matches!(self.kind, Kind::Hidden | Kind::Submit | Kind::Button)
    }

    pub(super) fn choices(&self) -> Vec<Choice> {
        let options = self.element.descendent_elements().filter(|element| element.value().name() == "option");
        let is_group =
            |element: ElementRef<'_>| element.value().name() == "optgroup" && has_attr(element, "disabled");
        options
            .map(|option| Choice {
                value: option.attr("value").map_or_else(|| text(option), str::to_owned),
                is_selected: has_attr(option, "selected"),
                is_disabled: has_attr(option, "disabled") || closest(option, is_group).is_some(),
            })
            .collect()
    }

    /// The values that the server has selected: of a list that takes only one the last, or else the first that can be chosen.
    pub(super) fn selected(&self) -> Vec<String> {
        let choices = self.choices();
        let mut selected = choices.iter().filter(|choice| choice.is_selected && !choice.is_disabled);
        if self.is_multiple() {
            return selected.map(|choice| choice.value.clone()).collect();
        }
        let first = || choices.iter().find(|choice| !choice.is_disabled);
        selected.next_back().or_else(first).map(|choice| choice.value.clone()).into_iter().collect()
    }
}
