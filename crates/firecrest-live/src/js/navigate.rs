use serde::Serialize;

use super::Target;
use super::target::{aimed, short};

/// Another page: the commands [`navigate`](super::Js::navigate) and [`patch`](super::Js::patch).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Href {
    href: String,
    replace: bool,
}

impl Href {
    /// The page at this path.
    pub fn new(href: impl Into<String>) -> Self {
        Href { href: href.into(), replace: false }
    }

    /// Takes the place of the current page in the browser's history. By default it comes after it.
    #[must_use]
    pub fn replace(self) -> Self {
        Href { replace: true, ..self }
    }
}

/// The commands in an attribute of elements: the command [`exec`](super::Js::exec).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exec {
    attr: String,
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
}

impl Exec {
    /// The commands in this attribute.
    pub fn new(attribute: impl Into<String>) -> Self {
        Exec { attr: attribute.into(), to: Target::this() }
    }
}

aimed! { Exec }

short! {
    Href from &str, String;
    Exec from &str, String;
}
