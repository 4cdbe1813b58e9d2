//! A dialog over the page, which the browser opens and closes by itself.

use firecrest::live::js::{self, Hide, Js, Show, Target};
use firecrest::live::slots::SlotFn;
use firecrest::live::{FocusWrap, Portal};
use firecrest::prelude::*;

/// Transitions: the classes during it, at its start and at its end.
pub(crate) const FADE_IN: (&str, &str, &str) = ("fade", "transparent", "opaque");
pub(crate) const FADE_OUT: (&str, &str, &str) = ("fade", "opaque", "transparent");

/// Opens a dialog and takes the focus there.
pub(crate) fn open_modal(id: &str) -> Js {
    js::push_focus(Target::this())
        .show(Show::new(format!("#{id}")).display("grid").transition(FADE_IN))
        .focus_first(format!("#{id}-panel"))
}

/// Closes a dialog and gives the focus back.
pub(crate) fn close_modal(id: &str) -> Js {
    js::hide(Hide::new(format!("#{id}")).transition(FADE_OUT)).pop_focus()
}

/// A dialog that is not open at first. Wherever it stands, it is shown at the end of the document, above everything.
#[component]
pub(crate) fn Modal(id: &str, title: &str, #[required] children: SlotFn<'_>) -> Html {
    let (close, heading) = (close_modal(id), format!("{id}-title"));
    html! {
        <Portal id={&format!("{id}-portal")} target="#dialogs">
            <div class="modal" id={id} hidden>
                <FocusWrap id={&format!("{id}-wrap")} class="modal-wrap" phx-window-keydown={&close} phx-key="Escape"
                    phx-click-away={&close}>
                    <div class="panel" id={format!("{id}-panel")} role="dialog" aria-modal="true"
                        aria-labelledby={&heading}>
                        <h2 id={&heading}>{title}</h2>
                        {children}
                    </div>
                </FocusWrap>
            </div>
        </Portal>
    }
}
