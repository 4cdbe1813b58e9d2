//! What a push and its reply cost.

use firecrest_wire::client::Heard;

use super::exchange::{Exchange, Question};
use super::run::{RunError, connect, measure, payload, prepare, report};
use crate::cli::Echo;
use crate::net::{Handler, Runner, State, Turn, World, quoted};
use crate::report::{Report, Unit};

/// Each connection has so many pushes in flight; a reply is followed by the next push.
#[derive(Debug)]
struct Echoing {
    exchange: Exchange,
    in_flight: usize,
    /// How many are still to be pushed in this phase.
    left: u64,
    timeout: u64,
    begun: bool,
    /// Nothing was answered for too long, or nobody is left: no more is pushed.
    stalled: bool,
}

/// Connects and joins all, warms up, and measures the round trips.
pub(super) fn run(options: &Echo) -> Result<Report, RunError> {
    let payload = payload(options.payload)?;
    let warmup = options.warmup.unwrap_or(options.messages / 20);
    let options = Echo { warmup: Some(warmup), ..options.clone() };
    let mut runner = prepare(&options.common, &options.common.topic)?;
    connect(&mut runner, &options.common)?;
    let question = Question::Echo { event: quoted(&options.echo_event), payload };
    let mut echoing = Echoing {
        exchange: Exchange::new(&runner.world, question),
        in_flight: options.in_flight as usize,
        left: 0,
        timeout: options.common.timeout.nanos(),
        begun: false,
        stalled: false,
    };
    echoing.begin(&mut runner, warmup);
    runner.drive(&mut echoing)?;
    echoing.begin(&mut runner, options.messages);
    let phase = measure(&mut runner, &mut echoing)?;
    echoing.exchange.finish(&mut runner.world);
    Ok(report("echo", &options, runner, &phase, Unit::Echo))
}

impl Echoing {
    fn begin(&mut self, runner: &mut Runner, messages: u64) {
        runner.world.tally.start_measuring();
        (self.left, self.begun) = (if self.stalled { 0 } else { messages }, false);
    }

    fn fill(&mut self, world: &mut World, connection: usize) {
        while self.left > 0
            && self.exchange.open_on(connection) < self.in_flight
            && world.state(connection) == State::Joined
        {
            self.left -= 1;
            let now = world.now();
            self.exchange.ask(world, connection, now);
        }
    }
}

impl Handler for Echoing {
    fn turn(&mut self, world: &mut World, now: u64) -> Turn {
        if !self.begun {
            self.begun = true;
            (0..world.len()).for_each(|connection| self.fill(world, connection));
        }
        if world.joined() == 0 && self.left > 0 {
            world.tally.error(|| "nobody is left to push".to_owned());
            (self.left, self.stalled) = (0, true);
        }
        let deadline = self.exchange.progress_at().saturating_add(self.timeout);
        let open = self.exchange.open();
        if open > 0 && now >= deadline {
            world.tally.error(|| format!("{open} pushes were not answered in time"));
            (self.left, self.stalled) = (0, true);
            self.exchange.finish(world);
        }
        if self.exchange.open() == 0 && self.left == 0 { Turn::Done } else { Turn::Wait(deadline) }
    }

    fn recognise(&mut self, world: &mut World, connection: usize, text: &[u8], now: u64) -> bool {
        let recognised = self.exchange.recognise(world, connection, text, now);
        if recognised {
            self.fill(world, connection);
        }
        recognised
    }

    fn heard(&mut self, world: &mut World, connection: usize, heard: &Heard, text: &[u8], now: u64) {
        if self.exchange.heard(world, connection, heard, text, now) {
            self.fill(world, connection);
        }
    }

    fn ended(&mut self, world: &mut World, connection: usize, _now: u64) {
        self.exchange.give_up(world, connection, true);
        // Its share is for the others, also for those that had nothing left to push.
        self.begun = false;
    }

    fn status(&self, world: &World) -> String {
        format!("echo: {} answered, {} to go", world.tally.units, self.left + self.exchange.open() as u64)
    }
}
