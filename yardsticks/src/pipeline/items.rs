//! Processor time of an item on its way from one task to ten others.

use std::convert::Infallible;
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use firecrest_pipeline::{ConfigError, Job, Pipeline};
use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use yardsticks::Cost;

const ITEMS: usize = 1_000_000;

const WORKERS: usize = 10;

/// How many items may wait where who hands them over waits for room.
const CAPACITY: usize = 10_000;

const DEADLINE: Duration = Duration::from_secs(30);

/// Nanoseconds of processor time for an item.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Figures {
    /// Who hands it over waits for room.
    wait_ns: Cost,
    /// There is room for all.
    room_ns: Cost,
    /// Who hands it over waits for room, and items of the same key stay in order.
    partitioned_ns: Cost,
}

/// The same without what only a pipeline does.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Plain {
    wait_ns: Cost,
    room_ns: Cost,
}

/// # Errors
/// When not all items have arrived.
pub(crate) fn pipeline(runtime: &Runtime) -> Result<Figures, Box<dyn Error>> {
    pipeline_of(runtime, ITEMS)
}

fn pipeline_of(runtime: &Runtime, items: usize) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures::default();
    let builder = || Pipeline::builder("yardstick").max_demand(WORKERS);
    figures.wait_ns.of(items, || through(runtime, builder().capacity(CAPACITY), items, true))?;
    figures.room_ns.of(items, || through(runtime, builder().capacity(items), items, false))?;
    let partitioned = builder().capacity(CAPACITY).partition_by(|item: &u64| *item);
    figures.partitioned_ns.of(items, || through(runtime, partitioned, items, true))?;
    Ok(figures)
}

/// Hands over so many items and waits until all were worked on.
fn through(
    runtime: &Runtime,
    builder: firecrest_pipeline::Builder<u64>,
    items: usize,
    waits: bool,
) -> Result<(), Box<dyn Error>> {
    let ok = runtime.block_on(async {
        let pipeline = builder.start(async |job: Job<u64>| {
            black_box(job.into_item());
            Ok::<_, Infallible>(())
        })?;
        let intake = pipeline.clone();
        let pushing = tokio::spawn(async move {
            for item in 0..items as u64 {
                if waits {
                    intake.push_wait(item).await;
                } else {
                    intake.push(item);
                }
            }
        });
        // A task that panics has handed over too few.
        let _ = pushing.await;
        pipeline.drain(DEADLINE).await;
        Ok::<_, ConfigError>(pipeline.stats().ok)
    })?;
    if ok == items as u64 { Ok(()) } else { Err(format!("{ok} of {items} items have arrived").into()) }
}

pub(crate) fn mpsc(runtime: &Runtime) -> Plain {
    let mut figures = Plain::default();
    figures.wait_ns.of(ITEMS, || plain(runtime, CAPACITY, ITEMS, true));
    figures.room_ns.of(ITEMS, || plain(runtime, ITEMS, ITEMS, false));
    figures
}

/// Hands so many items to tasks in turn, each with a channel of its own; how many have arrived.
fn plain(runtime: &Runtime, capacity: usize, items: usize, waits: bool) -> usize {
    runtime.block_on(async {
        let (mut intake, mut tasks) = (Vec::new(), Vec::new());
        for _ in 0..WORKERS {
            let (sender, mut receiver) = mpsc::channel::<u64>(capacity.div_ceil(WORKERS));
            intake.push(sender);
            tasks.push(tokio::spawn(async move {
                let mut count = 0;
                while let Some(item) = receiver.recv().await {
                    count += 1;
                    black_box(item);
                }
                count
            }));
        }
        let pushing = tokio::spawn(async move {
            for (item, sender) in (0..items as u64).zip(intake.iter().cycle()) {
                let _ = if waits { sender.send(item).await.is_ok() } else { sender.try_send(item).is_ok() };
            }
        });
        let _ = pushing.await;
        let mut count = 0;
        for task in tasks {
            count += task.await.unwrap_or(0);
        }
        count
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    }

    #[test]
    fn all_items_arrive_either_way() {
        let runtime = runtime();
        for waits in [true, false] {
            assert_eq!(plain(&runtime, 20_000, 20_000, waits), 20_000);
        }
        assert_eq!(plain(&runtime, 10, 20_000, true), 20_000);
        let figures = pipeline_of(&runtime, 20_000).unwrap();
        for cost in [figures.wait_ns, figures.room_ns, figures.partitioned_ns] {
            assert_eq!(cost.units(), 20_000);
        }
    }
}
