use std::fmt::{self, Display, Formatter};

use serde::de;

/// A value does not fit the type that it should become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    field: String,
    message: String,
}

impl ReadError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        ReadError { field: String::new(), message: message.into() }
    }

    /// The field that does not fit, by the name of its input: `user[age]`. Empty when it is the value as a whole.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it: `is missing`.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same error, seen from around the field.
    pub(super) fn within(self, key: &str) -> Self {
        let field = match self.field.split_once('[') {
            _ if self.field.is_empty() => key.to_owned(),
            Some((first, rest)) => format!("{key}[{first}][{rest}"),
            None => format!("{key}[{}]", self.field),
        };
        ReadError { field, ..self }
    }

    pub(super) fn into_parts(self) -> (String, String) {
        (self.field, self.message)
    }
}

impl Display for ReadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let colon = if self.field.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", self.field, self.message)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: Display>(message: T) -> Self {
        ReadError::new(message.to_string())
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        ReadError::new(format!("must be {expected}, not {}", kind(&unexpected)))
    }

    fn invalid_value(_unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        ReadError::new(format!("must be {expected}"))
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        ReadError::new(format!("must be {expected}, not {length} items"))
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        ReadError::new(format!("must be one of: {}", expected.join(", ")))
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> Self {
        ReadError::new("is unknown").within(field)
    }

    fn missing_field(field: &'static str) -> Self {
        ReadError::new("is missing").within(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        ReadError::new("occurs twice").within(field)
    }
}

/// What was found, without its value: that may be secret, and errors are logged.
fn kind(unexpected: &de::Unexpected<'_>) -> &'static str {
    match unexpected {
        de::Unexpected::Bool(_) => "a boolean",
        de::Unexpected::Unsigned(_) | de::Unexpected::Signed(_) => "a whole number",
        de::Unexpected::Float(_) => "a number",
        de::Unexpected::Char(_) | de::Unexpected::Str(_) => "text",
        de::Unexpected::Unit | de::Unexpected::Option => "nothing",
        de::Unexpected::Seq => "a list",
        de::Unexpected::Map => "a map",
        _ => "another kind of value",
    }
}
