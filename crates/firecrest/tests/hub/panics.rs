//! Code of the application that panics where nobody waits for it.

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use firecrest::hub::{Bridge, Every, Keep, PollError, Polled};
use firecrest::pubsub::cluster::InProcess;
use serde::{Deserialize, Serialize, Serializer};
use tokio::time::sleep;

use crate::nodes::settle;
use crate::{hub, node, until};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Deserialize)]
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("it cannot be said")
    }
}

/// Panics when it goes, if it is odd.
#[derive(Debug, Serialize, Deserialize)]
struct Clinging(u32);

impl Drop for Clinging {
    fn drop(&mut self) {
        assert!(self.0.is_multiple_of(2) || std::thread::panicking(), "it does not want to go");
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_cannot_answer_goes_on() {
    let cluster = InProcess::new();
    let a = node(&cluster, "a");
    let odd = a.hub().topic::<Unwritable>("odd", Keep::Last).unwrap();
    let fine = a.hub().topic::<u32>("fine", Keep::Last).unwrap();
    odd.publish(Unwritable);
    fine.publish(1);
    let b = node(&cluster, "b");
    let on_b =
        (b.hub().topic::<u32>("odd", Keep::Last).unwrap(), b.hub().topic::<u32>("fine", Keep::Last).unwrap());
    until(|| on_b.1.last().is_some()).await;
    assert!(on_b.0.last().is_none());
    // It is still there a minute later.
    let mut feed = a.hub().subscribe::<u32>("back").unwrap();
    sleep(60 * SECOND).await;
    b.hub().send("back", &2).unwrap();
    assert_eq!(*feed.next().await, 2);
    fine.publish(3);
    until(|| on_b.1.last().map(|it| *it) == Some(3)).await;
}

#[tokio::test(start_paused = true)]
async fn what_goes_when_another_nodes_message_comes_may_panic() {
    let cluster = InProcess::new();
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let on_a = a.hub().topic::<Clinging>("a", Keep::Last).unwrap();
    settle().await;
    on_a.publish(Clinging(1));
    b.hub().send("a", &2).unwrap();
    until(|| on_a.last().is_some_and(|it| it.0 == 2)).await;
    b.hub().send("a", &4).unwrap();
    until(|| on_a.last().is_some_and(|it| it.0 == 4)).await;
}

/// An answer, and an error, that panic when they are looked at.
enum Answer {
    Panics,
    Value(u32),
}

impl From<Answer> for Polled<Clinging> {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Panics => panic!("no answer after all"),
            Answer::Value(value) => Polled::New(Clinging(value)),
        }
    }
}

#[derive(Debug)]
struct Unspeakable;

impl fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("there are no words for it")
    }
}

impl Error for Unspeakable {}

#[tokio::test(start_paused = true)]
async fn m030_a_poller_goes_on_whatever_panics() {
    let hub = hub();
    let topic = hub.topic::<Clinging>("a", Keep::Last).unwrap();
    let runs = AtomicU32::new(0);
    let poller = hub.poll(&topic, Every::new(SECOND).timeout(SECOND), move || {
        let run = runs.fetch_add(1, Ordering::SeqCst);
        async move {
            match run {
                0 => Ok(Answer::Value(1)),
                // What goes now panics.
                1 => Ok(Answer::Value(2)),
                2 => Ok(Answer::Panics),
                3 => Err(PollError::from(Unspeakable)),
                // What is dropped when there is no time left panics.
                4 => {
                    let _clinging = Clinging(3);
                    std::future::pending().await
                }
                _ => Ok(Answer::Value(run * 2)),
            }
        }
    });
    until(|| poller.stats().failures_in_a_row == 3).await;
    let stale = topic.stale().unwrap();
    assert!(stale.error.contains("does not want to go"), "{stale:?}");
    until(|| topic.stale().is_none()).await;
    let stats = poller.stats();
    assert_eq!((stats.runs, stats.answered, stats.failed), (6, 3, 3));
    assert_eq!(topic.last().map(|it| it.0), Some(10));
}

/// Notes what goes out.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<Bytes>>>);

impl Bridge for Out {
    fn name(&self) -> &'static str {
        "out"
    }

    fn patterns(&self) -> Vec<String> {
        vec!["a".into()]
    }

    async fn send(&self, _: &str, body: Bytes) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.0.lock().unwrap().push(body);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_bridge_goes_on_when_a_message_does_not_want_to_go() {
    let (hub, out) = (hub(), Out::default());
    let _bridged = hub.bridge(out.clone()).unwrap();
    let topic = hub.topic::<Clinging>("a", Keep::Nothing).unwrap();
    topic.publish(Clinging(1));
    topic.publish(Clinging(2));
    until(|| *out.0.lock().unwrap() == ["1", "2"]).await;
}
