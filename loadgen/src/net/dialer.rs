//! Opening many connections, a bounded number at once.

use std::collections::VecDeque;

use super::{State, World};

/// Opens connections and gives up on those that take too long.
#[derive(Debug)]
pub(crate) struct Dialer {
    /// Those still to be opened.
    waiting: VecDeque<usize>,
    /// Those under way, with the time they were opened at, in that order.
    under_way: VecDeque<(usize, u64)>,
    concurrency: usize,
    /// In nanoseconds.
    timeout: u64,
}

impl Dialer {
    /// Nothing to open yet.
    pub(crate) fn new(concurrency: u32, timeout: u64) -> Dialer {
        Dialer {
            waiting: VecDeque::new(),
            under_way: VecDeque::new(),
            concurrency: concurrency as usize,
            timeout,
        }
    }

    /// Opens this connection when it is its turn.
    pub(crate) fn add(&mut self, connection: usize) {
        self.waiting.push_back(connection);
    }

    /// Opens as many as may be under way; gives when it has to be called again at the latest, none when there is nothing
    /// left to do.
    pub(crate) fn turn(&mut self, world: &mut World, now: u64) -> Option<u64> {
        self.expire(world, now);
        // What is refused at once makes room at once; the rest comes in the next turn, so that errors are seen to.
        for _ in 0..self.concurrency {
            if world.under_way() >= self.concurrency {
                break;
            }
            let Some(connection) = self.waiting.pop_front() else { break };
            world.open(connection, now);
            self.under_way.push_back((connection, now));
        }
        match self.under_way.front() {
            Some((_, opened_at)) => Some(opened_at + self.timeout),
            None if self.waiting.is_empty() => None,
            None => Some(now),
        }
    }

    fn expire(&mut self, world: &mut World, now: u64) {
        while let Some(&(connection, opened_at)) = self.under_way.front() {
            let current = world.opened_at(connection) == opened_at && world.state(connection).is_under_way();
            if current && now < opened_at + self.timeout {
                break;
            }
            if current {
                let stage = match world.state(connection) {
                    State::Connecting => "the connection",
                    State::Loading => "the page",
                    State::Upgrading => "the upgrade",
                    _ => "the join",
                };
                world.fail(connection, format_args!("{stage} was not answered in time"));
            }
            self.under_way.pop_front();
        }
    }
}
