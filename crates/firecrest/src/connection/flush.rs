//! Who has something for a client writes it, once it has nothing more to push.
//!
//! A push into an idle outbox promises a write. The promise is kept when the task that pushed has been polled, or the
//! broadcast has been handed to everybody: so frames that are pushed one after another go out in one system call, and no
//! task has to be woken to write them.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Shared;

/// Most connections that are written to by whoever pushed. More are spread over all workers, in parts of this size.
const PART: usize = 64;

/// Promised writes of what runs on this thread now.
#[derive(Default)]
struct Promises {
    /// How many scopes have been entered.
    depth: usize,
    connections: Vec<Arc<Shared>>,
}

thread_local! {
    static PROMISES: RefCell<Promises> = RefCell::default();
}

/// Keeps the promise of a push: at the end of the [`scope`], at once where there is none.
pub(super) fn promise(connection: &Arc<Shared>) {
    let put_off = PROMISES.try_with(|promises| {
        let mut promises = promises.borrow_mut();
        let put_off = promises.depth > 0;
        if put_off {
            promises.connections.push(Arc::clone(connection));
        }
        put_off
    });
    // A thread that is ending has no scope any more.
    if !put_off.unwrap_or(false) {
        connection.outbox.flush();
    }
}

/// Runs `work` and then writes what it promised, each connection once. Within another scope the writing is left to that one,
/// unless there is much of it.
pub(crate) fn scope<T>(work: impl FnOnce() -> T) -> T {
    PROMISES.with_borrow_mut(|promises| promises.depth += 1);
    // Dropped when `work` panics, too.
    let _end = ScopeEnd;
    work()
}

struct ScopeEnd;

/// What is to be written at the end of a scope.
enum Due {
    Nothing,
    One(Arc<Shared>),
    /// Too many to be put off, or the last chance.
    Many(Vec<Arc<Shared>>),
}

impl Drop for ScopeEnd {
    fn drop(&mut self) {
        let (due, last) = PROMISES.with_borrow_mut(|promises| {
            promises.depth -= 1;
            let last = promises.depth == 0;
            let due = match promises.connections.len() {
                0 => Due::Nothing,
                1 if last => promises.connections.pop().map_or(Due::Nothing, Due::One),
                many if last || many > PART => Due::Many(std::mem::take(&mut promises.connections)),
                _ => Due::Nothing,
            };
            (due, last)
        });
        match due {
            Due::Nothing => {}
            Due::One(connection) => connection.outbox.flush(),
            Due::Many(connections) => keep(connections, last),
        }
    }
}

/// Spreads what is too much for one, and writes the rest unless there is another scope to do so.
fn keep(mut connections: Vec<Arc<Shared>>, last: bool) {
    let runtime = tokio::runtime::Handle::try_current();
    while connections.len() > PART {
        let part = connections.split_off(connections.len() - PART);
        match &runtime {
            Ok(runtime) => drop(runtime.spawn(async move { write(&part) })),
            Err(_) => write(&part),
        }
    }
    if last {
        write(&connections);
        connections.clear();
    }
    // The memory is worth keeping while it is small.
    if connections.capacity() > PART {
        connections.shrink_to_fit();
    }
    PROMISES.with_borrow_mut(|promises| promises.connections = connections);
}

fn write(connections: &[Arc<Shared>]) {
    connections.iter().for_each(|connection| connection.outbox.flush());
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
