//! What other nodes asked for and were not sent yet.
//!
//! All rows of a node may be many times what the way to the other nodes takes at once. They are sent in pieces, with pauses, so that
//! what is small and urgent goes before them, and others who use the same way are not refused.

use std::collections::VecDeque;

use firecrest_presence::{Answer, Asked, NodeId};
use firecrest_pubsub::cluster::Refused;
use tokio::time::{Duration, Instant};

use super::service::Service;

/// Most nodes that are answered at a time, each in its turn; those beyond ask again.
const MAX_NODES: usize = 1_024;

/// How many bytes are sent before the next pause.
const AT_ONCE: usize = 256 * 1024;

/// Bytes in a second, at most. The queue of an engine has room for a second of that.
const FASTEST: u64 = 32 * 1024 * 1024;

/// Bytes in a second, when the way to the other nodes has been full again and again.
const SLOWEST: u64 = 1024 * 1024;

/// How long nothing is sent when the way to the other nodes is full.
const WHEN_FULL: Duration = Duration::from_millis(500);

/// The answers, in the order in which their nodes have their next turn.
#[derive(Debug, Default)]
pub(super) struct Answers {
    owed: VecDeque<Owed>,
    pace: Pace,
}

/// What one node is owed.
#[derive(Debug)]
struct Owed {
    to: NodeId,
    /// What comes after the answer that has begun, once about each node.
    waiting: VecDeque<Asked>,
    begun: Option<Answer>,
    /// What there was no room for.
    unsent: Option<Vec<u8>>,
}

/// What became of a node's turn.
enum Turn {
    /// So many bytes were sent.
    Sent(usize),
    /// There was no room.
    Full,
    /// There is nothing more to say, or it cannot be said to anybody of this name.
    Over,
    /// There is no connection.
    Offline,
}

impl Answers {
    /// Puts off what was asked. Who asks again about the same has missed something: it begins anew.
    pub(super) fn put(&mut self, asked: Asked) {
        let place = self.owed.iter().position(|owed| owed.to == asked.by);
        let owed = match place {
            Some(place) => self.owed.get_mut(place),
            None if self.owed.len() < MAX_NODES => {
                let (waiting, to) = (VecDeque::new(), asked.by.clone());
                self.owed.push_back(Owed { to, waiting, begun: None, unsent: None });
                self.owed.back_mut()
            }
            None => None,
        };
        if let Some(owed) = owed {
            owed.put(asked);
        }
    }

    /// When there is something to send.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.owed.is_empty()).then(|| self.pace.due.unwrap_or_else(Instant::now))
    }

    /// Sends what is due.
    pub(super) fn turn(&mut self, service: &Service) {
        let now = Instant::now();
        // Real time goes on between two looks at it: what has no due time is due.
        if self.owed.is_empty() || self.pace.due.is_some_and(|due| due > now) {
            return;
        }
        let mut sent = 0;
        while sent < AT_ONCE {
            // It is not put back when its turn panics.
            let Some(mut owed) = self.owed.pop_front() else { break };
            match owed.turn(service) {
                Turn::Sent(bytes) => {
                    sent += bytes;
                    self.owed.push_back(owed);
                }
                Turn::Full => {
                    self.owed.push_front(owed);
                    return self.pace.full(now);
                }
                Turn::Over => {}
                // Who still wants it when there is a connection again asks again.
                Turn::Offline => self.owed.clear(),
            }
        }
        self.pace.sent(now, sent);
    }
}

impl Owed {
    fn put(&mut self, asked: Asked) {
        let node = &asked.have.node;
        let again =
            self.begun.as_mut().filter(|answer| answer.of() == node && asked.have.version < answer.at());
        if let Some(answer) = again {
            // The same again: who asks keeps what has come of it, and what is newer would make that worthless.
            answer.rewind();
            self.unsent = None;
            return;
        }
        self.waiting.retain(|waiting| waiting.have.node != *node);
        self.waiting.push_back(asked);
    }

    fn turn(&mut self, service: &Service) -> Turn {
        if service.leaving.has_left() || service.read(|replica| replica.is_gone(&self.to)) {
            return Turn::Over;
        }
        let Some(message) = self.unsent.take().or_else(|| self.next(service)) else { return Turn::Over };
        match service.send_to(self.to.name(), &message) {
            Ok(()) => Turn::Sent(message.len()),
            Err(Refused::Full) => {
                self.unsent = Some(message);
                Turn::Full
            }
            Err(Refused::Offline) => Turn::Offline,
            Err(_) => {
                self.begun = None;
                Turn::Sent(0)
            }
        }
    }

    /// The next message of all that is owed.
    fn next(&mut self, service: &Service) -> Option<Vec<u8>> {
        let max = service.read(firecrest_presence::Replica::message_bytes);
        loop {
            if let Some(message) = self.begun.as_mut().and_then(|answer| answer.next_message(max)) {
                return Some(message);
            }
            let asked = self.waiting.pop_front()?;
            self.begun = service.read(|replica| replica.answer(&asked));
        }
    }
}

/// How fast answers are sent: slower after each time that there was no room, and then faster bit by bit.
#[derive(Debug)]
struct Pace {
    /// Bytes in a second.
    rate: u64,
    /// When the pause is over.
    due: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { rate: FASTEST, due: None }
    }
}

impl Pace {
    fn sent(&mut self, now: Instant, bytes: usize) {
        self.rate = (self.rate + self.rate / 256).min(FASTEST);
        self.due = Some(now + Duration::from_micros(bytes as u64 * 1_000_000 / self.rate));
    }

    fn full(&mut self, now: Instant) {
        self.rate = (self.rate / 2).max(SLOWEST);
        self.due = Some(now + WHEN_FULL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_room_slows_down_to_a_bound_and_recovers() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        let pause = |pace: &Pace| pace.due.map(|due| due - now);
        pace.sent(now, AT_ONCE);
        assert_eq!(pause(&pace), Some(Duration::from_micros(7_812)));
        pace.full(now);
        assert_eq!(pause(&pace), Some(WHEN_FULL));
        pace.sent(now, AT_ONCE);
        assert!(pause(&pace) > Some(Duration::from_millis(15)));
        (0..100).for_each(|_| pace.full(now));
        pace.sent(now, AT_ONCE);
        assert!(pause(&pace) < Some(Duration::from_millis(251)), "not for ever");
        (0..1_500).for_each(|_| pace.sent(now, AT_ONCE));
        assert_eq!(pause(&pace), Some(Duration::from_micros(7_812)));
    }
}
