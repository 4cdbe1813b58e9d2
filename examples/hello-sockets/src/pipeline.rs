//! A pipeline between those who have something to say and those it is for (H19).

use std::time::Duration;

use firecrest::prelude::*;
use firecrest_pipeline::{Job, Pipeline, Stamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The event that carries an item, with the time it was handed over.
pub(crate) const EVENT: &str = "push_timed";

/// How many items may wait for all workers; an equal part of them for each.
const CAPACITY: usize = 10_000;

/// How many workers there are.
const MAX_DEMAND: usize = 10;

/// How long what waits may take when the server stops; less than a callback of the shutdown has.
const DRAIN: Duration = Duration::from_secs(4);

/// Something for a user.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Push {
    pub(crate) user_id: u64,
    pub(crate) data: Value,
}

/// What is broadcast. The user's channel takes the time out again.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Timed {
    pub(crate) data: Value,
    pub(crate) handed_over: Stamp,
}

/// Starts the workers, and finishes what waits when the endpoint has shut down.
pub(crate) fn start(endpoint: &Endpoint) -> Pipeline<Push> {
    let to = endpoint.clone();
    let pushes = Pipeline::builder("pushes")
        .capacity(CAPACITY)
        .max_demand(MAX_DEMAND)
        // What is for the same user stays in order.
        .partition_by(|push: &Push| push.user_id)
        .start(move |job: Job<Push>| {
            let endpoint = to.clone();
            async move {
                let topic = format!("user:{}", job.item().user_id);
                let handed_over = job.stamp();
                endpoint
                    .broadcast(&topic, EVENT, &Timed { data: job.into_item().data, handed_over })
                    .map(drop)
            }
        })
        .expect("the numbers are in order, and routers are made where a runtime is");
    let last = pushes.clone();
    endpoint.on_shutdown(async move || {
        last.drain(DRAIN).await;
    });
    pushes
}
