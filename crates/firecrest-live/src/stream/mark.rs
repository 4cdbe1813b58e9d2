//! What a rendered tree knows of a stream.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::Stream;
use super::waiting::Waiting;

/// What a stream and the trees that show it have in common.
pub(super) struct Shared<T> {
    /// Which stream of the view it is for the client; none before the first message.
    number: Option<u32>,
    /// The number of the next operation when none waits.
    next: u64,
    /// Made when there is something to wait.
    waiting: Option<Box<Waiting<T>>>,
    /// Whether more has waited than may; it was dropped.
    is_overfull: bool,
}

/// A stream in a rendered tree: the operations whose items the tree shows, and where they are taken from when they have been sent.
#[derive(Clone)]
pub(crate) struct Mark {
    sent: Sent,
    /// None when nothing waits.
    operations: Option<Arc<Operations>>,
    /// Whether operations were lost.
    is_overfull: bool,
}

/// What a message says of a stream.
pub(crate) struct Operations {
    /// What is put in and what goes, as the members of a JSON array.
    pub(crate) json: String,
    /// Whether what is in the page goes before.
    pub(crate) resets: bool,
    /// The id of each item.
    ids: Vec<Arc<str>>,
}

/// Operations that a message has.
#[derive(Clone)]
pub(crate) struct Sent {
    queue: Arc<dyn Queue>,
    /// The number of the first operation that is not among them.
    before: u64,
}

/// Any stream's operations.
trait Queue: Send + Sync {
    fn number(&self) -> Option<u32>;
    fn sent(&self, number: u32, before: u64);
}

/// The items that wait in a stream. While it is there, nothing is put into the stream and it is not shown elsewhere.
#[must_use = "its items are shown next"]
pub struct Items<'a, T>(Option<MutexGuard<'a, Shared<T>>>);

impl<T> Shared<T> {
    /// Lets something wait. When that is more than may, all that waits is dropped, and so is what comes then.
    pub(super) fn wait(&mut self, something: impl FnOnce(&mut Waiting<T>)) {
        if self.is_overfull {
            return;
        }
        let next = self.next;
        let waiting = self.waiting.get_or_insert_with(|| Box::new(Waiting::new(next)));
        something(waiting);
        if waiting.len() > Stream::<T>::MAX_WAITING {
            self.next = waiting.next();
            self.waiting = None;
            self.is_overfull = true;
        }
    }

    /// Whether no client can have an item of it.
    pub(super) fn is_new(&self) -> bool {
        self.number.is_none()
    }

    /// All items go: whatever was lost has no meaning any more.
    pub(super) fn reset(&mut self) {
        self.is_overfull = false;
        self.wait(Waiting::reset);
    }

    /// How many operations wait; none when there were too many.
    pub(super) fn len(&self) -> Option<usize> {
        (!self.is_overfull).then(|| self.waiting.as_ref().map_or(0, |waiting| waiting.len()))
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared { number: None, next: 0, waiting: None, is_overfull: false }
    }
}

impl<T: Send + 'static> Stream<T> {
    /// The items that wait, and what the tree that shows them keeps of the stream.
    pub(crate) fn show(&self) -> (Items<'_, T>, Mark) {
        let guard = match self.shared.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            // It is being shown inside itself. Whoever makes a message of the tree finds it there twice.
            Err(TryLockError::WouldBlock) => None,
        };
        let waiting = guard.as_ref().and_then(|shared| shared.waiting.as_ref());
        let sent = Sent { queue: self.shared.clone(), before: waiting.map_or(0, |waiting| waiting.next()) };
        let operations = waiting.map(|waiting| {
            let ids = waiting.puts().map(|put| put.id.clone()).collect();
            Arc::new(Operations { json: waiting.json(), resets: waiting.resets(), ids })
        });
        let is_overfull = guard.as_ref().is_some_and(|shared| shared.is_overfull);
        (Items(guard), Mark { sent, operations, is_overfull })
    }
}

impl<T> Items<'_, T> {
    /// Each item and its id, in the order in which they were put in.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let waiting = self.0.as_ref().and_then(|shared| shared.waiting.as_ref());
        waiting.into_iter().flat_map(|waiting| waiting.puts()).map(|put| (&*put.id, &put.item))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let waiting = self.0.as_ref().and_then(|shared| shared.waiting.as_ref());
        waiting.map_or(0, |waiting| waiting.puts().len())
    }
}

impl<T> fmt::Debug for Items<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Mark {
    /// The stream's number in the view; none before the first message with it.
    pub(crate) fn number(&self) -> Option<u32> {
        self.sent.queue.number()
    }

    /// None when nothing waits.
    pub(crate) fn operations(&self) -> Option<&Operations> {
        self.operations.as_deref()
    }

    /// Whether operations were lost, since they were too many.
    pub(crate) fn is_overfull(&self) -> bool {
        self.is_overfull
    }

    /// The id of an item.
    pub(crate) fn id(&self, index: usize) -> &str {
        self.operations.as_ref().and_then(|operations| operations.ids.get(index)).map_or("", |id| &**id)
    }

    /// What to do when a message with it has been made.
    pub(crate) fn sent(&self) -> &Sent {
        &self.sent
    }
}

impl Sent {
    /// The operations are no business of the server any more; the stream has this number.
    pub(crate) fn done(&self, number: u32) {
        self.queue.sent(number, self.before);
    }

    /// Whether it is the same stream.
    pub(crate) fn is_of(&self, other: &Sent) -> bool {
        Arc::ptr_eq(&self.queue, &other.queue)
    }
}

impl<T: Send> Queue for Mutex<Shared<T>> {
    fn number(&self) -> Option<u32> {
        self.lock().unwrap_or_else(PoisonError::into_inner).number
    }

    fn sent(&self, number: u32, before: u64) {
        let mut shared = self.lock().unwrap_or_else(PoisonError::into_inner);
        shared.number = Some(number);
        if let Some(forgotten) = shared.waiting.take_if(|waiting| waiting.forget(before)) {
            shared.next = forgotten.next();
        }
    }
}
