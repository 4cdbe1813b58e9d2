//! The events that wait in a channel.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::Event;

/// A bounded queue for one reader. Whoever writes never waits: when it is full the oldest events give way.
#[derive(Debug)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    changed: Notify,
    max_events: usize,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct Inner {
    events: VecDeque<Event>,
    /// Payload bytes of `events`.
    bytes: usize,
    /// Events dropped since the last `Lagged`.
    lagged: u64,
    /// Whether more may come.
    open: bool,
}

impl Queue {
    pub(crate) fn new(max_events: usize, max_bytes: usize) -> Self {
        Queue { inner: Mutex::default(), changed: Notify::new(), max_events, max_bytes }
    }

    /// The next event, or none once the queue is closed and empty.
    pub(crate) async fn next(&self) -> Option<Event> {
        loop {
            let changed = self.changed.notified();
            {
                let mut inner = self.lock();
                if let Some(event) = inner.pop() {
                    return Some(event);
                }
                if !inner.open {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Begins anew: what waits from before the queue was closed is of no interest any more.
    pub(crate) fn open(&self) {
        *self.lock() = Inner { open: true, ..Inner::default() };
    }

    pub(crate) fn push(&self, event: Event) {
        let mut inner = self.lock();
        // An event without a payload must not push one out that is larger than the bound by itself.
        let max_bytes = if size(&event) == 0 { usize::MAX } else { self.max_bytes };
        inner.bytes += size(&event);
        inner.events.push_back(event);
        while inner.events.len() > self.max_events || inner.bytes > max_bytes && inner.events.len() > 1 {
            inner.drop_oldest();
        }
        drop(inner);
        self.changed.notify_one();
    }

    /// Ends the queue with an [`Event::Closed`]. Has no effect on one that is closed.
    pub(crate) fn close(&self) {
        let was_open = std::mem::take(&mut self.lock().open);
        if was_open {
            self.push(Event::Closed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here panics half-way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn pop(&mut self) -> Option<Event> {
        match std::mem::take(&mut self.lagged) {
            0 => {
                let event = self.events.pop_front()?;
                self.bytes -= size(&event);
                Some(event)
            }
            // What was dropped is older than what is left.
            lagged => Some(Event::Lagged(lagged)),
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(event) = self.events.pop_front() {
            self.bytes -= size(&event);
            self.lagged += 1;
        }
    }
}

fn size(event: &Event) -> usize {
    match event {
        Event::Message { event, payload } => event.len() + payload.len(),
        Event::Error(payload) | Event::Rejoined(payload) => payload.len(),
        Event::Disconnected(_) | Event::RejoinFailed(_) | Event::Lagged(_) | Event::Closed => 0,
    }
}

#[cfg(test)]
mod tests {
    use firecrest_wire::{Payload, Text};

    use super::*;

    fn message(event: &'static str) -> Event {
        Event::Message { event: Text::from(event), payload: Payload::Json(Text::from("{}")) }
    }

    async fn drain(queue: &Queue) -> Vec<String> {
        let mut seen = Vec::new();
        while let Some(event) = queue.next().await {
            seen.push(match event {
                Event::Message { event, .. } => event.to_string(),
                other => format!("{other:?}"),
            });
        }
        seen
    }

    #[tokio::test]
    async fn the_oldest_give_way_and_are_counted() {
        let queue = Queue::new(2, 1_000);
        queue.open();
        ["a", "b", "c", "d"].into_iter().for_each(|event| queue.push(message(event)));
        queue.close();
        assert_eq!(drain(&queue).await, ["Lagged(3)", "d", "Closed"]);
    }

    #[tokio::test]
    async fn bytes_are_bounded_but_the_newest_is_kept() {
        let queue = Queue::new(100, 7);
        queue.open();
        ["a", "b", "c"].into_iter().for_each(|event| queue.push(message(event)));
        queue.push(message("very long"));
        queue.close();
        assert_eq!(drain(&queue).await, ["Lagged(3)", "very long", "Closed"]);
    }

    #[tokio::test]
    async fn a_reader_is_woken_and_a_closed_queue_opens_again() {
        let queue = Queue::new(8, 1_000);
        assert!(queue.next().await.is_none(), "not open yet");
        queue.open();
        let (event, ()) = tokio::join!(queue.next(), async { queue.push(message("a")) });
        assert!(matches!(event, Some(Event::Message { .. })));
        let (event, ()) = tokio::join!(queue.next(), async { queue.close() });
        assert!(matches!(event, Some(Event::Closed)));
        queue.close();
        assert!(queue.next().await.is_none(), "closed once");
        queue.open();
        queue.push(message("old"));
        queue.close();
        queue.open();
        queue.push(message("new"));
        queue.close();
        assert_eq!(drain(&queue).await, ["new", "Closed"]);
        queue.open();
        queue.push(message("b"));
        assert!(matches!(queue.next().await, Some(Event::Message { .. })));
    }
}
