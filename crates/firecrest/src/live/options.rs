//! What a view says of itself.

use firecrest_live::Html;

use super::Flash;

/// The container of a view and its layout.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ViewOptions {
    /// The container's tag (F004). Default: `div`.
    pub tag: &'static str,
    /// The container's attributes, besides those of the protocol. Default: none.
    pub attributes: Vec<(&'static str, String)>,
    /// What is around the view inside its container. Default: what the live session says; nested views have none.
    pub layout: Option<Layout>,
}

impl Default for ViewOptions {
    fn default() -> Self {
        ViewOptions { tag: "div", attributes: Vec::new(), layout: None }
    }
}

impl ViewOptions {
    /// Replaces the container's tag.
    ///
    /// # Panics
    /// When it is no tag: anything but letters, digits and `-`, beginning with a letter.
    #[must_use]
    pub fn tag(self, tag: &'static str) -> Self {
        let is_tag = |tag: &str| {
            tag.starts_with(|c: char| c.is_ascii_alphabetic())
                && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        assert!(is_tag(tag), "{tag:?} is no tag of an element");
        ViewOptions { tag, ..self }
    }

    /// Adds an attribute to the container.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Replaces the layout.
    #[must_use]
    pub fn layout(self, layout: Layout) -> Self {
        ViewOptions { layout: Some(layout), ..self }
    }
}

/// A live layout: what is around a view inside its container, and is kept alive with it (F002).
pub type Layout = fn(&LayoutContext<'_>, &Html) -> Html;

/// What a live layout can show.
#[derive(Debug)]
pub struct LayoutContext<'a> {
    pub(super) flash: &'a Flash,
    pub(super) title: Option<&'a str>,
    pub(super) uri: &'a str,
    pub(super) base: &'a str,
    pub(super) connected: bool,
}

impl LayoutContext<'_> {
    /// Messages to show.
    pub fn flash(&self) -> &Flash {
        self.flash
    }

    /// The page's title, when the view has set one.
    pub fn title(&self) -> Option<&str> {
        self.title
    }

    /// Path and query of the page.
    pub fn uri(&self) -> &str {
        self.uri
    }

    /// A path below the [base](super::LiveMount::base) of the mount, with it: for links. The path itself where there is none.
    pub fn path(&self, path: &str) -> String {
        super::address::below(self.base, path)
    }

    /// Whether this is the page's path, with its base: for the current entry of a menu.
    pub fn is_at(&self, path: &str) -> bool {
        super::address::path(self.uri) == path
    }

    /// Whether the view is rendered for an open socket.
    pub fn connected(&self) -> bool {
        self.connected
    }
}
