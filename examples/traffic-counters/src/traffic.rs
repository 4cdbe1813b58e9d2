//! The application: what is counted, and what everybody sees of it.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest::tally::Counter;
use firecrest::viewers::Viewers;
use tokio::try_join;

use crate::history::History;
use crate::looks;
use crate::pages::Page;

/// The counter of visits to all pages together.
const SITE: &str = "traffic/site";

pub(crate) struct Traffic {
    pub(crate) page: &'static Page,
    pub(crate) here: Numbers,
    pub(crate) site: Numbers,
    pub(crate) history: History,
}

pub(crate) struct Numbers {
    pub(crate) visits: Counter,
    pub(crate) viewers: Viewers,
}

/// A second has passed.
pub(crate) struct Tick;

impl SharedView for Traffic {
    type Event = NoEvents;
    type Info = Tick;

    async fn visit(cx: &mut Mount<'_>) -> Result<(), MountError> {
        let page = Page::at(cx.uri()).ok_or_else(MountError::not_found)?;
        let tally = cx.endpoint().tally();
        let (here, site) = try_join!(tally.counter(page.path), tally.counter(SITE))?;
        try_join!(here.increment(1), site.increment(1))?;
        Ok(())
    }

    async fn start(cx: &mut Start<'_, Tick>) -> Result<Self, MountError> {
        let page = Page::at(cx.key()).ok_or_else(MountError::not_found)?;
        cx.send_after(Duration::from_secs(1), Tick);
        let here = Numbers { visits: cx.counter(page.path).await?, viewers: cx.viewers() };
        let site = Numbers { visits: cx.counter(SITE).await?, viewers: cx.audience("traffic") };
        Ok(Traffic { page, here, site, history: History::default() })
    }

    async fn handle_info(&mut self, Tick: Tick, cx: &mut Shared<'_, Tick>) -> Outcome {
        cx.send_after(Duration::from_secs(1), Tick);
        self.history.add(self.here.viewers.count());
        Outcome::Render
    }

    fn title(&self) -> Option<String> {
        Some(format!("({}) {}", self.here.viewers.count(), self.page.title))
    }

    fn render(&self) -> Html {
        looks::page(self)
    }

    fn options() -> SharedOptions {
        // As long as the history is: when nobody was there for that time, there is nothing to remember.
        SharedOptions::default().linger(History::SPAN)
    }
}
