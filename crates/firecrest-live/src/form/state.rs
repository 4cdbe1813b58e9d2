use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Errors, Field, Fields, FormData, Rows, reader, rows, tree};

/// A form as a template shows it: names, ids and values of its fields, and what is wrong with them (F030–F032).
///
/// A view keeps it in its state. Its values are first those of some data, and then what the user has made of them:
///
/// ```
/// # use firecrest_live::form::{Errors, Form, FormData};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Default, Serialize, Deserialize)]
/// # struct User { name: String, age: u8 }
/// # impl User { fn check(&self) -> Errors { Errors::new() } }
/// # enum Event { Validate { user: FormData }, Save { user: FormData } }
/// # fn handle(form: &mut Form, event: Event) {
/// match event {
///     Event::Validate { user } => form.change(user, User::check),
///     Event::Save { user } => {
///         if let Some(user) = form.submit(user, User::check) {
///             println!("{} is {} years old", user.name, user.age);
///         }
///     }
/// }
/// # }
/// let mut form = Form::new("user", &User::default());
/// # handle(&mut form, Event::Validate { user: FormData::new() });
/// assert_eq!(form.field("name").name(), "user[name]");
/// assert_eq!(form.field("age").value(), "0");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    name: Box<str>,
    /// What the ids begin with; nothing when that is the name.
    id: Option<Box<str>>,
    data: FormData,
    /// What the user has made of it.
    said: Option<FormData>,
    errors: Errors,
    /// Whether it was submitted, so that every field counts as used, even one that the browser leaves out.
    submitted: bool,
}

impl Form {
    /// A form that shows these data: a struct or a map, or `()` for none.
    ///
    /// The inputs are called `user[name]` in a form with the name `user`, and `name` in one whose name is empty.
    ///
    /// # Panics
    /// When the data have no fields or no JSON form.
    pub fn new(name: &str, data: &impl Serialize) -> Self {
        let data = match serde_json::to_value(data) {
            Ok(Value::Object(fields)) => fields,
            Ok(Value::Null) => Map::new(),
            Ok(_) => panic!("the data of a form must have fields"),
            Err(error) => panic!("the data of a form must have a JSON form: {error}"),
        };
        Form {
            name: name.into(),
            id: None,
            data: data.into(),
            said: None,
            errors: Errors::new(),
            submitted: false,
        }
    }

    /// A form that shows what it has said.
    pub fn from_params(name: &str, said: FormData) -> Self {
        Form { said: Some(arranged(said, None)), ..Form::new(name, &()) }
    }

    /// Replaces the form's id, and what those of its inputs begin with. By default it is the name.
    #[must_use]
    pub fn with_id(self, id: &str) -> Self {
        Form { id: Some(id.into()), ..self }
    }

    /// Shows what the user has made of the form so far.
    ///
    /// What is said is read as a `T`, as by [`FormData::read`], and checked if it can be read; `T` is [`FormData`] when there
    /// is no type for it. What is wrong then replaces the form's errors. A field that is not said keeps the value of the
    /// data. Rows of lists are put into the order that the form says (see [`rows`](Self::rows)).
    pub fn change<T: DeserializeOwned>(&mut self, said: FormData, check: impl FnOnce(&T) -> Errors) {
        self.take(said, check);
    }

    /// The same at the end: what is said, if nothing is wrong with it. Otherwise all fields count as used from here, so that
    /// their errors are shown.
    #[must_use]
    pub fn submit<T: DeserializeOwned>(
        &mut self,
        said: FormData,
        check: impl FnOnce(&T) -> Errors,
    ) -> Option<T> {
        let value = self.take(said, check);
        self.submitted = true;
        value.filter(|_| self.errors.is_empty())
    }

    /// Moves a row of a list to another place, both counted from 0, and checks the form as it is then: what is to be done when
    /// a row was dragged, or its button to move it was pressed. Rows and places that are not there change nothing.
    pub fn move_row<T: DeserializeOwned>(
        &mut self,
        list: &str,
        from: usize,
        to: usize,
        check: impl FnOnce(&T) -> Errors,
    ) {
        let mut fields = match self.said() {
            Some(said) => said.clone(),
            None => tree::unused(self.data()),
        };
        if rows::move_row(&mut fields, &tree::keys(list), from, to).is_some() {
            self.take(fields.into(), check);
        }
    }

    /// Adds an error that came to light later: `form.add_error("email", "is taken")`.
    pub fn add_error(&mut self, field: &str, message: &str) {
        self.errors.add(field, message);
    }

    /// What is wrong, also with fields that were not used.
    pub fn errors(&self) -> &Errors {
        &self.errors
    }

    /// The form's name. The event has its fields under this key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id for the form's element. With one, and a `phx-change`, the client recovers it after a reconnect (spec §4.6).
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.name)
    }

    /// A field: `name`, or `address[city]` in a nested form.
    pub fn field(&self, name: &str) -> Field<'_> {
        self.fields().field(name)
    }

    /// The fields of a nested form.
    pub fn nested(&self, name: &str) -> Fields<'_> {
        self.fields().nested(name)
    }

    /// The rows of a list of nested forms: `lines`, or `lines[0][parts]` in a row of another list (F033).
    pub fn rows(&self, name: &str) -> Rows<'_> {
        self.fields().rows(name)
    }

    /// The fields, to be handed to a component that also takes those of a nested form.
    pub fn fields(&self) -> Fields<'_> {
        Fields::new(self)
    }

    pub(super) fn data(&self) -> &Map<String, Value> {
        self.data.as_map()
    }

    pub(super) fn said(&self) -> Option<&Map<String, Value>> {
        self.said.as_ref().map(FormData::as_map)
    }

    pub(super) fn is_submitted(&self) -> bool {
        self.submitted
    }

    fn take<T: DeserializeOwned>(&mut self, said: FormData, check: impl FnOnce(&T) -> Errors) -> Option<T> {
        let said = arranged(said, self.said());
        let (value, unreadable) = reader::read_form(said.as_map());
        let judged = value.as_ref().map(check).unwrap_or_default();
        self.errors = unreadable.or(judged);
        // The client marks no field of a form that was submitted, until it is reset.
        self.submitted &= !tree::has_marks(said.as_map());
        self.said = Some(said);
        value
    }
}

/// What was said, with the rows of its lists in order.
fn arranged(said: FormData, before: Option<&Map<String, Value>>) -> FormData {
    let mut fields = said.into_map();
    rows::arrange(&mut fields, before);
    fields.into()
}
