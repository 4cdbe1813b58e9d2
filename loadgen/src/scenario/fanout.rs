//! What it costs to deliver a broadcast to many.

use firecrest_wire::client::Heard;

use super::broadcasts::Broadcasts;
use super::run::{RunError, connect, measure, payload, prepare, rate, report};
use crate::cli::{Channel, Fanout};
use crate::net::{Handler, Turn, World};
use crate::pace::Pace;
use crate::report::{Report, Unit};

/// How many deliveries a run has at least when the number of messages is not given.
const DELIVERIES: u64 = 200_000;

/// How many messages it then has at least.
const MIN_MESSAGES: u64 = 40;

/// Publishes on every topic and waits for the deliveries.
#[derive(Debug)]
struct Publishing {
    broadcasts: Broadcasts,
    plan: Plan,
    timeout: u64,
    stalled: bool,
}

/// When to publish.
#[derive(Debug)]
enum Plan {
    /// When fewer than so many are under way on a topic; `left` is how many each topic still has to publish.
    Closed { in_flight: usize, left: Vec<u64> },
    /// At these times, on each topic in turn.
    Open(Pace),
}

/// Connects and joins all, warms up, and measures the deliveries.
pub(super) fn run(options: &Fanout) -> Result<Report, RunError> {
    let payload = payload(options.payload)?;
    let per_second = options.rate.map(rate).transpose()?;
    let mut runner = prepare(&options.common, &channel(options))?;
    let options = resolve(options, runner.world.topics.len() as u64);
    connect(&mut runner, &options.common)?;
    let topics = runner.world.topics.len();
    let in_flight = options.in_flight as usize;
    let closed = |messages| Plan::Closed { in_flight, left: share(messages, topics) };
    let mut publishing = Publishing {
        broadcasts: Broadcasts::new(&runner.world, payload, &options.names),
        plan: closed(options.warmup.unwrap_or_default()),
        timeout: options.common.timeout.nanos(),
        stalled: false,
    };
    runner.drive(&mut publishing)?;
    runner.world.tally.start_measuring();
    publishing.plan = match per_second {
        Some(deliveries) => {
            let messages = deliveries * topics as f64 / (runner.world.joined().max(1) as f64);
            Plan::Open(Pace::lasting(runner.world.now(), messages, options.duration.nanos()))
        }
        None => closed(options.messages.unwrap_or_default()),
    };
    let phase = measure(&mut runner, &mut publishing)?;
    publishing.broadcasts.finish(&mut runner.world);
    Ok(report("fanout", &options, runner, &phase, Unit::Delivery))
}

/// The channel with the topic's pattern, which has a placeholder if there are to be several topics.
fn channel(options: &Fanout) -> Channel {
    let (channel, topics) = (options.channel.clone(), options.topics);
    if topics == 1 || channel.topic.contains("{n") {
        return channel;
    }
    Channel { topic: format!("{}:{{n%{topics}}}", channel.topic), ..channel }
}

/// With the numbers filled in that were left to choose.
fn resolve(options: &Fanout, topics: u64) -> Fanout {
    let subscribers = (u64::from(options.common.connections) / topics).max(1);
    let usual = (DELIVERIES / subscribers).max(MIN_MESSAGES).max(topics);
    let messages = options.messages.unwrap_or(usual);
    let planned = match options.rate {
        Some(rate) => rate * options.duration.0.as_secs_f64() / subscribers as f64,
        None => messages as f64,
    };
    let warmup = options.warmup.unwrap_or((planned / 20.0) as u64);
    let messages = options.rate.is_none().then_some(messages);
    Fanout { messages, warmup: Some(warmup), ..options.clone() }
}

/// Spreads messages over topics: the first ones get what is left over.
fn share(messages: u64, topics: usize) -> Vec<u64> {
    let topics = topics.max(1) as u64;
    (0..topics).map(|topic| messages / topics + u64::from(topic < messages % topics)).collect()
}

impl Publishing {
    /// Publishes on a topic until enough are under way.
    fn fill(&mut self, world: &mut World, topic: usize) {
        let Plan::Closed { in_flight, left } = &mut self.plan else { return };
        let left = &mut left[topic];
        while *left > 0 && self.broadcasts.open_on(topic) < *in_flight {
            let now = world.now();
            if !self.broadcasts.publish(world, topic, now) {
                break;
            }
            *left -= 1;
        }
    }

    /// Publishes what is due; gives when the next is, none when all is published.
    fn publish_due(&mut self, world: &mut World, now: u64) -> Option<u64> {
        let topics = world.topics.len() as u64;
        let Plan::Open(pace) = &mut self.plan else { return None };
        while let Some((number, due)) = pace.take(now) {
            self.broadcasts.publish(world, (number % topics) as usize, due);
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

impl Handler for Publishing {
    fn turn(&mut self, world: &mut World, now: u64) -> Turn {
        let mut next = self.publish_due(world, now);
        if self.broadcasts.open() == 0 {
            // The beginning of a phase: from then on a delivery is followed by the next message.
            (0..world.topics.len()).for_each(|topic| self.fill(world, topic));
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
            self.fill(world, world.topics.of(connection));
        }
        recognised
    }

    fn heard(&mut self, world: &mut World, connection: usize, heard: &Heard, text: &[u8], now: u64) {
        if self.broadcasts.heard(world, connection, heard, text, now) {
            self.fill(world, world.topics.of(connection));
        }
    }

    fn ended(&mut self, world: &mut World, connection: usize, _now: u64) {
        self.broadcasts.end(world, connection);
        self.fill(world, world.topics.of(connection));
    }

    fn status(&self, world: &World) -> String {
        format!("fanout: {} deliveries, {} broadcasts under way", world.tally.units, self.broadcasts.open())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Scenario};

    fn options(words: &str) -> Fanout {
        let words = format!("firecrest-loadgen fanout --url ws://h/ {words}");
        match Cli::try_parse_from(words.split_whitespace()).unwrap().scenario {
            Scenario::Fanout(fanout) => fanout,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_usual_number_of_messages_makes_two_hundred_thousand_deliveries() {
        let resolved = |words: &str, topics| {
            let options = resolve(&options(words), topics);
            (options.messages, options.warmup)
        };
        assert_eq!(resolved("--connections 1000", 1), (Some(200), Some(10)));
        assert_eq!(resolved("--connections 20000", 1), (Some(40), Some(2)));
        assert_eq!(resolved("--connections 1000", 10), (Some(2000), Some(100)));
        assert_eq!(resolved("--connections 1000 --messages 9 --warmup 3", 1), (Some(9), Some(3)));
        assert_eq!(resolved("--connections 1000 --rate 10000 --duration 10s", 1), (None, Some(5)));
    }

    #[test]
    fn several_topics_need_a_placeholder() {
        assert_eq!(channel(&options("")).topic, "bench:all");
        assert_eq!(channel(&options("--topics 4")).topic, "bench:all:{n%4}");
        assert_eq!(channel(&options("--topics 4 --topic a:{n%4}:b")).topic, "a:{n%4}:b");
    }

    #[test]
    fn messages_are_shared_out_evenly() {
        assert_eq!(share(7, 3), [3, 2, 2]);
        assert_eq!(share(2, 1), [2]);
    }
}
