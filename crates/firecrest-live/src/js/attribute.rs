use serde::Serialize;

use super::Target;
use super::target::{aimed, short};

/// An attribute that elements get: the command [`set_attribute`](super::Js::set_attribute).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAttribute {
    attr: [String; 2],
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
}

impl SetAttribute {
    /// This attribute with this value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        SetAttribute { attr: [name.into(), value.into()], to: Target::this() }
    }
}

impl From<(&str, &str)> for SetAttribute {
    fn from((name, value): (&str, &str)) -> Self {
        SetAttribute::new(name, value)
    }
}

/// An attribute that elements lose: the command [`remove_attribute`](super::Js::remove_attribute).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemoveAttribute {
    attr: String,
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
}

impl RemoveAttribute {
    /// This attribute.
    pub fn new(name: impl Into<String>) -> Self {
        RemoveAttribute { attr: name.into(), to: Target::this() }
    }
}

/// An attribute that comes and goes, or has one of two values: the command
/// [`toggle_attribute`](super::Js::toggle_attribute).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToggleAttribute {
    attr: Vec<String>,
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
}

impl ToggleAttribute {
    /// Gives this attribute to elements that do not have it, and takes it from those that do.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        ToggleAttribute { attr: vec![name.into(), value.into()], to: Target::this() }
    }

    /// Gives this attribute the first value, or the second to elements where it has the first.
    pub fn between(name: impl Into<String>, one: impl Into<String>, other: impl Into<String>) -> Self {
        ToggleAttribute { attr: vec![name.into(), one.into(), other.into()], to: Target::this() }
    }
}

impl From<(&str, &str)> for ToggleAttribute {
    fn from((name, value): (&str, &str)) -> Self {
        ToggleAttribute::new(name, value)
    }
}

impl From<(&str, &str, &str)> for ToggleAttribute {
    fn from((name, one, other): (&str, &str, &str)) -> Self {
        ToggleAttribute::between(name, one, other)
    }
}

/// Attributes that the server's changes leave alone: the command [`ignore_attributes`](super::Js::ignore_attributes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IgnoreAttributes {
    attrs: Vec<String>,
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
}

impl IgnoreAttributes {
    /// These attributes; `*` in a name stands for anything: `"data-*"`.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        IgnoreAttributes { attrs: names.into_iter().map(Into::into).collect(), to: Target::this() }
    }
}

impl From<&str> for IgnoreAttributes {
    fn from(name: &str) -> Self {
        IgnoreAttributes::new([name])
    }
}

impl<const N: usize> From<[&str; N]> for IgnoreAttributes {
    fn from(names: [&str; N]) -> Self {
        IgnoreAttributes::new(names)
    }
}

aimed! { SetAttribute RemoveAttribute ToggleAttribute IgnoreAttributes }

short! {
    RemoveAttribute from &str, String;
}
