//! How long items take that come all at once.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use firecrest::Endpoint;
use firecrest_pipeline::{Job, Pipeline};
use serde::Serialize;
use tokio::time::Instant;

/// Users that the items are for, in turn.
const USERS: u64 = 100;

const DEADLINE: Duration = Duration::from_secs(30);

/// What was found out, in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Until the last item was broadcast.
    last_ms: f64,
    /// In the queue: half of all items, and all but a hundredth.
    queued_p50_ms: f64,
    queued_p99_ms: f64,
}

/// Hands over so many items at once; each is broadcast to a topic of its user, as a pipeline of an application does.
///
/// # Errors
/// When an item does not arrive.
pub(crate) async fn measure(items: u64, workers: usize) -> Result<Figures, Box<dyn Error>> {
    let endpoint = Endpoint::builder().build()?;
    let times = Arc::new(Mutex::new(Vec::with_capacity(usize::try_from(items)?)));
    let pipeline = Pipeline::builder("yardstick").capacity(usize::try_from(items)?).max_demand(workers);
    let pipeline = pipeline.start({
        let times = Arc::clone(&times);
        move |job: Job<u64>| {
            let (endpoint, times) = (endpoint.clone(), Arc::clone(&times));
            async move {
                times.lock().unwrap_or_else(PoisonError::into_inner).push(job.queued());
                let topic = format!("user:{}", job.item() % USERS);
                endpoint
                    .broadcast(&topic, "push_timed", &serde_json::json!({ "number": job.item() }))
                    .map(drop)
            }
        }
    })?;
    let started = Instant::now();
    for item in 0..items {
        pipeline.push(item);
    }
    pipeline.drain(DEADLINE).await;
    let last = started.elapsed();
    let mut times = std::mem::take(&mut *times.lock().unwrap_or_else(PoisonError::into_inner));
    if times.len() as u64 != items || pipeline.stats().ok != items {
        return Err(format!("{} of {items} items have arrived", pipeline.stats().ok).into());
    }
    times.sort_unstable();
    let share = |part: usize| millis(times[(times.len() - 1) * part / 100]);
    Ok(Figures { last_ms: millis(last), queued_p50_ms: share(50), queued_p99_ms: share(99) })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_items_are_timed() {
        let figures = measure(500, 10).await.unwrap();
        assert!(figures.queued_p50_ms <= figures.queued_p99_ms && figures.queued_p99_ms <= figures.last_ms);
    }
}
