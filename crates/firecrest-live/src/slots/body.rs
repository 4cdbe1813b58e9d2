//! Content.

use std::fmt;

use crate::html::Html;
use crate::slot::Slot;

/// The content that a component is called with: what stands between its tags, or between those of a `<slot:name>` (F014).
///
/// Rendered as often as the component likes, with an argument for `let={pattern}` to take apart (F012). One without an
/// argument stands in a template like any other value: `{children}`.
pub struct SlotFn<'a, A = ()>(Option<&'a Body<'a, A>>);

/// Writes exactly one slot.
type Body<'a, A> = dyn Fn(&mut Html, A) + 'a;

/// Content with its argument: a value of a template's slot.
pub struct Rendered<'a, A> {
    slot: SlotFn<'a, A>,
    argument: A,
}

impl<'a, A> SlotFn<'a, A> {
    /// No content.
    pub const EMPTY: Self = SlotFn(None);

    /// What `html!` makes of content: a function that writes exactly one slot.
    #[inline]
    pub fn new(body: &'a Body<'a, A>) -> Self {
        SlotFn(Some(body))
    }

    /// Whether the component is called without this content.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The content for this argument, to stand in a template: `{row.render(item)}`. It renders nothing if there is no
    /// content.
    #[inline]
    pub fn render(&self, argument: A) -> Rendered<'a, A> {
        Rendered { slot: *self, argument }
    }

    #[inline]
    fn write(self, html: &mut Html, argument: A) {
        match self.0 {
            Some(body) => body(html, argument),
            None => html.nothing(),
        }
    }
}

impl Slot for SlotFn<'_> {
    #[inline]
    fn write(&self, html: &mut Html) {
        SlotFn::write(*self, html, ());
    }
}

impl<A: Clone> Slot for Rendered<'_, A> {
    #[inline]
    fn write(&self, html: &mut Html) {
        SlotFn::write(self.slot, html, self.argument.clone());
    }
}

// By hand, because the argument need not be any of this.
impl<A> Clone for SlotFn<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for SlotFn<'_, A> {}

impl<A> Default for SlotFn<'_, A> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<A> fmt::Debug for SlotFn<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "SlotFn(empty)" } else { "SlotFn" })
    }
}

impl<A: fmt::Debug> fmt::Debug for Rendered<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered").field("argument", &self.argument).finish_non_exhaustive()
    }
}
