//! Everything at once, for long.

use firecrest_wire::client::Heard;

use super::broadcasts::Broadcasts;
use super::exchange::{Exchange, Question};
use super::post::Post;
use super::run::{RunError, connect, measure, payload, prepare, rate, report};
use crate::cli::Soak;
use crate::net::{Dialer, Handler, State, Turn, World, quoted};
use crate::pace::Pace;
use crate::report::{Report, Unit};

/// Publishes, echoes, closes and opens at fixed rates.
#[derive(Debug)]
struct Soaking {
    broadcasts: Broadcasts,
    echoes: Exchange,
    dialer: Dialer,
    publish_pace: Pace,
    echo_pace: Pace,
    churn_pace: Pace,
    /// Where the search for the next connection to close begins.
    next_to_close: usize,
    timeout: u64,
}

/// Connects and joins all, then soaks. A unit is a delivery or an echo.
pub(super) fn run(options: &Soak) -> Result<Report, RunError> {
    let payload = payload(options.payload)?;
    let (deliveries, echoes) = (rate(options.rate)?, rate(options.echo_rate)?);
    let churn = rate(options.churn)?;
    let mut runner = prepare(&options.common, &options.channel)?;
    connect(&mut runner, &options.common)?;
    runner.world.tally.start_measuring();
    let world = &runner.world;
    let messages = deliveries * world.topics.len() as f64 / world.joined().max(1) as f64;
    let pace = |per_second| Pace::lasting(world.now(), per_second, options.duration.nanos());
    let question = Question::Echo { event: quoted(&options.echo_event), payload: payload.clone() };
    let mut soaking = Soaking {
        broadcasts: Broadcasts::new(world, Post::say(&options.names, payload)),
        echoes: Exchange::new(world, question),
        dialer: Dialer::new(options.common.concurrency, options.common.timeout.nanos()),
        publish_pace: pace(messages),
        echo_pace: pace(echoes),
        churn_pace: pace(churn),
        next_to_close: 0,
        timeout: options.common.timeout.nanos(),
    };
    let phase = measure(&mut runner, &mut soaking)?;
    soaking.broadcasts.finish(&mut runner.world);
    soaking.echoes.finish(&mut runner.world);
    Ok(report("soak", options, runner, &phase, Unit::Delivery))
}

impl Soaking {
    fn publish_due(&mut self, world: &mut World, now: u64) {
        let topics = world.topics.len() as u64;
        while let Some((number, due)) = self.publish_pace.take(now) {
            self.broadcasts.publish(world, (number % topics) as usize, due);
        }
    }

    fn echo_due(&mut self, world: &mut World, now: u64) {
        while let Some((number, due)) = self.echo_pace.take(now) {
            let connection = (number % world.len() as u64) as usize;
            if world.state(connection) == State::Joined {
                self.echoes.ask(world, connection, due);
            }
        }
    }

    /// Closes connections and has them opened again; never one that publishes.
    fn churn_due(&mut self, world: &mut World, now: u64) {
        while self.churn_pace.take(now).is_some() {
            let candidates = (0..world.len()).map(|offset| (self.next_to_close + offset) % world.len());
            let mut closable = candidates.filter(|candidate| {
                let publisher = self.broadcasts.publisher(world.topics.of(*candidate));
                world.state(*candidate) == State::Joined && publisher != Some(*candidate)
            });
            let Some(connection) = closable.next() else { continue };
            self.next_to_close = (connection + 1) % world.len();
            self.broadcasts.leave(world, connection);
            self.echoes.give_up(world, connection, false);
            world.close(connection);
            self.dialer.add(connection);
        }
    }

    /// Whether something is missing and nothing has come for too long.
    fn is_stalled(&self, now: u64) -> bool {
        let late =
            |progress_at: u64, open: usize| open > 0 && now >= progress_at.saturating_add(self.timeout);
        late(self.broadcasts.progress_at(), self.broadcasts.open())
            || late(self.echoes.progress_at(), self.echoes.open())
    }
}

impl Handler for Soaking {
    fn turn(&mut self, world: &mut World, now: u64) -> Turn {
        self.publish_due(world, now);
        self.echo_due(world, now);
        self.churn_due(world, now);
        let dialing = self.dialer.turn(world, now);
        let paces = [&self.publish_pace, &self.echo_pace, &self.churn_pace];
        let next = paces.into_iter().filter_map(Pace::next).min();
        let open = self.broadcasts.open() + self.echoes.open();
        if self.is_stalled(now) && next.is_none() || world.joined() == 0 && world.under_way() == 0 {
            world.tally.error(|| format!("{open} broadcasts or echoes were not answered in time"));
            return Turn::Done;
        }
        if next.is_none() && dialing.is_none() && open == 0 {
            return Turn::Done;
        }
        let deadline =
            self.broadcasts.progress_at().max(self.echoes.progress_at()).saturating_add(self.timeout);
        Turn::Wait(next.into_iter().chain(dialing).min().unwrap_or(deadline))
    }

    fn joined(&mut self, world: &mut World, connection: usize, _now: u64) {
        self.broadcasts.join(world, connection);
    }

    fn recognise(&mut self, world: &mut World, connection: usize, text: &[u8], now: u64) -> bool {
        self.broadcasts.recognise(world, connection, text, now)
            || self.echoes.recognise(world, connection, text, now)
    }

    fn heard(&mut self, world: &mut World, connection: usize, heard: &Heard, text: &[u8], now: u64) {
        if !self.broadcasts.heard(world, connection, heard, text, now) {
            self.echoes.heard(world, connection, heard, text, now);
        }
    }

    fn ended(&mut self, world: &mut World, connection: usize, _now: u64) {
        self.broadcasts.end(world, connection);
        self.echoes.give_up(world, connection, true);
    }

    fn status(&self, world: &World) -> String {
        let (units, joined, tally) = (world.tally.units, world.joined(), &world.tally);
        let (lost, errors) = (tally.lost, tally.error_count);
        format!("soak: {units} deliveries and echoes, {joined} joined, lost {lost}, errors {errors}")
    }
}
