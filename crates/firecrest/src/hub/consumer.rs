//! Consumers: tasks that handle messages (M023–M028).

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use metrics::SharedString;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::backoff;
use super::durations::Durations;
use super::queue::{CAPACITY, Queue};
use super::tasks::{Tasks, UNNAMED, guard, shortened};
use super::{Body, ConsumerStats, Feed, Message};
use crate::telemetry::meter::BACKLOGS;
use crate::telemetry::{Panic, shown_error};

/// What [`validate`](ConsumerOptions::validate) is.
type Validate<T> = dyn Fn(&Message<T>) -> Result<(), String> + Send + Sync;

/// How a consumer works, each with a default.
#[must_use]
pub struct ConsumerOptions<T> {
    pub(super) name: Option<String>,
    workers: usize,
    capacity: usize,
    pub(super) also: Vec<String>,
    validate: Option<Arc<Validate<T>>>,
}

impl<T> Default for ConsumerOptions<T> {
    fn default() -> Self {
        ConsumerOptions { name: None, workers: 1, capacity: CAPACITY, also: Vec::new(), validate: None }
    }
}

impl<T> ConsumerOptions<T> {
    /// What it is called in statistics, metrics and the log. It is a label of metrics: there should be no more than a few, which may have
    /// several consumers each. Default: its first pattern, and `unnamed` in metrics.
    pub fn name(self, name: impl Into<String>) -> Self {
        ConsumerOptions { name: Some(name.into()), ..self }
    }

    /// How many messages are handled at the same time, at least one. With more than one they may overtake each other. Default: 1.
    pub fn workers(self, workers: usize) -> Self {
        ConsumerOptions { workers: workers.max(1), ..self }
    }

    /// How many messages may wait, at least one; then the oldest are dropped and counted. Default: 1,024.
    pub fn capacity(self, capacity: usize) -> Self {
        ConsumerOptions { capacity, ..self }
    }

    /// One more pattern (M022). A message that is of several of them comes once.
    pub fn also(mut self, pattern: impl Into<String>) -> Self {
        self.also.push(pattern.into());
        self
    }

    /// What a message has to be: one for which this is an error is dropped and counted (M024). Default: anything of the type.
    pub fn validate(
        self,
        validate: impl Fn(&Message<T>) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        ConsumerOptions { validate: Some(Arc::new(validate)), ..self }
    }
}

impl<T> fmt::Debug for ConsumerOptions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsumerOptions")
            .field("workers", &self.workers)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

/// A consumer, by [`Hub::consume`](super::Hub::consume). When this is dropped it finishes the messages that it has begun with, and ends;
/// likewise when the endpoint shuts down. What waits then is dropped.
#[must_use = "the consumer ends when this is dropped"]
pub struct Consumer {
    record: Arc<ConsumerRecord>,
    stop: DropGuard,
    workers: Vec<JoinHandle<()>>,
}

impl Consumer {
    pub(super) fn start<T, F, Fut, E>(
        tasks: &Tasks,
        name: String,
        feed: Feed<T>,
        options: ConsumerOptions<T>,
        handle: F,
    ) -> Self
    where
        T: Body,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display + Send + 'static,
    {
        let feed = feed.capacity(options.capacity);
        let record = ConsumerRecord::new(name, options.name, &feed);
        let token = tasks.token();
        let worker = Arc::new(Worker {
            feed: tokio::sync::Mutex::new(feed),
            validate: options.validate,
            handle,
            record: Arc::clone(&record),
            stop: token.clone(),
        });
        let workers = (0..options.workers).map(|_| tasks.spawn(Arc::clone(&worker).run())).collect();
        Consumer { record, stop: token.drop_guard(), workers }
    }

    /// What it has done.
    pub fn stats(&self) -> ConsumerStats {
        self.record.stats()
    }

    /// Ends it, and waits until the messages that it has begun with are finished.
    pub async fn stop(self) {
        drop(self.stop);
        for worker in self.workers {
            // A worker does not panic, and nobody aborts it.
            let _ = worker.await;
        }
    }

    /// Leaves it to the endpoint, until that shuts down.
    pub fn detach(self) {
        self.stop.disarm();
    }

    pub(super) fn record(&self) -> &Arc<ConsumerRecord> {
        &self.record
    }
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Consumer").field(&self.stats()).finish()
    }
}

