use serde::Serialize;

/// The elements a command is about: `to` in spec §6.
///
/// Text is a CSS selector for the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Target(Option<Place>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    Inner(String),
    Closest(String),
    #[serde(untagged)]
    Selector(String),
}

impl Target {
    /// The element that has the command: the default.
    pub fn this() -> Self {
        Target(None)
    }

    /// The elements with this CSS selector inside the element that has the command.
    pub fn inner(selector: impl Into<String>) -> Self {
        Target(Some(Place::Inner(selector.into())))
    }

    /// The closest element with this CSS selector around the element that has the command, or that element itself.
    pub fn closest(selector: impl Into<String>) -> Self {
        Target(Some(Place::Closest(selector.into())))
    }

    pub(super) fn is_this(&self) -> bool {
        self.0.is_none()
    }
}

impl From<&str> for Target {
    fn from(selector: &str) -> Self {
        selector.to_owned().into()
    }
}

impl From<String> for Target {
    fn from(selector: String) -> Self {
        Target(Some(Place::Selector(selector)))
    }
}

/// The classes of a transition: those during it, at its start, and at its end.
///
/// Text is classes during it; three texts are all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Phases([Vec<String>; 3]);

impl From<&str> for Phases {
    fn from(during: &str) -> Self {
        (during, "", "").into()
    }
}

impl From<String> for Phases {
    fn from(during: String) -> Self {
        during.as_str().into()
    }
}

impl From<(&str, &str, &str)> for Phases {
    fn from((during, start, end): (&str, &str, &str)) -> Self {
        Phases([during, start, end].map(words))
    }
}

/// The words of a list that is separated by white space.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The option `to`, for commands that name something else first.
macro_rules! aimed {
    ($($type:ident)*) => {$(
        impl $type {
            /// The elements it is about. Default: the element that has the command.
            #[must_use]
            pub fn to(self, to: impl Into<Target>) -> Self {
                Self { to: to.into(), ..self }
            }
        }
    )*};
}

/// How long a transition takes, and whether the page waits for it.
macro_rules! timed {
    ($($type:ident)*) => {$(
        impl $type {
            /// How long the transition takes, in milliseconds. Default: 200.
            #[must_use]
            pub fn millis(self, millis: u32) -> Self {
                Self { time: Some(millis), ..self }
            }

            /// Lets changes of the page through during the transition. By default they wait for its end.
            #[must_use]
            pub fn non_blocking(self) -> Self {
                Self { blocking: Some(false), ..self }
            }
        }
    )*};
}

/// The option `transition`.
macro_rules! moving {
    ($($type:ident)*) => {$(
        impl $type {
            /// The classes while it happens: `"fade"`, or those during, at the start and at the end.
            #[must_use]
            pub fn transition(self, phases: impl Into<Phases>) -> Self {
                Self { transition: Some(phases.into()), ..self }
            }
        }
    )*};
}

/// What a command cannot do without stands for it.
macro_rules! short {
    ($($type:ident from $($from:ty),+;)*) => {$($(
        impl From<$from> for $type {
            fn from(it: $from) -> Self {
                $type::new(it)
            }
        }
    )+)*};
}

pub(super) use {aimed, moving, short, timed};
