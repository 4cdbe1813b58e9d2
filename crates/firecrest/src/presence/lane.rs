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
//!
//! A lane that nobody wants is given up, and what is on its way to its clients with it: whoever comes then gets a state from the next
//! lane of the topic, which nothing that was told before may follow.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firecrest_presence::{RowChange, ToldRow};
use firecrest_pubsub::{Broadcast, PubSub};
use firecrest_wire::Text;
use tokio::runtime::Handle;
use tokio::sync::{broadcast, oneshot, watch};
use tokio::time::sleep;

use super::fetch::Members;
use super::pages::{Cursor, PAGE_BYTES, Page, Said};
use crate::channel::Shared as ChannelShared;
use crate::connection::flush;

/// Most diffs that wait for a listener; at the default pace they are 16 seconds.
const MAX_DIFFS: usize = 32;

/// How long nothing more is said to all clients after a message of more than [`LARGE`], so that they have the time to read it.
const PAUSE: Duration = Duration::from_millis(200);

/// See [`PAUSE`].
const LARGE: usize = PAGE_BYTES / 2;

/// Most bytes that wait to be said to all clients; if there are more, they get a new state.
const MAX_BACKLOG: usize = 4 * 1024 * 1024;

/// Most bytes of pages that are kept encoded until the next diff, or ten seconds.
const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

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
    /// Whether nothing is said for a while.
    pauses: bool,
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
    /// Encoded pages, by the row that they begin behind.
    pages: Vec<Encoded>,
    /// How many they have.
    bytes: usize,
}

impl Told {
    /// Keeps a page for the next who wants it, if there is room.
    fn keep(&mut self, page: &Encoded) {
        let bytes: usize = page.said.iter().map(|said| said.payload.len()).sum();
        if self.bytes + bytes <= MAX_PAGE_BYTES {
            self.bytes += bytes;
            self.pages.push(page.clone());
        }
    }
}

/// A page as it is sent.
#[derive(Clone)]
struct Encoded {
    after: Option<Cursor>,
    said: Vec<Said>,
    next: Option<Cursor>,
}

/// Something to be told.
struct Slot {
    to: To,
    /// What; nothing while it is being fetched.
    said: Option<VecDeque<Said>>,
}

/// Whom to tell.
enum To {
    /// All clients of this node.
    All,
    /// Those who want the page behind a row.
    Newcomers { after: Option<Cursor>, next: Option<Cursor>, who: Vec<Newcomer> },
}

/// A channel that waits for a page.
pub(super) struct Newcomer {
    pub(super) channel: Arc<ChannelShared>,
    /// Told when the page was sent: with the last row, when there are more.
    pub(super) sent: oneshot::Sender<Option<Cursor>>,
}

/// A slot to be filled.
#[must_use = "all that comes later waits for it"]
pub(super) struct Ticket(u64);

/// Fills a slot, with nothing if nobody says with what: then all that comes later is said all the same.
pub(super) struct Filling {
    lane: Arc<Lane>,
    ticket: Option<Ticket>,
}

impl Filling {
    /// The lane must not be locked when this is dropped.
    pub(super) fn new(lane: &Arc<Lane>, ticket: Ticket) -> Self {
        Filling { lane: Arc::clone(lane), ticket: Some(ticket) }
    }

    pub(super) fn fill(mut self, said: Vec<Said>) {
        if let Some(ticket) = self.ticket.take() {
            self.lane.fill(&ticket, said);
        }
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.lane.fill(&ticket, Vec::new());
        }
    }
}

