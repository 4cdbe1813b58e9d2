//! What all cards have in common: they tick, and a crash of one is shown on it alone.

use std::future::Future;
use std::time::Duration;

use firecrest::channel::{Reason, Stop};
use firecrest::hub::{Keep, Topic};
use firecrest::live::shared::SharedSlot;
use firecrest::prelude::*;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::now::now;

/// What a card shows, apart from how it is framed.
pub(crate) trait Card: Sized + Send + 'static {
    /// What the card is told of itself: its settings.
    type Settings: Serialize + DeserializeOwned + Send + Sync;

    /// Makes the state. What changes without it is [watched](Shared::watch).
    fn start(
        settings: Self::Settings,
        cx: &mut Start<'_, Tick>,
    ) -> impl Future<Output = Result<Self, MountError>> + Send;

    /// How it looks at this time.
    fn render(&self, now: Timestamp) -> Html;
}

/// The key of a card's state: whoever looks at a card with the same key looks at the same state.
#[derive(Serialize, Deserialize)]
pub(crate) struct Face<S> {
    /// Unique in the page, and a topic's segment.
    pub(crate) id: String,
    pub(crate) title: String,
    /// Whether it crashes when its page says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) may_crash: bool,
    pub(crate) settings: S,
}

/// The place of a card in a page.
pub(crate) fn slot<C: Card>(face: &Face<C::Settings>) -> SharedSlot<Framed<C>> {
    shared(&face.id, serde_json::to_string(face).expect("settings are text and numbers"))
}

/// A card with its title, or what is shown where it has crashed.
pub(crate) struct Framed<C> {
    title: String,
    may_crash: bool,
    now: Timestamp,
    /// Whether the last state crashed, for the next one. It is forgotten when nobody looks any more.
    has_crashed: Topic<bool>,
    /// None after a crash, until somebody wants to see it again.
    card: Option<C>,
}

/// A second has begun.
pub(crate) struct Tick;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CardEvent {
    Retry,
    Crash,
}

impl<C: Card> SharedView for Framed<C> {
    type Event = CardEvent;
    type Info = Tick;

    async fn start(cx: &mut Start<'_, Tick>) -> Result<Self, MountError> {
        let Face { id, title, may_crash, settings } = serde_json::from_str::<Face<C::Settings>>(cx.key())?;
        let has_crashed = cx.endpoint().hub().local(&format!("dashboard.crashed.{id}"), Keep::Last)?;
        let card = match has_crashed.last().is_some_and(|has_crashed| *has_crashed) {
            true => None,
            false => Some(C::start(settings, cx).await?),
        };
        let now = now();
        cx.send_after(until_the_next_second(now), Tick);
        Ok(Framed { title, may_crash, now, has_crashed, card })
    }

    async fn handle_info(&mut self, Tick: Tick, cx: &mut Shared<'_, Tick>) -> Outcome {
        self.now = now();
        cx.send_after(until_the_next_second(self.now), Tick);
        Outcome::Render
    }

    async fn handle_event(
        &mut self,
        event: CardEvent,
        _viewer: &Viewer,
        cx: &mut Shared<'_, Tick>,
    ) -> Outcome {
        match event {
            CardEvent::Retry if self.card.is_none() => {
                self.has_crashed.publish(false);
                // The next state is a new one, for all who look.
                Stop::normal().into()
            }
            CardEvent::Crash if self.may_crash && self.card.is_some() => {
                panic!("{} was told to crash", cx.key())
            }
            CardEvent::Retry | CardEvent::Crash => Outcome::NoReply,
        }
    }

    async fn terminate(&mut self, reason: &Reason) {
        if reason.is_crash() {
            self.has_crashed.publish(true);
        }
    }

    fn render(&self) -> Html {
        html! {
            <h2>{&self.title}</h2>
            if let Some(card) = &self.card {
                {card.render(self.now)}
            } else {
                <div class="crashed" role="status">
                    <p>"This card has crashed. The others have not noticed."</p>
                    <button type="button" class="quiet" phx-click="retry">"Try again"</button>
                </div>
            }
        }
    }

    fn options() -> SharedOptions {
        SharedOptions::default().container(ViewOptions::default().attribute("class", "face"))
    }
}

/// A tick comes when the second has begun, not shortly before.
fn until_the_next_second(now: Timestamp) -> Duration {
    let into = now.subsec_millisecond().clamp(0, 999).unsigned_abs();
    Duration::from_millis(1_001 - u64::from(into))
}
