//! Increments that nobody waits for.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use firecrest_tally::Tally;
use serde::Serialize;
use yardsticks::{Cost, ENOUGH};

/// Increments between two looks at the clock.
const BATCH: usize = 1_000_000;

/// What was found out. The writer's share, which commits all the while, is in it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Figures {
    add_later_ns: Cost,
    /// A bare atomic number.
    atomic_ns: Cost,
}

/// One thread increments, in turns.
///
/// # Errors
/// When the counters cannot be opened.
pub(crate) async fn measure(folder: &Path) -> Result<Figures, Box<dyn Error>> {
    let tally = Tally::open(folder.join("tally")).await?;
    let counter = tally.counter("visits").await?;
    let figures = costs(ENOUGH, |by| counter.add_later(by));
    tally.close().await?;
    Ok(figures)
}

fn costs(enough: Duration, add_later: impl Fn(i64)) -> Figures {
    let mut figures = Figures::default();
    let bare = AtomicI64::new(0);
    while !figures.add_later_ns.is(enough) || !figures.atomic_ns.is(enough) {
        figures.add_later_ns.of(BATCH, || (0..BATCH).for_each(|_| add_later(black_box(1))));
        figures.atomic_ns.of(BATCH, || {
            (0..BATCH).for_each(|_| {
                black_box(&bare).fetch_add(black_box(1), Ordering::SeqCst);
            });
        });
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_measured_until_it_is_enough() {
        let (added, enough) = (AtomicI64::new(0), Duration::from_nanos(1));
        let figures = costs(enough, |by| {
            added.fetch_add(by, Ordering::Relaxed);
        });
        assert!(figures.add_later_ns.is(enough) && figures.atomic_ns.is(enough));
        assert_eq!(added.into_inner().unsigned_abs(), figures.add_later_ns.units());
    }
}
