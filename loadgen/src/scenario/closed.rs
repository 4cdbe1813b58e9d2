//! Questions in a closed loop: the next one follows an answer.

use firecrest_wire::client::Heard;

use super::exchange::{Exchange, Question};
use super::run::{RunError, measure};
use crate::cli::Common;
use crate::meter::Phase;
use crate::net::{Handler, Runner, State, Turn, World};

/// Each connection has so many questions in flight; an answer is followed by the next question.
#[derive(Debug)]
pub(super) struct Closed {
    /// What the progress line calls it.
    name: &'static str,
    exchange: Exchange,
    in_flight: usize,
    /// How many are still to be asked in this phase.
    left: u64,
    timeout: u64,
    begun: bool,
    /// Nothing was answered for too long, or nobody is left: no more is asked.
    stalled: bool,
}

impl Closed {
    /// Nothing asked yet.
    pub(super) fn new(
        name: &'static str,
        world: &World,
        common: &Common,
        (question, in_flight): (Question, u32),
    ) -> Closed {
        Closed {
            name,
            exchange: Exchange::new(world, question),
            in_flight: in_flight as usize,
            left: 0,
            timeout: common.timeout.nanos(),
            begun: false,
            stalled: false,
        }
    }

    /// Asks so many questions to warm up, then so many that are measured.
    pub(super) fn run(mut self, runner: &mut Runner, warmup: u64, messages: u64) -> Result<Phase, RunError> {
        self.begin(runner, warmup);
        runner.drive(&mut self)?;
        self.begin(runner, messages);
        let phase = measure(runner, &mut self)?;
        self.exchange.finish(&mut runner.world);
        Ok(phase)
    }

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

impl Handler for Closed {
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
        let left = self.left + self.exchange.open() as u64;
        format!("{}: {} answered, {left} to go", self.name, world.tally.units)
    }
}
