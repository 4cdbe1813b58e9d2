//! Views inside a view.

use firecrest::channel::NoEvents;
use firecrest::prelude::*;

use super::{Clock, Crest};

/// Cities that keep their clocks as they are all year, and their minutes ahead of UTC.
const CITIES: [(&str, i64); 4] = [("Honolulu", -600), ("Reykjavík", 0), ("Kathmandu", 345), ("Tokyo", 540)];

/// Nothing but what is inside.
pub(crate) struct Views;

impl LiveView for Views {
    type Event = NoEvents;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Views)
    }

    fn render(&self) -> Html {
        html! {
            <section class="stack" aria-labelledby="clocks">
                <h2 id="clocks">"Clocks, to be dropped"</h2>
                <p class="quiet-text">
                    "Click one: its view panics. The browser mounts it again, and the others have not noticed."
                </p>
                <ul class="clocks">
                    for (city, minutes) in CITIES, key = city {
                        let clock = nested::<Clock>(format!("clock-{city}"));
                        <li>{clock.given("city", city).given("minutes", &minutes)}</li>
                    }
                </ul>
            </section>
            <section class="card">{nested::<Crest>("crest")}</section>
        }
    }
}
