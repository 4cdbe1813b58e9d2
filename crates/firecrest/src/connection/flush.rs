//! Who has something for a client writes it, once it has nothing more to push.
//!
//! A push into an idle outbox promises a write. The promise is kept at the end of the *scope*: when the task that pushed has
//! been polled, or the broadcast has been handed to everybody. So frames that are pushed one after another go out in one
//! system call, and no task has to be woken to write them. Nobody depends on another's scope: who pushes to an outbox whose
//! write somebody else has promised promises it too, and the first of them writes everything.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use firecrest_wire::websocket::Frame;
use pin_project_lite::pin_project;

use super::Shared;
use super::outbox::Scope;
use crate::telemetry::meter::{Count, add};

/// Most connections that are written to by whoever pushed. More are spread over all workers, in parts of this size.
const PART: usize = 64;

/// What runs on this thread now, and the writes it has promised.
struct Promises {
    /// How many scopes have been entered.
    depth: usize,
    /// Whether the innermost one is a broadcast to so many that others will write.
    spread: bool,
    /// The outermost one.
    scope: Scope,
    connections: Vec<Arc<Shared>>,
}

thread_local! {
    static PROMISES: RefCell<Promises> = const {
        RefCell::new(Promises { depth: 0, spread: false, scope: Scope::NONE, connections: Vec::new() })
    };
}

impl Shared {
    /// Queues a frame. It is written at the end of the [scope], at once where there is none.
    pub(crate) fn push(self: &Arc<Self>, frame: Frame) {
        // A thread that is ending has no scope any more.
        let scope = PROMISES.try_with(|promises| promises.borrow().current()).unwrap_or(Scope::NONE);
        let promised = self.outbox.push(frame, scope);
        if self.outbox.is_pressed() || scope == Scope::NONE {
            // There is not much room left, and maybe the socket takes it all.
            self.outbox.flush();
        } else if promised {
            let _ = PROMISES.try_with(|promises| promises.borrow_mut().connections.push(Arc::clone(self)));
        }
    }
}

impl Promises {
    fn current(&self) -> Scope {
        match self.depth {
            0 => Scope::NONE,
            _ if self.spread => Scope::SPREAD,
            _ => self.scope,
        }
    }

    fn enter(&mut self, spread: bool) -> ScopeEnd {
        static NEXT: AtomicU64 = AtomicU64::new(2);
        if self.depth == 0 {
            self.scope = Scope(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        self.depth += 1;
        ScopeEnd { before: std::mem::replace(&mut self.spread, spread), first: self.connections.len() }
    }
}

/// Runs `work` and then writes what it promised, each connection once. Within another scope the writing is left to that one,
/// unless there is much of it.
pub(crate) fn scope<T>(work: impl FnOnce() -> T) -> T {
    run(false, work)
}

/// As [`scope`], for something that is handed to so many receivers.
pub(crate) fn broadcast(receivers: usize, work: &mut dyn FnMut()) {
    add(Count::Broadcasts, 1);
    add(Count::Deliveries, receivers as u64);
    run(receivers > PART, work);
}

fn run<T>(spread: bool, work: impl FnOnce() -> T) -> T {
    // Dropped when `work` panics, too.
    let _end = PROMISES.try_with(|promises| promises.borrow_mut().enter(spread));
    work()
}

struct ScopeEnd {
    /// Whether the scope around this one spreads.
    before: bool,
    /// How many promises there were already.
    first: usize,
}

impl Drop for ScopeEnd {
    fn drop(&mut self) {
        let _ = PROMISES.try_with(|promises| {
            let due = promises.borrow_mut().leave(self);
            match due {
                Due::Nothing => {}
                Due::One(connection) => connection.outbox.flush(),
                Due::Some(connections) => {
                    write(&connections);
                    promises.borrow_mut().keep_memory(connections);
                }
                Due::Spread(connections) => spread(connections),
            }
        });
    }
}

/// What is to be written at the end of a scope.
enum Due {
    Nothing,
    One(Arc<Shared>),
    /// Few enough to be written here.
    Some(Vec<Arc<Shared>>),
    Spread(Vec<Arc<Shared>>),
}

impl Promises {
    fn leave(&mut self, end: &ScopeEnd) -> Due {
        self.depth -= 1;
        if std::mem::replace(&mut self.spread, end.before) {
            return Due::Spread(self.connections.split_off(end.first));
        }
        match self.connections.len() {
            0 => Due::Nothing,
            many if many > PART => Due::Spread(std::mem::take(&mut self.connections)),
            _ if self.depth > 0 => Due::Nothing,
            1 => self.connections.pop().map_or(Due::Nothing, Due::One),
            _ => Due::Some(std::mem::take(&mut self.connections)),
        }
    }

    /// Takes an empty list back, so that the next scope need not allocate one.
    fn keep_memory(&mut self, mut connections: Vec<Arc<Shared>>) {
        connections.clear();
        if self.connections.capacity() == 0 && connections.capacity() <= PART {
            self.connections = connections;
        }
    }
}

fn write(connections: &[Arc<Shared>]) {
    connections.iter().for_each(|connection| connection.outbox.flush());
}

/// Has them written in parts, on the runtime that reads these sockets: the one this runs on, if any, may be about to end.
fn spread(mut connections: Vec<Arc<Shared>>) {
    while !connections.is_empty() {
        let part = Part(connections.split_off(connections.len().saturating_sub(PART)));
        let runtime = part.0.first().and_then(|connection| connection.runtime.get());
        match runtime.cloned() {
            Some(runtime) => drop(runtime.spawn(async move { drop(part) })),
            None => drop(part),
        }
    }
}

/// Writes when it is dropped, whether its task has run or its runtime has ended.
struct Part(Vec<Arc<Shared>>);

impl Drop for Part {
    fn drop(&mut self) {
        write(&self.0);
    }
}

pin_project! {
    /// A future whose every poll is a [`scope`].
    pub(crate) struct Flushing<F> {
        #[pin]
        future: F,
    }
}

impl<F> Flushing<F> {
    pub(crate) fn new(future: F) -> Self {
        Flushing { future }
    }
}

impl<F: Future> Future for Flushing<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.project().future;
        scope(|| future.poll(cx))
    }
}
