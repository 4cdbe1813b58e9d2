use serde::Serialize;

use super::target::{moving, short, timed};
use super::{Phases, Target};

/// Elements that appear: the command [`show`](super::Js::show).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Show {
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transition: Option<Phases>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocking: Option<bool>,
}

impl Show {
    /// Shows these elements.
    pub fn new(to: impl Into<Target>) -> Self {
        Show { to: to.into(), display: None, transition: None, time: None, blocking: None }
    }

    /// Their CSS `display`. Default: `block`.
    #[must_use]
    pub fn display(self, display: impl Into<String>) -> Self {
        Show { display: Some(display.into()), ..self }
    }
}

/// Elements that disappear: the command [`hide`](super::Js::hide).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hide {
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    transition: Option<Phases>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocking: Option<bool>,
}

impl Hide {
    /// Hides these elements.
    pub fn new(to: impl Into<Target>) -> Self {
        Hide { to: to.into(), transition: None, time: None, blocking: None }
    }
}

/// Elements that appear when they are hidden, else disappear: the command [`toggle`](super::Js::toggle).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Toggle {
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ins: Option<Phases>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outs: Option<Phases>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocking: Option<bool>,
}

impl Toggle {
    /// Shows or hides these elements.
    pub fn new(to: impl Into<Target>) -> Self {
        Toggle { to: to.into(), display: None, ins: None, outs: None, time: None, blocking: None }
    }

    /// Their CSS `display` when they appear. Default: `block`.
    #[must_use]
    pub fn display(self, display: impl Into<String>) -> Self {
        Toggle { display: Some(display.into()), ..self }
    }

    /// The classes while they appear.
    #[must_use]
    pub fn ins(self, phases: impl Into<Phases>) -> Self {
        Toggle { ins: Some(phases.into()), ..self }
    }

    /// The classes while they disappear.
    #[must_use]
    pub fn outs(self, phases: impl Into<Phases>) -> Self {
        Toggle { outs: Some(phases.into()), ..self }
    }
}

moving! { Show Hide }

timed! { Show Hide Toggle }

short! {
    Show from &str, String, Target;
    Hide from &str, String, Target;
    Toggle from &str, String, Target;
}
