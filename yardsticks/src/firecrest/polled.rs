//! A page that shows everybody what a poller was told last. There is one poller, however many look.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use firecrest::hub::{Every, Keep, Polled as Answer, Topic, TopicError};
use firecrest::prelude::*;

use crate::board::{BoardEvent, Text, board};

/// What the poller is told.
static SOURCE: Mutex<(u64, String)> = Mutex::new((0, String::new()));

/// How often the page was rendered.
static RENDERS: AtomicU64 = AtomicU64::new(0);

/// So often that a change is soon seen, and so seldom that asking is not what costs.
const INTERVAL: Duration = Duration::from_millis(20);

/// One view for all.
pub(crate) struct Polled {
    text: Topic<String>,
}

/// Asks from now on, as long as somebody looks.
pub(crate) fn start(endpoint: &Endpoint) -> Result<(), TopicError> {
    let every = Every::new(INTERVAL).only_while_watched();
    let known = AtomicU64::new(0);
    let ask = move || {
        let (changes, text) = SOURCE.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let is_known = known.swap(changes, Ordering::Relaxed) == changes;
        std::future::ready(Ok::<_, Infallible>(if is_known { Answer::Unchanged } else { Answer::New(text) }))
    };
    endpoint.hub().poll(&topic(endpoint)?, every, ask).detach();
    Ok(())
}

/// How often the page was rendered without a change: once, when it was first looked at, if all is well.
pub(crate) async fn renders() -> String {
    let (changes, _) = *SOURCE.lock().unwrap_or_else(PoisonError::into_inner);
    RENDERS.load(Ordering::Relaxed).saturating_sub(changes).to_string()
}

fn topic(endpoint: &Endpoint) -> Result<Topic<String>, TopicError> {
    endpoint.hub().topic("polled.text", Keep::Last)
}

impl SharedView for Polled {
    type Event = BoardEvent;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        let text = topic(cx.endpoint())?;
        cx.watch(&text);
        Ok(Polled { text })
    }

    /// Tells the source, and nobody else.
    async fn handle_event(&mut self, event: BoardEvent, _viewer: &Viewer, _cx: &mut Shared<'_>) -> Outcome {
        let BoardEvent::Show(Text { text }) = event;
        let mut source = SOURCE.lock().unwrap_or_else(PoisonError::into_inner);
        *source = (source.0 + 1, text);
        Outcome::NoReply
    }

    fn render(&self) -> Html {
        RENDERS.fetch_add(1, Ordering::Relaxed);
        match self.text.last() {
            Some(text) => board(&text),
            None => board("nothing"),
        }
    }
}
