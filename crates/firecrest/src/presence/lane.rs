//! What clients of one topic are told, in order.
//!
//! Why every client ends up with what everybody knows (I14): a *state* is taken from what the topic was told and put into the queue
//! while the queue is locked. A diff is taken first and queued later, so that whatever was taken after the state comes after it in the
//! queue. The queue is released in order, however long the [fetches](super::PresenceOptions::fetch) of its slots take. So the client
//! of a state hears a state that contains every diff it has heard before, then every diff that the state does not contain, and
//! maybe, before these, some that it does contain, all of the last ones in order. Those do no harm, and neither do the ones that a
//! client has put aside until its first state: what a ref is in the end, there or not, the last diff that names it says, and the
//! state agrees with that one.
//!
//! A large state is sent in pages, each taken and queued like a state of its own as soon as the client has room for it. Of the keys that
//! are still to come the client knows those rows that have come since the first page, and are there: leaves of others it ignores.
//! So each page makes the client complete as far as it goes, and from then on diffs keep it complete.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use firecrest_presence::{RowChange, ToldRow};
use firecrest_pubsub::{Broadcast, PubSub};
use firecrest_wire::Text;
use tokio::sync::{broadcast, oneshot, watch};

use super::fetch::Members;
use super::pages::{Page, Said};
use crate::channel::Shared as ChannelShared;
use crate::connection::flush;

/// Most diffs that wait for a listener; at the default pace they are 16 seconds.
const MAX_DIFFS: usize = 32;

/// Most pages that are kept encoded until the next diff.
const MAX_PAGES: usize = 16;

/// A topic that somebody on this node is interested in.
pub(super) struct Lane {
    pub(super) topic: Arc<str>,
    pubsub: PubSub,
    queue: Mutex<Queue>,
}

pub(super) struct Queue {
    /// Whether the lane was given up; nothing may be put into it any more.
    pub(super) is_removed: bool,
    slots: VecDeque<Slot>,
    /// The number of the first slot.
    first: u64,
    /// What was told when it was last asked for, until the next diff.
    told: Option<Told>,
    /// Says that the topic changes.
    pub(super) changed: watch::Sender<()>,
    /// Made for the first who listens.
    events: Option<broadcast::Sender<Arc<Changes>>>,
    /// How many events those who listen were told of.
    count: u64,
    /// Which of the states for everybody is being sent.
    pub(super) resync: u64,
}

/// A diff for those who listen.
#[derive(Debug)]
pub(super) struct Changes {
    /// How many events were told before these.
    pub(super) before: u64,
    /// How many events there are, those included that nobody can tell.
    pub(super) count: u64,
    pub(super) rows: Vec<RowChange>,
}

struct Told {
    rows: Arc<[ToldRow]>,
    /// Encoded pages, by the key that they begin behind.
    pages: Vec<Encoded>,
}

/// A page as it is sent.
#[derive(Clone)]
struct Encoded {
    after: Option<Arc<str>>,
    said: Vec<Said>,
    next: Option<Arc<str>>,
}

/// Something to be told.
struct Slot {
    to: To,
    /// What; nothing while it is being fetched.
    said: Option<Vec<Said>>,
}

/// Whom to tell.
enum To {
    /// All clients of this node.
    All,
    /// Those who want the page behind a key.
    Newcomers { after: Option<Arc<str>>, next: Option<Arc<str>>, who: Vec<Newcomer> },
}

/// A channel that waits for a page.
pub(super) struct Newcomer {
    pub(super) channel: Arc<ChannelShared>,
    /// Told when the page was sent: with the last key, when there are more.
    pub(super) sent: oneshot::Sender<Option<Arc<str>>>,
}

/// A slot to be filled.
pub(super) struct Ticket(u64);

