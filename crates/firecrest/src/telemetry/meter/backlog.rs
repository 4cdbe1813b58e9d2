//! What waits for whom, by label.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What waits for the consumers of the hub.
pub(crate) static BACKLOGS: Backlogs = Backlogs::new();

/// Something that can be full.
pub(crate) trait Waiting: Send + Sync {
    /// How much waits.
    fn waiting(&self) -> usize;
}

/// What waits behind each label. Several may have the same one: they are added up.
pub(crate) struct Backlogs(Mutex<BTreeMap<String, Vec<Weak<dyn Waiting>>>>);

impl Backlogs {
    const fn new() -> Self {
        Backlogs(Mutex::new(BTreeMap::new()))
    }

    /// Tells this too, as long as there is somebody else who holds it.
    pub(crate) fn add(&self, label: &str, waiting: Weak<dyn Waiting>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let those = all.entry(label.into()).or_default();
        // Nobody may ever ask.
        those.retain(|one| one.strong_count() > 0);
        those.push(waiting);
    }

    /// How much waits behind each label; nothing, once, when all have gone that had it.
    pub(crate) fn take(&self) -> Vec<(String, usize)> {
        // Added up without the lock: what is held here may have gone meanwhile elsewhere, and end in here.
        let held: Vec<(String, Vec<Arc<dyn Waiting>>)> = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let held = all.iter_mut().map(|(label, those)| {
                those.retain(|one| one.strong_count() > 0);
                (label.clone(), those.iter().filter_map(Weak::upgrade).collect())
            });
            let held = held.collect();
            all.retain(|_, those| !those.is_empty());
            held
        };
        held.iter()
            .map(|(label, those)| (label.clone(), those.iter().map(|one| one.waiting()).sum()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Waiting for usize {
        fn waiting(&self) -> usize {
            *self
        }
    }

    #[test]
    fn what_waits_behind_one_label_is_added_up_and_told_to_be_nothing_at_the_end() {
        let backlogs = Backlogs::new();
        let [a, b, c] = [3, 4, 5].map(Arc::new);
        for (label, waiting) in [("one", &a), ("one", &b), ("other", &c)] {
            let waiting: Weak<usize> = Arc::downgrade(waiting);
            backlogs.add(label, waiting);
        }
        let told = |told: &[(&str, usize)]| {
            assert_eq!(
                backlogs.take(),
                told.iter().map(|(label, sum)| ((*label).to_owned(), *sum)).collect::<Vec<_>>()
            );
        };
        told(&[("one", 7), ("other", 5)]);
        drop(a);
        told(&[("one", 4), ("other", 5)]);
        drop(b);
        told(&[("one", 0), ("other", 5)]);
        told(&[("other", 5)]);
    }
}