/// Takes messages and handles them, one after the other.
struct Worker<T, F> {
    /// Whoever of the workers is free waits for the next message, one at a time.
    feed: tokio::sync::Mutex<Feed<T>>,
    validate: Option<Arc<Validate<T>>>,
    handle: F,
    record: Arc<ConsumerRecord>,
    stop: CancellationToken,
}

impl<T: Body, F> Worker<T, F> {
    async fn run<Fut, E>(self: Arc<Self>)
    where
        F: Fn(Message<T>) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        let mut panics = 0;
        loop {
            // What does not fit is dropped in there, which is the application's code and may panic.
            let next = guard(async { self.feed.lock().await.next().await });
            let message = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                message = next => message,
            };
            let is_fine = match message {
                Ok(message) => self.handle(message).await,
                Err(panic) => self.record.panic(&panic),
            };
            panics = if is_fine { 0 } else { panics + 1 };
            if panics > 0 {
                // What it panics at may not go away by itself.
                tokio::select! {
                    () = self.stop.cancelled() => return,
                    () = sleep(backoff::pause(panics)) => {}
                }
            }
        }
    }

    /// Returns whether it did not panic.
    async fn handle<Fut, E>(&self, message: Message<T>) -> bool
    where
        F: Fn(Message<T>) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        let record = &self.record;
        record.received.fetch_add(1, Ordering::Relaxed);
        let began = Instant::now();
        let done = guard(async {
            if let Some(validate) = &self.validate {
                validate(&message).map_err(Refusal::Invalid)?;
            }
            (self.handle)(message).await.map_err(|error| Refusal::Failed(error.to_string()))
        });
        match done.await {
            Ok(Err(Refusal::Invalid(error))) => record.end(&record.invalid, "invalid", Some(&error)),
            Ok(Err(Refusal::Failed(error))) => {
                record.times.add(began.elapsed());
                record.end(&record.failed, "error", Some(&error));
            }
            Ok(Ok(())) => {
                record.times.add(began.elapsed());
                record.end(&record.handled, "ok", None);
            }
            Err(panic) => return record.panic(&panic),
        }
        true
    }
}

/// Why a message was not handled.
enum Refusal {
    Invalid(String),
    Failed(String),
}

/// What a consumer has done.
pub(super) struct ConsumerRecord {
    name: String,
    /// What metrics call it.
    label: SharedString,
    queue: Arc<Queue>,
    mistyped: Arc<AtomicU64>,
    received: AtomicU64,
    handled: AtomicU64,
    invalid: AtomicU64,
    failed: AtomicU64,
    panicked: AtomicU64,
    last_error: Mutex<Option<String>>,
    times: Durations,
}

impl ConsumerRecord {
    fn new<T>(name: String, label: Option<String>, feed: &Feed<T>) -> Arc<Self> {
        let label = label.map_or(SharedString::const_str(UNNAMED), SharedString::from);
        let queue: Weak<Queue> = Arc::downgrade(feed.queue());
        BACKLOGS.add(&label, queue);
        Arc::new(ConsumerRecord {
            name,
            label,
            queue: Arc::clone(feed.queue()),
            mistyped: Arc::clone(feed.mistyped()),
            received: AtomicU64::new(0),
            handled: AtomicU64::new(0),
            invalid: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            panicked: AtomicU64::new(0),
            last_error: Mutex::default(),
            times: Durations::default(),
        })
    }

    fn end(&self, count: &AtomicU64, result: &'static str, error: Option<&str>) {
        count.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("firecrest_hub_consumed_total", "consumer" => self.label.clone(), "result" => result)
            .increment(1);
        if let Some(error) = error {
            let shown = shown_error(&error);
            tracing::debug!(consumer = self.name, result, error = shown, "a message was not handled");
            *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(shortened(error));
        }
    }

    /// Notes a panic. Returns that all is not well.
    fn panic(&self, panic: &Panic) -> bool {
        tracing::error!(consumer = self.name, error = shown_error(panic), "a consumer panicked");
        self.end(&self.panicked, "panic", Some(&panic.to_string()));
        false
    }

    pub(super) fn stats(&self) -> ConsumerStats {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let times = self.times.summary();
        ConsumerStats {
            name: self.name.clone(),
            backlog: self.queue.len(),
            received: read(&self.received),
            handled: read(&self.handled),
            invalid: read(&self.invalid),
            mistyped: read(&self.mistyped),
            failed: read(&self.failed),
            panicked: read(&self.panicked),
            dropped: self.queue.missed(),
            last_error: self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            median: times.map(|(median, _)| median),
            p95: times.map(|(_, p95)| p95),
        }
    }
}
