//! When to say that we are here, and when to believe that nobody listens (spec §3.16).

use std::time::Duration;

use firecrest_wire::Ref;
use tokio::time::Instant;

/// The server did not answer a heartbeat before the next one was due (C248).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HeartbeatTimeout;

/// The heartbeat of one connection.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Duration,
    due: Instant,
    /// The one that is not answered yet.
    unanswered: Option<Ref>,
}

impl Heartbeat {
    pub(super) fn new(interval: Duration, now: Instant) -> Self {
        Heartbeat { interval, due: now + interval, unanswered: None }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Whether a heartbeat has to be sent now.
    pub(super) fn is_due(&self, now: Instant) -> Result<bool, HeartbeatTimeout> {
        match self.due <= now {
            true if self.unanswered.is_some() => Err(HeartbeatTimeout),
            due => Ok(due),
        }
    }

    pub(super) fn sent(&mut self, reference: Ref, now: Instant) {
        self.unanswered = Some(reference);
        self.due = now + self.interval;
    }

    /// Takes note of a reply. Returns whether it was that to the heartbeat.
    pub(super) fn answered(&mut self, reference: &Ref, now: Instant) -> bool {
        let answered = self.unanswered.as_ref() == Some(reference);
        if answered {
            self.unanswered = None;
            self.due = now + self.interval;
        }
        answered
    }
}
