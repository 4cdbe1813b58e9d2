use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Form, Rows, tree};

/// The fields of a [`Form`] or of a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields<'a> {
    form: &'a Form,
    /// Where the part is in the form.
    path: Vec<String>,
    /// What the ids of its fields begin with.
    id: String,
}

impl<'a> Fields<'a> {
    pub(super) fn new(form: &'a Form) -> Self {
        Fields { form, path: Vec::new(), id: form.id().to_owned() }
    }

    /// A field of this part.
    pub fn field(&self, name: &str) -> Field<'a> {
        Field::new(self.nested(name))
    }

    /// A part of this part: the fields of a map, or of a row of a list by its index.
    pub fn nested(&self, name: &str) -> Fields<'a> {
        let keys = tree::keys(name);
        let id = keys.iter().fold(self.id.clone(), |id, key| tree::id(&id, key));
        let path = self.path.iter().cloned().chain(keys.into_iter().map(str::to_owned)).collect();
        Fields { form: self.form, path, id }
    }

    /// The rows of a list in this part (F033).
    pub fn rows(&self, name: &str) -> Rows<'a> {
        Rows::new(self, name)
    }

    /// A row of this list, by its key in it and its id.
    pub(super) fn row(&self, key: &str, id: &str) -> Fields<'a> {
        let path = self.path.iter().cloned().chain([key.to_owned()]).collect();
        Fields { form: self.form, path, id: tree::id(&self.id, id) }
    }

    /// What the ids of the fields begin with.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What the names of the fields begin with.
    pub(super) fn name(&self) -> String {
        self.path.iter().fold(self.form.name().to_owned(), |name, key| tree::name(&name, key))
    }

    /// What the part is as a whole: what was said of it, or else the data.
    ///
    /// Data are no answer for a row that was said: they count their rows as they were in the beginning.
    pub(super) fn value(&self) -> Option<&'a Value> {
        let data = || tree::at(self.form.data(), self.keys());
        let Some(said) = self.form.said() else { return data() };
        let mut keys = self.keys();
        let mut found = said.get(keys.next()?);
        for key in keys {
            if found.and_then(Value::as_object).is_some_and(|row| row.contains_key(tree::ROW_ID)) {
                return tree::at(said, self.keys());
            }
            found = found.and_then(|found| tree::child(found, key));
        }
        found.or_else(data)
    }

    /// How often the rows of this list were arranged.
    pub(super) fn revision(&self) -> u64 {
        let noted = || {
            let (last, outer) = self.path.split_last()?;
            let said = self.form.said()?;
            let part = match outer {
                [] => said,
                outer => tree::at(said, outer.iter().map(String::as_str))?.as_object()?,
            };
            tree::arrangement(part, last)
        };
        noted().map_or(0, |(revision, _)| revision)
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.path.iter().map(String::as_str)
    }
}

/// A field of a [`Form`], with what an input needs to show it (F031).
///
/// ```
/// # use firecrest_live::form::Form;
/// let form = Form::new("user", &serde_json::json!({"name": "Ann", "roles": ["admin"]}));
/// let name = form.field("name");
/// assert_eq!((name.id(), name.name(), &*name.value()), ("user_name", "user[name]", "Ann"));
/// assert!(form.field("roles").has("admin"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Field<'a> {
    id: String,
    name: String,
    value: Option<&'a Value>,
    errors: &'a [String],
    is_used: bool,
}

impl<'a> Field<'a> {
    fn new(fields: Fields<'a>) -> Self {
        let key = fields.keys().fold(String::new(), |name, key| tree::name(&name, key));
        Field {
            name: fields.name(),
            value: fields.value(),
            errors: fields.form.errors().of(&key),
            is_used: is_used(fields.form, &fields.path),
            id: fields.id,
        }
    }

    /// The input's id: `user_address_city`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The input's name: `user[address][city]`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of several inputs for a list: `user[roles][]`.
    pub fn list_name(&self) -> String {
        format!("{}[]", self.name)
    }

    /// What the input shows. Empty for a field that has nothing, and for lists and maps.
    pub fn value(&self) -> Cow<'a, str> {
        self.value.and_then(tree::text).unwrap_or_default()
    }

    /// What several inputs for a list show.
    pub fn values(&self) -> Vec<Cow<'a, str>> {
        match self.value {
            Some(Value::Array(items)) => items.iter().filter_map(tree::text).collect(),
            value => value.and_then(tree::text).into_iter().collect(),
        }
    }

    /// Whether an option, radio button or checkbox with this value is chosen.
    pub fn has(&self, value: &str) -> bool {
        self.values().iter().any(|chosen| chosen == value)
    }

    /// Whether a checkbox for yes or no is checked.
    ///
    /// Browsers leave out one that is not, so that the value of the form's data would show again: put a hidden input of the
    /// same name with the value `false` before it.
    pub fn is_checked(&self) -> bool {
        matches!(&*self.value(), "true" | "on" | "1")
    }

    /// What is wrong with it, once it [was used](Self::is_used).
    pub fn errors(&self) -> &'a [String] {
        if self.is_used { self.errors } else { &[] }
    }

    /// What is wrong with it, even before it was used.
    pub fn all_errors(&self) -> &'a [String] {
        self.errors
    }

    /// Whether the user has used it: focused or changed it, or submitted the form (F032).
    pub fn is_used(&self) -> bool {
        self.is_used
    }
}

