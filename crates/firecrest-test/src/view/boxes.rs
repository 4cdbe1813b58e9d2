//! Boxes that the visitor checks: check boxes and radio buttons, in a form or by themselves.

use super::dom::{Node, position};
use super::form::{Control, Kind, controls, form_of, key, shown};
use super::tab::Tab;

/// Where the page keeps what the visitor has checked.
struct Group {
    /// The form, or the view for boxes outside of forms.
    key: String,
    name: String,
    /// What the server has checked.
    shown: Vec<String>,
}

impl Tab {
    /// Whether a box is checked, by the visitor or else by the server.
    pub(super) fn is_checked(&self, control: Control<'_>) -> bool {
        let Group { key, name, shown } = self.group(control);
        self.typed.state(&key).values(&name, shown).contains(&control.value())
    }

    /// Checks or unchecks a box, before anybody hears of the click.
    pub(super) fn toggle(&mut self, node: Node) {
        let Some(control) = Control::new(self.document.get(node)) else { return };
        let Group { key, name, shown } = self.group(control);
        let (value, mut values) = (control.value(), self.typed.state(&key).values(&name, shown.clone()));
        match control.kind {
            Kind::Radio => values = vec![value],
            Kind::Checkbox if values.contains(&value) => values.retain(|held| *held != value),
            Kind::Checkbox => values.push(value),
            _ => return,
        }
        self.typed.form(&key).put(&name, values, shown);
    }

    fn group(&self, control: Control<'_>) -> Group {
        let (node, name) = (control.element.id(), control.name.to_owned());
        if let Some(form) = form_of(&self.document, node).filter(|_| !name.is_empty()) {
            let shown = shown(&controls(&self.document, form), &name);
            return Group { key: key(&self.document, form), name, shown };
        }
        let number = || position(control.element).to_string();
        Group {
            key: self.document.owner(node).unwrap_or_default().to_owned(),
            name: control.element.attr("id").map_or_else(number, str::to_owned),
            shown: control.is_checked().then(|| control.value()).into_iter().collect(),
        }
    }
}
