//! The newest of a stream (D010–D014).

use firecrest::hub::Topic;
use firecrest::prelude::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Card;
use super::face::Tick;
use crate::now::at;
use crate::sources::number;
use crate::stream::{Item, Link, Topics};
use crate::words::ago;

pub(crate) struct Feed {
    settings: FeedSettings,
    items: Topic<Item>,
    link: Topic<Link>,
    skipped: Topic<u64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct FeedSettings {
    /// Which stream's.
    pub(crate) stream: String,
    pub(crate) term: Option<String>,
    pub(crate) per_second: usize,
}

impl Card for Feed {
    type Settings = FeedSettings;

    async fn start(settings: FeedSettings, cx: &mut Start<'_, Tick>) -> Result<Self, MountError> {
        let Topics { items, link, skipped, .. } = Topics::of(&cx.endpoint().hub(), &settings.stream)?;
        cx.watch(&items);
        cx.watch(&link);
        cx.watch(&skipped);
        Ok(Feed { settings, items, link, skipped })
    }

    fn render(&self, now: Timestamp) -> Html {
        let items = self.items.recent();
        let skipped = self.skipped.last().map_or(0, |skipped| *skipped);
        let link = self.link.last();
        let down = link.as_deref().and_then(|link| match link {
            Link::Up => None,
            Link::Down { since, why } => Some((*since, why)),
        });
        html! {
            <ol class="items">
                for item in items.iter().rev(), key = item.number {
                    <li>{text(item)}</li>
                }
            </ol>
            if items.is_empty() { <p class="empty">"Nothing yet"</p> }
            <p class="freshness">
                // Only the mark is read out, not its age.
                <span role="status">
                    if down.is_some() { <span class="badge" data-kind="bad">"no connection"</span> }
                </span>
                if let Some((since, why)) = down { " " <span>"lost " {ago(at(since), now)} ": " {why}</span> }
            </p>
            <p class="quiet-text">
                if let Some(term) = &self.settings.term { "with “" {term} "”, " }
                "at most " {self.settings.per_second} " a second"
                if skipped > 0 { ", " <span class="skipped">{number(skipped as f64)} " skipped"</span> }
            </p>
        }
    }
}

fn text(Item { text, link, .. }: &Item) -> Html {
    html! {
        if let Some(link) = link {
            <a href={link} target="_blank" rel="noopener noreferrer">{text}</a>
        } else {
            {text}
        }
    }
}
