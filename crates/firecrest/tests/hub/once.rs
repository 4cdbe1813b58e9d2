//! Polls that nodes leave to one of them.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest::hub::{Every, Keep, PollError, Poller, Topic};
use firecrest::pubsub::cluster::InProcess;
use firecrest::{Endpoint, Source as _};
use tokio::time::{Instant, sleep};

use crate::captured::Captured;
use crate::{ms, node, until};

const EVERY: Every = Every::new(Duration::from_secs(10)).once_per_cluster();

fn topic(endpoint: &Endpoint) -> Topic<u32> {
    endpoint.hub().topic("a.b", Keep::Last).unwrap()
}

#[tokio::test(start_paused = true)]
async fn d008_when_one_is_told_not_to_come_back_the_others_do_not_come_either() {
    let cluster = InProcess::new();
    let nodes = ["a", "b", "c"].map(|name| node(&cluster, name));
    let (asked, began) = (Arc::<Mutex<Vec<u64>>>::default(), Instant::now());
    let mut topics = Vec::new();
    let pollers: Vec<Poller> = nodes
        .iter()
        .map(|node| {
            let topic = topic(node);
            topics.push(topic.clone());
            let asked = Arc::clone(&asked);
            node.hub().poll(&topic, EVERY, move || {
                asked.lock().unwrap().push(began.elapsed().as_secs());
                async { Err::<u32, _>(PollError::retry_after(Duration::from_secs(300))) }
            })
        })
        .collect();
    sleep(Duration::from_secs(2)).await;
    let first = asked.lock().unwrap().len();
    sleep(Duration::from_secs(290)).await;
    assert_eq!(asked.lock().unwrap().len(), first, "nobody asks before");
    sleep(Duration::from_secs(30)).await;
    let again = asked.lock().unwrap().len() - first;
    assert!((1..=3).contains(&again), "{again}");
    assert!(topics.iter().all(|topic| topic.stale().is_some()));
    drop(pollers);
}

#[tokio::test(start_paused = true)]
async fn d006_a_run_that_takes_long_is_the_only_one() {
    let cluster = InProcess::new();
    let nodes = ["a", "b", "c"].map(|name| node(&cluster, name));
    let (at_once, most) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
    let is_settled = Arc::<AtomicBool>::default();
    let mut pollers = Vec::new();
    for node in &nodes {
        // So that they do not begin at the same moment.
        sleep(Duration::from_secs(2)).await;
        let (at_once, most, is_settled) = (Arc::clone(&at_once), Arc::clone(&most), Arc::clone(&is_settled));
        pollers.push(node.hub().poll(&topic(node), EVERY, move || {
            let (at_once, most) = (Arc::clone(&at_once), Arc::clone(&most));
            let is_settled = is_settled.load(Ordering::SeqCst);
            async move {
                let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
                if is_settled {
                    most.fetch_max(now, Ordering::SeqCst);
                }
                sleep(Duration::from_secs(25)).await;
                at_once.fetch_sub(1, Ordering::SeqCst);
                Ok::<_, PollError>(1)
            }
        }));
    }
    sleep(Duration::from_secs(60)).await;
    is_settled.store(true, Ordering::SeqCst);
    sleep(Duration::from_secs(300)).await;
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn d008_stale_is_since_any_node_had_an_answer() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let (on_a, on_b) = (topic(&a), topic(&b));
    let fine = a.hub().poll(&on_a, EVERY, async || Ok::<_, PollError>(1));
    until(|| on_b.last().is_some()).await;
    let failing = b.hub().poll(&on_b, EVERY, async || Err::<u32, _>(PollError::new("no")));
    // Wall clocks go on in real time.
    std::thread::sleep(ms(20));
    sleep(Duration::from_secs(25)).await;
    let answered = fine.stats().last_run.unwrap();
    fine.stop().await;
    until(|| on_b.stale().is_some()).await;
    let since = on_b.stale().unwrap().since;
    // Microseconds are what nodes tell each other.
    assert!(answered.duration_since(since).unwrap_or_default() < ms(1), "{since:?} {answered:?}");
    assert!(since.duration_since(answered).unwrap_or_default() < ms(1), "{since:?} {answered:?}");
    drop(failing);
}

#[tokio::test(start_paused = true)]
async fn d008_a_new_node_knows_that_the_value_is_stale() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let on_a = topic(&a);
    on_a.publish(3);
    let every = Every::new(Duration::from_secs(3_600)).once_per_cluster();
    let poller = a.hub().poll(&on_a, every, async || Err::<u32, _>(PollError::new("no")));
    until(|| on_a.stale().is_some()).await;
    let b = node(&cluster, "b");
    let on_b = topic(&b);
    let _watched = on_b.changes();
    until(|| on_b.last().map(|it| *it) == Some(3)).await;
    until(|| on_b.stale().is_some()).await;
    assert_eq!(on_b.stale().unwrap().error, "no");
    // What a node polls for itself alone is of no interest to others: they would not hear that it is true again.
    poller.stop().await;
    let _alone = a.hub().poll(&on_a, Every::new(ms(100)), async || Err::<u32, _>(PollError::new("me")));
    until(|| on_a.stale().is_some_and(|stale| stale.error == "me")).await;
    let c = node(&cluster, "c");
    let on_c = topic(&c);
    until(|| on_c.last().is_some()).await;
    assert!(on_c.stale().is_none_or(|stale| stale.error == "no"));
}

#[tokio::test(start_paused = true)]
async fn a_topic_of_each_node_alone_cannot_be_polled_once() {
    let logs = Captured::start();
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let local = a.hub().local::<u32>("a.b", Keep::Last).unwrap();
    let _poller = a.hub().poll(&local, EVERY, async || Ok::<_, PollError>(1));
    until(|| local.last().is_some()).await;
    assert!(logs.take().contains("not once per cluster"));
}
