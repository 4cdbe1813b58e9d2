//! Views that were mounted for a page and wait for its socket.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use firecrest_pubsub::Subscription;
use tokio::time::{Instant, sleep_until};

use super::mounted::Mounted;
use super::page::Missed;
use crate::telemetry::meter::{Limit, reached};
use crate::telemetry::{Panic, shown_error};

/// How long a view waits, and how many may wait on this node.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ParkLimits {
    /// How long a view waits for its client. Zero mounts every view twice. Default: 10 s.
    pub time: Duration,
    /// Most views that wait at once; at the bound the one that has waited longest is dropped, and its client's join mounts
    /// anew. Each takes what the application's state takes. Default: 10,000.
    pub views: usize,
}

impl Default for ParkLimits {
    fn default() -> Self {
        ParkLimits { time: Duration::from_secs(10), views: 10_000 }
    }
}

/// A mounted view without a client.
pub(super) struct Waiting {
    pub(super) mounted: Mounted,
    pub(super) missed: Arc<Missed>,
    /// Whether the login that it was mounted for still is one: nobody can be disconnected who is not connected yet.
    pub(super) revoked: Arc<Missed>,
    pub(super) _login: Option<Subscription>,
}

/// The views that wait on this node. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Parked(Arc<Mutex<Lot>>);

#[derive(Default)]
struct Lot {
    limits: ParkLimits,
    waiting: HashMap<String, Waiting>,
    /// By the time until which they wait; those that were taken are still in it.
    order: VecDeque<(Instant, String)>,
    is_swept: bool,
}

impl Parked {
    pub(super) fn set_limits(&self, limits: ParkLimits) {
        self.lot().limits = limits;
    }

    /// Lets a view wait, and returns the ticket that takes it back; nothing when no view may wait.
    pub(super) fn park(&self, waiting: Waiting) -> Option<String> {
        let ticket = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        let mut lot = self.lot();
        if lot.limits.time.is_zero() || lot.limits.views == 0 {
            return None;
        }
        let until = Instant::now() + lot.limits.time;
        lot.waiting.insert(ticket.clone(), waiting);
        lot.order.push_back((until, ticket.clone()));
        let dropped = lot.make_room();
        if !std::mem::replace(&mut lot.is_swept, true) {
            tokio::spawn(sweep(self.clone()));
        }
        drop(lot);
        discard(dropped);
        Some(ticket)
    }

    /// Takes a view back, once.
    pub(super) fn take(&self, ticket: &str) -> Option<Waiting> {
        let mut lot = self.lot();
        let taken = lot.waiting.remove(ticket);
        lot.compact();
        taken
    }

    fn lot(&self) -> MutexGuard<'_, Lot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lot {
    /// Those that have waited longest, if there are too many.
    fn make_room(&mut self) -> Vec<Waiting> {
        let mut dropped = Vec::new();
        while self.waiting.len() > self.limits.views
            && let Some((_, ticket)) = self.order.pop_front()
        {
            let oldest = self.waiting.remove(&ticket);
            oldest.iter().for_each(|_| reached(Limit::ParkedViews));
            dropped.extend(oldest);
        }
        dropped
    }

    /// Forgets tickets that were taken, once they are many.
    fn compact(&mut self) {
        if self.order.len() > 2 * self.waiting.len() + 64 {
            let Lot { waiting, order, .. } = self;
            order.retain(|(_, ticket)| waiting.contains_key(ticket));
        }
    }

    /// Those whose time is up.
    fn expire(&mut self, now: Instant) -> Vec<Waiting> {
        let mut dropped = Vec::new();
        while let Some((until, ticket)) = self.order.front()
            && (*until <= now || !self.waiting.contains_key(ticket))
        {
            dropped.extend(self.waiting.remove(ticket));
            self.order.pop_front();
        }
        dropped
    }
}

/// Drops views. That runs the application's code: the lot must not be held, and a panic is that view's alone.
fn discard(dropped: Vec<Waiting>) {
    for waiting in dropped {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(waiting))) {
            tracing::error!(
                error = shown_error(&Panic::new(panic)),
                "a view that nobody has joined panicked at its end"
            );
        }
    }
}

/// Drops views whose time is up, until none waits.
async fn sweep(parked: Parked) {
    /// Should the task be dropped, the next view that waits starts another.
    struct End(Option<Parked>);
    impl Drop for End {
        fn drop(&mut self) {
            self.0.take().inspect(|parked| parked.lot().is_swept = false);
        }
    }
    let mut end = End(Some(parked.clone()));
    while let Some(next) = sweep_once(&parked) {
        sleep_until(next).await;
    }
    end.0 = None;
}

/// Drops views whose time is up; when the next one's is, or nothing when none waits.
fn sweep_once(parked: &Parked) -> Option<Instant> {
    let mut lot = parked.lot();
    let dropped = lot.expire(Instant::now());
    let next = lot.order.front().map(|(until, _)| *until);
    if next.is_none() {
        // Under the same lock, or a view that is parked now would not be swept.
        lot.is_swept = false;
        lot.waiting.shrink_to_fit();
        lot.order.shrink_to_fit();
    }
    drop(lot);
    discard(dropped);
    next
}
