use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;

use crate::form::ReadError;

/// What is wrong with an empty text where another is needed.
const EMPTY: &str = "must not be empty";

/// A whole number of any kind.
pub(super) fn whole<T: FromStr<Err = ParseIntError>>(text: &str) -> Result<T, ReadError> {
    let text = text.trim();
    text.parse().map_err(|error: T::Err| {
        ReadError::new(match error.kind() {
            IntErrorKind::Empty => EMPTY,
            IntErrorKind::PosOverflow => "is too large",
            IntErrorKind::NegOverflow => "is too small",
            _ if text.parse::<i128>().is_ok_and(|number| number < 0) => "is too small",
            _ => "is not a whole number",
        })
    })
}

/// A number that is neither infinite nor none at all, although Rust would read those too.
pub(super) fn decimal<T: FromStr + Into<f64> + Copy>(text: &str) -> Result<T, ReadError> {
    let number = text.trim().parse::<T>().ok().filter(|number| (*number).into().is_finite());
    number.ok_or_else(|| ReadError::new(if text.trim().is_empty() { EMPTY } else { "is not a number" }))
}

/// What a checkbox or a choice between two says.
pub(super) fn boolean(text: &str) -> Result<bool, ReadError> {
    match text.trim() {
        "true" | "on" | "1" => Ok(true),
        "false" | "off" | "0" => Ok(false),
        "" => Err(ReadError::new(EMPTY)),
        _ => Err(ReadError::new("is neither true nor false")),
    }
}

/// The only character of a text.
pub(super) fn character(text: &str) -> Result<char, ReadError> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        (None, _) => Err(ReadError::new(EMPTY)),
        _ => Err(ReadError::new("must be one character")),
    }
}
