//! The application: what everybody is told of each tick.

use firecrest::activity::{TICKS, Tick};
use firecrest::hub::{Consumer, ConsumerOptions, Message};
use firecrest::prelude::*;
use serde::Deserialize;

use crate::history::{History, POINTS};
use crate::looks;

pub(crate) struct Page {
    history: History,
    /// Tells of news for as long as the page is there.
    _told: Consumer,
}

/// There is another tick.
pub(crate) struct News;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ask {
    /// A browser has missed a tick.
    History,
}

impl SharedView for Page {
    type Event = Ask;
    type Info = News;

    async fn start(cx: &mut Start<'_, News>) -> Result<Self, MountError> {
        let hub = cx.endpoint().hub();
        let page = cx.handle();
        let tell = move |_: Message<Tick>| std::future::ready(page.send(News));
        let told = hub.consume(TICKS, ConsumerOptions::default().name("activity"), tell)?;
        // What comes from here on is told, so that nothing is missed after what the history has already.
        let history = History::new(hub.local(TICKS, Keep::Newest(POINTS))?);
        Ok(Page { history, _told: told })
    }

    async fn handle_join(&mut self, viewer: &Viewer, cx: &mut Shared<'_, News>) -> Outcome {
        cx.push_event_to(viewer.id(), "activity:history", &self.history.told());
        Outcome::NoReply
    }

    async fn handle_info(&mut self, News: News, cx: &mut Shared<'_, News>) -> Outcome {
        for tick in self.history.catch_up() {
            cx.push_event("activity:tick", tick);
        }
        Outcome::Render
    }

    async fn handle_event(&mut self, Ask::History: Ask, _: &Viewer, _: &mut Shared<'_, News>) -> Outcome {
        Reply::ok(json!(self.history.told())).into()
    }

    fn render(&self) -> Html {
        looks::page(&self.history)
    }
}
