//! A few of many messages.

use std::time::Duration;

use firecrest::hub::{Keep, Sample};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::{Instant, sleep};

use crate::{hub, ms};

fn shown(sample: Option<Option<Sample<u32>>>) -> Option<(Vec<u32>, u64)> {
    sample.flatten().map(|sample| (sample.items.iter().map(|it| **it).collect(), sample.skipped))
}

#[tokio::test(start_paused = true)]
async fn d014_a_flood_becomes_two_a_second_and_how_many_were_skipped() {
    let topic = hub().topic::<u32>("posts", Keep::Nothing).unwrap();
    let mut sampled = topic.subscribe().sampled(2, Duration::from_secs(1));
    assert_eq!(shown(sampled.next().now_or_never()), None);
    topic.publish(0);
    assert_eq!(shown(sampled.next().now_or_never()), Some((vec![0], 0)), "the first comes at once");
    let flood = tokio::spawn(async move {
        for number in 1..=10_000 {
            topic.publish(number);
            sleep(ms(1)).await;
        }
        topic
    });
    let (began, mut skipped, mut seen) = (Instant::now(), 0, 0);
    for second in 1..=9 {
        let sample = sampled.next().await.unwrap();
        assert_eq!((sample.items.len(), began.elapsed().as_millis() / 10), (2, 100 * second));
        skipped += sample.skipped;
        seen += 2;
    }
    let topic = flood.await.unwrap();
    let (items, more) = shown(Some(sampled.next().await)).unwrap();
    assert_eq!(items.last(), Some(&10_000), "the newest is shown");
    assert_eq!(seen + skipped + more + items.len() as u64, 10_000, "every one is accounted for");
    drop(topic);
}

#[tokio::test(start_paused = true)]
async fn d014_what_comes_slowly_is_not_sampled() {
    let topic = hub().topic::<u32>("posts", Keep::Nothing).unwrap();
    let mut sampled = topic.subscribe().sampled(2, Duration::from_secs(1));
    for number in 0..10 {
        topic.publish(number);
        let began = Instant::now();
        assert_eq!(shown(Some(sampled.next().await)), Some((vec![number], 0)));
        assert!(began.elapsed() < ms(1), "{number}");
        sleep(Duration::from_secs(2)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn d014_what_waited_before_is_among_the_skipped() {
    let hub = hub();
    let feed = hub.subscribe::<u32>("a").unwrap();
    (0..10).for_each(|number| hub.send("a", &number).unwrap());
    let sample = feed.sampled(2, ms(1_000)).next().await.unwrap();
    assert_eq!((sample.items.iter().map(|it| **it).collect::<Vec<_>>(), sample.skipped), (vec![8, 9], 8));
}
