//! Pollers.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest::Source as _;
use firecrest::hub::{Every, Hub, Keep, PollError, Polled, Topic};
use firecrest::pubsub::cluster::InProcess;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize, Serializer};
use tokio::time::{Instant, sleep};

use crate::{hub, ms, node, until};

const SECOND: Duration = Duration::from_secs(1);

/// Somebody who is asked, and notes when.
#[derive(Clone)]
struct Asked {
    began: Instant,
    at: Arc<Mutex<Vec<u128>>>,
}

impl Asked {
    fn new() -> Self {
        Asked { began: Instant::now(), at: Arc::default() }
    }

    /// Returns how often it has been asked.
    fn note(&self) -> u32 {
        let mut at = self.at.lock().unwrap();
        at.push(self.began.elapsed().as_millis());
        u32::try_from(at.len()).unwrap()
    }

    fn times(&self) -> Vec<u128> {
        self.at.lock().unwrap().clone()
    }
}

fn topic(hub: &Hub) -> Topic<u32> {
    hub.topic("github.stars", Keep::Last).unwrap()
}

#[tokio::test(start_paused = true)]
async fn d006_one_poll_for_all_who_look() {
    let hub = hub();
    let (topic, asked) = (topic(&hub), Asked::new());
    let asking = asked.clone();
    let _poller = hub.poll(&topic, Every::new(10 * SECOND), move || {
        let count = asking.note();
        async move { Ok::<_, PollError>(count) }
    });
    let mut feeds: Vec<_> = (0..100).map(|_| topic.subscribe()).collect();
    for feed in &mut feeds {
        assert_eq!((*feed.next().await, *feed.next().await), (1, 2));
    }
    assert_eq!(asked.times(), [0, 10_000]);
}

#[tokio::test(start_paused = true)]
async fn m029_the_first_poll_is_at_once_unless_it_is_delayed() {
    let hub = hub();
    let (now, later) = (Asked::new(), Asked::new());
    let ask = |asked: &Asked| {
        let asked = asked.clone();
        move || {
            let count = asked.note();
            async move { Ok::<_, PollError>(count) }
        }
    };
    let _pollers = (
        hub.poll(&topic(&hub), Every::new(SECOND), ask(&now)),
        hub.poll(&topic(&hub), Every::new(SECOND).delayed(), ask(&later)),
    );
    sleep(ms(2_500)).await;
    assert_eq!((now.times(), later.times()), (vec![0, 1_000, 2_000], vec![1_000, 2_000]));
}

#[tokio::test(start_paused = true)]
async fn d007_the_interval_is_from_start_to_start_and_polls_never_overlap() {
    let hub = hub();
    let asked = Asked::new();
    let asking = asked.clone();
    let topic = topic(&hub);
    let poller = hub.poll(&topic, Every::new(SECOND), move || {
        let count = asking.note();
        async move {
            sleep(if count == 2 { ms(1_700) } else { ms(300) }).await;
            Ok::<_, PollError>(count)
        }
    });
    // What else happens has no influence on when it is asked.
    for _ in 0..50 {
        sleep(ms(100)).await;
        topic.publish(0);
    }
    assert_eq!(asked.times(), [0, 1_000, 2_700, 3_700, 4_700]);
    assert_eq!(poller.stats().runs, 5);
}

