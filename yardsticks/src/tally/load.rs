//! Many who increment and wait.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use firecrest_tally::{Counter, Tally, TallyError};
use futures_util::future::try_join_all;
use tokio::task::JoinSet;

/// How many tasks increment.
const TASKS: usize = 64;

/// How many increments each of them waits for at once.
const IN_FLIGHT: usize = 256;

/// Over how many counters the increments are spread.
pub(crate) const COUNTERS: usize = 1_000;

/// The name of a counter.
pub(crate) fn name(number: usize) -> String {
    format!("visits:/articles/{number}")
}

/// Tasks that increment, and what they have done.
pub(crate) struct Load {
    progress: Arc<Progress>,
    tasks: JoinSet<Result<(), TallyError>>,
}

#[derive(Default)]
struct Progress {
    answered: AtomicU64,
    is_over: AtomicBool,
}

impl Load {
    /// Starts [`TASKS`] tasks with [`IN_FLIGHT`] increments each, over and over. Increments are numbered; before one is made,
    /// what `turn` gives for it is waited for.
    pub(crate) async fn start<F: Future<Output = ()> + Send>(
        tally: &Tally,
        turn: impl Fn(usize) -> F + Clone + Send + 'static,
    ) -> Result<Load, TallyError> {
        let counters: Arc<[Counter]> = counters(tally).await?.into();
        let progress = Arc::<Progress>::default();
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let slot = |first| {
                let (counters, progress, turn) = (Arc::clone(&counters), Arc::clone(&progress), turn.clone());
                async move {
                    for number in (first..).step_by(TASKS * IN_FLIGHT) {
                        turn(number).await;
                        if progress.is_over.load(Ordering::Relaxed) {
                            break;
                        }
                        counters[number % COUNTERS].increment(1).await?;
                        progress.answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                }
            };
            let slots: Vec<_> = (0..IN_FLIGHT).map(|number| slot(task * IN_FLIGHT + number)).collect();
            tasks.spawn(async { try_join_all(slots).await.map(drop) });
        }
        Ok(Load { progress, tasks })
    }

    /// How many increments were answered so far.
    pub(crate) fn answered(&self) -> u64 {
        self.progress.answered.load(Ordering::Relaxed)
    }

    /// Ends the tasks when their increments are answered; how many were in all.
    ///
    /// # Errors
    /// When an increment was not.
    pub(crate) async fn stop(mut self) -> Result<u64, TallyError> {
        self.progress.is_over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            // A task that panics has said so, and is not cancelled by anybody.
            ended.unwrap_or(Err(TallyError::Closed))?;
        }
        Ok(self.answered())
    }
}

/// The counters.
async fn counters(tally: &Tally) -> Result<Vec<Counter>, TallyError> {
    let mut counters = Vec::with_capacity(COUNTERS);
    for number in 0..COUNTERS {
        counters.push(tally.counter(&name(number)).await?);
    }
    Ok(counters)
}

/// The sum of all counters.
pub(crate) async fn sum(tally: &Tally) -> Result<u64, TallyError> {
    Ok(counters(tally).await?.iter().map(|counter| counter.get().unsigned_abs()).sum())
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn every_answered_increment_is_counted() {
        let tally = Tally::in_memory();
        let load = Load::start(&tally, |_| ready(())).await.unwrap();
        while load.answered() < 100_000 {
            tokio::task::yield_now().await;
        }
        let answered = load.stop().await.unwrap();
        assert_eq!(sum(&tally).await.unwrap(), answered);
    }
}
