//! The shared views of this node.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use firecrest_pubsub::PubSub;
use http::StatusCode;
use tokio::sync::mpsc;

use super::key::Key;
use super::stage::{Parts, Stage};
use super::{SharedKind, task};
use crate::connection::flush;
use crate::live::MountError;
use crate::live::page::Page;
use crate::telemetry::meter::{Limit, reached};

/// Which part of the views is given up at the limit, if nobody looks at them: looking for them takes time.
const ROOM: usize = 16;

/// Most shared views of a node, unless the mount says otherwise.
const MAX_STAGES: usize = 10_000;

/// The shared views that there are on this node. Each ends some seconds after its last viewer has left.
pub(in crate::live) struct Stages {
    table: Mutex<HashMap<Key, Weak<Stage>>>,
    limit: AtomicUsize,
    next: AtomicU64,
    /// Who is sent what changes. Not the endpoint's topics, on which anybody may say something.
    frames: PubSub,
}

impl Stages {
    pub(in crate::live) fn new() -> Self {
        Stages {
            table: Mutex::default(),
            limit: AtomicUsize::new(MAX_STAGES),
            next: AtomicU64::new(1),
            frames: PubSub::with_around(flush::broadcast),
        }
    }

    pub(in crate::live) fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    pub(super) fn frames(&self) -> &PubSub {
        &self.frames
    }

    /// The view of a page, which starts if there is none.
    pub(super) fn find(&self, page: &Page, shared: &'static SharedKind) -> Result<Arc<Stage>, MountError> {
        let key = Key::of(page)?;
        let mut table = self.table();
        let known = table.get(&key).and_then(Weak::upgrade);
        // One that has just ended is as good as none.
        if let Some(stage) = known.filter(|stage| !stage.roster().is_closed()) {
            return Ok(stage);
        }
        let limit = self.limit.load(Ordering::Relaxed);
        if table.len() >= limit && !make_room(&mut table, limit) {
            reached(Limit::SharedViews);
            tracing::warn!(
                limit,
                "as many shared views as this node may have are looked at: one more is refused"
            );
            return Err(MountError::status(StatusCode::SERVICE_UNAVAILABLE));
        }
        let (sender, events) = mpsc::channel((shared.options)().max_waiting.max(1));
        let params = page.address.as_ref().map(|address| address.path.clone()).unwrap_or_default();
        let parts = Parts {
            kind: page.kind,
            shared,
            key: key.clone(),
            params,
            layout: page.layout,
            live_session: page.visit.live_session.clone(),
            endpoint: page.endpoint.clone(),
            number: self.next.fetch_add(1, Ordering::Relaxed),
        };
        let stage = Arc::new(Stage::new(parts, sender));
        table.insert(key, Arc::downgrade(&stage));
        tokio::spawn(task::run(Arc::clone(&stage), events));
        Ok(stage)
    }

    /// Those that there are, at most so many.
    pub(in crate::live) fn all(&self, most: usize) -> Vec<Arc<Stage>> {
        self.table().values().filter_map(Weak::upgrade).take(most).collect()
    }

    /// Forgets a view that has ended.
    pub(super) fn remove(&self, stage: &Stage) {
        let mut table = self.table();
        // Another may have taken its place.
        if table.get(&stage.key).is_some_and(|known| std::ptr::eq(known.as_ptr(), stage)) {
            table.remove(&stage.key);
        }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Key, Weak<Stage>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives up views that nobody looks at. No, when there is none.
fn make_room(table: &mut HashMap<Key, Weak<Stage>>, limit: usize) -> bool {
    let mut wanted = (limit / ROOM).max(1);
    table.retain(|_, stage| {
        let Some(stage) = stage.upgrade() else { return false };
        if wanted == 0 || !stage.close_if_idle() {
            return true;
        }
        wanted -= 1;
        stage.news.notify_one();
        false
    });
    table.len() < limit
}
