//! Publishing, and waiting until everybody has it.

use firecrest_wire::client::Heard;

use super::broadcasts::Broadcasts;
use super::post::Post;
use super::run::{RunError, measure};
use crate::cli::Common;
use crate::meter::Phase;
use crate::net::{Handler, Runner, Turn, World};
use crate::pace::Pace;

/// Publishes in every circle and waits for the deliveries.
#[derive(Debug)]
pub(super) struct Publishing {
    broadcasts: Broadcasts,
    left: Left,
    timeout: u64,
    stalled: bool,
}

/// When to publish.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plan {
    /// So many messages in all, each when fewer than so many are under way in its circle.
    Closed { messages: u64, in_flight: u32 },
    /// So many messages per second, in each circle in turn, for so many nanoseconds.
    Open { per_second: f64, duration: u64 },
}

/// What is still to be published.
#[derive(Debug)]
enum Left {
    /// So many in each circle.
    Closed { in_flight: usize, by_circle: Vec<u64> },
    /// At these times.
    Open(Pace),
}

/// What publishing took.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) phase: Phase,
    /// The length in bytes of the longest message that was delivered.
    pub(super) delivery_bytes: usize,
}

impl Publishing {
    /// Nothing published yet.
    pub(super) fn new(world: &World, post: Post, common: &Common) -> Publishing {
        Publishing {
            broadcasts: Broadcasts::new(world, post),
            left: Left::Closed { in_flight: 0, by_circle: Vec::new() },
            timeout: common.timeout.nanos(),
            stalled: false,
        }
    }

    /// Publishes to warm up, and then what is measured.
    pub(super) fn run(
        mut self,
        runner: &mut Runner,
        warmup: Plan,
        plan: Plan,
    ) -> Result<Published, RunError> {
        self.begin(runner, warmup);
        runner.drive(&mut self)?;
        self.begin(runner, plan);
        let phase = measure(runner, &mut self)?;
        self.broadcasts.finish(&mut runner.world);
        Ok(Published { phase, delivery_bytes: self.broadcasts.longest() })
    }

    fn begin(&mut self, runner: &mut Runner, plan: Plan) {
        runner.world.tally.start_measuring();
        self.left = match plan {
            Plan::Closed { messages, in_flight } => {
                let by_circle = share(messages, self.broadcasts.circles());
                Left::Closed { in_flight: in_flight as usize, by_circle }
            }
            Plan::Open { per_second, duration } => {
                Left::Open(Pace::lasting(runner.world.now(), per_second, duration))
            }
        };
    }

    /// Publishes in a circle until enough is under way.
    fn fill(&mut self, world: &mut World, circle: usize) {
        let Left::Closed { in_flight, by_circle } = &mut self.left else { return };
        let left = &mut by_circle[circle];
        while *left > 0 && self.broadcasts.open_in(circle) < *in_flight {
            let now = world.now();
            if !self.broadcasts.publish(world, circle, now) {
                break;
            }
            *left -= 1;
        }
    }

    /// Publishes in a connection's circle, where a message may have been the last that was under way.
    fn go_on(&mut self, world: &mut World, connection: usize) {
        self.fill(world, self.broadcasts.circle_of(world, connection));
    }

    /// Publishes what is due; gives when the next is, none when all is published.
    fn publish_due(&mut self, world: &mut World, now: u64) -> Option<u64> {
        let circles = self.broadcasts.circles() as u64;
        let Left::Open(pace) = &mut self.left else { return None };
        while let Some((number, due)) = pace.take(now) {
            self.broadcasts.publish(world, (number % circles) as usize, due);
        }
        pace.next()
    }

    /// Gives up when nothing has been delivered for too long, or nobody is there to publish.
    fn check(&mut self, world: &mut World, now: u64) {
        let open = self.broadcasts.open();
        if open > 0 && now >= self.broadcasts.progress_at().saturating_add(self.timeout) {
            world.tally.error(|| format!("{open} broadcasts were not delivered to everybody in time"));
            self.broadcasts.finish(world);
            self.stalled = true;
        }
        if world.joined() == 0 && !self.stalled {
            world.tally.error(|| "nobody is left to publish".to_owned());
            self.stalled = true;
        }
    }
}

/// Spreads messages over circles: the first ones get what is left over.
fn share(messages: u64, circles: usize) -> Vec<u64> {
    let circles = circles.max(1) as u64;
    (0..circles).map(|circle| messages / circles + u64::from(circle < messages % circles)).collect()
}

impl Handler for Publishing {
    fn turn(&mut self, world: &mut World, now: u64) -> Turn {
        let mut next = self.publish_due(world, now);
        if self.broadcasts.open() == 0 {
            // The beginning of a phase: from then on a delivery is followed by the next message.
            (0..self.broadcasts.circles()).for_each(|circle| self.fill(world, circle));
        }
        self.check(world, now);
        if self.stalled || (self.broadcasts.open() == 0 && next.is_none()) {
            return Turn::Done;
        }
        let deadline = self.broadcasts.progress_at().saturating_add(self.timeout);
        Turn::Wait(next.take().unwrap_or(deadline))
    }

    fn recognise(&mut self, world: &mut World, connection: usize, text: &[u8], now: u64) -> bool {
        let recognised = self.broadcasts.recognise(world, connection, text, now);
        if recognised {
            self.go_on(world, connection);
        }
        recognised
    }

    fn heard(&mut self, world: &mut World, connection: usize, heard: &Heard, text: &[u8], now: u64) {
        if self.broadcasts.heard(world, connection, heard, text, now) {
            self.go_on(world, connection);
        }
    }

    fn ended(&mut self, world: &mut World, connection: usize, _now: u64) {
        self.broadcasts.end(world, connection);
        self.go_on(world, connection);
    }

    fn status(&self, world: &World) -> String {
        format!("{} deliveries, {} broadcasts under way", world.tally.units, self.broadcasts.open())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_shared_out_evenly() {
        assert_eq!(share(7, 3), [3, 2, 2]);
        assert_eq!(share(2, 1), [2]);
    }
}
