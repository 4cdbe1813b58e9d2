use serde::Serialize;

use super::target::{aimed, moving, short, timed, words};
use super::{Phases, Target};

/// Classes that elements get or lose: the commands [`add_class`](super::Js::add_class),
/// [`remove_class`](super::Js::remove_class) and [`toggle_class`](super::Js::toggle_class).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Classes {
    names: Vec<String>,
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    transition: Option<Phases>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocking: Option<bool>,
}

impl Classes {
    /// These classes, separated by spaces.
    pub fn new(names: impl AsRef<str>) -> Self {
        let names = words(names.as_ref());
        Classes { names, to: Target::this(), transition: None, time: None, blocking: None }
    }
}

/// Classes for a while: the command [`transition`](super::Js::transition).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    transition: Phases,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u32>,
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocking: Option<bool>,
}

impl Transition {
    /// The transition with these classes: `"shake"`, or those during, at the start and at the end.
    pub fn new(phases: impl Into<Phases>) -> Self {
        Transition { transition: phases.into(), time: None, to: Target::this(), blocking: None }
    }
}

aimed! { Classes Transition }

moving! { Classes }

timed! { Classes Transition }

short! {
    Classes from &str, String;
    Transition from &str, String, (&str, &str, &str);
}
