//! Who watches which counter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::cell::Cell;

/// The counters that somebody watches. The others cost nothing here.
#[derive(Default)]
pub(crate) struct Watchers {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    watched: HashMap<Arc<str>, Watched>,
    /// Whether nothing will be told any more.
    closed: bool,
}

struct Watched {
    cell: Arc<Cell>,
    sender: watch::Sender<i64>,
}

impl Watchers {
    /// The newest value of a counter from now on.
    pub(crate) fn watch(&self, cell: &Arc<Cell>) -> watch::Receiver<i64> {
        let mut state = self.state();
        if state.closed {
            return watch::channel(cell.value()).1;
        }
        let watched = state.watched.entry(Arc::clone(cell.name())).or_insert_with(|| Watched::new(cell));
        watched.tell();
        watched.sender.subscribe()
    }

    /// Tells everybody who watches a counter that has changed.
    pub(crate) fn tell(&self) {
        self.state().watched.retain(|_, watched| {
            watched.tell();
            !watched.sender.is_closed()
        });
    }

    /// Tells for the last time.
    pub(crate) fn close(&self) {
        self.tell();
        *self.state() = State { watched: HashMap::new(), closed: true };
    }

    /// Nobody panics halfway through a change, so poison means nothing.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    fn new(cell: &Arc<Cell>) -> Self {
        Watched { cell: Arc::clone(cell), sender: watch::Sender::new(cell.value()) }
    }

    fn tell(&self) {
        let newest = self.cell.value();
        self.sender.send_if_modified(|told| std::mem::replace(told, newest) != newest);
    }
}
