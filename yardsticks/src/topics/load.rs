//! The work that is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use firecrest_pubsub::{Broadcast, Subscriber, SubscriberId};
use firecrest_wire::Payload;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use serde::Serialize;
use yardsticks::Cost;

use crate::registry::Registry;

/// Units that are prepared, and then done while the clock runs: what the preparation takes of the processor's caches is
/// the same for every size.
const BATCH: usize = 1_000;

/// What one of many topics costs.
#[derive(Debug, Serialize)]
pub(crate) struct Topics {
    topics: u64,
    subscribe_ns: Cost,
    broadcast_ns: Cost,
    unsubscribe_ns: Cost,
}

/// What one of many subscribers of a topic costs.
#[derive(Debug, Serialize)]
pub(crate) struct Subscribers {
    subscribers: u64,
    subscribe_ns: Cost,
    unsubscribe_ns: Cost,
}

/// Counts what it is given.
#[derive(Default)]
struct Counter(AtomicU64);

impl Subscriber for Counter {
    fn deliver(&self, _broadcast: &Arc<Broadcast>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Subscribes to so many topics, broadcasts to each, unsubscribes; over and over, until each of them has taken `enough`
/// processor time. Broadcasts and unsubscribes come in random order.
pub(crate) fn topics<R: Registry>(size: u64, enough: Duration) -> Topics {
    let mut costs = Topics {
        topics: size,
        subscribe_ns: Cost::default(),
        broadcast_ns: Cost::default(),
        unsubscribe_ns: Cost::default(),
    };
    let (mut random, mut order) = (StdRng::seed_from_u64(size), (0..size).collect::<Vec<_>>());
    while ![&costs.subscribe_ns, &costs.broadcast_ns, &costs.unsubscribe_ns]
        .iter()
        .all(|cost| cost.is(enough))
    {
        let registry = R::default();
        let names = order.iter().map(|number| name(*number));
        let mut subscriptions = subscribe(&registry, names, &mut costs.subscribe_ns);
        order.shuffle(&mut random);
        for batch in order.chunks(BATCH) {
            let say = |number: &u64| Broadcast::new(name(*number), "said", Payload::empty());
            let broadcasts: Vec<_> = batch.iter().map(say).collect();
            let say = |broadcast| registry.broadcast(broadcast);
            let receivers: usize =
                costs.broadcast_ns.of(batch.len(), || broadcasts.into_iter().map(say).sum());
            assert_eq!(receivers, batch.len(), "every topic has one subscriber");
        }
        subscriptions.shuffle(&mut random);
        costs.unsubscribe_ns.of(subscriptions.len(), || drop(subscriptions));
    }
    costs
}

/// Subscribes so many to one topic, and unsubscribes them in random order; over and over, until each of the two has taken
/// `enough` processor time.
pub(crate) fn subscribers<R: Registry>(size: u64, enough: Duration) -> Subscribers {
    let mut costs =
        Subscribers { subscribers: size, subscribe_ns: Cost::default(), unsubscribe_ns: Cost::default() };
    let mut random = StdRng::seed_from_u64(size);
    while ![&costs.subscribe_ns, &costs.unsubscribe_ns].iter().all(|cost| cost.is(enough)) {
        let registry = R::default();
        let names = (0..size).map(|_| name(0));
        let mut subscriptions = subscribe(&registry, names, &mut costs.subscribe_ns);
        subscriptions.shuffle(&mut random);
        costs.unsubscribe_ns.of(subscriptions.len(), || drop(subscriptions));
    }
    costs
}

fn subscribe<R: Registry>(
    registry: &R,
    mut names: impl Iterator<Item = String>,
    cost: &mut Cost,
) -> Vec<R::Subscription> {
    let mut subscriptions = Vec::with_capacity(names.size_hint().0);
    loop {
        let batch: Vec<_> = names.by_ref().take(BATCH).map(|name| (name, somebody())).collect();
        if batch.is_empty() {
            return subscriptions;
        }
        cost.of(batch.len(), || {
            let each = batch.into_iter();
            subscriptions
                .extend(each.map(|(name, (owner, counter))| registry.subscribe(&name, owner, counter)));
        });
    }
}

fn somebody() -> (SubscriberId, Arc<dyn Subscriber>) {
    (SubscriberId::unique(), Arc::new(Counter::default()))
}

fn name(number: u64) -> String {
    format!("bench:{number}")
}

#[cfg(test)]
mod tests {
    use firecrest_pubsub::PubSub;
    use serde_json::{Value, to_value};

    use super::*;
    use crate::registry::PlainMap;

    const BRIEF: Duration = Duration::from_nanos(1);

    fn is_positive(report: &Value, field: &str) -> bool {
        report[field].as_f64().is_some_and(|cost| cost > 0.0)
    }

    #[test]
    fn many_topics_are_reported_by_their_number_and_three_costs() {
        for report in [topics::<PubSub>(2_500, BRIEF), topics::<PlainMap>(2_500, BRIEF)] {
            let report = to_value(report).unwrap();
            assert_eq!(report["topics"], 2_500);
            for field in ["subscribe_ns", "broadcast_ns", "unsubscribe_ns"] {
                assert!(is_positive(&report, field), "{report}");
            }
        }
    }

    #[test]
    fn many_subscribers_are_reported_by_their_number_and_two_costs() {
        for report in [subscribers::<PubSub>(2_500, BRIEF), subscribers::<PlainMap>(2_500, BRIEF)] {
            let report = to_value(report).unwrap();
            assert_eq!(report["subscribers"], 2_500);
            assert!(
                is_positive(&report, "subscribe_ns") && is_positive(&report, "unsubscribe_ns"),
                "{report}"
            );
        }
    }

    #[test]
    fn everybody_is_subscribed_whatever_the_batches() {
        let (pubsub, mut cost) = (PubSub::new(), Cost::default());
        let subscriptions = subscribe(&pubsub, (0..2_500).map(name), &mut cost);
        assert_eq!((subscriptions.len(), pubsub.topics(), cost.units()), (2_500, 2_500, 2_500));
        drop(subscriptions);
        assert_eq!(pubsub.topics(), 0);
    }
}