#[tokio::test(start_paused = true)]
async fn m029_jitter_makes_polls_later_but_not_much() {
    let hub = hub();
    let asked = Asked::new();
    let asking = asked.clone();
    let _poller = hub.poll(&topic(&hub), Every::new(SECOND).jitter(ms(500)), move || {
        let count = asking.note();
        async move { Ok::<_, PollError>(count) }
    });
    sleep(100 * SECOND).await;
    let times = asked.times();
    let pauses: Vec<_> = times.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(pauses.iter().all(|pause| (1_000..=1_501).contains(pause)), "{pauses:?}");
    assert!(
        pauses.iter().any(|pause| *pause > 1_200) && pauses.iter().any(|pause| *pause < 1_300),
        "{pauses:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn d008_after_a_failure_the_last_value_stays_and_is_stale() {
    let hub = hub();
    let (topic, asked) = (topic(&hub), Asked::new());
    let asking = asked.clone();
    let poller = hub.poll(&topic, Every::new(10 * SECOND), move || {
        let count = asking.note();
        async move {
            match count {
                1 | 6 => Ok(count),
                2 => Err(PollError::from(io::Error::other("connection refused"))),
                3 => panic!("the answer makes no sense"),
                _ => std::future::pending().await,
            }
        }
    });
    let (mut feed, mut changes) = (topic.subscribe(), topic.changes());
    assert_eq!((*feed.next().await, topic.stale()), (1, None));
    changes.next().await;
    changes.next().await;
    let stale = topic.stale().unwrap();
    assert_eq!((stale.error.as_str(), topic.last().map(|it| *it)), ("connection refused", Some(1)));
    until(|| topic.stale().unwrap().error.contains("makes no sense")).await;
    assert_eq!(topic.stale().unwrap().since, stale.since, "since it was known to be true");
    until(|| topic.stale().unwrap().error.contains("30s")).await;
    assert_eq!((*feed.next().await, topic.stale()), (6, None));
    // After 10 s as always, then 20, 40 and 80 s after the end of what failed.
    assert_eq!(asked.times(), [0, 10_000, 20_000, 40_000, 110_000, 220_000]);
    let stats = poller.stats();
    assert_eq!((stats.runs, stats.answered, stats.failed, stats.failures_in_a_row), (6, 2, 4, 0));
    assert!(stats.last_error.unwrap().contains("30s"));
}

#[tokio::test(start_paused = true)]
async fn m030_failures_are_counted_and_the_next_poll_goes_on() {
    let hub = hub();
    let poller = hub.poll(&topic(&hub), Every::new(SECOND), async || Err::<u32, _>(PollError::new("no")));
    until(|| poller.stats().failed == 5).await;
    let stats = hub.stats().pollers.remove(0);
    assert_eq!((stats.name.as_str(), stats.runs, stats.failures_in_a_row), ("github.stars", 5, 5));
    assert_eq!(stats.last_error.as_deref(), Some("no"));
    assert!(stats.last_run.is_some());
    assert!(topic(&hub).last().is_none() && topic(&hub).stale().is_some());
}

#[tokio::test(start_paused = true)]
async fn d008_whoever_is_asked_says_when_to_come_back() {
    let hub = hub();
    let asked = Asked::new();
    let asking = asked.clone();
    let _poller = hub.poll(&topic(&hub), Every::new(10 * SECOND), move || {
        let count = asking.note();
        async move {
            match count {
                1 => Err(PollError::retry_after(60 * SECOND)),
                2 => Err(PollError::new("slow down").after(SECOND)),
                _ => Ok(count),
            }
        }
    });
    sleep(95 * SECOND).await;
    assert_eq!(asked.times(), [0, 60_000, 80_000, 90_000], "not before that, nor before the usual time");
}

#[tokio::test(start_paused = true)]
async fn d008_an_unchanged_value_is_neither_sent_again_nor_stale() {
    let hub = hub();
    let (topic, asked) = (topic(&hub), Asked::new());
    let asking = asked.clone();
    let _poller = hub.poll(&topic, Every::new(SECOND), move || {
        let count = asking.note();
        async move {
            match count {
                1 => Ok(Polled::New(count)),
                2 => Err(PollError::new("not now")),
                _ => Ok(Polled::Unchanged),
            }
        }
    });
    let count = topic.count();
    until(|| topic.stale().is_some()).await;
    until(|| topic.stale().is_none()).await;
    sleep(5 * SECOND).await;
    assert_eq!((count.total(), topic.last().map(|it| *it)), (1, Some(1)));
}

#[tokio::test(start_paused = true)]
async fn d006_nobody_looks_and_nobody_is_asked() {
    let hub = hub();
    let (topic, asked) = (topic(&hub), Asked::new());
    let asking = asked.clone();
    let _poller = hub.poll(&topic, Every::new(10 * SECOND).only_while_watched(), move || {
        let count = asking.note();
        async move { Ok::<_, PollError>(count) }
    });
    sleep(ms(3_000)).await;
    assert_eq!(asked.times(), [0; 0]);
    // Somebody comes: at once. And again soon: what is known is new enough.
    let changes = topic.changes();
    sleep(SECOND).await;
    drop(changes);
    let feed = hub.subscribe::<u32>("github.>").unwrap();
    sleep(14 * SECOND).await;
    drop(feed);
    assert_eq!(asked.times(), [3_000, 13_000]);
    sleep(60 * SECOND).await;
    assert_eq!(asked.times(), [3_000, 13_000]);
    let _feed = topic.subscribe();
    sleep(SECOND).await;
    assert_eq!(asked.times(), [3_000, 13_000, 78_000]);
}

#[tokio::test(start_paused = true)]
async fn m029_a_poller_stops_at_once_even_while_it_asks() {
    let hub = hub();
    let poller = hub.poll(&topic(&hub), Every::new(SECOND), async || {
        std::future::pending::<Result<u32, PollError>>().await
    });
    until(|| poller.stats().runs == 1).await;
    let began = Instant::now();
    poller.stop().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(hub.stats().pollers.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_poller_ends_with_its_handle_unless_it_is_left_to_the_endpoint() {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let hub = hub();
    let ask = async || Ok::<_, PollError>(ASKED.fetch_add(1, Ordering::SeqCst));
    drop(hub.poll(&topic(&hub), Every::new(SECOND), ask));
    sleep(10 * SECOND).await;
    assert_eq!(ASKED.load(Ordering::SeqCst), 0);
    hub.poll(&topic(&hub), Every::new(SECOND), ask).detach();
    until(|| ASKED.load(Ordering::SeqCst) == 3).await;
}

/// In virtual time two moments are often equal that are not in real time.
#[tokio::test]
async fn d007_in_real_time_too_polls_go_on_at_their_pace() {
    let hub = hub();
    let asked = Asked::new();
    let asking = asked.clone();
    let topic = topic(&hub);
    let _poller = hub.poll(&topic, Every::new(ms(20)).only_while_watched(), move || {
        let count = asking.note();
        async move { if count.is_multiple_of(5) { Err(PollError::new("every fifth")) } else { Ok(count) } }
    });
    let mut feed = topic.subscribe();
    while *feed.next().await < 12 {}
    let times = asked.times();
    let last = *times.last().unwrap();
    assert!(times.len() >= 12 && last >= 11 * 20, "{times:?}");
    assert!(times.windows(2).all(|two| two[1] - two[0] >= 19), "{times:?}");
}

#[test]
fn m029_an_interval_is_never_nothing() {
    assert_eq!(Every::new(Duration::ZERO), Every::new(ms(1)));
}

#[tokio::test(start_paused = true)]
async fn m029_an_interval_without_end_is_a_year() {
    let hub = hub();
    let every = Every::new(Duration::MAX).jitter(Duration::MAX).timeout(Duration::MAX);
    let _delayed = hub.poll(&topic(&hub), every.delayed(), async || Ok::<_, PollError>(2));
    let asked = Asked::new();
    let asking = asked.clone();
    let _poller = hub.poll(&topic(&hub), every, move || {
        let count = asking.note();
        async move { Ok::<_, PollError>(count) }
    });
    let year = 365 * 24 * 3_600 * SECOND;
    sleep(4 * year).await;
    assert!(asked.times().len() >= 2 && asked.times()[1] >= year.as_millis(), "{:?}", asked.times());
}

#[test]
fn errors_say_what_was_behind_them() {
    let inner = io::Error::new(io::ErrorKind::TimedOut, "no answer");
    let outer = io::Error::other(inner);
    assert_eq!(PollError::from(outer).to_string(), "no answer");
    assert!(PollError::retry_after(SECOND).to_string().contains("1s"));
}

#[tokio::test(start_paused = true)]
async fn m030_a_panic_on_the_way_to_the_listeners_does_not_end_the_poller() {
    #[derive(Debug, Deserialize)]
    struct Unwritable;
    impl Serialize for Unwritable {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("it cannot be said")
        }
    }
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let _feed = b.hub().subscribe::<u32>("a").unwrap();
    let topic = a.hub().topic::<Unwritable>("a", Keep::Last).unwrap();
    sleep(SECOND).await;
    let poller = a.hub().poll(&topic, Every::new(SECOND), async || Ok::<_, PollError>(Unwritable));
    until(|| poller.stats().runs == 3).await;
    assert!(topic.last().is_some());
}
