//! What waits to be sent.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use firecrest_pubsub::cluster::Refused;

/// A message that waits.
#[derive(Debug)]
pub(crate) struct Message {
    /// Its name at the server.
    pub(crate) subject: Box<str>,
    pub(crate) payload: Bytes,
}

/// What waits to be sent, in order and in bounds. Whoever publishes puts in, the connection takes out.
#[derive(Debug)]
pub(crate) struct Outbox {
    max_messages: usize,
    max_bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    gate: Gate,
    queue: VecDeque<Message>,
    bytes: usize,
    /// Whether messages were refused since it was empty last.
    was_full: bool,
    /// Whether messages were refused since it was open last.
    was_shut: bool,
}

/// Whether messages are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Gate {
    /// Not while there is no connection.
    #[default]
    Shut,
    Open,
    /// Never again.
    Ended,
}

impl Outbox {
    pub(crate) fn new(max_messages: usize, max_bytes: usize) -> Self {
        Outbox { max_messages, max_bytes, state: Mutex::default() }
    }

    /// Takes a message, and says whether it is the only one.
    pub(crate) fn push(&self, message: Message) -> Result<bool, Refused> {
        let mut state = self.state();
        if state.gate != Gate::Open {
            state.was_shut = true;
            return Err(Refused::Offline);
        }
        let bytes = message.bytes();
        if state.queue.len() >= self.max_messages || state.bytes + bytes > self.max_bytes {
            state.was_full = true;
            return Err(Refused::Full);
        }
        state.bytes += bytes;
        state.queue.push_back(message);
        gauge().increment(in_gauge(bytes));
        Ok(state.queue.len() == 1)
    }

    /// Hands out what waits, until `write` says that it is enough or there is no more. Says whether messages have been refused,
    /// once all others are handed out.
    pub(crate) fn take(&self, mut write: impl FnMut(&Message) -> bool) -> bool {
        let mut state = self.state();
        let mut taken = 0;
        while let Some(message) = state.queue.pop_front() {
            taken += message.bytes();
            if !write(&message) {
                break;
            }
        }
        if taken > 0 {
            state.bytes -= taken;
            gauge().decrement(in_gauge(taken));
        }
        state.queue.is_empty() && std::mem::take(&mut state.was_full)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().queue.is_empty()
    }

    /// There is a connection: messages are taken. Says whether some have been refused while there was none.
    pub(crate) fn open(&self) -> bool {
        let mut state = self.state();
        if state.gate == Gate::Shut {
            state.gate = Gate::Open;
        }
        std::mem::take(&mut state.was_shut)
    }

    /// There is none any more: messages are refused, and those that wait are lost.
    pub(crate) fn shut(&self) {
        let mut state = self.state();
        if state.gate == Gate::Open {
            state.gate = Gate::Shut;
        }
        state.queue = VecDeque::new();
        state.was_full = false;
        gauge().decrement(in_gauge(std::mem::take(&mut state.bytes)));
    }

    /// Messages are refused from now on; those that wait can still be taken.
    pub(crate) fn end(&self) {
        self.state().gate = Gate::Ended;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.shut();
    }
}

impl Message {
    /// What counts for the bound.
    fn bytes(&self) -> usize {
        self.subject.len() + self.payload.len()
    }
}

/// How many bytes wait, of all clusters of this process.
fn gauge() -> metrics::Gauge {
    metrics::gauge!("firecrest_cluster_queue_bytes", "engine" => "nats")
}

/// Exact, since there is no memory for more than 2^53 bytes.
fn in_gauge(bytes: usize) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: usize) -> Message {
        Message { subject: "s".into(), payload: vec![0; bytes - 1].into() }
    }

    fn all(outbox: &Outbox) -> (usize, bool) {
        let mut count = 0;
        let was_full = outbox.take(|_| {
            count += 1;
            true
        });
        (count, was_full)
    }

    #[test]
    fn both_bounds_hold_and_a_refusal_is_reported_once_when_it_is_empty() {
        let outbox = Outbox::new(3, 100);
        outbox.open();
        assert_eq!(
            [1, 1, 1, 1].map(|bytes| outbox.push(message(bytes))),
            [Ok(true), Ok(false), Ok(false), Err(Refused::Full)]
        );
        assert!(!outbox.take(|_| false), "two still wait");
        assert_eq!(all(&outbox), (2, true));
        assert_eq!(all(&outbox), (0, false));
        assert_eq!(
            [60, 41, 40].map(|bytes| outbox.push(message(bytes))),
            [Ok(true), Err(Refused::Full), Ok(false)]
        );
        assert_eq!(all(&outbox), (2, true));
        assert_eq!(outbox.push(message(100)), Ok(true));
        assert_eq!(all(&outbox), (1, false));
    }

    #[test]
    fn nothing_waits_without_a_connection_and_nothing_is_taken_after_the_end() {
        let outbox = Outbox::new(1, 100);
        assert!(!outbox.open(), "nothing was refused");
        outbox.shut();
        assert_eq!(outbox.push(message(1)), Err(Refused::Offline));
        assert!(outbox.open(), "one was refused");
        assert_eq!(outbox.push(message(1)), Ok(true));
        assert_eq!(outbox.push(message(1)), Err(Refused::Full));
        outbox.shut();
        assert!(!outbox.open(), "that was for another reason");
        assert_eq!(all(&outbox), (0, false));
        assert_eq!(outbox.push(message(1)), Ok(true));
        outbox.end();
        outbox.open();
        assert_eq!(outbox.push(message(1)), Err(Refused::Offline));
        assert_eq!(all(&outbox), (1, false), "what was taken is still sent");
    }
}
