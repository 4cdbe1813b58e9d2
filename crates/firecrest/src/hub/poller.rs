//! Pollers: tasks that ask again and again (M029, M030, D006–D008).

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::durations::Durations;
use super::polls::Report;
use super::tasks::{Tasks, UNNAMED, guard, shortened};
use super::{Body, Every, PollError, Polled, PollerStats, Topic};
use crate::telemetry::{Panic, shown_error};

/// The longest wait after failures, unless the interval is longer.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The longest time that whoever is asked can say not to be asked again for.
pub(super) const LONGEST_TOLD: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a poller that leaves it to others waits for them before the first run, at least; twice as long at most.
const GET_TO_KNOW: Duration = Duration::from_millis(500);

/// A poller, by [`Hub::poll`](super::Hub::poll). It ends when this is dropped, and when the endpoint shuts down; a run that has begun is
/// dropped.
#[must_use = "the poller ends when this is dropped"]
pub struct Poller {
    record: Arc<PollerRecord>,
    stop: DropGuard,
    task: JoinHandle<()>,
}

impl Poller {
    pub(super) fn start<T, F, Fut, A, E>(tasks: &Tasks, topic: Topic<T>, every: Every, ask: F) -> Self
    where
        T: Body,
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A, E>> + Send + 'static,
        A: Into<Polled<T>> + Send + 'static,
        E: Into<PollError> + Send + 'static,
    {
        if every.once && topic.entry().is_local {
            let topic = topic.name();
            tracing::warn!(topic, "a topic of each node alone is polled on each node, not once per cluster");
        }
        let record = Arc::new(PollerRecord::new(topic.name(), every.name));
        let token = tasks.token();
        let now = Instant::now();
        let next = if every.is_delayed { now + every.interval } else { now };
        // Nodes that begin together do not know of each other yet.
        let next = if every.once { next.max(now + GET_TO_KNOW + jitter(GET_TO_KNOW)) } else { next };
        let asking = Asking {
            topic,
            every,
            ask,
            record: Arc::clone(&record),
            next,
            failures: 0,
            began_at: SystemTime::now(),
        };
        let task = tasks.spawn(asking.run(token.clone()));
        Poller { record, stop: token.drop_guard(), task }
    }

    /// What it has done.
    pub fn stats(&self) -> PollerStats {
        self.record.stats()
    }

    /// Ends it, and waits until it has ended.
    pub async fn stop(self) {
        drop(self.stop);
        // It does not panic, and nobody aborts it.
        let _ = self.task.await;
    }

    /// Leaves it to the endpoint, until that shuts down.
    pub fn detach(self) {
        self.stop.disarm();
    }

    pub(super) fn record(&self) -> &Arc<PollerRecord> {
        &self.record
    }
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Poller").field(&self.stats()).finish()
    }
}

/// The task of a poller.
struct Asking<T, F> {
    topic: Topic<T>,
    every: Every,
    ask: F,
    record: Arc<PollerRecord>,
    /// When it is asked next.
    next: Instant,
    /// How often there was no answer since there was one.
    failures: u32,
    /// When it began to ask at all.
    began_at: SystemTime,
}

