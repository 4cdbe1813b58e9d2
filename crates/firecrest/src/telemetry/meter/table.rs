//! Meters of the types of an application.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::{Distribution, Limit, reached};

/// Most types whose metrics are told apart, of channels and of views; the rest are `other`. A program has as many types as were
/// written, so that this is reached by what makes them with macros only.
const MAX_LABELS: usize = 512;

/// What the rest are called.
const OTHER: &str = "other";

/// Meters of channels, by their types' names.
pub(crate) static CHANNELS: Table<ChannelMeters> = Table::new();

/// Meters of live views, by their types' names.
pub(crate) static VIEWS: Table<ViewMeters> = Table::new();

/// What is measured of a type of channels, in nanoseconds.
pub(crate) struct ChannelMeters {
    pub(crate) join: Distribution,
    pub(crate) handle_in: Distribution,
}

/// What is measured of a type of live views, in nanoseconds and bytes.
pub(crate) struct ViewMeters {
    pub(crate) mount: Distribution,
    pub(crate) event: Distribution,
    pub(crate) render: Distribution,
    pub(crate) diff: Distribution,
    pub(crate) diff_bytes: Distribution,
}

impl Default for ChannelMeters {
    fn default() -> Self {
        ChannelMeters { join: Distribution::new(), handle_in: Distribution::new() }
    }
}

impl Default for ViewMeters {
    fn default() -> Self {
        ViewMeters {
            mount: Distribution::new(),
            event: Distribution::new(),
            render: Distribution::new(),
            diff: Distribution::new(),
            diff_bytes: Distribution::new(),
        }
    }
}

impl std::fmt::Debug for ChannelMeters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChannelMeters")
    }
}

/// Meters by label: the last part of a type's name, without what is in angle brackets. Types with the same one share their meters.
pub(crate) struct Table<M: 'static>(RwLock<Option<HashMap<&'static str, &'static M>>>);

impl<M: Default> Table<M> {
    const fn new() -> Self {
        Table(RwLock::new(None))
    }

    /// The meters of a type with this name. They stay for good.
    pub(crate) fn of(&self, type_name: &'static str) -> &'static M {
        let label = label(type_name);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(&meters) = known.as_ref().and_then(|table| table.get(label)) {
            return meters;
        }
        drop(known);
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let table = table.get_or_insert_default();
        let label = if table.len() < MAX_LABELS || table.contains_key(label) {
            label
        } else {
            reached(Limit::Labels);
            OTHER
        };
        table.entry(label).or_insert_with(|| Box::leak(Box::default()))
    }

    /// All of them, with their labels.
    pub(crate) fn all(&self) -> Vec<(&'static str, &'static M)> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.iter().flatten().map(|(label, meters)| (*label, *meters)).collect()
    }
}

fn label(type_name: &'static str) -> &'static str {
    let outer = type_name.split('<').next().unwrap_or(type_name);
    outer.rsplit("::").next().unwrap_or(outer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_short() {
        assert_eq!(label("chat::rooms::Room"), "Room");
        assert_eq!(label("chat::Tracked<other::Meta, u8>"), "Tracked");
        assert_eq!(label("Room"), "Room");
    }

    #[test]
    fn types_beyond_the_bound_share_one_label() {
        let table = Table::<ChannelMeters>::new();
        let names: Vec<&'static str> = (0..MAX_LABELS + 20)
            .map(|number| &*Box::leak(format!("a::T{number}").into_boxed_str()))
            .collect();
        let before = Limit::Labels.total();
        for name in &names {
            table.of(name);
        }
        let labels: Vec<_> = table.all().into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels.len(), MAX_LABELS + 1);
        assert!(labels.contains(&"T0") && labels.contains(&OTHER));
        assert!(std::ptr::eq(table.of(names[MAX_LABELS]), table.of(names[MAX_LABELS + 1])));
        assert!(Limit::Labels.total() >= before + 20);
    }
}
