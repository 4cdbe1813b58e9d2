//! `guides/pipelines.md`: its code works, and is shown as it is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[allow(dead_code, reason = "shared with the test of another guide")]
#[path = "../../../firecrest-live/tests/guide/markdown.rs"]
mod markdown;

use std::convert::Infallible;
use std::sync::Mutex;
use std::time::Duration;

use firecrest_pipeline::stages::{Demand, Producer};
use firecrest_pipeline::{Job, Pipeline, Restart};
use markdown::blocks;

const GUIDE: &str = include_str!("../../../../guides/pipelines.md");

type Outcome = Result<(), Box<dyn std::error::Error>>;

struct Letter {
    to: &'static str,
    text: &'static str,
}

static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

async fn send(letter: Letter) -> Result<(), Infallible> {
    SENT.lock().unwrap().push(format!("{}: {}", letter.to, letter.text));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn letters_are_sent_and_the_end_waits_for_them() -> Outcome {
    let letters = Pipeline::builder("letters")
        .max_demand(4)
        .start(async |letter: Job<Letter>| send(letter.into_item()).await)?;

    letters.push(Letter { to: "ada", text: "Dear Ada" });

    let drained = letters.drain(Duration::from_secs(4)).await;
    if drained.left > 0 {
        eprintln!("{} letters were not sent", drained.left);
    }
    assert_eq!((drained.left, SENT.lock().unwrap().as_slice()), (0, ["ada: Dear Ada".to_owned()].as_slice()));
    Ok(())
}

struct Price {
    symbol: &'static str,
    cents: u64,
}

static SHOWN: Mutex<Vec<u64>> = Mutex::new(Vec::new());

async fn show(job: Job<Price>) -> Result<(), Infallible> {
    SHOWN.lock().unwrap().push(job.item().cents);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn only_the_latest_price_is_shown() -> Outcome {
    let prices = Pipeline::builder("prices")
        .coalesce_by(|price: &Price| price.symbol)
        .partition_by(|price: &Price| price.symbol)
        .expire_after(Duration::from_secs(2))
        .start(show)?;

    for cents in 1..=9 {
        prices.push(Price { symbol: "ACME", cents });
    }
    prices.drain(Duration::from_secs(1)).await;
    assert_eq!(*SHOWN.lock().unwrap(), [9]);
    Ok(())
}

struct Message {
    room: u64,
    number: u64,
}

static DELIVERED: Mutex<Vec<u64>> = Mutex::new(Vec::new());

async fn deliver(job: Job<Message>) -> Result<(), Infallible> {
    tokio::time::sleep(Duration::from_millis(100 - job.item().number)).await;
    DELIVERED.lock().unwrap().push(job.item().number);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_room_stay_in_order() -> Outcome {
    let messages =
        Pipeline::builder("messages").partition_by(|message: &Message| message.room).start(deliver)?;

    for number in 0..20 {
        messages.push(Message { room: 1, number });
    }
    messages.drain(Duration::from_secs(10)).await;
    assert_eq!(*DELIVERED.lock().unwrap(), Vec::from_iter(0..20));
    Ok(())
}

async fn resize(job: Job<u64>) -> Result<(), &'static str> {
    if job.attempt() > *job.item() as u32 { Ok(()) } else { Err("no") }
}

#[tokio::test(start_paused = true)]
async fn pictures_are_tried_again_and_then_it_is_not_the_pictures() -> Outcome {
    let pictures = Pipeline::builder("pictures")
        .timeout(Duration::from_secs(30))
        .restart(Restart::Transient { max: 3, within: Duration::from_secs(5) })
        .start(resize)?;

    pictures.push(2);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((pictures.stats().ok, pictures.stats().restarts), (1, 2));
    pictures.push(9);
    pictures.failed().await;
    assert!(!pictures.push(0).is_accepted());
    Ok(())
}

async fn fetch(wanted: usize) -> Option<Vec<u64>> {
    static NEXT: Mutex<u64> = Mutex::new(0);
    let mut next = NEXT.lock().unwrap();
    let rows: Vec<_> = (*next..200).take(wanted).collect();
    *next += rows.len() as u64;
    (!rows.is_empty()).then_some(rows)
}

async fn render(row: u64) -> String {
    format!("page {row}")
}

static PRINTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn print(batch: Vec<String>) {
    assert!(batch.len() <= 5);
    PRINTED.lock().unwrap().extend(batch);
}

#[tokio::test(start_paused = true)]
async fn rows_are_fetched_rendered_and_printed() -> Outcome {
    let rows = Producer::from_fn(fetch);
    let pages = rows.subscribe(Demand::new(100, 50)?)?.then(8, render);
    let mut books = pages.subscribe(Demand::new(10, 5)?)?;
    while let Some(batch) = books.next_batch().await {
        print(batch);
    }
    assert_eq!(*PRINTED.lock().unwrap(), Vec::from_iter((0..200).map(|row| format!("page {row}"))));
    Ok(())
}

#[test]
fn the_guide_shows_code_as_it_is() {
    let sources = [
        include_str!("main.rs"),
        include_str!("../../../../examples/hello-sockets/src/pipeline.rs"),
        include_str!("../../../../examples/hello-sockets/src/channels/user.rs"),
    ];
    let all = blocks(GUIDE, "rust");
    assert_eq!(all.len(), 9);
    for block in all {
        assert!(sources.iter().any(|source| block.is_in(source)), "this is nowhere here:\n{}", block.code());
    }
}
