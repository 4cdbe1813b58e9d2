use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::{ReadError, tree};

/// What is wrong with a form: messages by field.
///
/// A field is named as in the form: `name`, or `address[city]` in a nested one. Messages that belong to no field may have
/// any other name, such as `""`.
///
/// ```
/// # use firecrest_live::form::Errors;
/// let mut errors = Errors::new();
/// errors.add("name", "must not be empty");
/// assert_eq!(errors.of("name"), ["must not be empty"]);
/// assert!(errors.of("age").is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(BTreeMap<String, Vec<String>>);

impl Errors {
    /// Nothing is wrong.
    pub fn new() -> Self {
        Errors::default()
    }

    /// Adds a message for a field, after those it has.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.entry(field.into()).or_default().push(message.into());
    }

    /// Adds what is wrong with a part of the form, such as a row of a list, whose fields are named as in that part:
    /// `errors.add_part("lines[0]", line.check())`.
    pub fn add_part(&mut self, part: &str, errors: Errors) {
        for (field, messages) in errors.0 {
            let inner = if field.is_empty() { Vec::new() } else { tree::keys(&field) };
            let field = inner.into_iter().fold(part.to_owned(), |name, key| tree::name(&name, key));
            self.0.entry(field).or_default().extend(messages);
        }
    }

    /// The messages for a field, in the order in which they were added.
    pub fn of(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Fields and their messages, sorted by field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(field, messages)| (field.as_str(), messages.as_slice()))
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the messages for fields that have none.
    pub(super) fn or(mut self, others: Errors) -> Self {
        for (field, messages) in others.0 {
            self.0.entry(field).or_insert(messages);
        }
        self
    }
}

impl Display for Errors {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, (field, messages)) in self.iter().enumerate() {
            let (comma, colon) =
                (if index > 0 { "; " } else { "" }, if field.is_empty() { "" } else { ": " });
            write!(f, "{comma}{field}{colon}{}", messages.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// Of several errors for one field the first counts: what could not be read is not judged further.
impl FromIterator<ReadError> for Errors {
    fn from_iter<I: IntoIterator<Item = ReadError>>(errors: I) -> Self {
        let mut all = Errors::new();
        for (field, message) in errors.into_iter().map(ReadError::into_parts) {
            all.0.entry(field).or_insert_with(|| vec![message]);
        }
        all
    }
}

impl From<ReadError> for Errors {
    fn from(error: ReadError) -> Self {
        Errors::from_iter([error])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_kept_by_field_and_in_order() {
        let mut errors = Errors::new();
        assert!(errors.is_empty() && errors.to_string().is_empty());
        errors.add("name", "is short");
        errors.add("age", "is low");
        errors.add("name", "is odd");
        assert_eq!(errors.of("name"), ["is short", "is odd"]);
        assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["age", "name"]);
        assert_eq!(errors.to_string(), "age: is low; name: is short, is odd");
    }

    #[test]
    fn f033_the_errors_of_a_part_are_at_its_fields() {
        let mut line = Errors::new();
        for field in ["sku", "size[width]", ""] {
            line.add(field, "is odd");
        }
        let mut errors = Errors::new();
        errors.add("lines[0][sku]", "is old");
        errors.add_part("lines[0]", line);
        assert_eq!(errors.of("lines[0][sku]"), ["is old", "is odd"]);
        assert_eq!((errors.of("lines[0][size][width]").len(), errors.of("lines[0]").len()), (1, 1));
    }

    #[test]
    fn what_could_not_be_read_is_not_judged_further() {
        let unreadable: Errors = ReadError::new("is not a whole number").within("age").into();
        let mut judged = Errors::new();
        judged.add("age", "is low");
        judged.add("name", "is short");
        let both = unreadable.or(judged);
        assert_eq!((both.of("age").len(), both.of("name").len()), (1, 1));
        assert_eq!(both.of("age"), ["is not a whole number"]);
    }
}
