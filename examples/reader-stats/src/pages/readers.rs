//! What all readers of a post see: how many have read it, how many are here, and where they are.

use firecrest::prelude::*;
use firecrest::tally::Counter;
use firecrest::viewers::Viewers;
use serde::Deserialize;
use tokio::time::Instant;

use crate::blog::counter;
use crate::parts::readers;
use crate::tags::Tags;

/// One for each post; its key is the post's name.
pub(crate) struct Readers {
    reads: Counter,
    here: Viewers,
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReadersEvent {
    /// A reader's page has scrolled to this fraction of it.
    Scroll { at: f64 },
}

impl SharedView for Readers {
    type Event = ReadersEvent;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        let name = counter(cx.key());
        Ok(Readers { reads: cx.counter(&name).await?, here: cx.audience(&name), tags: Tags::default() })
    }

    async fn handle_join(&mut self, reader: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        self.tags.add(reader.id(), Instant::now());
        Outcome::Render
    }

    async fn handle_leave(&mut self, reader: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        self.tags.remove(reader.id());
        Outcome::Render
    }

    async fn handle_event(
        &mut self,
        ReadersEvent::Scroll { at }: ReadersEvent,
        reader: &Viewer,
        _cx: &mut Shared<'_>,
    ) -> Outcome {
        self.tags.place(reader.id(), at, Instant::now());
        // All see the same page. Only the answer tells the reader's script which tag is the reader's own.
        Reply::ok(json!({ "own": tag_id(reader.id()) })).into()
    }

    fn render(&self) -> Html {
        let (reads, here) = (self.reads.get(), self.here.count());
        html! {
            <p class="readers">
                <span><b>{reads}</b> " " {readers(reads)}</span>
                <span class="here">{here} " reading now"</span>
            </p>
            // Where they are is for the eye; how many they are is said above.
            <svg class="tags" aria-hidden="true">
                for (reader, tag) in self.tags.shown(), key = reader {
                    <circle id={tag_id(reader)} cx="50%" cy={format!("{}%", tag.percent())} r="7"
                        fill={format!("hsl({} 85% 55%)", tag.hue)} fill-opacity="0.5"/>
                }
            </svg>
            if self.tags.hidden() > 0 {
                <p class="more-tags" aria-hidden="true">"and " {self.tags.hidden()} " more"</p>
            }
            <span id="read-position" phx-hook="ReadPosition" hidden></span>
        }
    }
}

fn tag_id(reader: impl std::fmt::Display) -> String {
    format!("tag-{reader}")
}