fn is_used(form: &Form, path: &[String]) -> bool {
    let (Some(said), Some((key, outer))) = (form.said(), path.split_last()) else { return false };
    let part = match outer {
        [] => Some(said),
        outer => match tree::at(said, outer.iter().map(String::as_str)) {
            Some(Value::Array(_)) => return tree::at(said, path.iter().map(String::as_str)).is_some(),
            part => part.and_then(Value::as_object),
        },
    };
    let is_left_out = |part: &Map<String, Value>| !part.contains_key(key) && !tree::is_marked(part, key);
    match part {
        Some(part) if is_left_out(part) => form.is_submitted(),
        Some(part) => tree::is_used(part, key) || (form.is_submitted() && is_empty_list(part, key)),
        None => form.is_submitted(),
    }
}

/// Whether all rows of a list are gone: there is nothing left that could be used.
fn is_empty_list(part: &Map<String, Value>, key: &str) -> bool {
    part.get(key).and_then(Value::as_object).is_some_and(Map::is_empty)
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;
    use crate::form::{Errors, FormData};

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct User {
        name: String,
        age: u8,
        #[serde(default)]
        terms: bool,
    }

    impl User {
        fn check(&self) -> Errors {
            let mut errors = Errors::new();
            if self.name.is_empty() {
                errors.add("name", "must not be empty");
            }
            if self.age < 18 {
                errors.add("age", "is too young");
            }
            if !self.terms {
                errors.add("terms", "must be accepted");
            }
            errors
        }
    }

    fn user(body: &str) -> FormData {
        FormData::decode(body).unwrap().part("user")
    }

    #[test]
    fn f031_a_field_has_id_name_and_value() {
        let form = Form::new(
            "user",
            &json!({"name": "Ann", "age": 7, "tags": ["a", 1], "address": {"city": "Bonn"}}),
        );
        for (name, id, full, value) in [
            ("name", "user_name", "user[name]", "Ann"),
            ("age", "user_age", "user[age]", "7"),
            ("none", "user_none", "user[none]", ""),
            ("tags", "user_tags", "user[tags]", ""),
            ("address[city]", "user_address_city", "user[address][city]", "Bonn"),
        ] {
            let field = form.field(name);
            assert_eq!((field.id(), field.name(), &*field.value()), (id, full, value));
            assert!(!field.is_used() && field.errors().is_empty());
        }
        assert_eq!(form.nested("address").field("city"), form.field("address[city]"));
        let tags = form.field("tags");
        assert_eq!(
            (tags.values(), tags.list_name()),
            (vec!["a".into(), "1".into()], "user[tags][]".to_owned())
        );
        assert!(tags.has("1") && !tags.has("b") && form.field("name").has("Ann"));
    }

    #[test]
    fn f031_names_and_ids_begin_with_those_of_the_form() {
        let form = Form::new("", &());
        assert_eq!((form.field("q").name(), form.field("q").id()), ("q", "q"));
        let form = Form::new("user", &()).with_id("user-7");
        assert_eq!((form.id(), form.name()), ("user-7", "user"));
        assert_eq!((form.field("q").name(), form.field("q").id()), ("user[q]", "user-7_q"));
    }

    #[test]
    fn f033_a_row_of_a_list_is_a_nested_form() {
        let form = Form::new("list", &json!({"emails": [{"address": "a@b"}]}));
        let address = form.nested("emails").nested("0").field("address");
        assert_eq!((address.name(), &*address.value()), ("list[emails][0][address]", "a@b"));
        let form = Form::from_params("list", FormData::decode("emails[3][address]=x").unwrap());
        assert_eq!(form.field("emails[3][address]").value(), "x");
    }

    #[test]
    fn f031_what_is_said_is_shown_before_the_data() {
        let mut form = Form::new("user", &User { name: "Ann".to_owned(), age: 30, terms: true });
        form.change(user("user[name]=&user[age]=x1"), User::check);
        assert_eq!((&*form.field("name").value(), &*form.field("age").value()), ("", "x1"));
        assert!(form.field("terms").is_checked(), "as in the data");
        form.change(user("user[terms]=false"), User::check);
        assert!(!form.field("terms").is_checked());
    }

    #[test]
    fn f032_errors_are_shown_where_an_input_was_used() {
        let mut form = Form::new("user", &User::default());
        form.change(
            user("user[name]=&user[_unused_age]=&user[age]=&user[_unused_terms]=&user[terms]=false"),
            User::check,
        );
        assert_eq!(form.field("name").errors(), ["must not be empty"]);
        assert!(form.field("age").errors().is_empty() && form.field("terms").errors().is_empty());
        assert_eq!(form.field("age").all_errors(), ["must not be empty"]);
        assert_eq!(form.errors().of("terms"), ["must be accepted"]);
    }

    #[test]
    fn f032_a_part_was_used_when_a_field_of_it_was() {
        let form = |body| Form::from_params("", FormData::decode(body).unwrap());
        for (body, field, expected) in [
            ("a=1", "a", true),
            ("a=1", "b", false),
            ("_unused_a=&a=1", "a", false),
            ("p[_unused_a]=&p[a]=1", "p", false),
            ("p[_unused_a]=&p[a]=1", "p[a]", false),
            ("p[_unused_a]=&p[a]=1&p[b]=2", "p", true),
            ("p[_unused_a]=&p[a]=1&p[b]=2", "p[b]", true),
            ("p[q][_unused_a]=&p[q][a]=1", "p", false),
            ("p[_unused_tags][]=&p[tags][]=x", "p[tags]", false),
            ("p[tags][]=x", "p[tags]", true),
            ("p[][a]=x", "p[0]", true),
            ("p[][a]=x", "p[1]", false),
            ("_unused_p=&p=1", "p[a]", false),
        ] {
            assert_eq!(form(body).field(field).is_used(), expected, "{field} in {body}");
        }
        assert!(FormData::decode("p[_unused_a]=&p[a]=1&p[b]=2").unwrap().is_used("p"));
    }

    #[test]
    fn f032_after_submit_even_inputs_that_are_left_out_count_as_used() {
        let mut form = Form::new("user", &());
        assert_eq!(form.submit(user("user[name]=&user[age]=7"), User::check), None);
        assert_eq!(form.field("terms").errors(), ["must be accepted"]);
        form.change(user("user[name]=Ann&user[age]=7"), User::check);
        assert_eq!(form.field("terms").errors(), ["must be accepted"]);
        assert!(form.field("name").errors().is_empty());
        let ann = User { name: "Ann".to_owned(), age: 30, terms: true };
        assert_eq!(form.submit(user("user[name]=Ann&user[age]=30&user[terms]=on"), User::check), Some(ann));
        form.add_error("name", "is taken");
        assert_eq!(form.field("name").errors(), ["is taken"]);
    }

    #[test]
    fn e034_a_form_that_was_reset_shows_no_errors() {
        let mut form = Form::new("user", &());
        assert_eq!(form.submit(user("user[name]=&user[age]="), User::check), None);
        assert!(!form.field("name").errors().is_empty());
        let reset = "user[_unused_name]=&user[name]=&user[_unused_age]=&user[age]=";
        form.change(user(reset), User::check);
        for field in ["name", "age", "terms"] {
            assert!(form.field(field).errors().is_empty(), "{field}");
        }
    }

    #[test]
    fn e035_e036_inputs_without_marks_count_as_used() {
        let mut form = Form::new("user", &());
        form.change(user("user[name]=&user[age]=1"), User::check);
        assert_eq!(form.field("name").errors(), ["must not be empty"]);
        assert_eq!(form.field("age").errors(), ["is too young"]);
    }

    #[test]
    fn a_field_that_cannot_be_read_does_not_hide_what_is_wrong_with_others() {
        let mut form = Form::new("user", &());
        form.change(user("user[name]=&user[age]=old&user[terms]=maybe"), User::check);
        assert_eq!(form.field("name").errors(), ["must not be empty"]);
        assert_eq!(form.field("age").errors(), ["is not a whole number"]);
        assert_eq!(form.field("terms").errors(), ["is neither true nor false"]);
    }

    #[test]
    fn a_form_needs_no_type() {
        let mut form = Form::new("", &());
        form.change(FormData::decode("q=").unwrap(), |said: &FormData| {
            let mut errors = Errors::new();
            if said.text("q") == Some("") {
                errors.add("q", "must not be empty");
            }
            errors
        });
        assert_eq!(form.field("q").errors(), ["must not be empty"]);
    }

    #[test]
    fn errors_of_a_nested_form_are_at_its_fields() {
        #[derive(Deserialize)]
        struct List {
            #[serde(rename = "emails")]
            _emails: Vec<Email>,
        }
        #[derive(Deserialize)]
        struct Email {
            #[serde(rename = "priority")]
            _priority: u8,
        }
        let mut form = Form::new("list", &());
        let said =
            FormData::decode("emails[0][priority]=1&emails[4][priority]=x&emails[7][priority]=300").unwrap();
        assert!(form.submit(said, |_: &List| Errors::new()).is_none());
        let errors = |row: &str| form.nested("emails").nested(row).field("priority").errors().to_vec();
        assert_eq!((errors("0"), errors("4")), (vec![], vec!["is not a whole number".to_owned()]));
        assert_eq!(errors("7"), ["is too large"]);
    }
}
