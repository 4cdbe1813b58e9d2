//! A worker: takes items and calls the handler with one after the other.

use std::any::Any;
use std::fmt::Display;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use metrics::Gauge;
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, timeout};

use super::core::Core;
use super::job::Job;
use super::line::Waiting;
use super::shard::Hand;

/// How an item has ended.
enum Outcome {
    Ok,
    Failed,
    Timeout,
    Skipped,
}

/// Why a handler has not come to its end.
pub(super) enum Broken {
    Panic(Box<dyn Any + Send>),
    Timeout,
}

/// Works until nothing will come any more.
///
/// What the handler finishes without waiting is taken several at a time. As soon as it waits, the rest is given back, so that no
/// item waits behind another that somebody else could begin. A handler that takes long without waiting is given fewer at once.
pub(super) async fn work<T, H, F, E>(core: Arc<Core<T>>, shard: usize, worker: usize, handler: Arc<H>)
where
    T: Send,
    H: Fn(Job<T>) -> F,
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    let (shard, mut hand) = (&core.shards[shard], Hand::new(worker));
    while poll_fn(|cx| shard.poll_take(&mut hand, core.expire_after, cx)).await {
        open(&core, &mut hand).await;
        let (begun, mut has_waited) = (Instant::now(), false);
        let mut now = begun;
        let busy = Busy::new(&core.meters.active);
        while let Some(waiting) = hand.next() {
            let queued = now.saturating_duration_since(waiting.at);
            let mut item = pin!(AssertUnwindSafe(one(&core, &*handler, waiting, queued)).catch_unwind());
            let ended = poll_fn(|cx| {
                let polled = item.as_mut().poll(cx);
                if polled.is_pending() && !has_waited {
                    has_waited = true;
                    core.meters.depth.increment(shard.give_back(&mut hand) as f64);
                }
                polled
            });
            let outcome = ended.await.unwrap_or(Outcome::Failed);
            let ended = Instant::now();
            count(&core, &mut hand, &outcome, queued, ended.saturating_duration_since(now));
            now = ended;
            if core.has_failed() {
                core.meters.depth.increment(shard.give_back(&mut hand) as f64);
            }
        }
        hand.adapt(now.saturating_duration_since(begun), has_waited);
        drop(busy);
    }
}

/// Counts a worker that is at work.
struct Busy<'a>(&'a Gauge);

impl<'a> Busy<'a> {
    fn new(active: &'a Gauge) -> Self {
        active.increment(1.0);
        Busy(active)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// Accounts for what was taken, and lets others run when this worker has had its share.
async fn open<T>(core: &Core<T>, hand: &mut Hand<T>) {
    core.meters.depth.decrement((hand.len() + hand.expired.len()) as f64);
    if !hand.expired.is_empty() {
        core.has_expired(hand.expired.len() as u64);
        discard(std::mem::take(&mut hand.expired));
    }
    for _ in 0..hand.len() {
        consume_budget().await;
    }
}

/// Drops items, whatever they do then.
pub(super) fn discard<T>(items: Vec<T>) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(items)));
}

fn count<T>(core: &Core<T>, hand: &mut Hand<T>, outcome: &Outcome, queued: Duration, took: Duration) {
    let (meters, done) = (&core.meters, &mut hand.done);
    let (counter, field) = match outcome {
        Outcome::Ok => (&meters.ok, &mut done.ok),
        Outcome::Failed => (&meters.failed, &mut done.failed),
        Outcome::Timeout => (&meters.timeout, &mut done.timeouts),
        Outcome::Skipped => (&meters.skipped, &mut done.skipped),
    };
    counter.increment(1);
    *field += 1;
    meters.queue_time.record(queued.as_secs_f64() * 1e3);
    if !matches!(outcome, Outcome::Skipped) {
        meters.process_time.record(took.as_secs_f64() * 1e3);
    }
}

/// Works on one item, as often as it has to be begun.
async fn one<T, H, F, E>(core: &Core<T>, handler: &H, waiting: Waiting<T>, queued: Duration) -> Outcome
where
    T: Send,
    H: Fn(Job<T>) -> F,
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    let Waiting { mut item, at, .. } = waiting;
    if let Some(listeners) = &core.listeners
        && !listeners.any(&item).await
    {
        return Outcome::Skipped;
    }
    for attempt in 1.. {
        let mut spare = None;
        let begun = async {
            spare = core.restarts.as_ref().map(|restarts| restarts.spare(&item));
            handler(Job { item, at, queued, attempt }).await
        };
        let outcome = match guarded(core.timeout, begun).await {
            Ok(Ok(())) => return Outcome::Ok,
            Ok(Err(error)) => complain(core, Outcome::Failed, &error),
            Err(Broken::Panic(panic)) => complain(core, Outcome::Failed, &text(&*panic)),
            Err(Broken::Timeout) => complain(core, Outcome::Timeout, &"it took too long"),
        };
        let (Some(next), Some(restarts)) = (spare, &core.restarts) else { return outcome };
        if !restarts.may(Instant::now()) {
            core.fail();
            return outcome;
        }
        core.has_restarted();
        item = next;
    }
    Outcome::Failed
}

/// Runs something of the application's.
pub(super) async fn guarded<F: Future>(limit: Option<Duration>, work: F) -> Result<F::Output, Broken> {
    let caught = AssertUnwindSafe(work).catch_unwind();
    let ended = match limit {
        Some(limit) => timeout(limit, caught).await.map_err(|_| Broken::Timeout)?,
        None => caught.await,
    };
    ended.map_err(Broken::Panic)
}

fn complain<T>(core: &Core<T>, outcome: Outcome, reason: &dyn Display) -> Outcome {
    if core.may_complain() {
        tracing::warn!(pipeline = &*core.name, %reason, "an item has failed");
    }
    outcome
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let known = panic.downcast_ref::<&str>().copied();
    known.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}
