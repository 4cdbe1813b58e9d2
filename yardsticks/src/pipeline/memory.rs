//! Memory at a rate that nobody can work at.

use std::convert::Infallible;
use std::error::Error;
use std::fs;

use firecrest_pipeline::{Job, Pipeline};
use serde::Serialize;

const ITEMS: u64 = 10_000_000;

const CAPACITY: usize = 10_000;

/// What was found out.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// What the process has grown by at most.
    memory_bytes: u64,
    /// Most items that have waited.
    depth: usize,
    dropped: u64,
}

/// Ten million items for workers that stand still.
///
/// # Errors
/// When an item is neither there nor counted as dropped.
pub(crate) async fn measure() -> Result<Figures, Box<dyn Error>> {
    measure_of(ITEMS).await
}

async fn measure_of(items: u64) -> Result<Figures, Box<dyn Error>> {
    let before = peak_memory()?;
    let pipeline = Pipeline::builder("yardstick").capacity(CAPACITY).max_demand(10).on_drop(|_| false);
    let pipeline = pipeline.start(async |_: Job<[u64; 8]>| {
        std::future::pending::<()>().await;
        Ok::<_, Infallible>(())
    })?;
    let mut depth = 0;
    for item in 0..items {
        pipeline.push([item; 8]);
        if item % 1_000 == 0 {
            depth = depth.max(pipeline.depth());
            tokio::task::yield_now().await;
        }
    }
    let stats = pipeline.stats();
    if stats.depth as u64 + stats.active as u64 + stats.dropped.lost() != items {
        return Err(format!("of {items} items some are missing: {stats:?}").into());
    }
    let memory_bytes = peak_memory()?.saturating_sub(before);
    Ok(Figures { memory_bytes, depth: depth.max(stats.depth), dropped: stats.dropped.lost() })
}

/// Of this process, in bytes.
fn peak_memory() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")).ok_or("the peak is not known")?;
    Ok(kibibytes.trim().parse::<u64>()? * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_buffer_fills_and_the_rest_is_dropped() {
        let figures = measure_of(50_000).await.unwrap();
        assert_eq!((figures.depth, figures.dropped), (10_000, 39_990));
    }
}
