//! When something was handed over.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use firecrest_pipeline::{Job, Pipeline, Stamp};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{advance, sleep};

use crate::work::push_all;

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Through a payload, as another node would get it when it has another number.
fn travelled(stamp: Stamp, change: impl FnOnce(&mut Value)) -> Stamp {
    let mut json = serde_json::to_value(stamp).unwrap();
    change(&mut json);
    serde_json::from_value(json).unwrap()
}

#[tokio::test(start_paused = true)]
async fn g046_on_the_same_node_the_clock_only_goes_forward() {
    let stamp = travelled(Stamp::now(), |json| json["wall_ms"] = json!(0));
    advance(Duration::from_millis(1_500)).await;
    let elapsed = stamp.elapsed();
    assert_eq!((elapsed.time.as_millis(), elapsed.cross_node), (1_500, false));
    assert_eq!(elapsed.as_millis().round(), 1_500.0);
}

#[test]
fn g046_between_nodes_it_is_the_clocks_on_the_wall_and_never_less_than_nothing() {
    let at = |wall_ms: u64| {
        let stamp = travelled(Stamp::now(), |json| {
            json["wall_ms"] = json!(wall_ms);
            json["node"] = json!(1);
        });
        stamp.elapsed()
    };
    let past = at(now() - 60_000);
    assert!(past.cross_node && (60..62).contains(&past.time.as_secs()), "{past:?}");
    assert_eq!(at(now() + 60_000).time, Duration::ZERO);
}

#[test]
fn a_stamp_of_any_numbers_is_read_without_harm() {
    for number in [0, 1, u64::MAX] {
        for own in [true, false] {
            let stamp = travelled(Stamp::now(), |json| {
                (json["wall_ms"], json["ticks"]) = (json!(number), json!(number));
                if !own {
                    json["node"] = json!(number);
                }
            });
            assert!(stamp.elapsed().as_millis() >= 0.0);
        }
    }
}

/// JavaScript's numbers are exact up to 2^53.
#[test]
fn a_stamp_survives_a_client_that_counts_in_doubles() {
    let json = serde_json::to_value(Stamp::now()).unwrap();
    for (field, value) in json.as_object().unwrap() {
        assert!(value.as_u64().unwrap() < 1 << 53, "{field} is {value}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_jobs_stamp_is_of_when_it_was_pushed() {
    let (told, mut stamps) = mpsc::unbounded_channel();
    let pipeline = Pipeline::builder("test").max_demand(1);
    let pipeline = pipeline
        .start(move |job: Job<u64>| {
            let told = told.clone();
            async move {
                told.send(job.stamp()).unwrap();
                sleep(Duration::from_secs(3)).await;
                Ok::<_, String>(())
            }
        })
        .unwrap();
    let before = now();
    push_all(&pipeline, [1, 2]);
    let (first, second) = (stamps.recv().await.unwrap(), stamps.recv().await.unwrap());
    assert_eq!((first.elapsed().time.as_secs(), second.elapsed().time.as_secs()), (3, 3));
    assert!(first.wall_ms().abs_diff(before) < 60_000);
}
