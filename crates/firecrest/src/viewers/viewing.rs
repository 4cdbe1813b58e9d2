//! One who looks.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Viewers;

/// Who looks. Unique within the process, and never given twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewerId(u64);

impl ViewerId {
    fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        ViewerId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A short text that may be an element's id: `v` and hexadecimal digits.
impl fmt::Display for ViewerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{:x}", self.0)
    }
}

impl fmt::Debug for ViewerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ViewerId({self})")
    }
}

/// Somebody looks, and is counted until this is dropped, however the task that holds it ends.
#[must_use = "who looks is counted until this is dropped"]
pub struct Viewing {
    viewers: Viewers,
    id: ViewerId,
}

impl Viewing {
    pub(super) fn new(viewers: Viewers) -> Self {
        let id = ViewerId::unique();
        viewers.join(id);
        Viewing { viewers, id }
    }

    /// Who it is.
    pub fn id(&self) -> ViewerId {
        self.id
    }

    /// All who look at the same.
    pub fn viewers(&self) -> &Viewers {
        &self.viewers
    }
}

impl Drop for Viewing {
    fn drop(&mut self) {
        self.viewers.leave(self.id);
    }
}

impl fmt::Debug for Viewing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Viewing").field("topic", &self.viewers.topic()).field("id", &self.id).finish()
    }
}
