//! What it costs to deliver a broadcast to many.

use super::post::Post;
use super::publishing::{Plan, Published, Publishing};
use super::run::{RunError, connect, payload, prepare, rate, report};
use crate::cli::{Channel, Fanout};
use crate::report::{Report, Unit};

/// How many deliveries a run has at least when the number of messages is not given.
const DELIVERIES: u64 = 200_000;

/// How many messages it then has at least.
const MIN_MESSAGES: u64 = 40;

/// Connects and joins all, warms up, and measures the deliveries.
pub(super) fn run(options: &Fanout) -> Result<Report, RunError> {
    let payload = payload(options.payload)?;
    let per_second = options.rate.map(rate).transpose()?;
    let mut runner = prepare(&options.common, &channel(options))?;
    let topics = runner.world.topics.len();
    let options = resolve(options, topics as u64);
    connect(&mut runner, &options.common)?;
    let closed = |messages: Option<u64>| Plan::Closed {
        messages: messages.unwrap_or_default(),
        in_flight: options.in_flight,
    };
    let plan = match per_second {
        Some(deliveries) => {
            let per_second = deliveries * topics as f64 / (runner.world.joined().max(1) as f64);
            Plan::Open { per_second, duration: options.duration.nanos() }
        }
        None => closed(options.messages),
    };
    let publishing = Publishing::new(&runner.world, Post::say(&options.names, payload), &options.common);
    let Published { phase, delivery_bytes } = publishing.run(&mut runner, closed(options.warmup), plan)?;
    let report = report("fanout", &options, runner, &phase, Unit::Delivery);
    Ok(report.with_delivery_bytes(delivery_bytes))
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
}