impl<T: Body, F> Asking<T, F> {
    async fn run<Fut, A, E>(mut self, stop: CancellationToken)
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<A, E>>,
        A: Into<Polled<T>>,
        E: Into<PollError>,
    {
        let asking = async {
            loop {
                sleep_until(self.next).await;
                self.watched().await;
                match self.others_turn() {
                    Some(left) => self.next = Instant::now() + left,
                    None => self.turn().await,
                }
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = asking => {}
        }
    }

    /// Waits until somebody looks, if that matters.
    async fn watched(&self) {
        if !self.every.while_watched {
            return;
        }
        let entry = self.topic.entry();
        loop {
            let mut changed = std::pin::pin!(entry.core.router.changed.notified());
            // Before it is looked, so that nobody comes unnoticed in between.
            changed.as_mut().enable();
            if entry.is_watched() {
                return;
            }
            changed.await;
        }
    }

    /// How long to leave it to another node to ask, if that matters and one does.
    fn others_turn(&self) -> Option<Duration> {
        let Every { interval, once, .. } = self.every;
        let left = once.then(|| self.topic.entry().shelf.polls.left(interval));
        let left = left.filter(|left| !left.is_zero())?;
        Some(left + interval.mul_f64(rand::random_range(0.05..=0.1)))
    }

    /// Asks, and says what came of it.
    async fn turn<Fut, A, E>(&mut self)
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<A, E>>,
        A: Into<Polled<T>>,
        E: Into<PollError>,
    {
        let (began, began_at) = (Instant::now(), SystemTime::now());
        self.record.begin(began_at);
        if self.every.once {
            self.topic.entry().asks_here(self.every.timeout);
        }
        // All that the application has written runs in here: also what becomes of the answer, and of an end before its time.
        let asking = guard(async {
            let asking =
                async { (self.ask)().await.map(Into::into).map_err(|error| Failure::of(&error.into())) };
            timeout(self.every.timeout, asking).await
        });
        let (result, answer) = match asking.await {
            Ok(Ok(Ok(answer))) => ("ok", Ok(answer)),
            Ok(Ok(Err(failure))) => ("error", Err(failure)),
            Ok(Err(_)) => {
                let error = format_args!("no answer within {:?}", self.every.timeout);
                ("timeout", Err(Failure::of(&PollError::new(error))))
            }
            Err(panic) => ("panic", Err(Failure::of(&PollError::from(panic)))),
        };
        self.record.end(result, began.elapsed());
        let (next, true_at) = match answer {
            Ok(answer) => {
                self.answered(answer);
                ((began + self.every.interval).max(Instant::now()), Ok(began_at))
            }
            Err(failure) => (Instant::now() + self.failed(&failure), Err(failure)),
        };
        // Two nodes that have asked at the same moment do not do so again.
        let apart = if self.every.once { self.every.interval / 50 } else { Duration::ZERO };
        self.next = next + jitter(self.every.jitter.max(apart));
        self.report(true_at);
    }

    fn answered(&mut self, answer: Polled<T>) {
        self.failures = 0;
        self.record.failures.store(0, Ordering::Relaxed);
        if let Polled::New(value) = answer {
            self.publish(value);
        }
    }

    /// What goes when this comes may be dropped in here, and panic.
    fn publish(&self, value: T) {
        let published = catch_unwind(AssertUnwindSafe(|| self.topic.publish(value)));
        if let Err(panic) = published.map_err(Panic::new) {
            let (topic, error) = (self.topic.name(), shown_error(&panic));
            tracing::error!(topic, error, "what a poll has brought did not get to everybody");
        }
    }

    /// Returns how long to wait now.
    fn failed(&mut self, failure: &Failure) -> Duration {
        self.failures = self.failures.saturating_add(1);
        self.record.fail(self.failures, &failure.text);
        let error = shown_error(&failure.text);
        tracing::debug!(topic = self.topic.name(), error, "a poll has failed");
        let told = failure.after.unwrap_or_default().min(LONGEST_TOLD);
        longer(self.every.interval, self.failures).max(told)
    }

    /// Says what has come of it: to whoever looks, and to the other nodes if they leave it to this one.
    fn report(&self, true_at: Result<SystemTime, Failure>) {
        let (entry, topic) = (self.topic.entry(), self.topic.name());
        let error = true_at.as_ref().err().map(|failure| failure.text.clone());
        let report = Report {
            order: entry.core.clock.stamp().order,
            true_at: true_at.unwrap_or_else(|_| entry.shelf.polls.true_at().unwrap_or(self.began_at)),
            error: error.clone(),
            rest: self.next.saturating_duration_since(Instant::now()),
        };
        if self.every.once {
            entry.polled_here(&report);
        }
        match (entry.shelf.polled_here(report, self.every.once), error) {
            (false, _) => {}
            (true, None) => tracing::info!(topic, "a poll that had failed is answered again"),
            (true, Some(error)) => {
                let error = shown_error(&error);
                tracing::warn!(
                    topic,
                    error,
                    "a poll has failed: the last value is shown, and it is tried again"
                );
            }
        }
    }
}

/// Why a run has failed.
struct Failure {
    text: String,
    after: Option<Duration>,
}

impl Failure {
    fn of(error: &PollError) -> Self {
        Failure { text: shortened(&error.to_string()), after: error.after }
    }
}

/// The interval, twice as long after each failure but the first; five minutes, or the interval if that is longer, is the longest.
fn longer(interval: Duration, failures: u32) -> Duration {
    interval.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(LONGEST.max(interval))
}

fn jitter(most: Duration) -> Duration {
    if most.is_zero() { most } else { most.mul_f64(rand::random_range(0.0..=1.0)) }
}

/// What a poller has done.
pub(super) struct PollerRecord {
    name: String,
    /// What metrics call it.
    label: &'static str,
    runs: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    failures: AtomicU32,
    last: Mutex<Last>,
    times: Durations,
}

#[derive(Default)]
struct Last {
    run: Option<SystemTime>,
    error: Option<String>,
}

impl PollerRecord {
    fn new(name: &str, label: Option<&'static str>) -> Self {
        PollerRecord {
            name: name.into(),
            label: label.unwrap_or(UNNAMED),
            runs: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            failures: AtomicU32::new(0),
            last: Mutex::default(),
            times: Durations::default(),
        }
    }

    fn begin(&self, at: SystemTime) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        self.last.lock().unwrap_or_else(PoisonError::into_inner).run = Some(at);
    }

    fn end(&self, result: &'static str, took: Duration) {
        let count = if result == "ok" { &self.answered } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
        self.times.add(took);
        metrics::counter!("firecrest_hub_polls_total", "poller" => self.label, "result" => result)
            .increment(1);
        metrics::histogram!("firecrest_hub_poll_seconds", "poller" => self.label).record(took);
    }

    fn fail(&self, failures: u32, error: &str) {
        self.failures.store(failures, Ordering::Relaxed);
        self.last.lock().unwrap_or_else(PoisonError::into_inner).error = Some(error.into());
    }

    pub(super) fn stats(&self) -> PollerStats {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let times = self.times.summary();
        PollerStats {
            name: self.name.clone(),
            runs: self.runs.load(Ordering::Relaxed),
            answered: self.answered.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            failures_in_a_row: self.failures.load(Ordering::Relaxed),
            last_error: last.error.clone(),
            last_run: last.run,
            median: times.map(|(median, _)| median),
            p95: times.map(|(_, p95)| p95),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d008_failures_make_polls_rarer_but_never_rarer_than_five_minutes_or_the_interval() {
        let seconds = |interval, failures| longer(Duration::from_secs(interval), failures).as_secs();
        assert_eq!([1, 2, 3, 6, u32::MAX].map(|failures| seconds(10, failures)), [10, 20, 40, 300, 300]);
        assert_eq!([1, 2, 99].map(|failures| seconds(900, failures)), [900; 3]);
    }
}
