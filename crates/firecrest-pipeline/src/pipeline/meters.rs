//! What operators see.

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

/// Handles of a pipeline's metrics, looked up once.
pub(super) struct Meters {
    pub(super) depth: Gauge,
    pub(super) active: Gauge,
    pub(super) queue_time: Histogram,
    pub(super) process_time: Histogram,
    pub(super) ok: Counter,
    pub(super) failed: Counter,
    pub(super) timeout: Counter,
    pub(super) skipped: Counter,
    pub(super) restarts: Counter,
    pub(super) oldest: Counter,
    pub(super) newest: Counter,
    pub(super) expired: Counter,
    pub(super) coalesced: Counter,
    pub(super) left: Counter,
}

impl Meters {
    pub(super) fn new(name: &str) -> Self {
        let pipeline = || name.to_owned();
        let items = |result| counter!("pipeline.items", "pipeline" => pipeline(), "result" => result);
        let dropped =
            |reason| counter!("pipeline.buffer.dropped", "pipeline" => pipeline(), "reason" => reason);
        Meters {
            depth: gauge!("pipeline.buffer.depth", "pipeline" => pipeline()),
            active: gauge!("pipeline.worker.active", "pipeline" => pipeline()),
            queue_time: histogram!("pipeline.queue_time", "pipeline" => pipeline()),
            process_time: histogram!("pipeline.worker.process_time", "pipeline" => pipeline()),
            ok: items("ok"),
            failed: items("failed"),
            timeout: items("timeout"),
            skipped: counter!("pipeline.push_skipped", "pipeline" => pipeline(), "reason" => "no_listener"),
            restarts: counter!("pipeline.restarts", "pipeline" => pipeline()),
            oldest: dropped("oldest"),
            newest: dropped("newest"),
            expired: dropped("expired"),
            coalesced: dropped("coalesced"),
            left: dropped("shutdown"),
        }
    }
}
