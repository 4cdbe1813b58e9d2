use serde::Serialize;
use serde_json::{Map, Value};

use super::Target;
use super::target::{aimed, short};

/// An event for the server: the command [`push`](super::Js::push).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Push {
    event: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    value: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Receiver>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loading: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    page_loading: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Receiver {
    Component(u64),
    Selector(String),
}

impl Push {
    /// The event with this name.
    pub fn new(event: impl Into<String>) -> Self {
        Push { event: event.into(), value: Map::new(), target: None, loading: None, page_loading: false }
    }

    /// Adds a value to the event's. It wins over a `phx-value-NAME` of the element.
    #[must_use]
    pub fn value(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.value.insert(name.into(), value.into());
        self
    }

    /// Who gets it: the views or components that own the elements with this CSS selector. Default: that of the element.
    #[must_use]
    pub fn target(self, selector: impl Into<String>) -> Self {
        Push { target: Some(Receiver::Selector(selector.into())), ..self }
    }

    /// Who gets it: the component with this id in its view.
    #[must_use]
    pub fn component(self, cid: u64) -> Self {
        Push { target: Some(Receiver::Component(cid)), ..self }
    }

    /// The elements, by a CSS selector, that have the loading class too until the server has answered.
    #[must_use]
    pub fn loading(self, selector: impl Into<String>) -> Self {
        Push { loading: Some(selector.into()), ..self }
    }

    /// Makes the page count as loading until the server has answered.
    #[must_use]
    pub fn page_loading(self) -> Self {
        Push { page_loading: true, ..self }
    }
}

/// An event of the browser: the command [`dispatch`](super::Js::dispatch).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dispatch {
    event: String,
    #[serde(skip_serializing_if = "Target::is_this")]
    to: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bubbles: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    blocking: bool,
}

impl Dispatch {
    /// The event with this name.
    pub fn new(event: impl Into<String>) -> Self {
        Dispatch { event: event.into(), to: Target::this(), detail: None, bubbles: None, blocking: false }
    }

    /// What the event carries. Without effect for `click`, which carries nothing.
    #[must_use]
    pub fn detail(self, detail: impl Into<Value>) -> Self {
        let detail = (self.event != "click").then(|| detail.into());
        Dispatch { detail, ..self }
    }

    /// Whether the elements around hear it, too. Default: yes.
    #[must_use]
    pub fn bubbles(self, bubbles: bool) -> Self {
        Dispatch { bubbles: Some(bubbles), ..self }
    }

    /// Makes changes of the page wait until whoever hears it has called `event.detail.done()`.
    #[must_use]
    pub fn blocking(self) -> Self {
        Dispatch { blocking: true, ..self }
    }
}

aimed! { Dispatch }

short! {
    Push from &str, String;
    Dispatch from &str, String;
}
