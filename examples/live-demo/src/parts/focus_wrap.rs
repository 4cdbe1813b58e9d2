//! Where the focus stays.

use firecrest::live::slots::{Attrs, SlotFn};
use firecrest::prelude::*;

/// An element in which Tab leads from the last to the first: the client's own hook sees to it (F034).
#[component]
pub(crate) fn FocusWrap(id: &str, #[rest] rest: Attrs<'_>, children: SlotFn<'_>) -> Html {
    html! {
        <div id={id} phx-hook="Phoenix.FocusWrap" {..rest}>
            <div id={format!("{id}-start")} tabindex="0" aria-hidden="true"></div>
            {children}
            <div id={format!("{id}-end")} tabindex="0" aria-hidden="true"></div>
        </div>
    }
}
