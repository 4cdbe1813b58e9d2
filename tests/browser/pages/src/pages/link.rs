//! Links that the client follows over the socket (spec §1.5).

use firecrest::prelude::*;

/// To another address of the same view.
pub(crate) fn patch(to: &str, text: &str) -> Html {
    link("patch", "push", to, text)
}

/// To another address of the same view, in place of the current entry of the history.
pub(crate) fn replace(to: &str, text: &str) -> Html {
    link("patch", "replace", to, text)
}

/// To another view.
pub(crate) fn navigate(to: &str, text: &str) -> Html {
    link("redirect", "push", to, text)
}

fn link(kind: &str, state: &str, to: &str, text: &str) -> Html {
    html! { <a href={to} data-phx-link={kind} data-phx-link-state={state}>{text}</a> }
}