impl Lane {
    pub(super) fn new(topic: Arc<str>, pubsub: PubSub) -> Self {
        let queue = Queue {
            is_removed: false,
            slots: VecDeque::new(),
            first: 0,
            pauses: false,
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
    fn fill(self: &Arc<Self>, Ticket(number): &Ticket, said: Vec<Said>) {
        let mut queue = self.lock();
        let place = number.checked_sub(queue.first).and_then(|place| usize::try_from(place).ok());
        if let Some(slot) = place.and_then(|place| queue.slots.get_mut(place)) {
            // It has been filled if nobody was there any more: who is there now knows more.
            slot.said.get_or_insert(said.into());
        }
        self.release(&mut queue);
    }

    /// Says what is ready, as far as all before it is. The queue stays locked, so that nobody overtakes.
    pub(super) fn release(self: &Arc<Self>, queue: &mut Queue) {
        while !queue.pauses {
            let is_removed = queue.is_removed;
            let Some(Slot { to, said: Some(said) }) = queue.slots.front_mut() else { return };
            if matches!(to, To::All)
                && !is_removed
                && let Some(next) = said.pop_front()
            {
                let is_large = next.payload.len() > LARGE;
                self.broadcast(next);
                if is_large {
                    self.pause(queue);
                }
                continue;
            }
            let slot = queue.slots.pop_front();
            queue.first += 1;
            if let Some(Slot { to: To::Newcomers { who, next, .. }, said: Some(said) }) = slot {
                flush::scope(|| who.into_iter().for_each(|newcomer| newcomer.tell(&said, next.as_ref())));
            }
        }
    }

    /// Says nothing for a while.
    fn pause(self: &Arc<Self>, queue: &mut Queue) {
        // Outside of a runtime nobody listens for long.
        let Ok(runtime) = Handle::try_current() else { return };
        queue.pauses = true;
        let lane = Arc::clone(self);
        runtime.spawn(async move {
            sleep(PAUSE).await;
            let mut queue = lane.lock();
            queue.pauses = false;
            lane.release(&mut queue);
        });
    }

    pub(super) fn broadcast(&self, said: Said) {
        let broadcast = Broadcast::new(Text::copied(&self.topic), said.event, said.payload);
        self.pubsub.local_broadcast(broadcast, None);
    }
}

impl Newcomer {
    fn tell(self, said: &VecDeque<Said>, next: Option<&Cursor>) {
        for Said { event, payload } in said {
            // It is an object, and the channel has the topic: it has a form.
            let _ = self.channel.push(event, payload);
        }
        // Whoever does not wait any more has ended.
        let _ = self.sent.send(next.cloned());
    }
}

impl Queue {
    /// Puts in a diff.
    pub(super) fn push(&mut self, said: Vec<Said>) {
        self.told = None;
        self.slots.push_back(Slot { to: To::All, said: Some(said.into()) });
    }

    /// Says nothing more of what waits for all clients: there are none, or they get a state that contains it.
    pub(super) fn silence(&mut self) {
        self.slots.iter_mut().filter(|slot| matches!(slot.to, To::All)).for_each(|slot| {
            slot.said = Some(VecDeque::new());
        });
    }

    /// Whether nothing is said for a while.
    pub(super) fn pauses(&self) -> bool {
        self.pauses
    }

    /// Whether so much waits for all clients that a state is better than a diff of so many bytes more.
    pub(super) fn is_behind(&self, more: usize) -> bool {
        let waiting = self.slots.iter().filter(|slot| matches!(slot.to, To::All)).flat_map(|slot| &slot.said);
        let bytes: usize = waiting.flatten().map(|said| said.payload.len()).sum();
        bytes + more > MAX_BACKLOG
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
        let told = self.told.get_or_insert_with(|| Told { rows: ask().into(), pages: Vec::new(), bytes: 0 });
        Arc::clone(&told.rows)
    }

    /// Puts in a page that needs no fetch.
    pub(super) fn push_page(&mut self, page: impl FnOnce() -> Page, after: Option<Cursor>, who: Newcomer) {
        let known = self.told.as_ref().and_then(|told| told.pages.iter().find(|known| known.after == after));
        let encoded = known.cloned().unwrap_or_else(|| {
            let page = page();
            let next = page.next.clone();
            let said = page.said(&mut Members::new()).into_iter().collect();
            let encoded = Encoded { after: after.clone(), said, next };
            if let Some(told) = &mut self.told {
                told.keep(&encoded);
            }
            encoded
        });
        let Encoded { said, next, .. } = encoded;
        let to = To::Newcomers { after, next, who: vec![who] };
        self.slots.push_back(Slot { to, said: Some(said.into()) });
    }

    /// Joins those who wait for the same page, if nothing has happened since.
    pub(super) fn join_page(&mut self, after: Option<&Cursor>, newcomer: Newcomer) -> Result<(), Newcomer> {
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
    pub(super) fn reserve_page(&mut self, page: &Page, after: Option<Cursor>, newcomer: Newcomer) -> Ticket {
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
