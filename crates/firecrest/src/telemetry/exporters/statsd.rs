//! Metrics that are sent to a StatsD daemon, in the lines of DogStatsD.

use std::collections::HashMap;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Label, Metadata, Recorder, SharedString, Unit,
};
use metrics_exporter_dogstatsd::{BuildError, DogStatsDBuilder};

use super::config::StatsD;
use super::installed::BoxRecorder;
use super::{Exporters, ExportersError};

/// How often metrics are sent. The datagrams are spread over as long again, so that nothing that is recorded waits longer than a second
/// (G057). What is counted on the way of messages is recorded [once a second](crate::telemetry::publish), and so two seconds old at most.
const INTERVAL: Duration = Duration::from_millis(500);

/// Longest datagram, in bytes: one that fits into an Ethernet frame.
const DATAGRAM: usize = 1_432;

/// Most values of a histogram in one interval; of more, a choice is sent.
const SAMPLES: usize = 1_024;

/// Longest name, and longest key or value of a tag, in bytes.
const LONGEST: usize = 200;

/// The recorder, whose thread begins to send.
pub(super) fn build(daemon: &StatsD, exporters: &Exporters) -> Result<BoxRecorder, ExportersError> {
    let error = |error: BuildError| ExportersError::Exporter(error.to_string());
    let recorder = DogStatsDBuilder::default()
        .with_remote_address(resolve(&daemon.0)?.to_string())
        .map_err(error)?
        .with_maximum_payload_length(DATAGRAM)
        .map_err(error)?
        .with_flush_interval(INTERVAL)
        .with_telemetry(false)
        .with_histogram_sampling(true)
        .with_histogram_reservoir_size(SAMPLES)
        .send_histograms_as_distributions(false)
        .build()
        .map_err(error)?;
    let tags = exporters.tags.iter().map(|(key, value)| Label::new(clean(key), clean(value))).collect();
    let prefix = exporters.prefix.as_ref().map(|prefix| format!("{}.", clean(prefix))).unwrap_or_default();
    Ok(Box::new(Plain::new(recorder, prefix, tags)))
}

/// The exporter sends from an IPv4 address.
fn resolve(place: &str) -> Result<SocketAddr, ExportersError> {
    let error = |reason| ExportersError::Address { host: place.into(), reason };
    let mut addresses = place.to_socket_addrs().map_err(|source| error(source.to_string()))?;
    addresses.find(SocketAddr::is_ipv4).ok_or_else(|| error("it has others only".into()))
}

/// Makes every name and tag one that daemons understand, and totals the steps that they count.
struct Plain<R> {
    inner: R,
    /// With its dot.
    prefix: String,
    tags: Vec<Label>,
    counters: Known<Counter>,
    gauges: Known<Gauge>,
    histograms: Known<Histogram>,
}

impl<R: Recorder> Recorder for Plain<R> {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.counters.of(key, || {
            let counter = self.inner.register_counter(&self.plain(key), metadata);
            Counter::from_arc(Arc::new(Steps { counter, total: AtomicU64::new(0) }))
        })
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.gauges.of(key, || self.inner.register_gauge(&self.plain(key), metadata))
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.histograms.of(key, || self.inner.register_histogram(&self.plain(key), metadata))
    }
}

impl<R> Plain<R> {
    fn new(inner: R, prefix: String, tags: Vec<Label>) -> Self {
        let (counters, gauges, histograms) = Default::default();
        Plain { inner, prefix, tags, counters, gauges, histograms }
    }

    fn plain(&self, key: &Key) -> Key {
        let name = format!("{}{}", self.prefix, clean(key.name()));
        let own = key.labels().map(|label| Label::new(clean(label.key()), clean(label.value())));
        Key::from_parts(name, own.chain(self.tags.iter().cloned()).collect::<Vec<_>>())
    }
}

/// A text without what separates the parts of a line (G056).
fn clean(text: &str) -> String {
    let end = text.floor_char_boundary(LONGEST);
    text[..end].replace([':', '|', '@', '#', ',', '\n', '\r'], "_")
}

/// The metrics that there are already, so that a name is made plain once.
struct Known<T>(RwLock<HashMap<Key, T>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Known(RwLock::default())
    }
}

#[allow(clippy::mutable_key_type, reason = "what is mutable in a key is its hash, once it is known")]
impl<T: Clone> Known<T> {
    fn of(&self, key: &Key, make: impl FnOnce() -> T) -> T {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(metric) = known.get(key) {
            return metric.clone();
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(key.clone()).or_insert_with(make).clone()
    }
}

/// A counter that is told totals as steps: daemons add up what they are sent, and a total that stays the same is not sent at all.
struct Steps {
    counter: Counter,
    /// As it was told last.
    total: AtomicU64,
}

impl CounterFn for Steps {
    fn increment(&self, by: u64) {
        self.counter.increment(by);
    }

    fn absolute(&self, total: u64) {
        let before = self.total.fetch_max(total, Ordering::Relaxed);
        if total > before {
            self.counter.increment(total - before);
        }
    }
}

#[cfg(test)]
mod tests;
