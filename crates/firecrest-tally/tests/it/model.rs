//! Whatever is done in whatever order, and whatever the store does, the numbers are right.

use std::time::Duration;

use firecrest_tally::{Counter, Tally, TallyError};
use proptest::prelude::*;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::scripted::{Act, Scripted};

#[derive(Clone, Debug)]
enum Step {
    Add(usize, i64),
    AddLater(usize, i64),
    /// Lets this many milliseconds pass.
    Wait(u64),
    Flush,
    /// Closes the tally and opens the same counters again.
    Reopen,
    /// Somebody else adds.
    Other(usize, i64),
}

/// Somebody who waits.
type Adding = JoinHandle<Result<i64, TallyError>>;

const NAMES: [&str; 3] = ["a", "b", "c"];

fn step() -> impl Strategy<Value = Step> {
    let which = 0..NAMES.len();
    let amount = -100..100i64;
    prop_oneof![
        6 => (which.clone(), amount.clone()).prop_map(|(which, by)| Step::Add(which, by)),
        6 => (which.clone(), amount.clone()).prop_map(|(which, by)| Step::AddLater(which, by)),
        4 => (0..40u64).prop_map(Step::Wait),
        1 => Just(Step::Flush),
        1 => Just(Step::Reopen),
        2 => (which, amount).prop_map(|(which, by)| Step::Other(which, by)),
    ]
}

fn act() -> impl Strategy<Value = Option<Act>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Act::Away)),
        1 => Just(Some(Act::AddedAndAway)),
        2 => Just(Some(Act::Refuse)),
        2 => (0..60u64).prop_map(|time| Some(Act::Slow(Duration::from_millis(time)))),
    ]
}

/// Counters in a store that does what it was told, and what should be in it.
struct Model {
    store: Scripted,
    tally: Tally,
    counters: Vec<Counter>,
    /// What must be there: what nobody waited for, and what others have added.
    sure: [i64; NAMES.len()],
    waiting: Vec<(usize, i64, Adding)>,
}

impl Model {
    async fn new(store: Scripted) -> Self {
        let (tally, counters) = open(&store).await;
        Model { store, tally, counters, sure: Default::default(), waiting: Vec::new() }
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Add(which, by) => {
                let counter = self.counters[which].clone();
                let added = tokio::spawn(async move { counter.add(by).await });
                self.waiting.push((which, by, added));
            }
            Step::AddLater(which, by) => {
                self.counters[which].add_later(by);
                self.sure[which] += by;
            }
            Step::Wait(time) => sleep(Duration::from_millis(time)).await,
            Step::Flush => drop(self.tally.flush().await),
            Step::Reopen => self.reopen().await,
            Step::Other(which, by) => {
                self.store.other_adds(NAMES[which], by);
                self.sure[which] += by;
            }
        }
    }

    async fn reopen(&mut self) {
        while self.tally.flush().await.is_err() {}
        self.settle().await;
        self.tally.close().await.unwrap();
        (self.tally, self.counters) = open(&self.store).await;
    }

    /// Waits for all who wait: what was acknowledged counts.
    async fn settle(&mut self) {
        for (which, by, added) in self.waiting.drain(..) {
            if added.await.unwrap().is_ok() {
                self.sure[which] += by;
            }
        }
    }
}

async fn open(store: &Scripted) -> (Tally, Vec<Counter>) {
    let tally = store.tally();
    let mut counters = Vec::new();
    for name in NAMES {
        counters.push(tally.counter(name).await.unwrap());
    }
    (tally, counters)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_the_store_does_what_was_acknowledged_is_counted_once(
        steps in prop::collection::vec(step(), 1..60),
        acts in prop::collection::vec(act(), 0..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let store = Scripted::default();
            store.will_maybe(acts);
            let mut model = Model::new(store.clone()).await;
            for step in &steps {
                model.step(step).await;
            }
            model.settle().await;
            while model.tally.flush().await.is_err() {}
            sleep(Duration::from_millis(1)).await;
            for (which, name) in NAMES.into_iter().enumerate() {
                assert_eq!(store.value(name), model.sure[which], "{name} in the store");
                assert_eq!(model.counters[which].get(), model.sure[which], "{name} in memory");
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    #[test]
    fn whatever_is_done_a_file_has_it(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("counters");
        runtime.block_on(async {
            let mut tally = Tally::open(&file).await.unwrap();
            let mut sums = [0; NAMES.len()];
            for step in steps {
                match step {
                    Step::Add(which, by) => {
                        sums[which] += by;
                        let value = tally.counter(NAMES[which]).await.unwrap().add(by).await.unwrap();
                        assert_eq!(value, sums[which]);
                    }
                    Step::AddLater(which, by) | Step::Other(which, by) => {
                        sums[which] += by;
                        tally.counter(NAMES[which]).await.unwrap().add_later(by);
                    }
                    Step::Wait(_) => tokio::task::yield_now().await,
                    Step::Flush => tally.flush().await.unwrap(),
                    Step::Reopen => {
                        tally.close().await.unwrap();
                        tally = Tally::open(&file).await.unwrap();
                    }
                }
                for (name, sum) in NAMES.into_iter().zip(sums) {
                    assert_eq!(tally.counter(name).await.unwrap().get(), sum);
                }
            }
            tally.close().await.unwrap();
            let tally = Tally::open(&file).await.unwrap();
            for (name, sum) in NAMES.into_iter().zip(sums) {
                assert_eq!(tally.counter(name).await.unwrap().get(), sum);
            }
        });
    }
}
