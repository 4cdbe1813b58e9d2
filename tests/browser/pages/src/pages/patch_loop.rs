//! A view that patches its address for ever once it was patched (E042).

use firecrest::channel::NoEvents;
use firecrest::prelude::*;

use super::link;

const ROUND: &str = "/navigation/loop?round=1";

pub(crate) struct PatchLoop {
    /// Whether the page was loaded at the address that is otherwise patched to for ever.
    has_ended: bool,
}

impl LiveView for PatchLoop {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(PatchLoop { has_ended: cx.params().get("round").is_some() })
    }

    async fn handle_params(&mut self, cx: &mut View<'_>) -> Outcome {
        if cx.params().get("round").is_some() && !self.has_ended {
            cx.push_patch(ROUND);
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! {
            if self.has_ended {
                <p id="message">"Too many patches"</p>
            }
            {link::patch(ROUND, "Round and round")}
        }
    }
}
