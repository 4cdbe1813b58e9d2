//! The page of one viewer: which cards there are, and in which time zone the viewer is. What the cards show is not here.

use firecrest::prelude::*;

use crate::config::Zone;
use crate::dashboard::{Dashboard, Shown};

pub(crate) struct Page {
    dashboard: Dashboard,
    /// That of the viewer's browser, once it has said so.
    zone: Option<Zone>,
    /// Whether it could have.
    is_connected: bool,
}

impl LiveView for Page {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        let dashboard = cx.get::<Dashboard>().cloned().expect("the router gives it to every page");
        cx.set_title(dashboard.config().title.clone());
        let zone: Option<String> = cx.connect_param("time_zone");
        let zone = zone.and_then(|name| Zone::named(&name));
        Ok(Page { dashboard, zone, is_connected: cx.connected() })
    }

    fn render(&self) -> Html {
        let config = self.dashboard.config();
        html! {
            <h1>{&config.title}</h1>
            <ul class="board">
                for Shown { id, kind, is_local, view } in self.dashboard.cards(self.zone.as_ref()), key = id {
                    <li class="card" data-kind={kind}>
                        {view}
                        if is_local { <p class="quiet-text">{self.whose()}</p> }
                    </li>
                }
            </ul>
            if config.cards.is_empty() { <p class="empty">"No cards: the file has no tables."</p> }
            if let Some(source) = config.source {
                <details class="source" id="source" phx-mounted={firecrest::live::js::ignore_attributes("open")}>
                    <summary>"The file behind it"</summary>
                    <pre tabindex="0" role="region" aria-label="Configuration"><code>{source}</code></pre>
                </details>
            }
        }
    }
}

impl Page {
    /// Whose time zone it is.
    fn whose(&self) -> &'static str {
        match (self.zone.is_some(), self.is_connected) {
            (true, _) => "your time zone",
            (false, true) => "the dashboard’s time zone: your browser names none that is known here",
            (false, false) => "the dashboard’s time zone",
        }
    }
}
