//! What is said of items that were dropped (G016).

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firecrest_pipeline::stages::Producer;
use firecrest_pipeline::{Job, Pipeline};
use tokio::time::sleep;
use tracing_subscriber::fmt::MakeWriter;

use crate::work::{Seen, push_all, settle};

/// Lines that were logged.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Keeps what this thread logs until the guard is dropped.
    pub(crate) fn keep(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(log);
        tracing::subscriber::set_default(subscriber.finish())
    }

    pub(crate) fn lines(&self, about: &str) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| line.contains(about)).map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn g016_one_line_a_second_says_how_many_were_dropped() {
    let log = Log::default();
    let _kept = log.keep();
    let seen = Seen::gated();
    let pipeline = Pipeline::builder("letters").capacity(1).max_demand(1).start(seen.handler()).unwrap();
    pipeline.push(0);
    settle().await;
    for _ in 0..3 {
        push_all(&pipeline, 0..1_001);
        sleep(Duration::from_millis(1_010)).await;
    }
    sleep(Duration::from_secs(10)).await;
    let lines = log.lines("dropped=");
    let said: u64 =
        lines.iter().map(|line| line.split("dropped=").nth(1).unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(said, pipeline.dropped());
    assert_eq!(said, 3_002);
    assert!((3..=4).contains(&lines.len()), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("WARN") && line.contains("letters")), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn g016_a_hook_is_told_and_may_silence_the_log() {
    let log = Log::default();
    let _kept = log.keep();
    let told = Arc::new(Mutex::new(Vec::new()));
    let builder = Pipeline::builder("letters").capacity(1).max_demand(1).on_drop({
        let told = Arc::clone(&told);
        move |dropped| {
            told.lock().unwrap().push(dropped);
            false
        }
    });
    let pipeline = builder.start(Seen::gated().handler()).unwrap();
    pipeline.push(0);
    settle().await;
    push_all(&pipeline, 0..6);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(*told.lock().unwrap(), [1, 4]);
    assert_eq!(log.lines("dropped="), [""; 0]);
    assert_eq!(pipeline.dropped(), 5, "the counter always counts");
}

#[tokio::test(start_paused = true)]
async fn g016_producers_say_it_too() {
    let log = Log::default();
    let _kept = log.keep();
    let producer = Producer::builder().capacity(10).build().unwrap();
    assert_eq!(producer.emit(0..15), Ok(5));
    assert_eq!(log.lines("dropped=5").len(), 1);
    assert_eq!(producer.dropped(), 5);
}

/// Where nothing can look for more a second later.
#[test]
fn g016_outside_of_a_runtime_there_is_one_line_a_second_too() {
    let log = Log::default();
    let _kept = log.keep();
    let producer = Producer::builder().capacity(10).build().unwrap();
    for _ in 0..100 {
        producer.emit(0..15).unwrap();
    }
    assert_eq!((log.lines("dropped=5").len(), log.lines("dropped=").len()), (1, 1));
    let dropped = producer.dropped();
    drop(producer);
    assert!(log.lines(&format!("dropped={}", dropped - 5)).len() == 1, "the rest at the end");
}

/// Whose items fail all the time.
#[tokio::test(start_paused = true)]
async fn failures_are_said_once_a_second() {
    let log = Log::default();
    let _kept = log.keep();
    let pipeline = Pipeline::builder("letters").start(async |_: Job<u64>| Err::<(), _>("the post is closed"));
    let pipeline = pipeline.unwrap();
    for _ in 0..3 {
        push_all(&pipeline, 0..1_000);
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!((log.lines("the post is closed").len(), pipeline.stats().failed), (3, 3_000));
}

#[tokio::test(start_paused = true)]
async fn g016_a_hook_that_panics_costs_nothing_but_itself() {
    let log = Log::default();
    let _kept = log.keep();
    let pipeline = Pipeline::builder("letters").capacity(1).max_demand(1).on_drop(|_| panic!("the hook"));
    let pipeline = pipeline.start(Seen::gated().handler()).unwrap();
    for _ in 0..2 {
        push_all(&pipeline, 0..10);
        sleep(Duration::from_secs(3)).await;
    }
    assert!(log.lines("dropped=").len() >= 2);
}
