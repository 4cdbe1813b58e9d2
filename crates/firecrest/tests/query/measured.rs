//! What the operator can measure.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use firecrest::query::QueryOptions;
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

use crate::facts::{Facts, Mood, ms, settle};

/// The sum of each metric, by its name and labels; of a histogram how many values it has.
#[derive(Clone, Default)]
struct Sums(Arc<Mutex<BTreeMap<String, f64>>>);

struct Sum {
    sums: Sums,
    name: String,
}

impl Sums {
    fn sum(&self, key: &Key) -> Arc<Sum> {
        let labels: String =
            key.labels().map(|label| format!(" {}={}", label.key(), label.value())).collect();
        Arc::new(Sum { sums: self.clone(), name: format!("{}{labels}", key.name()) })
    }

    fn get(&self, name: &str) -> f64 {
        self.0.lock().unwrap().get(name).copied().unwrap_or(0.0)
    }
}

impl Sum {
    fn add(&self, value: f64) {
        *self.sums.0.lock().unwrap().entry(self.name.clone()).or_default() += value;
    }
}

impl CounterFn for Sum {
    fn increment(&self, value: u64) {
        self.add(f64::from(u32::try_from(value).unwrap()));
    }

    fn absolute(&self, _value: u64) {
        panic!("no counter is set")
    }
}

impl GaugeFn for Sum {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, _value: f64) {
        panic!("no gauge is set")
    }
}

impl HistogramFn for Sum {
    fn record(&self, _value: f64) {
        self.add(1.0);
    }
}

impl Recorder for Sums {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.sum(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.sum(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.sum(key))
    }
}

#[tokio::test(start_paused = true)]
async fn evaluations_are_counted_by_how_they_ended() {
    let sums = Sums::default();
    let _recorder = metrics::set_default_local_recorder(&sums);
    let facts = Facts::default();
    let query = facts.query().with_options(QueryOptions::default().timeout(ms(100)));
    let watching = (query.watch(1).await.unwrap(), query.watch(2).await.unwrap());
    assert_eq!(sums.get("firecrest_queries_watched query=facts"), 2.0);
    for mood in [Mood::Failing, Mood::Panicking, Mood::Hanging] {
        facts.mood(mood);
        assert!(query.ask(1).await.is_err());
    }
    for (result, times) in [("ok", 2.0), ("error", 1.0), ("panic", 1.0), ("timeout", 1.0)] {
        let name = format!("firecrest_query_evaluations_total query=facts result={result}");
        assert_eq!(sums.get(&name), times, "{result}");
    }
    assert_eq!(sums.get("firecrest_query_seconds query=facts"), 5.0);
    drop(watching);
    settle().await;
    assert_eq!(sums.get("firecrest_queries_watched query=facts"), 0.0);
}
