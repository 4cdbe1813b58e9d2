//! What happens among those who are there, for the program itself.

use std::collections::VecDeque;
use std::sync::Arc;

use firecrest_presence::{Kind, RowChange};
use futures_util::{Stream, stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Meta;
use super::lane::Changes;
use super::meta::State;

/// What happens in a topic, on any node (P081). A key that is there over two connections comes and goes once for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresenceEvent {
    /// Somebody is there.
    Joined {
        /// Who.
        key: Arc<str>,
        /// What is said.
        meta: Meta,
    },
    /// Something else is said of somebody.
    Updated {
        /// Of whom.
        key: Arc<str>,
        /// What was told last.
        before: Meta,
        /// What is said now.
        meta: Meta,
    },
    /// Somebody is not there any more.
    Left {
        /// Who.
        key: Arc<str>,
        /// What was said last, even when nobody was told of that (P080).
        meta: Meta,
    },
    /// So many events were lost here, because they were not taken in time, or at least so many, because too much has changed at once.
    /// The [list](super::Presence::list) is right.
    Missed(u64),
}

/// The events from now on. Ends with the endpoint.
pub(super) fn events(
    (receiver, heard): (Receiver<Arc<Changes>>, u64),
) -> impl Stream<Item = PresenceEvent> + Send + Unpin + 'static {
    let listening = Listening { receiver, waiting: VecDeque::new(), heard };
    Box::pin(stream::unfold(listening, async |mut listening| Some((listening.next().await?, listening))))
}

struct Listening {
    receiver: Receiver<Arc<Changes>>,
    waiting: VecDeque<PresenceEvent>,
    /// How many events there have been.
    heard: u64,
}

impl Listening {
    async fn next(&mut self) -> Option<PresenceEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            match self.receiver.recv().await {
                Ok(changes) => self.take(&changes),
                // The next diff says how many there were.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn take(&mut self, changes: &Changes) {
        let Changes { before, count, rows } = changes;
        let events: VecDeque<_> = rows.iter().filter_map(event).collect();
        let missed = before - self.heard + (count - rows.len() as u64);
        self.heard = before + count;
        self.waiting = events;
        if missed > 0 {
            self.waiting.push_front(PresenceEvent::Missed(missed));
        }
    }
}

fn event(change: &RowChange) -> Option<PresenceEvent> {
    let meta = |meta: &firecrest_presence::Meta, version: Option<u64>| {
        Meta::checked(meta, State { node: change.connection.node, version: version? })
    };
    let key = Arc::clone(&change.key);
    Some(match &change.kind {
        Kind::Join { meta: now } => PresenceEvent::Joined { key, meta: meta(now, change.after)? },
        Kind::Leave { meta: last } => PresenceEvent::Left { key, meta: meta(last, change.before)? },
        Kind::Update { before, meta: now } => {
            let (before, meta) = (meta(before, change.before)?, meta(now, change.after)?);
            PresenceEvent::Updated { key, before, meta }
        }
    })
}
