//! Links that the client follows over the open socket, without loading a page (spec §1.5, F029).
//!
//! They are attributes of an ordinary anchor, which works without a socket too: `<a {..link::navigate("/counter")}>`.

use crate::attribute::{Attributes, Splat};

/// The attributes of a link, as [`patch`] and [`navigate`] make them.
#[derive(Clone, Debug)]
#[must_use = "it belongs into a template"]
pub struct Link {
    path: String,
    /// Nothing when the page is loaded.
    kind: Option<&'static str>,
    state: &'static str,
}

/// Leads to another address of this view, which keeps its state.
pub fn patch(path: impl Into<String>) -> Link {
    Link { path: path.into(), kind: Some("patch"), state: "push" }
}

/// Leads to another view. Where that is of another live session, the client loads the page.
pub fn navigate(path: impl Into<String>) -> Link {
    Link { path: path.into(), kind: Some("redirect"), state: "push" }
}

/// Leads to any page, which is loaded.
pub fn load(path: impl Into<String>) -> Link {
    Link { path: path.into(), kind: None, state: "push" }
}

impl Link {
    /// Replaces the current entry of the browser's history, instead of adding one.
    pub fn replace(self) -> Link {
        Link { state: "replace", ..self }
    }
}

impl Attributes for Link {
    fn write(&self, out: &mut Splat<'_>) {
        out.push("href", &self.path);
        if let Some(kind) = self.kind {
            out.push("data-phx-link", kind);
            out.push("data-phx-link-state", self.state);
        }
    }
}
