//! Where the focus stays.

use crate::html::Html;
use crate::slots::{Attrs, SlotFn};
use crate::{component, html};

/// An element in which Tab leads from the last control to the first, and Shift and Tab from the first to the last: for menus
/// and dialogs (F034).
///
/// The client's own hook `Phoenix.FocusWrap` sees to it, and takes the focus inside when the element is seen. Other attributes
/// are those of the element.
#[component]
pub fn FocusWrap(
    /// Unique in the page.
    id: &str,
    #[rest] rest: Attrs<'_>,
    children: SlotFn<'_>,
) -> Html {
    html! {
        <div id={id} phx-hook="Phoenix.FocusWrap" {..rest}>
            <div id={format!("{id}-start")} tabindex="0" aria-hidden="true"></div>
            {children}
            <div id={format!("{id}-end")} tabindex="0" aria-hidden="true"></div>
        </div>
    }
}
