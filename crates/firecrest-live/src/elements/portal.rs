//! Content that is shown elsewhere.

use crate::html::Html;
use crate::slots::{Attrs, SlotFn};
use crate::{component, html};

/// Content that belongs here and is shown elsewhere in the page (F038): a dialog at the end of the body, which no element
/// around it can clip or cover.
///
/// The client moves it as soon as the view is connected; until then it is not seen. Events from it go to the view, or the
/// component, whose template it stands in, and it goes when this goes. It may contain components, nested views, forms, hooks,
/// and up to four more portals inside one another.
///
/// Other attributes are those of the `<div>` around the content at the target, which has no box of its own with this rule in the
/// page's style sheet: `[data-phx-teleported-src] { display: contents }`.
#[component]
pub fn Portal(
    /// Unique in the page.
    id: &str,
    /// A CSS selector of what the content is put into, as its last child. It must be there whenever the portal is: the client
    /// does not go on where it is not.
    target: &str,
    #[rest] rest: Attrs<'_>,
    #[required] children: SlotFn<'_>,
) -> Html {
    html! {
        <template id={id} data-phx-portal={target}>
            <div id={format!("_lv_portal_wrap_{id}")} {..rest}>{children}</div>
        </template>
    }
}
