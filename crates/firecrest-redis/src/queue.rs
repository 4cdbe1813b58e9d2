//! Messages that wait to be sent.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use firecrest_pubsub::cluster::Refused;
use metrics::Gauge;
use tokio::sync::Notify;

use crate::RedisClusterOptions;
use crate::names::Name;

/// Places for messages that an empty queue keeps.
const KEPT: usize = 1024;

/// A message and the channel it goes to.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) channel: Name,
    pub(crate) message: Bytes,
}

/// How much there is of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

/// Messages in the order in which they were published, bounded until they are answered. Taken only while there is a connection.
pub(crate) struct Queue {
    most: Load,
    state: Mutex<State>,
    /// Somebody has put a message into an empty queue.
    filled: Notify,
    /// Nothing waits any more.
    drained: Notify,
    gauge: OnceLock<Gauge>,
}

#[derive(Default)]
struct State {
    mode: Mode,
    waiting: VecDeque<Outgoing>,
    /// What waits and what has not been answered yet.
    load: Load,
    lost: Lost,
}

/// Messages that were refused or lost without the others having been told yet: how many before them are not answered.
#[derive(Default)]
struct Lost {
    /// Before the first of them: then the others are told.
    first: Option<usize>,
    /// Before the last of them, if that is later: then they are told again.
    last: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Offline,
    Open,
    Closed,
}

impl Outgoing {
    fn load(&self) -> Load {
        Load { messages: 1, bytes: self.channel.len() + self.message.len() }
    }
}

impl Queue {
    pub(crate) fn new(options: &RedisClusterOptions) -> Self {
        Queue {
            most: Load { messages: options.queue_messages, bytes: options.queue_bytes },
            state: Mutex::default(),
            filled: Notify::new(),
            drained: Notify::new(),
            gauge: OnceLock::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a message, if it can be sent.
    pub(crate) fn push(&self, outgoing: Outgoing) -> Result<(), Refused> {
        let new = outgoing.load();
        let mut state = self.state();
        match state.mode {
            Mode::Open => {}
            Mode::Offline => {
                state.lost.note(0);
                return Err(Refused::Offline);
            }
            Mode::Closed => return Err(Refused::Offline),
        }
        let Load { messages, bytes } = state.load;
        // The name of its channel may make the largest message larger than the queue.
        if messages > 0 && (messages >= self.most.messages || bytes + new.bytes > self.most.bytes) {
            state.lost.note(messages);
            return Err(Refused::Full);
        }
        state.load = Load { messages: messages + 1, bytes: bytes + new.bytes };
        let was_empty = state.waiting.is_empty();
        state.waiting.push_back(outgoing);
        drop(state);
        self.gauge().increment(new.bytes as f64);
        if was_empty {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// The next messages, as soon as there are some: no more than fit, but at least one.
    pub(crate) async fn batch(&self, room: Load) -> (Vec<Outgoing>, Load) {
        loop {
            let batch = self.state().batch(room);
            if batch.1.messages > 0 {
                return batch;
            }
            self.filled.notified().await;
        }
    }

    /// These messages have been answered.
    pub(crate) fn answered(&self, answered: Load) {
        let mut state = self.state();
        state.load.messages -= answered.messages;
        state.load.bytes -= answered.bytes;
        state.lost.answered(answered.messages);
        if state.load.messages == 0 && state.waiting.capacity() > KEPT {
            state.waiting = VecDeque::new();
        }
        let is_drained = state.load.messages == 0;
        drop(state);
        self.gauge().decrement(answered.bytes as f64);
        if is_drained {
            self.drained.notify_one();
        }
    }

    /// There is a connection: messages are taken.
    pub(crate) fn open(&self) {
        let mut state = self.state();
        if state.mode == Mode::Offline {
            state.mode = Mode::Open;
        }
    }

    /// There was a connection, and it is lost, and what waits with it.
    pub(crate) fn lose(&self) {
        let mut state = self.state();
        if state.mode == Mode::Open {
            state.mode = Mode::Offline;
        }
        state.waiting = VecDeque::new();
        let lost = std::mem::take(&mut state.load);
        state.lost.answered(lost.messages);
        if lost.messages > 0 {
            state.lost.note(0);
        }
        drop(state);
        self.gauge().decrement(lost.bytes as f64);
        self.drained.notify_one();
    }

    /// No more messages are taken.
    pub(crate) fn close(&self) {
        self.state().mode = Mode::Closed;
    }

    /// Ready when nothing waits any more. For one who waits.
    pub(crate) async fn drained(&self) {
        while self.state().load.messages > 0 {
            self.drained.notified().await;
        }
    }

    /// Whether the others must be told now that they have missed messages. Says it once. Until what was queued before is answered,
    /// there may be no place for what they are told.
    pub(crate) fn take_lost(&self) -> bool {
        let mut state = self.state();
        state.mode == Mode::Open && state.lost.take()
    }

    /// Asked for late: the application may set up its metrics after it has made the cluster.
    fn gauge(&self) -> &Gauge {
        self.gauge.get_or_init(|| metrics::gauge!("firecrest_cluster_queue_bytes", "engine" => "redis"))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let bytes = self.state().load.bytes;
        self.gauge().decrement(bytes as f64);
    }
}

impl State {
    fn batch(&mut self, room: Load) -> (Vec<Outgoing>, Load) {
        let (mut batch, mut load) = (Vec::new(), Load::default());
        while let Some(next) = self.waiting.front() {
            let bytes = load.bytes + next.load().bytes;
            if !batch.is_empty() && (bytes > room.bytes || batch.len() == room.messages) {
                break;
            }
            load = Load { messages: load.messages + 1, bytes };
            batch.extend(self.waiting.pop_front());
        }
        (batch, load)
    }
}

impl Lost {
    /// A message is lost, with so many before it that are not answered.
    fn note(&mut self, before: usize) {
        match self.first {
            Some(first) if first < before => self.last = Some(before),
            Some(_) => {}
            None => self.first = Some(before),
        }
    }

    fn answered(&mut self, messages: usize) {
        for before in [&mut self.first, &mut self.last].into_iter().flatten() {
            *before = before.saturating_sub(messages);
        }
    }

    /// Whether the time has come to tell of the first, and of all that were lost until now.
    fn take(&mut self) -> bool {
        if self.first != Some(0) {
            return false;
        }
        self.first = self.last.take().filter(|before| *before > 0);
        true
    }
}

#[cfg(test)]
mod tests;
