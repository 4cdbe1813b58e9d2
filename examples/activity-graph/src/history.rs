//! The last ticks, and what browsers are told of them.

use std::time::{Duration, UNIX_EPOCH};

use firecrest::activity::Tick;
use firecrest::hub::Topic;
use serde::Serialize;

/// How long a tick takes (M003).
pub(crate) const TICK: Duration = Duration::from_millis(750);

/// How many are remembered: 150 seconds (M004).
pub(crate) const POINTS: usize = 200;

/// The last ticks, as they were looked at last.
pub(crate) struct History {
    topic: Topic<Tick>,
    ticks: Vec<Tick>,
}

/// All ticks, oldest first, as browsers are told of them. Those from now on they are told one by one: a browser that lacks a number
/// knows that it has missed one.
#[derive(Serialize)]
pub(crate) struct Told {
    /// The number of the newest, and its time in milliseconds since 1970.
    number: u64,
    at: u64,
    /// Milliseconds that each takes.
    tick: u64,
    requests: Vec<u64>,
    sockets: Vec<u64>,
    messages: Vec<u64>,
}

impl History {
    /// What is remembered of the time until now.
    pub(crate) fn new(topic: Topic<Tick>) -> Self {
        let mut history = History { topic, ticks: Vec::new() };
        history.catch_up();
        history
    }

    /// Looks again. Returns what is new.
    pub(crate) fn catch_up(&mut self) -> &[Tick] {
        let last = self.ticks.last().map_or(0, |tick| tick.number);
        self.ticks = self.topic.recent().iter().map(|tick| **tick).collect();
        &self.ticks[self.ticks.partition_point(|tick| tick.number <= last)..]
    }

    /// All of it; nothing happened before the first.
    pub(crate) fn told(&self) -> Told {
        let before = POINTS.saturating_sub(self.ticks.len());
        let series = |count: fn(&Tick) -> u64| {
            std::iter::repeat_n(0, before).chain(self.ticks.iter().map(count)).collect()
        };
        let newest = self.ticks.last();
        Told {
            number: newest.map_or(0, |tick| tick.number),
            at: newest.map_or_else(now, |tick| tick.at),
            tick: TICK.as_millis() as u64,
            requests: series(|tick| tick.requests),
            sockets: series(|tick| tick.sockets),
            messages: series(|tick| tick.messages),
        }
    }

    /// The ticks, oldest first.
    pub(crate) fn ticks(&self) -> &[Tick] {
        &self.ticks
    }

    /// How many nodes were counted together in the newest.
    pub(crate) fn nodes(&self) -> u64 {
        self.ticks.last().map_or(1, |tick| tick.nodes)
    }
}

fn now() -> u64 {
    UNIX_EPOCH.elapsed().unwrap_or_default().as_millis() as u64
}

#[cfg(test)]
mod tests {
    use firecrest::prelude::*;

    use super::*;

    /// Where ticks are published, of which the last three are remembered.
    fn ticks() -> Topic<Tick> {
        let endpoint = Endpoint::builder().build().unwrap();
        endpoint.hub().local("ticks", Keep::Newest(3)).unwrap()
    }

    fn publish(ticks: &Topic<Tick>, numbers: std::ops::RangeInclusive<u64>) {
        for number in numbers {
            let mut tick = Tick::default();
            (tick.number, tick.requests) = (number, 10 * number);
            ticks.publish(tick);
        }
    }

    fn news(history: &mut History) -> Vec<u64> {
        history.catch_up().iter().map(|tick| tick.number).collect()
    }

    #[tokio::test]
    async fn every_tick_is_new_once() {
        let ticks = ticks();
        publish(&ticks, 1..=1);
        let mut history = History::new(ticks.clone());
        assert_eq!(news(&mut history), [0; 0]);
        publish(&ticks, 2..=3);
        assert_eq!(news(&mut history), [2, 3]);
        assert_eq!(news(&mut history), [0; 0]);
        publish(&ticks, 4..=4);
        assert_eq!(news(&mut history), [4]);
    }

    #[tokio::test]
    async fn m004_there_are_always_200_points_and_nothing_happened_before_the_first() {
        let ticks = ticks();
        let mut history = History::new(ticks.clone());
        assert_eq!(history.told().requests, [0; POINTS]);
        publish(&ticks, 1..=4);
        assert_eq!(news(&mut history), [2, 3, 4]);
        let Told { number, requests, .. } = history.told();
        assert_eq!((number, requests.len(), &requests[POINTS - 4..]), (4, POINTS, &[0, 20, 30, 40][..]));
    }
}
