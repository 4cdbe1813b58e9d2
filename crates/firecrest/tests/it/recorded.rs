//! What the metrics say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::ThreadId;

use firecrest::telemetry;
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// The recorder of this process: other tests are heard too, so that only what one test does alone has an exact number.
#[derive(Clone, Default)]
pub(crate) struct Recorded(Arc<Mutex<HashMap<String, Arc<Metric>>>>);

/// The values of a metric: all of a histogram, the last of anything else. And the thread that told the first of a histogram.
#[derive(Default)]
struct Metric(Mutex<Vec<f64>>, OnceLock<ThreadId>);

impl Recorded {
    /// Listens, from the first call on.
    pub(crate) fn listen() -> Self {
        static RECORDER: OnceLock<Recorded> = OnceLock::new();
        let recorder = RECORDER.get_or_init(|| {
            let recorder = Recorded::default();
            metrics::set_global_recorder(recorder.clone()).unwrap_or_else(|_| panic!("a second recorder"));
            recorder
        });
        recorder.clone()
    }

    /// The number of a counter or gauge: `name{label=value,…}`, with sorted labels; zero when there is none.
    pub(crate) fn number(&self, metric: &str) -> f64 {
        self.values(metric).first().copied().unwrap_or_default()
    }

    /// The values of a histogram.
    pub(crate) fn values(&self, metric: &str) -> Vec<f64> {
        telemetry::publish();
        self.published(metric)
    }

    /// The values that have come so far.
    pub(crate) fn published(&self, metric: &str) -> Vec<f64> {
        let metric = self.0.lock().unwrap().get(metric).map(Arc::clone);
        metric.map(|metric| metric.0.lock().unwrap().clone()).unwrap_or_default()
    }

    /// What has this in its name or a label.
    #[allow(dead_code, reason = "not all tests ask")]
    pub(crate) fn names(&self, part: &str) -> Vec<String> {
        self.0.lock().unwrap().keys().filter(|name| name.contains(part)).cloned().collect()
    }

    /// The thread that has told the first value of a histogram.
    #[allow(dead_code, reason = "not all tests ask")]
    pub(crate) fn thread(&self, metric: &str) -> Option<ThreadId> {
        self.0.lock().unwrap().get(metric)?.1.get().copied()
    }

    fn metric(&self, key: &Key) -> Arc<Metric> {
        let mut labels: Vec<_> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        labels.sort();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        Arc::clone(self.0.lock().unwrap().entry(name).or_default())
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.metric(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.metric(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.metric(key))
    }
}

impl Metric {
    fn update(&self, update: impl FnOnce(f64) -> f64) {
        let mut values = self.0.lock().unwrap();
        *values = vec![update(values.first().copied().unwrap_or_default())];
    }
}

impl CounterFn for Metric {
    fn increment(&self, by: u64) {
        self.update(|value| value + by as f64);
    }

    fn absolute(&self, total: u64) {
        self.update(|value| value.max(total as f64));
    }
}

impl GaugeFn for Metric {
    fn increment(&self, by: f64) {
        self.update(|value| value + by);
    }

    fn decrement(&self, by: f64) {
        self.update(|value| value - by);
    }

    fn set(&self, value: f64) {
        self.update(|_| value);
    }
}

impl HistogramFn for Metric {
    fn record(&self, value: f64) {
        self.1.get_or_init(|| std::thread::current().id());
        self.0.lock().unwrap().push(value);
    }
}
