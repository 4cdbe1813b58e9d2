//! What heartbeats cost.

use firecrest_wire::client::Heard;

use super::exchange::{Exchange, Question};
use super::run::{RunError, connect, measure, prepare, report};
use crate::cli::Heartbeat;
use crate::net::{Handler, State, Turn, World};
use crate::pace::Pace;
use crate::report::{Report, Unit};

/// Each connection sends one in every period, evenly spread.
#[derive(Debug)]
struct Beating {
    exchange: Exchange,
    pace: Pace,
    timeout: u64,
}

/// Connects and joins all, and measures the heartbeats.
pub(super) fn run(options: &Heartbeat) -> Result<Report, RunError> {
    let mut runner = prepare(&options.common, &options.channel)?;
    connect(&mut runner, &options.common)?;
    runner.stop_keepalive();
    runner.world.tally.start_measuring();
    let per_second = f64::from(options.common.connections) * 1e9 / options.every.nanos() as f64;
    let mut beating = Beating {
        exchange: Exchange::new(&runner.world, Question::Heartbeat),
        pace: Pace::lasting(runner.world.now(), per_second, options.duration.nanos()),
        timeout: options.common.timeout.nanos(),
    };
    let phase = measure(&mut runner, &mut beating)?;
    beating.exchange.finish(&mut runner.world);
    Ok(report("heartbeat", options, runner, &phase, Unit::Heartbeat))
}

impl Handler for Beating {
    fn turn(&mut self, world: &mut World, now: u64) -> Turn {
        while let Some((number, due)) = self.pace.take(now) {
            let connection = (number % world.len() as u64) as usize;
            if world.state(connection) == State::Joined {
                self.exchange.ask(world, connection, due);
            }
        }
        let deadline = self.exchange.progress_at().saturating_add(self.timeout);
        match (self.pace.next(), self.exchange.open()) {
            (None, 0) => Turn::Done,
            (None, _) if now >= deadline => Turn::Done,
            (next, _) => Turn::Wait(next.unwrap_or(deadline)),
        }
    }

    fn recognise(&mut self, world: &mut World, connection: usize, text: &[u8], now: u64) -> bool {
        self.exchange.recognise(world, connection, text, now)
    }

    fn heard(&mut self, world: &mut World, connection: usize, heard: &Heard, text: &[u8], now: u64) {
        self.exchange.heard(world, connection, heard, text, now);
    }

    fn ended(&mut self, world: &mut World, connection: usize, _now: u64) {
        self.exchange.give_up(world, connection, true);
    }

    fn status(&self, world: &World) -> String {
        format!("heartbeat: {} answered, {} to go", world.tally.units, self.pace.left())
    }
}
