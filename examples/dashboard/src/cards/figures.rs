//! Numbers that a source has answered with (D006, D008, D009).

use std::time::Duration;

use firecrest::hub::{Feed, Topic};
use firecrest::prelude::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::Card;
use super::face::Tick;
use crate::now::{at, now};
use crate::sources::{Figure, Figures, figures};
use crate::words::{ago, length};

/// How long the first viewer's page waits for a value, where there is none or an old one. Then it is shown without.
const FIRST: Duration = Duration::from_millis(500);

/// A value is old after so many intervals in which nobody asked for it.
const OLD: u32 = 3;

pub(crate) struct FiguresCard {
    topic: Topic<Figures>,
    every: Duration,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct FiguresSettings {
    /// Which source's.
    pub(crate) source: String,
    pub(crate) every: Duration,
}

impl Card for FiguresCard {
    type Settings = FiguresSettings;

    async fn start(
        FiguresSettings { source, every }: FiguresSettings,
        cx: &mut Start<'_, Tick>,
    ) -> Result<Self, MountError> {
        let topic = figures(&cx.endpoint().hub(), &source)?;
        let card = FiguresCard { topic, every };
        let is_awaited = card.is_old(cx, now()) && card.topic.stale().is_none();
        let feed: Option<Feed<Figures>> = is_awaited.then(|| card.topic.subscribe());
        // From now on the source is asked.
        cx.watch(&card.topic);
        if let Some(mut feed) = feed {
            let _ = timeout(FIRST, feed.next()).await;
        }
        Ok(card)
    }

    fn render(&self, now: Timestamp) -> Html {
        let (last, stale) = (self.topic.last(), self.topic.stale());
        html! {
            if let Some(last) = &last {
                <dl class="figures">
                    for figure in &last.figures { {shown(figure)} }
                </dl>
            } else {
                <p class="empty">"No answer yet"</p>
            }
            <p class="freshness">
                // Only the mark is read out, not its age.
                <span role="status">
                    if stale.is_some() { <span class="badge" data-kind="bad">"stale"</span> }
                </span>
                if let Some(stale) = &stale {
                    " " <span>{since(last.is_some().then(|| at(stale.since)), now)} {&stale.error}</span>
                }
            </p>
            <p class="quiet-text">"asked every " {length(self.every)} " while somebody looks"</p>
        }
    }
}

impl FiguresCard {
    /// Whether there is no answer, or none that was true lately: one that is known already is not published again.
    fn is_old(&self, cx: &Start<'_, Tick>, now: Timestamp) -> bool {
        let Some(published) = self.topic.at() else { return true };
        let pollers = cx.endpoint().hub().stats().pollers;
        let asked = pollers.iter().find(|poller| poller.name == self.topic.name());
        let last = asked.and_then(|poller| poller.last_run).map_or(published, |asked| asked.max(published));
        now.duration_since(at(last)).unsigned_abs() > self.every * OLD
    }
}

fn shown(Figure { label, value }: &Figure) -> Html {
    html! {
        <div class="figure">
            <dt>{label}</dt>
            <dd>{value.as_deref().unwrap_or("–")}</dd>
        </div>
    }
}

/// "as of 2 min ago: "
fn since(time: Option<Timestamp>, now: Timestamp) -> String {
    time.map(|time| format!("as of {}: ", ago(time, now))).unwrap_or_default()
}
