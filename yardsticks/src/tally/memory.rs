//! Memory at a rate of increments.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use firecrest_tally::Tally;
use serde::Serialize;
use tokio::time::{Instant, sleep, sleep_until};

use crate::load::Load;

/// How long the rate is kept.
const TIME: Duration = Duration::from_secs(4);

/// What was found out.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// The most that the process has had at any time.
    memory_bytes: u64,
    /// Increments that were answered.
    per_second: f64,
}

/// As many wait at any rate: each for its turn, or for its answer.
///
/// # Errors
/// When something cannot be written.
pub(crate) async fn measure(folder: &Path, per_second: u32) -> Result<Figures, Box<dyn Error>> {
    let tally = Tally::open(folder.join("tally")).await?;
    let start = Instant::now();
    let turn =
        move |number| sleep_until(start + Duration::from_secs_f64(number as f64 / f64::from(per_second)));
    let load = Load::start(&tally, turn).await?;
    sleep(TIME).await;
    let figures =
        Figures { memory_bytes: peak_memory()?, per_second: load.answered() as f64 / TIME.as_secs_f64() };
    // Nobody waits for those whose turn is far away.
    drop(load);
    tally.close().await?;
    Ok(figures)
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

    #[test]
    fn the_peak_of_this_process_is_known() {
        assert!((1 << 20..1 << 40).contains(&peak_memory().unwrap()));
    }
}
