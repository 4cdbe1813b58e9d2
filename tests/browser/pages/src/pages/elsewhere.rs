//! A page of another live session than those that link to it (E048).

use firecrest::channel::NoEvents;
use firecrest::prelude::*;

pub(crate) struct Elsewhere;

impl LiveView for Elsewhere {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Elsewhere)
    }

    fn render(&self) -> Html {
        html! { <h1>"Elsewhere"</h1> }
    }
}