impl Lane {
    pub(super) fn new(topic: Arc<str>, pubsub: PubSub) -> Self {
        let queue = Queue {
            is_removed: false,
            slots: VecDeque::new(),
            first: 0,
            told: None,
            changed: watch::Sender::new(()),
            events: None,
            count: 0,
            resync: 0,
        };
        Lane { topic, pubsub, queue: Mutex::new(queue) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many subscribe to the topic on this node.
    pub(super) fn subscribers(&self) -> usize {
        self.pubsub.subscribers(&self.topic)
    }

    /// Whether anybody still wants to hear of the topic.
    pub(super) fn is_wanted(&self, queue: &Queue) -> bool {
        let listeners = queue.events.as_ref().map_or(0, broadcast::Sender::receiver_count);
        listeners > 0 || queue.changed.receiver_count() > 0 || self.subscribers() > 0
    }

    /// Fills a slot, and says what can be said.
    pub(super) fn fill(&self, Ticket(number): Ticket, said: Vec<Said>) {
        let mut queue = self.lock();
        let place = number.checked_sub(queue.first).and_then(|place| usize::try_from(place).ok());
        if let Some(slot) = place.and_then(|place| queue.slots.get_mut(place)) {
            slot.said = Some(said);
        }
        self.release(&mut queue);
    }

    /// Says what is ready, as far as all before it is. The queue stays locked, so that nobody overtakes.
    pub(super) fn release(&self, queue: &mut Queue) {
        while let Some(slot) = queue.slots.pop_front_if(|slot| slot.said.is_some()) {
            queue.first += 1;
            let said = slot.said.unwrap_or_default();
            match slot.to {
                To::All => said.into_iter().for_each(|said| self.broadcast(said)),
                To::Newcomers { who, next, .. } => {
                    flush::scope(|| who.into_iter().for_each(|newcomer| newcomer.tell(&said, next.clone())));
                }
            }
        }
    }

    pub(super) fn broadcast(&self, said: Said) {
        let broadcast = Broadcast::new(Text::copied(&self.topic), said.event, said.payload);
        self.pubsub.local_broadcast(broadcast, None);
    }
}

impl Newcomer {
    fn tell(self, said: &[Said], next: Option<Arc<str>>) {
        for Said { event, payload } in said {
            // It is an object, and the channel has the topic: it has a form.
            let _ = self.channel.push(event, payload);
        }
        // Whoever does not wait any more has ended.
        let _ = self.sent.send(next);
    }
}

impl Queue {
    /// Puts in a diff.
    pub(super) fn push(&mut self, said: Vec<Said>) {
        self.told = None;
        self.slots.push_back(Slot { to: To::All, said: Some(said) });
    }

    /// Puts in a state that all clients will be told.
    pub(super) fn reserve_state(&mut self) -> Ticket {
        self.add(To::All)
    }

    /// Puts in a diff that all clients will be told.
    pub(super) fn reserve(&mut self) -> Ticket {
        self.told = None;
        self.add(To::All)
    }

    /// What the topic was told, asked for at most once between two diffs.
    pub(super) fn told(&mut self, ask: impl FnOnce() -> Vec<ToldRow>) -> Arc<[ToldRow]> {
        let told = self.told.get_or_insert_with(|| Told { rows: ask().into(), pages: Vec::new() });
        Arc::clone(&told.rows)
    }

    /// Puts in a page that needs no fetch.
    pub(super) fn push_page(&mut self, page: impl FnOnce() -> Page, after: Option<Arc<str>>, who: Newcomer) {
        let known = self.told.as_ref().and_then(|told| told.pages.iter().find(|known| known.after == after));
        let encoded = known.cloned().unwrap_or_else(|| {
            let page = page();
            let next = page.next.clone();
            let said = page.said(&mut Members::new()).into_iter().collect();
            let encoded = Encoded { after: after.clone(), said, next };
            if let Some(told) = self.told.as_mut().filter(|told| told.pages.len() < MAX_PAGES) {
                told.pages.push(encoded.clone());
            }
            encoded
        });
        let Encoded { said, next, .. } = encoded;
        self.slots.push_back(Slot { to: To::Newcomers { after, next, who: vec![who] }, said: Some(said) });
    }

    /// Joins those who wait for the same page, if nothing has happened since.
    pub(super) fn join_page(&mut self, after: Option<&Arc<str>>, newcomer: Newcomer) -> Result<(), Newcomer> {
        match self.slots.back_mut() {
            Some(Slot { to: To::Newcomers { after: same, who, .. }, said: None })
                if same.as_ref() == after =>
            {
                who.push(newcomer);
                Ok(())
            }
            _ => Err(newcomer),
        }
    }

    /// Puts in a page that is being fetched.
    pub(super) fn reserve_page(
        &mut self,
        page: &Page,
        after: Option<Arc<str>>,
        newcomer: Newcomer,
    ) -> Ticket {
        self.add(To::Newcomers { after, next: page.next.clone(), who: vec![newcomer] })
    }

    fn add(&mut self, to: To) -> Ticket {
        self.slots.push_back(Slot { to, said: None });
        Ticket(self.first + self.slots.len() as u64 - 1)
    }

    /// Forgets what can be made again.
    pub(super) fn tidy(&mut self) {
        self.told = None;
    }

    /// The diffs from now on, and how many events there were before.
    pub(super) fn listen(&mut self) -> (broadcast::Receiver<Arc<Changes>>, u64) {
        let events = self.events.get_or_insert_with(|| broadcast::Sender::new(MAX_DIFFS));
        (events.subscribe(), self.count)
    }

    /// Tells the program, not the clients, of `count` changes, of which these are known.
    pub(super) fn tell(&mut self, count: usize, rows: &[RowChange]) {
        self.changed.send_replace(());
        let Some(events) = self.events.as_ref().filter(|events| events.receiver_count() > 0) else { return };
        let changes = Changes { before: self.count, count: count as u64, rows: rows.to_vec() };
        self.count += changes.count;
        // An error only says that nobody listens any more.
        let _ = events.send(Arc::new(changes));
    }
}
