//! A view that answers a patch with another page (E153).

use firecrest::channel::NoEvents;
use firecrest::prelude::*;

use super::link;

pub(crate) struct PatchRedirect;

impl LiveView for PatchRedirect {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(PatchRedirect)
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        if cx.params().get("away").is_some() {
            cx.redirect("/navigation/a");
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { {link::patch("/patch-redirect?away=1", "Patch")} }
    }
}
