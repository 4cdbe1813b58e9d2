//! Who wants to know how many there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::service::Service;

type Told = Arc<dyn Fn(u64) + Send + Sync>;

/// Those who watch totals, by the name of the total.
#[derive(Default)]
pub(super) struct Totals(Mutex<Watchers>);

#[derive(Default)]
struct Watchers {
    next: u64,
    told: HashMap<Arc<str>, Vec<(u64, Told)>>,
}

/// Somebody is told of a total until this is dropped.
#[derive(Debug)]
#[must_use = "who watches is told until this is dropped"]
pub(crate) struct WatchedTotal {
    service: Weak<Service>,
    name: Arc<str>,
    id: u64,
}

impl Totals {
    /// Watches; says whether it is the first who does.
    pub(super) fn add(
        &self,
        service: &Arc<Service>,
        name: &str,
        told: Told,
        first: impl FnOnce(),
    ) -> WatchedTotal {
        let mut watchers = self.lock();
        watchers.next += 1;
        let id = watchers.next;
        let name: Arc<str> = name.into();
        let all = watchers.told.entry(Arc::clone(&name)).or_default();
        if all.is_empty() {
            first();
        }
        all.push((id, told));
        WatchedTotal { service: Arc::downgrade(service), name, id }
    }

    /// Tells everybody who watches. They are not locked meanwhile.
    pub(super) fn tell(&self, name: &str, total: u64) {
        let told = self.lock().told.get(name).cloned().unwrap_or_default();
        told.iter().for_each(|(_, told)| told(total));
    }

    fn remove(&self, name: &str, id: u64, last: impl FnOnce()) {
        let mut watchers = self.lock();
        let Some(all) = watchers.told.get_mut(name) else { return };
        all.retain(|(other, _)| *other != id);
        if all.is_empty() {
            watchers.told.remove(name);
            last();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Watchers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for WatchedTotal {
    fn drop(&mut self) {
        if let Some(service) = self.service.upgrade() {
            let last = || service.write(|replica| replica.unwatch_total(&self.name));
            service.totals.remove(&self.name, self.id, last);
        }
    }
}
