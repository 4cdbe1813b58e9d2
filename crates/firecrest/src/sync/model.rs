//! What models of concurrency are made of.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use loom::model::Builder;
use loom::sync::{Condvar, Mutex};

/// Most switches per run at points where a thread could have gone on. Whatever is wrong between so few threads shows with
/// fewer; without a bound the models of three or more threads take minutes.
const SWITCHES: usize = 3;

/// Runs a model in all interleavings.
pub(crate) fn every(run: impl Fn() + Send + Sync + 'static) {
    Builder::new().check(run);
}

/// Runs a model in all interleavings with at most [`SWITCHES`].
pub(crate) fn bounded(run: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(SWITCHES);
    builder.check(run);
}

/// Polls until ready, as a task: again only after it has been woken. One that nobody wakes is a deadlock, which the model
/// reports.
pub(crate) fn block_on<T>(poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    let alarm = Arc::new(Alarm { rung: Mutex::new(false), bell: Condvar::new() });
    let waker = Waker::from(Arc::clone(&alarm));
    let mut future = pin!(poll_fn(poll));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        alarm.wait();
    }
}

/// What wakes a thread, and stays rung until it has.
struct Alarm {
    rung: Mutex<bool>,
    bell: Condvar,
}

impl Alarm {
    fn wait(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !*rung {
            rung = self.bell.wait(rung).unwrap();
        }
        *rung = false;
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.rung.lock().unwrap() = true;
        self.bell.notify_one();
    }
}
