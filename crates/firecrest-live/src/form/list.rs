use std::slice;

use serde_json::Value;

use super::rows::{REVISION, rows};
use super::{Field, Fields, tree};
use crate::attribute::{Attributes, Splat};
use crate::html::Html;
use crate::js;

/// The rows of a list in a [`Form`](super::Form), each a nested form (F033).
///
/// The buttons change the form, and its change event then says what became of the rows: nothing else is to be handled. A row
/// keeps its [id](Row::id) wherever it is moved to, so that the client moves its element with what is typed there, and the
/// focus stays.
///
/// ```
/// # use firecrest_live::form::Form;
/// # use firecrest_live::{Html, html};
/// # use serde_json::json;
/// fn lines(form: &Form) -> Html {
///     let lines = form.rows("lines");
///     html! {
///         for line in &lines, key = line.id() {
///             <div id={line.id()}>
///                 {line.hidden()}
///                 <input id={line.field("sku").id()} name={line.field("sku").name()} value={line.field("sku").value()}>
///                 <button {..line.remove()}>"Remove"</button>
///             </div>
///         }
///         {lines.hidden()}
///         <button {..lines.add()}>"Add a line"</button>
///     }
/// }
///
/// let page = lines(&Form::new("order", &json!({ "lines": [{ "sku": "A-7" }] }))).to_string();
/// assert!(page.contains(r#"<input id="order_lines_0_sku" name="order[lines][0][sku]" value="A-7">"#));
/// ```
///
/// Rows that the user adds say nothing yet: give their type a `#[serde(default)]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<'a> {
    rows: Vec<Row<'a>>,
    list: Field<'a>,
    /// The name of the list's inputs, up to its last key.
    sort: String,
    drop: String,
    revision: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(outer: &Fields<'a>, name: &str) -> Self {
        let list = outer.nested(name);
        let (sort, drop) = (order_name(outer, name, "sort"), order_name(outer, name, "drop"));
        let found = list.value().and_then(rows).unwrap_or_default();
        let row = |(index, (key, value)): (usize, (super::rows::Key<'_>, Option<&Value>))| {
            let number = value.and_then(|value| tree::row_id(value.as_object()?));
            let id = match (number, value.is_some_and(Value::is_object)) {
                (Some(number), _) => number.to_string(),
                (None, true) => key.to_string(),
                // What is no form has no number: it must not get that of one.
                (None, false) => format!("text-{key}"),
            };
            let fields = list.row(&key.to_string(), &id);
            Row { fields, index, number: id, sort: sort.clone(), drop: drop.clone() }
        };
        Rows {
            rows: found.into_iter().map(row).collect(),
            list: outer.field(name),
            revision: list.revision(),
            sort,
            drop,
        }
    }

    /// The rows, in their order.
    pub fn iter(&self) -> slice::Iter<'_, Row<'a>> {
        self.rows.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What is wrong with the list as a whole, once one of its rows was used or the form was submitted.
    pub fn errors(&self) -> &'a [String] {
        self.list.errors()
    }

    /// The hidden input that says that there is a list, even when its last row is gone, and which arrangement of it the page
    /// shows: what somebody types before the answer to a button is there must not undo that. It belongs into the form, once.
    pub fn hidden(&self) -> Html {
        hidden(&self.drop, &format!("{REVISION}{}", self.revision))
    }

    /// The attributes of a button that adds a row at the end. There are at most [`MAX_ROWS`](super::MAX_ROWS).
    pub fn add(&self) -> RowButton {
        RowButton { name: self.sort.clone(), value: "new".to_owned() }
    }

    /// The name of inputs that put rows into an order, `order[lines_sort][]`: each has the index of a row, or any other text
    /// for a new one.
    pub fn sort_name(&self) -> &str {
        &self.sort
    }

    /// The name of inputs that take rows out, `order[lines_drop][]`: each has the index of one.
    pub fn drop_name(&self) -> &str {
        &self.drop
    }
}

impl<'r, 'a> IntoIterator for &'r Rows<'a> {
    type Item = &'r Row<'a>;
    type IntoIter = slice::Iter<'r, Row<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A row of a list in a form; see [`Rows`].
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    fields: Fields<'a>,
    index: usize,
    number: String,
    sort: String,
    drop: String,
}

impl<'a> Row<'a> {
    /// The place of the row in its list, counted from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The id for the row's element, `order_lines_3`, with which those of its inputs begin. It stays the row's when that
    /// is moved.
    pub fn id(&self) -> &str {
        self.fields.id()
    }

    /// A field of the row.
    pub fn field(&self, name: &str) -> Field<'a> {
        self.fields.field(name)
    }

    /// The rows of a list in the row.
    pub fn rows(&self, name: &str) -> Rows<'a> {
        self.fields.rows(name)
    }

    /// The row's fields, to be handed to a component.
    pub fn fields(&self) -> &Fields<'a> {
        &self.fields
    }

    /// The hidden inputs that say where the row is and which it is. They belong into the row, once.
    pub fn hidden(&self) -> Html {
        let own = tree::name(&self.fields.name(), tree::ROW_ID);
        let (place, number) = (hidden(&self.sort, &self.index.to_string()), hidden(&own, &self.number));
        crate::html! { {place} {number} }
    }

    /// The attributes of a button that removes the row.
    pub fn remove(&self) -> RowButton {
        RowButton { name: self.drop.clone(), value: self.index.to_string() }
    }
}

/// The attributes of a button that [adds](Rows::add) or [removes](Row::remove) a row: it sends the form's change event with its
/// own name and value among the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it belongs into a template: `<button {..row.remove()}>`"]
pub struct RowButton {
    name: String,
    value: String,
}

impl Attributes for RowButton {
    fn write(&self, out: &mut Splat<'_>) {
        out.push("type", "button");
        out.push("name", &self.name);
        out.push("value", &self.value);
        out.push("phx-click", &js::dispatch("change"));
    }
}

fn hidden(name: &str, value: &str) -> Html {
    crate::html! { <input type="hidden" name={name} value={value}> }
}

/// The name of the inputs that arrange a list: `order[lines_sort][]`.
fn order_name(outer: &Fields<'_>, name: &str, what: &str) -> String {
    let mut keys = tree::keys(name);
    let last = keys.pop().unwrap_or_default();
    let outer = keys.into_iter().fold(outer.name(), |name, key| tree::name(&name, key));
    format!("{}[]", tree::name(&outer, &format!("{last}_{what}")))
}

#[cfg(test)]
mod tests;
