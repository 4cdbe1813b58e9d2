//! Increments that are on the disk when they are answered.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use firecrest_tally::{Batch, EmbeddedStore, Store, StoreError, Tally, TallyOptions};
use serde::Serialize;
use tokio::time::sleep;

use crate::by_hand::{self, Style};
use crate::load::{Load, sum};

const WARM_UP: Duration = Duration::from_millis(500);

/// How long each of them runs.
const TIME: Duration = Duration::from_secs(2);

/// What was found out.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Answered increments.
    per_second: f64,
    /// How many increments a commit had, on average.
    batch: u64,
    /// Increments by hand, each a read and a write, in transactions of as many.
    each_per_second: f64,
    /// The same with a read and a write for each counter.
    summed_per_second: f64,
}

/// A store whose commits are counted.
struct Counted {
    store: EmbeddedStore,
    commits: Arc<AtomicU64>,
}

impl Store for Counted {
    async fn load(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        self.store.load(names).await
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.store.commit(batch).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}

/// The tally first, then by hand with batches of the same size.
///
/// # Errors
/// When something cannot be written, or what was answered is not in the file.
pub(crate) async fn measure(folder: &Path) -> Result<Figures, Box<dyn Error>> {
    let (per_second, batch) = tally(&folder.join("tally")).await?;
    let by_hand = |style, name| by_hand::per_second(&folder.join(name), (batch, style), TIME);
    let each_per_second = by_hand(Style::Each, "each")?;
    let summed_per_second = by_hand(Style::Summed, "summed")?;
    Ok(Figures { per_second, batch, each_per_second, summed_per_second })
}

/// Answered increments per second, and how many a commit had on average.
async fn tally(path: &Path) -> Result<(f64, u64), Box<dyn Error>> {
    let commits = Arc::<AtomicU64>::default();
    let store = Counted { store: EmbeddedStore::open(path).await?, commits: Arc::clone(&commits) };
    let tally = Tally::with_store(store, TallyOptions::default());
    let load = Load::start(&tally, async |_| {}).await?;
    sleep(WARM_UP).await;
    let now = || (Instant::now(), load.answered(), commits.load(Ordering::Relaxed));
    let before = now();
    sleep(TIME).await;
    let after = now();
    let (answered, commits) = (after.1 - before.1, after.2 - before.2);
    let all = load.stop().await?;
    tally.close().await?;
    drop(tally);
    let kept = sum(&Tally::open(path).await?).await?;
    if kept != all {
        return Err(format!("{all} increments were answered, and {kept} are in the file").into());
    }
    Ok((answered as f64 / (after.0 - before.0).as_secs_f64(), answered / commits.max(1)))
}
