//! Leaving the topic, in good order (spec §3.8): a reply, then `phx_close`.

use std::collections::VecDeque;

use firecrest_wire::client::Heard;

use crate::cli::Common;
use crate::latency::Latency;
use crate::net::{Handler, State, Turn, World};
use crate::payload::LEAVE_REF;

/// Has every joined connection leave, a bounded number at once.
#[derive(Debug)]
pub(super) struct Leave {
    /// How many have left.
    pub(super) units: u64,
    /// From the leave to `phx_close`.
    pub(super) latency: Latency,
    waiting: VecDeque<usize>,
    /// For each connection when its leave was sent, and whether it was answered.
    sent: Vec<(u64, bool)>,
    under_way: usize,
    concurrency: usize,
    timeout: u64,
    progress_at: u64,
}

impl Leave {
    /// Nobody leaves yet.
    pub(super) fn new(common: &Common) -> Leave {
        Leave {
            units: 0,
            latency: Latency::new(),
            waiting: VecDeque::new(),
            sent: vec![(0, false); common.connections as usize],
            under_way: 0,
            concurrency: common.concurrency as usize,
            timeout: common.timeout.nanos(),
            progress_at: 0,
        }
    }

    /// Who is joined now will leave.
    pub(super) fn begin(&mut self, world: &World) {
        self.waiting = world.joined_connections().collect();
        self.under_way = 0;
        self.progress_at = world.now();
    }
}

impl Handler for Leave {
    fn turn(&mut self, world: &mut World, now: u64) -> Turn {
        while self.under_way < self.concurrency
            && let Some(connection) = self.waiting.pop_front()
        {
            if world.state(connection) == State::Joined {
                self.under_way += 1;
                self.sent[connection] = (world.now(), false);
                world.leave(connection);
            }
        }
        let deadline = self.progress_at + self.timeout;
        if self.under_way > 0 && now >= deadline {
            let open = self.under_way + self.waiting.len();
            world.tally.lost += open as u64;
            world.tally.error(|| format!("{open} connections could not leave in time"));
            return Turn::Done;
        }
        if self.under_way == 0 && self.waiting.is_empty() { Turn::Done } else { Turn::Wait(deadline) }
    }

    fn heard(&mut self, world: &mut World, connection: usize, heard: &Heard, _text: &[u8], now: u64) {
        if world.state(connection) != State::Leaving {
            return;
        }
        let (sent_at, answered) = &mut self.sent[connection];
        if heard.event == "phx_reply" && heard.reference.as_text() == LEAVE_REF {
            if *answered {
                world.tally.duplicated += 1;
            }
            *answered = true;
        } else if heard.event == "phx_close" {
            if !*answered {
                world.tally.late("the reply to a leave", connection);
            }
            self.units += 1;
            self.under_way -= 1;
            self.latency.record(now.saturating_sub(*sent_at));
            *sent_at = 0;
            self.progress_at = now;
            // It has nothing more to hear; until all are closed it stays connected.
            world.left(connection);
        }
    }

    fn ended(&mut self, world: &mut World, connection: usize, now: u64) {
        let (sent_at, _) = self.sent[connection];
        if sent_at > world.opened_at(connection) {
            self.under_way = self.under_way.saturating_sub(1);
            world.tally.lost += 1;
            self.progress_at = now;
        }
    }

    fn status(&self, _world: &World) -> String {
        format!("leaving: {} have left, {} to go", self.units, self.waiting.len() + self.under_way)
    }
}
